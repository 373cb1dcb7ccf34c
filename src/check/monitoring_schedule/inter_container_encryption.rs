//! Whether the instances of a monitoring schedule's jobs encrypt what they say to each other.

use super::{judged, redefined};
use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Requirement, setting},
    finding::{Severity, Verdict},
    resource::monitoring_schedule::MonitoringSchedule,
};

/// The check.
pub static CHECK: Check = Check {
    id: "monitoring-schedule-inter-container-encryption",
    version: 1,
    title: "Monitoring schedules for several instances encrypt the traffic between them",
    severity: Severity::Medium,
    rationale: "On several instances captured requests and answers go over the network between them each time that the \
                schedule runs; without encryption whoever can see that traffic can read them.",
    remediation: redefined!(
        "NetworkConfig.EnableInterContainerTrafficEncryption",
        "DefaultModelMonitor(…, network_config=NetworkConfig(encrypt_inter_container_traffic=True))",
        "      NetworkConfig:\n        EnableInterContainerTrafficEncryption: true"
    ),
    reads: &[
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig.InstanceCount",
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinitionName",
        "DescribeDataQualityJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
        "DescribeModelBiasJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
        "DescribeModelExplainabilityJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
        "DescribeModelQualityJobDefinition.NetworkConfig.EnableInterContainerTrafficEncryption",
    ],
    control: Control::EncryptionInTransit,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.22")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::MonitoringSchedule(evaluate),
};

fn evaluate(schedule: &MonitoringSchedule, _context: Context<'_>) -> Verdict {
    judged(schedule, |definition| {
        setting::inter_container_encryption(definition.inter_container_encryption, definition.instance_count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::monitoring_schedule::tests::told, finding::Status, resource::job_definition::JobDefinition};

    #[test]
    fn traffic_is_between_two_instances_or_more() {
        for (count, inter_container_encryption, status) in
            [(1, false, Status::NotApplicable), (2, false, Status::Fail), (2, true, Status::Pass)]
        {
            let instance_count = Some(count);
            let definition = JobDefinition { instance_count, inter_container_encryption, ..JobDefinition::default() };
            assert_eq!(told(&CHECK, definition).0, status, "{count} {inter_container_encryption}");
        }
    }
}
