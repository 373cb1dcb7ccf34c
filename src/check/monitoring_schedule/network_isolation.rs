//! Whether the containers of a monitoring schedule's jobs are cut off from every network.

use super::{judged, redefined};
use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Requirement, setting},
    finding::{Severity, Verdict},
    resource::monitoring_schedule::MonitoringSchedule,
};

/// The check.
pub static CHECK: Check = Check {
    id: "monitoring-schedule-network-isolation",
    version: 1,
    title: "Monitoring schedules run their jobs in network isolation",
    severity: Severity::Medium,
    rationale: "Night for night the jobs read what an endpoint was asked and what it answered. A container that can make \
                calls can carry that away, and can use the role's credentials; in isolation it can do neither.",
    remediation: redefined!(
        "NetworkConfig.EnableNetworkIsolation",
        "DefaultModelMonitor(…, network_config=NetworkConfig(enable_network_isolation=True))",
        "      NetworkConfig:\n        EnableNetworkIsolation: true"
    ),
    reads: &[
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.EnableNetworkIsolation",
        "DescribeMonitoringSchedule.MonitoringScheduleConfig.MonitoringJobDefinitionName",
        "DescribeDataQualityJobDefinition.NetworkConfig.EnableNetworkIsolation",
        "DescribeModelBiasJobDefinition.NetworkConfig.EnableNetworkIsolation",
        "DescribeModelExplainabilityJobDefinition.NetworkConfig.EnableNetworkIsolation",
        "DescribeModelQualityJobDefinition.NetworkConfig.EnableNetworkIsolation",
    ],
    control: Control::NetworkIsolation,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.14")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::MonitoringSchedule(evaluate),
};

fn evaluate(schedule: &MonitoringSchedule, _context: Context<'_>) -> Verdict {
    judged(schedule, |definition| setting::network_isolation(definition.network_isolation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::monitoring_schedule::tests::told, finding::Status, resource::job_definition::JobDefinition};

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            assert_eq!(told(&CHECK, JobDefinition { network_isolation, ..JobDefinition::default() }).0, status);
        }
    }
}
