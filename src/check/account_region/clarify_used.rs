//! Whether models or data of a region are looked at by Clarify.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::account_region::{AccountRegion, Use},
};

/// The check.
pub static CHECK: Check = Check {
    id: "account-region-clarify-used",
    version: 1,
    title: "Jobs of SageMaker Clarify are run in each region",
    severity: Severity::Low,
    rationale: "Jobs of Clarify look for bias in data and models and explain predictions; where none was ever run, nobody may \
                have looked.",
    remediation: Remediation {
        summary: "Run a job of Clarify on the data or the model, before training and beside the endpoint. Where nothing is \
                  trained or served, exclude the region.",
        console: "SageMaker Studio > Models > the model > Evaluate: create a report on bias and explainability.",
        cli: "aws sagemaker create-processing-job --region {region} --cli-input-json file://clarify.json\n\
              # with AppSpecification.ImageUri set to the region's sagemaker-clarify-processing image",
        python: "SageMakerClarifyProcessor(…).run_bias(…)",
        code: "In a pipeline definition, a step of the type ClarifyCheck.",
    },
    reads: &["DescribeProcessingJob.AppSpecification.ImageUri"],
    control: Control::ModelGovernance,
    serves: &[],
    needs: &[],
    by_default: false,
    evaluate: Evaluate::AccountRegion(evaluate),
};

fn evaluate(region: &AccountRegion, _context: Context<'_>) -> Verdict {
    let verdict = match &region.clarify {
        Use::By(_) => Verdict::new(Status::Pass, "clarify_used", "a processing job of the region is one of Clarify"),
        Use::Unused => {
            Verdict::new(Status::Fail, "clarify_unused", "no processing job of the region is one of Clarify")
        }
        Use::Untold(why) => Verdict::new(
            Status::Unknown,
            "clarify_untold",
            format!("whether a processing job of the region is one of Clarify is not known ({why})"),
        ),
    };
    verdict.with_evidence(|| json!({ "clarify": region.clarify, "expected": "an image sagemaker-clarify-processing" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn one_job_of_clarify_passes_none_fails_and_what_was_not_read_is_unknown() {
        for (clarify, status) in [
            (Use::By(1), Status::Pass),
            (Use::Unused, Status::Fail),
            (Use::Untold("denied".to_owned()), Status::Unknown),
        ] {
            let region = AccountRegion { clarify, ..AccountRegion::default() };
            assert_eq!(alone::told(&CHECK, region, alone::context()).0, status);
        }
    }
}
