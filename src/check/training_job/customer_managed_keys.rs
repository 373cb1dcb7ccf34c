//! Whether volume and output of a training job are encrypted with usable keys that the customer manages.
//!
//! The volume half does not apply where no volume key can be set: on local NVMe storage, which a hardware module
//! encrypts, and on serverless jobs. A key is judged by what it is, not by being named.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role, judge},
        storage,
    },
    finding::{Reason, Severity, Verdict},
    resource::training_job::{Instances, TrainingJob},
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-customer-managed-keys",
    version: 1,
    title: "Training jobs encrypt their volumes and their output with customer managed keys",
    severity: Severity::High,
    rationale: "With a key of your own you decide who can read training data and models, you can see each use in \
                CloudTrail, and you can withdraw access at once. Without a volume key the volume is encrypted with a \
                transient key that is discarded; without an output key the model is encrypted with a key that AWS manages.",
    remediation: Remediation {
        summary: "A finished job cannot be changed: set ResourceConfig.VolumeKmsKeyId (not on instance types with local \
                  NVMe storage) and OutputDataConfig.KmsKeyId in what creates the job, to a customer managed key that the \
                  execution role may use.",
        console: "SageMaker AI > Training jobs > {name} > Clone: under Resource configuration and under Output data \
                  configuration choose an encryption key, then create the job.",
        cli: "aws sagemaker describe-training-job --region {region} --training-job-name {name} > job.json\n\
              # make create-training-job's input of it, with another name, with ResourceConfig.VolumeKmsKeyId and\n\
              # OutputDataConfig.KmsKeyId set to arn:aws:kms:{region}:{account}:key/…, and run:\n\
              aws sagemaker create-training-job --region {region} --cli-input-json file://job-input.json",
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 Estimator(…, volume_kms_key=key, output_kms_key=key)",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               ResourceConfig: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n\
               OutputDataConfig: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "Search.Results.TrainingJob.ResourceConfig.VolumeKmsKeyId",
        "Search.Results.TrainingJob.OutputDataConfig.KmsKeyId",
        "Search.Results.TrainingJob.ResourceConfig.InstanceType",
        "Search.Results.TrainingJob.ResourceConfig.InstanceGroups",
        "Search.Results.TrainingJob.ResourceConfig.SelectedInstanceType",
        "Search.Results.TrainingJob.ResourceConfig.InstancePreferences",
        "DescribeTrainingJob.ServerlessJobConfig",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, context: Context<'_>) -> Verdict {
    let (volume_key, output_key) = (job.volume_key.as_deref(), job.output_key.as_deref());
    let volume = match volume_key {
        Some(_) => judge(Role::Volume, volume_key, context),
        None => without_volume_key(&job.instances),
    };
    let keys = [volume, judge(Role::Output, output_key, context)];
    key::combine(keys, "volume and output have usable customer managed keys").with_evidence(|| {
        key::evidence_with(
            [(Role::Volume, volume_key), (Role::Output, output_key)],
            ("instances", json!(job.instances)),
            context,
        )
    })
}

/// The volume half of a job that names no volume key.
fn without_volume_key(instances: &Instances) -> KeyVerdict {
    let unknown = |text: String| KeyVerdict::Unknown(Reason::new("instance_storage_unknown", text));
    match instances {
        Instances::Serverless => KeyVerdict::Exempt(Reason::new(
            "serverless",
            "the job is serverless, so no volume key can be set and the output key decides",
        )),
        Instances::Unconfirmed(why) => unknown(format!(
            "the job names no instances and its description was refused ({why}), so whether a volume key can be set is not known"
        )),
        Instances::Absent => {
            unknown("the job names no instances, so whether a volume key can be set is not known".to_owned())
        }
        Instances::Groups(_) | Instances::Selected(_) | Instances::Type(_) | Instances::Preferences(_) => {
            storage::without_key(instances.types())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn an_output_key_that_fails_decides_whatever_is_unknown_of_the_volume() {
        for instances in [
            Instances::Type("ml.zz9.48xlarge".to_owned()),
            Instances::Groups(Vec::new()),
            Instances::Absent,
            Instances::Unconfirmed("sagemaker:DescribeTrainingJob: AccessDeniedException".to_owned()),
            Instances::Serverless,
        ] {
            let job = TrainingJob { output_key: Some("missing".to_owned()), instances, ..TrainingJob::default() };
            let told = alone::told(&CHECK, job, alone::with_keys());
            assert_eq!(told, (Status::Fail, "output_key_not_found".to_owned()));
        }
    }
}
