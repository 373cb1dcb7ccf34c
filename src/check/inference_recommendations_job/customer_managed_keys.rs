//! Whether the volumes of the endpoints that an inference recommendation job makes are encrypted with a usable key that
//! the customer manages.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role, judge},
        storage,
    },
    finding::{Reason, Severity, Verdict},
    resource::inference_recommendations_job::{InferenceRecommendationsJob, TriedOn},
};

/// The check.
pub static CHECK: Check = Check {
    id: "inference-recommendations-job-customer-managed-keys",
    version: 1,
    title: "Inference recommendation jobs encrypt the volumes of their endpoints with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read the model and the sample requests on these volumes, you \
                can see each use in CloudTrail, and you can withdraw access at once. Without one a volume is encrypted \
                with a transient key that is discarded.",
    remediation: Remediation {
        summary: "A job cannot be changed: set InputConfig.VolumeKmsKeyId in what creates it (it has no effect on \
                  instance types with local NVMe storage), to a customer managed key for which the execution role may \
                  create grants.",
        console: "SageMaker Studio > Models > the model > Run inference recommender: under Security choose an \
                  encryption key, then start the job.",
        cli: "aws sagemaker describe-inference-recommendations-job --region {region} --job-name {name} |\n  \
              jq '{ JobType, RoleArn, InputConfig, StoppingConditions } | del(.. | nulls) |\n    \
              .InputConfig.VolumeKmsKeyId = \"arn:aws:kms:{region}:{account}:key/…\"' > job.json\n\
              aws sagemaker create-inference-recommendations-job --region {region} --job-name … --cli-input-json \
              file://job.json",
        python: "# right_size sets no key, so call the API:\n\
                 client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_inference_recommendations_job(…,\n  \
                 InputConfig={\"VolumeKmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\", …})",
        code: "In a state machine, in the Arguments of aws-sdk:sagemaker:createInferenceRecommendationsJob:\n\
               InputConfig: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "DescribeInferenceRecommendationsJob.InputConfig.VolumeKmsKeyId",
        "DescribeInferenceRecommendationsJob.InputConfig.EndpointConfigurations[].InstanceType",
        "DescribeInferenceRecommendationsJob.InputConfig.EndpointConfigurations[].ServerlessConfig",
        "DescribeInferenceRecommendationsJob.InputConfig.Endpoints",
        "DescribeInferenceRecommendationsJob.InferenceRecommendations[].EndpointConfiguration.InstanceType",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::InferenceRecommendationsJob(evaluate),
};

fn evaluate(job: &InferenceRecommendationsJob, context: Context<'_>) -> Verdict {
    let volume_key = job.volume_key.as_deref();
    let volume = match volume_key {
        Some(_) => judge(Role::Volume, volume_key, context),
        None => without_key(&job.endpoints),
    };
    key::combine([volume], "the volumes have a usable customer managed key").with_evidence(|| {
        key::evidence_with([(Role::Volume, volume_key)], ("endpoints", json!(job.endpoints)), context)
    })
}

/// What is said of a job that names no key.
fn without_key(endpoints: &TriedOn) -> KeyVerdict {
    match endpoints {
        TriedOn::Existing => KeyVerdict::Exempt(Reason::new(
            "existing_endpoints",
            "the job tries endpoints that were there before, and makes none whose volumes it could encrypt",
        )),
        TriedOn::Instances(types) if types.is_empty() => KeyVerdict::Exempt(Reason::new(
            "serverless",
            "every endpoint of the job is serverless, so there is no volume of its own",
        )),
        TriedOn::Instances(types) => storage::without_key(types),
        TriedOn::Chosen(types) => match storage::without_key(types) {
            // It tried others too, which are not told.
            KeyVerdict::Exempt(_) => KeyVerdict::Unknown(Reason::new(
                "instance_storage_unknown",
                "SageMaker chose the instances and tells only the best, so whether a volume key could be set is not known",
            )),
            told @ (KeyVerdict::Pass(_) | KeyVerdict::Fail(_) | KeyVerdict::Unknown(_)) => told,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    fn of(volume_key: Option<&str>, endpoints: TriedOn) -> (Status, String) {
        let volume_key = volume_key.map(ToOwned::to_owned);
        let job = InferenceRecommendationsJob { volume_key, endpoints, ..InferenceRecommendationsJob::default() };
        alone::told(&CHECK, job, alone::with_keys())
    }

    fn types(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_key_is_judged_by_what_it_is() {
        for (key, status, code) in [
            ("customer", Status::Pass, "customer_managed_keys"),
            ("aws", Status::Fail, "volume_key_aws_managed"),
            ("disabled", Status::Fail, "volume_key_unusable"),
            ("denied", Status::Unknown, "volume_key_unreadable"),
        ] {
            let told = of(Some(key), TriedOn::Instances(types(&["ml.m5.large"])));
            assert_eq!(told, (status, code.to_owned()), "{key}");
        }
    }

    #[test]
    fn without_a_key_what_the_endpoints_run_on_decides() {
        for (endpoints, status, code) in [
            (TriedOn::Instances(types(&["ml.m5.large", "ml.g5.xlarge"])), Status::Fail, "volume_key_absent"),
            (TriedOn::Instances(types(&["ml.g5.xlarge"])), Status::NotApplicable, "volume_on_local_storage"),
            (TriedOn::Instances(types(&["ml.zz9.large"])), Status::Unknown, "instance_storage_unknown"),
            (TriedOn::Instances(Vec::new()), Status::NotApplicable, "serverless"),
            (TriedOn::Existing, Status::NotApplicable, "existing_endpoints"),
            (TriedOn::Chosen(types(&["ml.c5.xlarge", "ml.g5.xlarge"])), Status::Fail, "volume_key_absent"),
            (TriedOn::Chosen(types(&["ml.g5.xlarge"])), Status::Unknown, "instance_storage_unknown"),
            (TriedOn::Chosen(Vec::new()), Status::Unknown, "instance_storage_unknown"),
        ] {
            assert_eq!(of(None, endpoints.clone()), (status, code.to_owned()), "{endpoints:?}");
        }
    }
}
