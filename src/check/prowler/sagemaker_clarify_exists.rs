//! Whether there are processing jobs of Clarify: each such job passes, and a region without any fails.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, account_region},
    finding::{Severity, Status, Verdict},
    resource::{
        account_region::{AccountRegion, Use},
        processing_job::ProcessingJob,
    },
};

/// The check as it is put to what these evaluate.
const fn rule(evaluate: Evaluate) -> Rule {
    let check = Like {
        ours: &account_region::clarify_used::CHECK,
        id: "sagemaker_clarify_exists",
        title: "Amazon SageMaker Clarify processing jobs exist in the region",
        severity: Severity::Low,
        reads: &["DescribeProcessingJob.AppSpecification.ImageUri"],
        needs: &[],
        evaluate,
    };
    Rule { check: check.check(), refused: Refused::PassedOver }
}

/// The check of a job.
pub static RULE: Rule = rule(Evaluate::ProcessingJob(evaluate));

/// The check of a region.
pub static REGION: Rule = rule(Evaluate::AccountRegion(region));

fn evaluate(job: &ProcessingJob, _context: Context<'_>) -> Verdict {
    if job.is_of_clarify() {
        Verdict::new(Status::Pass, "clarify_job", "it is a job of Clarify")
    } else {
        Verdict::new(Status::NotApplicable, "another_job", "it is no job of Clarify, which says nothing of its region")
    }
}

fn region(region: &AccountRegion, _context: Context<'_>) -> Verdict {
    let verdict = match &region.clarify {
        Use::By(_) => Verdict::new(Status::NotApplicable, "region_has_clarify_jobs", "its jobs of Clarify pass"),
        Use::Unused => Verdict::new(Status::Fail, "region_without_clarify_job", "no job of Clarify is in the region"),
        Use::Untold(why) if region.undescribed_jobs > 0 => {
            let text = format!("Prowler fails a region whose processing jobs it lists and cannot describe ({why})");
            Verdict::new(Status::Fail, "region_undescribed", text)
        }
        Use::Untold(why) => {
            let text = format!("Prowler passes over a region whose processing jobs it cannot list ({why})");
            Verdict::new(Status::NotApplicable, "region_untold", text)
        }
    };
    verdict.with_evidence(|| json!({ "clarify": region.clarify, "undescribed_jobs": region.undescribed_jobs }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn a_job_of_clarify_passes_and_another_says_nothing() {
        for (image, status) in [
            ("306415355426.dkr.ecr.us-west-2.amazonaws.com/sagemaker-clarify-processing:1.0", Status::Pass),
            ("111111111111.dkr.ecr.us-west-2.amazonaws.com/mine:1", Status::NotApplicable),
        ] {
            let job = ProcessingJob { image: Some(image.to_owned()), ..ProcessingJob::default() };
            assert_eq!(alone::told(&RULE.check, job, alone::context()).0, status);
        }
    }

    #[test]
    fn a_region_fails_where_no_job_carries_a_pass() {
        let untold = || Use::Untold("denied".to_owned());
        for (clarify, undescribed_jobs, status) in [
            (Use::By(1), 0, Status::NotApplicable),
            (Use::By(1), 1, Status::NotApplicable),
            (Use::Unused, 0, Status::Fail),
            (untold(), 0, Status::NotApplicable),
            (untold(), 1, Status::Fail),
        ] {
            let region = AccountRegion { clarify, undescribed_jobs, ..AccountRegion::default() };
            assert_eq!(alone::told(&REGION.check, region, alone::context()).0, status);
        }
    }
}
