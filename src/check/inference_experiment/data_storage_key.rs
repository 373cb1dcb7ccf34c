//! Whether the requests and answers that an inference experiment keeps are encrypted with a usable key that the
//! customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement,
        key::{self, KeyVerdict, Role, judge},
    },
    finding::{Reason, Severity, Verdict},
    resource::inference_experiment::InferenceExperiment,
};

/// The check.
pub static CHECK: Check = Check {
    id: "inference-experiment-data-storage-key",
    version: 1,
    title: "Inference experiments encrypt the requests and answers that they keep with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read what your models were asked and what they answered, you \
                can see each use in CloudTrail, and you can withdraw access at once. Without one it is encrypted with \
                a key that AWS manages for S3.",
    remediation: Remediation {
        summary: "Set DataStorageConfig.KmsKey to a customer managed key that the role may use: an experiment that is \
                  created or runs can be updated. What is in the bucket keeps its old encryption until it is copied.",
        console: "SageMaker AI > Inference > Shadow tests > {name} > Edit: under Data storage choose an encryption \
                  key. An experiment that has ended cannot be changed: encrypt or delete what it left in S3.",
        cli: "aws sagemaker update-inference-experiment --region {region} --name {name} \\\n  \
              --data-storage-config Destination=s3://…,KmsKey=arn:aws:kms:{region}:{account}:key/…",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_inference_experiment(Name=\"{name}\",\n  \
                 DataStorageConfig={\"Destination\": \"s3://…\", \"KmsKey\": \
                 \"arn:aws:kms:{region}:{account}:key/…\"})",
        code: "Type: AWS::SageMaker::InferenceExperiment\n\
               Properties:\n  \
               DataStorageConfig: { Destination: s3://…, KmsKey: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &["DescribeInferenceExperiment.DataStorageConfig.KmsKey", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.24")],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::InferenceExperiment(evaluate),
};

fn evaluate(experiment: &InferenceExperiment, context: Context<'_>) -> Verdict {
    let stored = experiment.data_storage.as_ref();
    let key = stored.and_then(|stored| stored.key.as_deref());
    let judged = match stored {
        Some(_) => judge(Role::DataCapture, key, context),
        None => KeyVerdict::Exempt(Reason::new("data_not_stored", "the experiment keeps no requests and answers")),
    };
    key::combine([judged], "what is kept has a usable customer managed key")
        .with_evidence(|| key::evidence([(Role::DataCapture, key)], context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::stored::Stored};

    #[test]
    fn where_data_is_kept_the_key_is_judged_by_what_it_is() {
        for (key, status, code) in [
            (None, Status::Fail, "data_capture_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "data_capture_key_aws_managed"),
            (Some("disabled"), Status::Fail, "data_capture_key_unusable"),
            (Some("missing"), Status::Fail, "data_capture_key_not_found"),
            (Some("denied"), Status::Unknown, "data_capture_key_unreadable"),
        ] {
            let data_storage = Some(Stored { key: key.map(ToOwned::to_owned) });
            let experiment = InferenceExperiment { data_storage, ..InferenceExperiment::default() };
            let told = alone::told(&CHECK, experiment, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }

    #[test]
    fn where_none_is_kept_there_is_nothing_to_encrypt() {
        let told = alone::told(&CHECK, InferenceExperiment::default(), alone::with_keys());
        assert_eq!(told, (Status::NotApplicable, "data_not_stored".to_owned()));
    }
}
