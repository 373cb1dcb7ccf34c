//! Whether a monitoring schedule is on.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::monitoring_schedule::MonitoringSchedule,
};

/// The check.
pub static CHECK: Check = Check {
    id: "monitoring-schedule-scheduled",
    version: 1,
    title: "Monitoring schedules are switched on",
    severity: Severity::Low,
    rationale: "A schedule that is stopped or has failed looks like monitoring and is none: the model may drift, and nobody \
                is told.",
    remediation: Remediation {
        summary: "Start the schedule; where it has failed, mend what FailureReason says first. Delete it if the model is not \
                  used any more.",
        console: "SageMaker AI > Governance > Model dashboard > the model > Monitor schedule > {name} > Activate monitor \
                  schedule.",
        cli: "aws sagemaker describe-monitoring-schedule --region {region} --monitoring-schedule-name {name} \\\n  \
              --query FailureReason\n\
              aws sagemaker start-monitoring-schedule --region {region} --monitoring-schedule-name {name}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.start_monitoring_schedule(MonitoringScheduleName=\"{name}\")",
        code: "Type: AWS::SageMaker::MonitoringSchedule\nProperties:\n  MonitoringScheduleName: {name}\n  \
               MonitoringScheduleStatus: Scheduled",
    },
    reads: &["DescribeMonitoringSchedule.MonitoringScheduleStatus"],
    control: Control::ModelGovernance,
    serves: &[],
    needs: &[],
    by_default: false,
    evaluate: Evaluate::MonitoringSchedule(evaluate),
};

fn evaluate(schedule: &MonitoringSchedule, _context: Context<'_>) -> Verdict {
    let verdict = match schedule.status.as_deref() {
        Some("Scheduled") => Verdict::new(Status::Pass, "scheduled", "the schedule is on"),
        Some("Stopped") => Verdict::new(Status::Fail, "schedule_stopped", "the schedule is stopped"),
        Some("Failed") => Verdict::new(Status::Fail, "schedule_failed", "the schedule has failed"),
        Some("Pending") => Verdict::new(
            Status::Unknown,
            "schedule_pending",
            "the schedule is being made, and whether it will be on is not known yet",
        ),
        other => Verdict::new(
            Status::Unknown,
            "schedule_status_unknown",
            format!("the status is {}, which this version does not know", other.unwrap_or("not told")),
        ),
    };
    verdict.with_evidence(|| json!({ "MonitoringScheduleStatus": schedule.status, "expected": "Scheduled" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn only_what_is_scheduled_passes_and_what_is_under_way_is_unknown() {
        for (status, told) in [
            (Some("Scheduled"), Status::Pass),
            (Some("Stopped"), Status::Fail),
            (Some("Failed"), Status::Fail),
            (Some("Pending"), Status::Unknown),
            (Some("Dozing"), Status::Unknown),
            (None, Status::Unknown),
        ] {
            let schedule =
                MonitoringSchedule { status: status.map(ToOwned::to_owned), ..MonitoringSchedule::default() };
            assert_eq!(alone::told(&CHECK, schedule, alone::context()).0, told, "{status:?}");
        }
    }
}
