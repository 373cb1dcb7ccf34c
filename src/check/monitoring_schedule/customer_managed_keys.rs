//! Whether a monitoring schedule's jobs store with usable keys that the customer manages.

use super::{judged, redefined};
use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, job_definition},
    finding::{Severity, Verdict},
    resource::monitoring_schedule::MonitoringSchedule,
};

/// The check.
pub static CHECK: Check = Check {
    id: "monitoring-schedule-customer-managed-keys",
    version: 1,
    title: "Monitoring schedules encrypt volumes and output with customer managed keys",
    severity: Severity::Medium,
    rationale: "Volumes and output hold captured requests and answers, and what was found in them, anew each time that the \
                schedule runs. With keys of your own you decide who can read them, you can see each use in CloudTrail, and \
                you can withdraw access at once.",
    remediation: redefined!(
        "ClusterConfig.VolumeKmsKeyId (not on instance types with local NVMe storage) and KmsKeyId of the output",
        "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
         monitor = DefaultModelMonitor(…, volume_kms_key=key, output_kms_key=key)",
        "      MonitoringResources:\n        ClusterConfig:\n          VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/…\n      \
         MonitoringOutputConfig:\n        KmsKeyId: arn:aws:kms:{region}:{account}:key/…"
    ),
    reads: &[
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.VolumeKmsKeyId",
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.InstanceType",
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringOutputConfig.KmsKeyId",
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinitionName",
        "DescribeDataQualityJobDefinition.JobResources.ClusterConfig.VolumeKmsKeyId",
        "DescribeDataQualityJobDefinition.DataQualityJobOutputConfig.KmsKeyId",
        "DescribeModelBiasJobDefinition.JobResources.ClusterConfig.VolumeKmsKeyId",
        "DescribeModelBiasJobDefinition.ModelBiasJobOutputConfig.KmsKeyId",
        "DescribeModelExplainabilityJobDefinition.JobResources.ClusterConfig.VolumeKmsKeyId",
        "DescribeModelExplainabilityJobDefinition.ModelExplainabilityJobOutputConfig.KmsKeyId",
        "DescribeModelQualityJobDefinition.JobResources.ClusterConfig.VolumeKmsKeyId",
        "DescribeModelQualityJobDefinition.ModelQualityJobOutputConfig.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::MonitoringSchedule(evaluate),
};

fn evaluate(schedule: &MonitoringSchedule, context: Context<'_>) -> Verdict {
    judged(schedule, |definition| job_definition::customer_managed_keys(definition, context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::monitoring_schedule::tests::told, finding::Status, resource::job_definition::JobDefinition};

    #[test]
    fn the_keys_of_the_definition_decide() {
        for (instance_type, volume_key, output_key, status, code) in [
            ("ml.m5.large", Some("customer"), Some("customer"), Status::Pass, "customer_managed_keys"),
            ("ml.m5.large", None, Some("customer"), Status::Fail, "volume_key_absent"),
            ("ml.g5.xlarge", None, Some("customer"), Status::Pass, "volume_on_local_storage"),
            ("ml.m5.large", Some("customer"), Some("aws"), Status::Fail, "output_key_aws_managed"),
        ] {
            let definition = JobDefinition {
                instance_type: Some(instance_type.to_owned()),
                volume_key: volume_key.map(ToOwned::to_owned),
                output_key: output_key.map(ToOwned::to_owned),
                ..JobDefinition::default()
            };
            assert_eq!(told(&CHECK, definition), (status, code.to_owned()));
        }
    }
}
