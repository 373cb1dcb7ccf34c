//! Whether the volumes behind an inference experiment are encrypted with a usable key that the customer manages.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement,
        key::{self, Role},
        storage,
    },
    finding::{Severity, Verdict},
    resource::inference_experiment::InferenceExperiment,
};

/// The check.
pub static CHECK: Check = Check {
    id: "inference-experiment-instance-storage-key",
    version: 1,
    title: "Inference experiments encrypt the volumes of their instances with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read the models under test and what they are asked, you can \
                see each use in CloudTrail, and you can withdraw access at once. Without one a volume is encrypted \
                with a transient key that is discarded.",
    remediation: Remediation {
        summary: "The key of an experiment cannot be changed: stop it, and create another one with KmsKey, a customer \
                  managed key that the role may use (it has no effect on instance types with local NVMe storage).",
        console: "SageMaker AI > Inference > Shadow tests > Create shadow test: choose an encryption key; stop {name} \
                  before.",
        cli: "aws sagemaker describe-inference-experiment --region {region} --name {name} |\n  \
              jq '{ Type, Description, Schedule, RoleArn, EndpointName: .EndpointMetadata.EndpointName,\n    \
              DataStorageConfig, ShadowModeConfig,\n    \
              ModelVariants: [.ModelVariants[] | del(.Status)] } | del(.. | nulls) |\n    \
              .KmsKey = \"arn:aws:kms:{region}:{account}:key/…\"' > experiment.json\n\
              aws sagemaker create-inference-experiment --region {region} --name … --cli-input-json \
              file://experiment.json",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_inference_experiment(…, KmsKey=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::InferenceExperiment\nProperties:\n  KmsKey: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeInferenceExperiment.KmsKey",
        "DescribeInferenceExperiment.ModelVariants[].InfrastructureConfig.RealTimeInferenceConfig.InstanceType",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.23")],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::InferenceExperiment(evaluate),
};

fn evaluate(experiment: &InferenceExperiment, context: Context<'_>) -> Verdict {
    let volume_key = experiment.instance_storage_key.as_deref();
    let volume = storage::volume(volume_key, &experiment.instance_types, context);
    key::combine([volume], "the volumes have a usable customer managed key").with_evidence(|| {
        key::evidence_with([(Role::Volume, volume_key)], ("instance_types", json!(experiment.instance_types)), context)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn a_key_is_judged_by_what_it_is_and_its_absence_by_where_the_instances_store() {
        for (key, instance_type, status, code) in [
            (Some("customer"), "ml.m5.large", Status::Pass, "customer_managed_keys"),
            (Some("aws"), "ml.m5.large", Status::Fail, "volume_key_aws_managed"),
            (Some("missing"), "ml.m5.large", Status::Fail, "volume_key_not_found"),
            (Some("denied"), "ml.m5.large", Status::Unknown, "volume_key_unreadable"),
            (None, "ml.m5.large", Status::Fail, "volume_key_absent"),
            (None, "ml.g5.xlarge", Status::NotApplicable, "volume_on_local_storage"),
            (None, "ml.zz9.large", Status::Unknown, "instance_storage_unknown"),
        ] {
            let experiment = InferenceExperiment {
                instance_storage_key: key.map(ToOwned::to_owned),
                instance_types: vec![instance_type.to_owned()],
                ..InferenceExperiment::default()
            };
            let told = alone::told(&CHECK, experiment, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?} {instance_type}");
        }
    }

    #[test]
    fn without_a_key_and_instances_nothing_is_known() {
        let told = alone::told(&CHECK, InferenceExperiment::default(), alone::with_keys());
        assert_eq!(told, (Status::Unknown, "instance_storage_unknown".to_owned()));
    }
}
