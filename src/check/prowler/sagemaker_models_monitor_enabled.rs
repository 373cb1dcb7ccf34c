//! Whether a monitoring schedule is scheduled. Prowler fails a region in which none is, which no schedule alone can tell.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, monitoring_schedule},
    finding::{Severity, Status, Verdict},
    resource::monitoring_schedule::MonitoringSchedule,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &monitoring_schedule::scheduled::CHECK,
        id: "sagemaker_models_monitor_enabled",
        title: "Amazon SageMaker has a monitoring schedule scheduled",
        severity: Severity::Low,
        reads: &["ListMonitoringSchedules.MonitoringScheduleSummaries[].MonitoringScheduleStatus"],
        needs: &[],
        evaluate: Evaluate::MonitoringSchedule(evaluate),
    }
    .check(),
    refused: Refused::Passed,
};

fn evaluate(schedule: &MonitoringSchedule, _context: Context<'_>) -> Verdict {
    if schedule.status.as_deref() == Some("Scheduled") {
        Verdict::new(Status::Pass, "scheduled", "it is scheduled")
    } else {
        Verdict::new(Status::NotApplicable, "not_scheduled", "it is not scheduled, which says nothing of its region")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn one_that_is_scheduled_passes_and_another_says_nothing() {
        for (state, status) in [("Scheduled", Status::Pass), ("Stopped", Status::NotApplicable)] {
            let schedule = MonitoringSchedule { status: Some(state.to_owned()), ..MonitoringSchedule::default() };
            assert_eq!(alone::told(&RULE.check, schedule, alone::context()).0, status);
        }
    }
}
