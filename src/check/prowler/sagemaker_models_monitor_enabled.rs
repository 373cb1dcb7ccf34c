//! Whether a monitoring schedule is scheduled: a region passes with one and fails without, also where none could be listed.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, monitoring_schedule},
    finding::{Severity, Status, Verdict},
    resource::{
        account_region::{AccountRegion, Use},
        monitoring_schedule::MonitoringSchedule,
    },
};

/// The check as it is put to what these evaluate.
const fn rule(evaluate: Evaluate) -> Rule {
    let check = Like {
        ours: &monitoring_schedule::scheduled::CHECK,
        id: "sagemaker_models_monitor_enabled",
        title: "Amazon SageMaker has a monitoring schedule scheduled",
        severity: Severity::Low,
        reads: &["ListMonitoringSchedules.MonitoringScheduleSummaries[].MonitoringScheduleStatus"],
        needs: &[],
        evaluate,
    };
    Rule { check: check.check(), refused: Refused::PassedOver }
}

/// The check of a schedule, which says which of them lets its region pass.
pub static RULE: Rule = rule(Evaluate::MonitoringSchedule(evaluate));

/// The check of a region.
pub static REGION: Rule = rule(Evaluate::AccountRegion(region));

fn evaluate(schedule: &MonitoringSchedule, _context: Context<'_>) -> Verdict {
    if schedule.status.as_deref() == Some("Scheduled") {
        Verdict::new(Status::Pass, "scheduled", "it is scheduled")
    } else {
        Verdict::new(Status::NotApplicable, "not_scheduled", "it is not scheduled, which says nothing of its region")
    }
}

fn region(region: &AccountRegion, _context: Context<'_>) -> Verdict {
    let verdict = match &region.monitoring {
        Use::By(_) => Verdict::new(Status::Pass, "region_monitored", "a schedule of the region is scheduled"),
        Use::Unused => Verdict::new(Status::Fail, "region_not_monitored", "no schedule of the region is scheduled"),
        Use::Untold(why) => {
            let text = format!("Prowler fails a region whose schedules it cannot list ({why})");
            Verdict::new(Status::Fail, "region_untold", text)
        }
    };
    verdict.with_evidence(|| json!({ "monitoring": region.monitoring }))
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

    #[test]
    fn a_region_passes_with_one_that_is_scheduled_and_fails_without_or_where_none_could_be_listed() {
        for (monitoring, status) in
            [(Use::By(1), Status::Pass), (Use::Unused, Status::Fail), (Use::Untold("denied".to_owned()), Status::Fail)]
        {
            let region = AccountRegion { monitoring, ..AccountRegion::default() };
            assert_eq!(alone::told(&REGION.check, region, alone::context()).0, status);
        }
    }
}
