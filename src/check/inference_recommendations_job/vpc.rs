//! Whether the endpoints that an inference recommendation job makes reach the network only through a VPC of the
//! customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Status, Verdict},
    resource::inference_recommendations_job::{InferenceRecommendationsJob, TriedOn},
};

/// The check.
pub static CHECK: Check = Check {
    id: "inference-recommendations-job-vpc",
    version: 1,
    title: "Inference recommendation jobs connect their endpoints to a VPC",
    severity: Severity::Low,
    rationale: "Without subnets of your own the traffic of the endpoints under test goes over the service's network \
                and the internet, where your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "A job cannot be changed: set InputConfig.VpcConfig with private subnets and security groups in what \
                  creates it, and give the VPC the endpoints that the model needs (S3, and ECR and CloudWatch Logs as \
                  interfaces).",
        console: "SageMaker Studio > Models > the model > Run inference recommender: under Security choose the VPC, \
                  its private subnets and security groups, then start the job.",
        cli: "aws sagemaker describe-inference-recommendations-job --region {region} --job-name {name} |\n  \
              jq '{ JobType, RoleArn, InputConfig, StoppingConditions } | del(.. | nulls) |\n    \
              .InputConfig.VpcConfig = { \"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"] }' > job.json\n\
              aws sagemaker create-inference-recommendations-job --region {region} --job-name … --cli-input-json \
              file://job.json",
        python: "# right_size sets no VPC, so call the API:\n\
                 client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_inference_recommendations_job(…,\n  \
                 InputConfig={\"VpcConfig\": {\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"]}, …})",
        code: "In a state machine, in the Arguments of aws-sdk:sagemaker:createInferenceRecommendationsJob:\n\
               InputConfig: { VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] } }",
    },
    reads: &[
        "DescribeInferenceRecommendationsJob.InputConfig.VpcConfig.Subnets",
        "DescribeInferenceRecommendationsJob.InputConfig.EndpointConfigurations[].ServerlessConfig",
        "DescribeInferenceRecommendationsJob.InputConfig.Endpoints",
    ],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::InferenceRecommendationsJob(evaluate),
};

fn evaluate(job: &InferenceRecommendationsJob, _context: Context<'_>) -> Verdict {
    match &job.endpoints {
        TriedOn::Existing if job.subnets.is_empty() => Verdict::new(
            Status::NotApplicable,
            "existing_endpoints",
            "the job tries endpoints that were there before, and makes none that it could connect to a VPC",
        ),
        TriedOn::Instances(types) if types.is_empty() && job.subnets.is_empty() => Verdict::new(
            Status::NotApplicable,
            "serverless",
            "every endpoint of the job is serverless, and these cannot be connected to a VPC",
        ),
        TriedOn::Existing | TriedOn::Instances(_) | TriedOn::Chosen(_) => setting::vpc(&job.subnets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn subnets_pass_and_their_absence_fails_where_the_job_makes_endpoints_that_take_some() {
        let on_instances = TriedOn::Instances(vec!["ml.m5.large".to_owned()]);
        for (endpoints, subnet, status) in [
            (on_instances.clone(), true, Status::Pass),
            (on_instances, false, Status::Fail),
            (TriedOn::Chosen(Vec::new()), true, Status::Pass),
            (TriedOn::Chosen(Vec::new()), false, Status::Fail),
            (TriedOn::Existing, true, Status::Pass),
            (TriedOn::Existing, false, Status::NotApplicable),
            (TriedOn::Instances(Vec::new()), false, Status::NotApplicable),
        ] {
            let subnets = if subnet { vec!["subnet-1".to_owned()] } else { Vec::new() };
            let job = InferenceRecommendationsJob { endpoints, subnets, ..InferenceRecommendationsJob::default() };
            assert_eq!(alone::told(&CHECK, job.clone(), alone::context()).0, status, "{job:?}");
        }
    }
}
