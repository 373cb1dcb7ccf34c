//! Whether volume and output of the training jobs of a tuning job are encrypted with usable keys that the customer
//! manages, in each of its training definitions.

use serde_json::json;

use super::each;
use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role, judge},
        storage,
    },
    finding::{Severity, Verdict},
    resource::hyper_parameter_tuning_job::{Definition, HyperParameterTuningJob},
};

/// The check.
pub static CHECK: Check = Check {
    id: "hyper-parameter-tuning-job-customer-managed-keys",
    version: 1,
    title: "Tuning jobs encrypt the volumes and the output of their training jobs with customer managed keys",
    severity: Severity::High,
    rationale: "A tuning job starts up to hundreds of training jobs from its definitions, each with a copy of the training \
                data and a model: one key that is missing here is missing in all of them. With a key of your own you decide \
                who can read these, you can see each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "A tuning job cannot be changed: in each training definition of what creates it, set \
                  OutputDataConfig.KmsKeyId, and VolumeKmsKeyId of ResourceConfig or HyperParameterTuningResourceConfig \
                  (not where every instance type has local NVMe storage), to a customer managed key that the execution role \
                  may use.",
        console: "SageMaker AI > Hyperparameter tuning jobs > Create hyperparameter tuning job: in each training job \
                  definition choose an encryption key for the volume and one for the output.",
        cli: again!(
            "\"arn:aws:kms:{region}:{account}:key/…\" as $key | .OutputDataConfig.KmsKeyId = $key |\n    \
             ((.ResourceConfig, .HyperParameterTuningResourceConfig) | objects).VolumeKmsKeyId = $key"
        ),
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 HyperparameterTuner(Estimator(…, volume_kms_key=key, output_kms_key=key), …)",
        code: "In a pipeline definition or a state machine, in the Arguments of the tuning step:\n\
               TrainingJobDefinition:  # or each of TrainingJobDefinitions\n  \
               ResourceConfig: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n  \
               OutputDataConfig: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.OutputDataConfig.KmsKeyId",
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.ResourceConfig",
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.HyperParameterTuningResourceConfig",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].OutputDataConfig.KmsKeyId",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].ResourceConfig",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].HyperParameterTuningResourceConfig",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::HyperParameterTuningJob(evaluate),
};

fn evaluate(job: &HyperParameterTuningJob, context: Context<'_>) -> Verdict {
    each(job, |definition| keys(definition, context))
}

fn keys(definition: &Definition, context: Context<'_>) -> Verdict {
    let (volume_key, output_key) = (definition.volume_key.as_deref(), definition.output_key.as_deref());
    let volume = storage::volume(volume_key, &definition.instance_types, context);
    let keys = [volume, judge(Role::Output, output_key, context)];
    key::combine(keys, "volume and output have usable customer managed keys").with_evidence(|| {
        key::evidence_with(
            [(Role::Volume, volume_key), (Role::Output, output_key)],
            ("instance_types", json!(definition.instance_types)),
            context,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    fn definition(name: &str, volume_key: Option<&str>, output_key: Option<&str>, types: &[&str]) -> Definition {
        Definition {
            name: Some(name.to_owned()),
            volume_key: volume_key.map(ToOwned::to_owned),
            output_key: output_key.map(ToOwned::to_owned),
            instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
            ..Definition::default()
        }
    }

    fn told(definitions: Vec<Definition>) -> (Status, String) {
        alone::told(&CHECK, HyperParameterTuningJob { definitions }, alone::with_keys())
    }

    fn said(status: Status, code: &str) -> (Status, String) {
        (status, code.to_owned())
    }

    const KEY: Option<&str> = Some("customer");

    #[test]
    fn one_definition_is_judged_like_a_training_job() {
        let one = |volume, output, types: &[&str]| told(vec![definition("a", volume, output, types)]);
        assert_eq!(one(KEY, KEY, &["ml.m5.large"]), said(Status::Pass, "customer_managed_keys"));
        assert_eq!(one(None, KEY, &["ml.m5.large"]), said(Status::Fail, "volume_key_absent"));
        assert_eq!(one(KEY, None, &["ml.m5.large"]), said(Status::Fail, "output_key_absent"));
        assert_eq!(one(KEY, Some("aws"), &["ml.m5.large"]), said(Status::Fail, "output_key_aws_managed"));
        assert_eq!(one(None, KEY, &["ml.g5.xlarge"]), said(Status::Pass, "volume_on_local_storage"));
        assert_eq!(one(None, KEY, &["ml.zz9.large"]), said(Status::Unknown, "instance_storage_unknown"));
        assert_eq!(one(None, KEY, &[]), said(Status::Unknown, "instance_storage_unknown"));
    }

    #[test]
    fn one_type_with_an_ebs_volume_among_groups_or_alternatives_needs_a_volume_key() {
        let mixed = vec![definition("a", None, KEY, &["ml.g5.xlarge", "ml.m5.large"])];
        assert_eq!(told(mixed), said(Status::Fail, "volume_key_absent"));
        let local = vec![definition("a", None, KEY, &["ml.g5.xlarge", "ml.p4d.24xlarge"])];
        assert_eq!(told(local), said(Status::Pass, "volume_on_local_storage"));
    }

    #[test]
    fn the_worst_of_several_definitions_decides_and_is_named() {
        let well = || definition("well", KEY, KEY, &["ml.m5.large"]);
        let job = |definitions| HyperParameterTuningJob { definitions };
        let verdict = CHECK
            .evaluate(&job(vec![well(), definition("bad", KEY, None, &["ml.m5.large"])]).into(), alone::with_keys());
        let verdict = verdict.unwrap();
        assert_eq!(
            (verdict.status, &*verdict.reason()),
            (Status::Fail, "training definition bad: no output key is set")
        );
        assert!(verdict.evidence.is_some_and(|evidence| evidence.contains(r#""name":"bad""#)));
        let unknown = vec![well(), definition("dark", KEY, Some("denied"), &["ml.m5.large"])];
        assert_eq!(told(unknown), said(Status::Unknown, "output_key_unreadable"));
        assert_eq!(told(vec![well(), well()]).0, Status::Pass);
        assert_eq!(told(Vec::new()), said(Status::Unknown, "definitions_absent"));
    }
}
