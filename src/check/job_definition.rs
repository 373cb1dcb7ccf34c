//! The checks that the four types of definitions of monitoring jobs share, each written once, and what these and the
//! checks of monitoring schedules say of a definition.

use serde_json::json;

use super::{
    Context,
    key::{self, Role, judge},
    storage,
};
use crate::{finding::Verdict, resource::job_definition::JobDefinition};

/// Judges the keys of volume and output.
pub fn customer_managed_keys(definition: &JobDefinition, context: Context<'_>) -> Verdict {
    let (volume_key, output_key) = (definition.volume_key.as_deref(), definition.output_key.as_deref());
    let volume = storage::volume(volume_key, definition.instance_type.as_slice(), context);
    let keys = [volume, judge(Role::Output, output_key, context)];
    key::combine(keys, "volume and output have usable customer managed keys").with_evidence(|| {
        let mut evidence = key::evidence([(Role::Volume, volume_key), (Role::Output, output_key)], context);
        if let Some(members) = evidence.as_object_mut() {
            members.insert("instance_type".to_owned(), json!(definition.instance_type));
        }
        evidence
    })
}

/// How a definition that cannot be changed comes to have these members: another one takes its place.
macro_rules! replaced {
    ($slug:literal, $members:literal, $python:expr, $code:expr) => {
        $crate::check::Remediation {
            summary: concat!(
                "A definition cannot be changed: create another one with ", $members, " set, update the monitoring \
                 schedules that name {name} to name that one, and delete {name}."
            ),
            console: "SageMaker AI > Governance > Model dashboard > the model: its monitoring schedules show what they use. \
                      The console cannot copy a definition: replace {name} with the AWS CLI or an SDK.",
            cli: concat!(
                "aws sagemaker describe-", $slug, " --region {region} --job-definition-name {name} > definition.json\n\
                 # make the input of it: without JobDefinitionArn and CreationTime, with another JobDefinitionName, and with\n\
                 # ", $members, " set, and run:\n\
                 aws sagemaker create-", $slug, " --region {region} --cli-input-json file://definition-input.json\n\
                 # with its name as MonitoringJobDefinitionName in the configuration of each schedule that names {name}:\n\
                 aws sagemaker update-monitoring-schedule --region {region} --monitoring-schedule-name … \\\n  \
                 --monitoring-schedule-config file://schedule-config.json\n\
                 aws sagemaker delete-", $slug, " --region {region} --job-definition-name {name}"
            ),
            python: $python,
            code: $code,
        }
    };
}

/// The check that jobs run in network isolation: of which type, in words and in the SDK for Python.
macro_rules! isolation_check {
    (
        $kind:ident as $slug:literal, $word:literal with $monitor:literal:
        $severity:ident, $security_hub:literal, $rationale:literal
    ) => {
        /// The check.
        pub static CHECK: $crate::check::Check = $crate::check::Check {
            id: concat!($slug, "-network-isolation"),
            version: 1,
            title: concat!($word, " job definitions run their jobs in network isolation"),
            severity: $crate::finding::Severity::$severity,
            rationale: $rationale,
            remediation: $crate::check::job_definition::replaced!(
                $slug,
                "NetworkConfig.EnableNetworkIsolation",
                concat!($monitor, "(…, network_config=NetworkConfig(enable_network_isolation=True))"),
                concat!(
                    "Type: AWS::SageMaker::",
                    stringify!($kind),
                    "\nProperties:\n  NetworkConfig:\n    EnableNetworkIsolation: true"
                )
            ),
            reads: &[concat!("Describe", stringify!($kind), ".NetworkConfig.EnableNetworkIsolation")],
            control: $crate::check::Control::NetworkIsolation,
            serves: &[$crate::check::Requirement($crate::check::Framework::AwsFsbp, $security_hub)],
            needs: &[],
            by_default: true,
            evaluate: $crate::check::Evaluate::$kind(|definition, _context| {
                $crate::check::setting::network_isolation(definition.0.network_isolation)
            }),
        };
    };
}

/// The check that instances encrypt the traffic between them: of which type, in words and in the SDK for Python.
macro_rules! traffic_check {
    (
        $kind:ident as $slug:literal, $word:literal with $monitor:literal:
        $security_hub:literal, $rationale:literal
    ) => {
        /// The check.
        pub static CHECK: $crate::check::Check = $crate::check::Check {
            id: concat!($slug, "-inter-container-encryption"),
            version: 1,
            title: concat!($word, " job definitions for several instances encrypt the traffic between them"),
            severity: $crate::finding::Severity::Medium,
            rationale: $rationale,
            remediation: $crate::check::job_definition::replaced!(
                $slug,
                "NetworkConfig.EnableInterContainerTrafficEncryption",
                concat!($monitor, "(…, network_config=NetworkConfig(encrypt_inter_container_traffic=True))"),
                concat!(
                    "Type: AWS::SageMaker::",
                    stringify!($kind),
                    "\nProperties:\n  NetworkConfig:\n    EnableInterContainerTrafficEncryption: true"
                )
            ),
            reads: &[
                concat!("Describe", stringify!($kind), ".NetworkConfig.EnableInterContainerTrafficEncryption"),
                concat!("Describe", stringify!($kind), ".JobResources.ClusterConfig.InstanceCount"),
            ],
            control: $crate::check::Control::EncryptionInTransit,
            serves: &[$crate::check::Requirement($crate::check::Framework::AwsFsbp, $security_hub)],
            needs: &[],
            by_default: true,
            evaluate: $crate::check::Evaluate::$kind(|definition, _context| {
                let definition = &definition.0;
                let is_on = definition.inter_container_encryption;
                $crate::check::setting::inter_container_encryption(is_on, definition.instance_count)
            }),
        };
    };
}

/// The check on the keys of volume and output: of which type, in words, in the SDK for Python, and with its output.
macro_rules! keys_check {
    (
        $kind:ident as $slug:literal, $word:literal with $monitor:literal:
        $output:literal, $rationale:literal
    ) => {
        /// The check.
        pub static CHECK: $crate::check::Check = $crate::check::Check {
            id: concat!($slug, "-customer-managed-keys"),
            version: 1,
            title: concat!($word, " job definitions encrypt volumes and output with customer managed keys"),
            severity: $crate::finding::Severity::Medium,
            rationale: $rationale,
            remediation: $crate::check::job_definition::replaced!(
                $slug,
                "JobResources.ClusterConfig.VolumeKmsKeyId (not on instance types with local NVMe storage) and KmsKeyId of its output",
                concat!(
                    "key = \"arn:aws:kms:{region}:{account}:key/…\"\n",
                    $monitor, "(…, volume_kms_key=key, output_kms_key=key)"
                ),
                concat!(
                    "Type: AWS::SageMaker::", stringify!($kind), "\nProperties:\n  \
                     JobResources:\n    ClusterConfig:\n      VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/…\n  ",
                    $output, ":\n    KmsKeyId: arn:aws:kms:{region}:{account}:key/…"
                )
            ),
            reads: &[
                concat!("Describe", stringify!($kind), ".JobResources.ClusterConfig.VolumeKmsKeyId"),
                concat!("Describe", stringify!($kind), ".JobResources.ClusterConfig.InstanceType"),
                concat!("Describe", stringify!($kind), ".", $output, ".KmsKeyId"),
                "DescribeKey.KeyMetadata",
            ],
            control: $crate::check::Control::EncryptionAtRest,
            serves: &[],
            needs: &[$crate::check::Evidence::Keys],
            by_default: true,
            evaluate: $crate::check::Evaluate::$kind(|definition, context| {
                $crate::check::job_definition::customer_managed_keys(&definition.0, context)
            }),
        };
    };
}

pub(crate) use {isolation_check, keys_check, replaced, traffic_check};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{
            Check, alone, data_quality_job_definition as data_quality, model_bias_job_definition as bias,
            model_explainability_job_definition as explainability, model_quality_job_definition as quality,
        },
        finding::{Severity, Status},
        resource::{
            Facts, data_quality_job_definition::DataQualityJobDefinition,
            model_bias_job_definition::ModelBiasJobDefinition,
            model_explainability_job_definition::ModelExplainabilityJobDefinition,
            model_quality_job_definition::ModelQualityJobDefinition,
        },
    };

    /// What the checks of all four types say of a definition, which is the same.
    fn told(checks: [&Check; 4], definition: &JobDefinition) -> (Status, String) {
        let facts: [Facts; 4] = [
            DataQualityJobDefinition(definition.clone()).into(),
            ModelBiasJobDefinition(definition.clone()).into(),
            ModelExplainabilityJobDefinition(definition.clone()).into(),
            ModelQualityJobDefinition(definition.clone()).into(),
        ];
        let told = checks.into_iter().zip(facts).map(|(check, facts)| alone::told(check, facts, alone::with_keys()));
        let mut told = told.collect::<Vec<_>>();
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
        told.remove(0)
    }

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        let checks = [
            &data_quality::network_isolation::CHECK,
            &bias::network_isolation::CHECK,
            &explainability::network_isolation::CHECK,
            &quality::network_isolation::CHECK,
        ];
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            assert_eq!(told(checks, &JobDefinition { network_isolation, ..JobDefinition::default() }).0, status);
        }
        let severities = checks.map(|check| check.severity);
        assert_eq!(severities, [Severity::Medium, Severity::Medium, Severity::High, Severity::High]);
    }

    #[test]
    fn traffic_is_between_two_instances_or_more() {
        let checks = [
            &data_quality::inter_container_encryption::CHECK,
            &bias::inter_container_encryption::CHECK,
            &explainability::inter_container_encryption::CHECK,
            &quality::inter_container_encryption::CHECK,
        ];
        for (instance_count, inter_container_encryption, status) in [
            (Some(1), false, Status::NotApplicable),
            (Some(2), false, Status::Fail),
            (Some(2), true, Status::Pass),
            (None, false, Status::Unknown),
        ] {
            let definition = JobDefinition { instance_count, inter_container_encryption, ..JobDefinition::default() };
            assert_eq!(told(checks, &definition).0, status, "{definition:?}");
        }
    }

    #[test]
    fn volume_and_output_need_keys_but_for_volumes_on_local_storage() {
        let checks = [
            &data_quality::customer_managed_keys::CHECK,
            &bias::customer_managed_keys::CHECK,
            &explainability::customer_managed_keys::CHECK,
            &quality::customer_managed_keys::CHECK,
        ];
        for (instance_type, volume_key, output_key, status, code) in [
            (Some("ml.m5.large"), Some("customer"), Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("ml.m5.large"), None, Some("customer"), Status::Fail, "volume_key_absent"),
            (Some("ml.m5.large"), Some("customer"), None, Status::Fail, "output_key_absent"),
            (Some("ml.m5.large"), Some("aws"), Some("customer"), Status::Fail, "volume_key_aws_managed"),
            (Some("ml.m5.large"), Some("customer"), Some("denied"), Status::Unknown, "output_key_unreadable"),
            (Some("ml.g5.xlarge"), None, Some("customer"), Status::Pass, "volume_on_local_storage"),
            (Some("ml.g5.xlarge"), None, None, Status::Fail, "output_key_absent"),
            (None, None, Some("customer"), Status::Unknown, "instance_storage_unknown"),
        ] {
            let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
            let definition = JobDefinition {
                instance_type: owned(instance_type),
                volume_key: owned(volume_key),
                output_key: owned(output_key),
                ..JobDefinition::default()
            };
            assert_eq!(told(checks, &definition), (status, code.to_owned()), "{definition:?}");
        }
    }
}
