//! Whether an optimization job reaches the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::optimization_job::OptimizationJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "optimization-job-vpc",
    version: 1,
    title: "Optimization jobs are connected to a VPC",
    severity: Severity::Low,
    rationale: "Without subnets of your own the job reads the model and writes it over the service's network, where \
                your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "A job cannot be changed: set VpcConfig with private subnets and security groups in what creates it, \
                  and give the VPC the endpoints that the job needs (S3, and ECR and CloudWatch Logs as interfaces).",
        console: "SageMaker Studio > Models > the model > Optimize: under Network choose the VPC, its private subnets \
                  and security groups, then create the job.",
        cli: "aws sagemaker describe-optimization-job --region {region} --optimization-job-name {name} |\n  \
              jq '{ RoleArn, ModelSource, DeploymentInstanceType, MaxInstanceCount, OptimizationEnvironment,\n    \
              OptimizationConfigs, OutputConfig, VpcConfig, StoppingCondition, TrainingPlanArns } |\n    \
              del(.. | nulls) |\n    \
              .VpcConfig = { \"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"] }' > job.json\n\
              aws sagemaker create-optimization-job --region {region} --optimization-job-name … --cli-input-json \
              file://job.json",
        python: "ModelBuilder(…).optimize(…, vpc_config={\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": \
                 [\"sg-…\"]})",
        code: "In a state machine, in the Arguments of aws-sdk:sagemaker:createOptimizationJob:\n\
               VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }",
    },
    reads: &["DescribeOptimizationJob.VpcConfig.Subnets"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::OptimizationJob(evaluate),
};

fn evaluate(job: &OptimizationJob, _context: Context<'_>) -> Verdict {
    setting::vpc(&job.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = OptimizationJob { subnets, ..OptimizationJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
