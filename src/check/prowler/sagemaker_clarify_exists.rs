//! Whether a processing job is one of Clarify. Prowler fails a region that has none, which no job can tell.

use super::{Refused, Rule};
use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::processing_job::ProcessingJob,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Check {
        id: "sagemaker_clarify_exists",
        version: 1,
        title: "Amazon SageMaker Clarify processing jobs exist in the region",
        severity: Severity::Low,
        rationale: "Jobs of Clarify look for bias in data and models and explain predictions; without any, nobody may have \
                    looked.",
        remediation: Remediation {
            summary: "Run a job of Clarify on the data or the model, before training and beside the endpoint.",
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
        by_default: true,
        evaluate: Evaluate::ProcessingJob(evaluate),
    },
    refused: Refused::Passed,
};

fn evaluate(job: &ProcessingJob, _context: Context<'_>) -> Verdict {
    if job.image.as_deref().is_some_and(|image| image.contains("sagemaker-clarify-processing")) {
        Verdict::new(Status::Pass, "clarify_job", "it is a job of Clarify")
    } else {
        Verdict::new(Status::NotApplicable, "another_job", "it is no job of Clarify, which says nothing of its region")
    }
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
}
