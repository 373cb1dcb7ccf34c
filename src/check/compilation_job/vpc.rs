//! Whether a compilation job reaches the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::compilation_job::CompilationJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "compilation-job-vpc",
    version: 1,
    title: "Compilation jobs are connected to a VPC",
    severity: Severity::Low,
    rationale: "Without subnets of your own the job reads the model and writes it over the service's network, where \
                your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "A job cannot be changed: set VpcConfig with private subnets and security groups in what creates it, \
                  and give the VPC an endpoint for S3.",
        console: "SageMaker AI > Inference > Compilation jobs > Create compilation job: under VPC choose the VPC, its \
                  private subnets and security groups.",
        cli: "aws sagemaker describe-compilation-job --region {region} --compilation-job-name {name} |\n  \
              jq '{ RoleArn, ModelPackageVersionArn, InputConfig, OutputConfig, VpcConfig, StoppingCondition } | \
              del(.. | nulls) |\n    \
              .VpcConfig = { \"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"] }' > job.json\n\
              aws sagemaker create-compilation-job --region {region} --compilation-job-name … --cli-input-json \
              file://job.json",
        python: "# Model.compile sets no VPC, so call the API:\n\
                 client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_compilation_job(…, VpcConfig={\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": \
                 [\"sg-…\"]})",
        code: "In a state machine, in the Arguments of aws-sdk:sagemaker:createCompilationJob:\n\
               VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }",
    },
    reads: &["DescribeCompilationJob.VpcConfig.Subnets"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::CompilationJob(evaluate),
};

fn evaluate(job: &CompilationJob, _context: Context<'_>) -> Verdict {
    setting::vpc(&job.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = CompilationJob { subnets, ..CompilationJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
