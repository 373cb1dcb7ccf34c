//! Whether automated labelling reaches the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Status, Verdict},
    resource::labeling_job::LabelingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "labeling-job-vpc",
    version: 1,
    title: "Labeling jobs connect automated labelling to a VPC",
    severity: Severity::Medium,
    rationale: "Automated labelling trains and runs a model on instances that read your data. Without subnets of your own their \
                traffic goes over the service's network and the internet, where your security groups, endpoint policies and \
                flow logs do not reach.",
    remediation: Remediation {
        summary: "A labeling job cannot be changed: in what creates it, set \
                  LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VpcConfig with private subnets and security groups, \
                  and give the VPC an endpoint of S3.",
        console: "SageMaker AI > Ground Truth > Labeling jobs > Create labeling job: the VPC of automated labelling can only be \
                  set by the API.",
        cli: again!(
            ".LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VpcConfig =\n      \
             { Subnets: [\"subnet-…\"], SecurityGroupIds: [\"sg-…\"] }"
        ),
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_labeling_job(\n    …,\n    \
                 LabelingJobAlgorithmsConfig={\n        \
                 \"LabelingJobAlgorithmSpecificationArn\": \"…\",\n        \
                 \"LabelingJobResourceConfig\": {\n            \
                 \"VpcConfig\": {\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"]},\n        },\n    },\n)",
        code: "In a state machine, in the Parameters of the task arn:aws:states:::sagemaker:createLabelingJob.sync:\n\
               LabelingJobAlgorithmsConfig:\n  LabelingJobResourceConfig:\n    \
               VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }",
    },
    reads: &[
        "DescribeLabelingJob.LabelingJobAlgorithmsConfig",
        "DescribeLabelingJob.LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VpcConfig.Subnets",
    ],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::LabelingJob(evaluate),
};

fn evaluate(job: &LabelingJob, _context: Context<'_>) -> Verdict {
    match &job.automation {
        Some(automation) => setting::vpc(&automation.subnets),
        None => Verdict::new(
            Status::NotApplicable,
            "no_automated_labeling",
            "people alone label, so the job runs on no instances that could be in a VPC",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::labeling_job::Automation};

    #[test]
    fn automated_labelling_needs_subnets_and_people_need_none() {
        let told = |automation: Option<Automation>| {
            alone::told(&CHECK, LabelingJob { automation, ..LabelingJob::default() }, alone::context()).0
        };
        let connected = Automation { subnets: vec!["subnet-1".to_owned()], ..Automation::default() };
        assert_eq!(told(None), Status::NotApplicable);
        assert_eq!(told(Some(Automation::default())), Status::Fail);
        assert_eq!(told(Some(connected)), Status::Pass);
    }
}
