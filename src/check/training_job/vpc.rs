//! Whether a training job reaches the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-vpc",
    version: 1,
    title: "Training jobs are connected to a VPC",
    severity: Severity::High,
    rationale: "Without subnets of your own the job's traffic goes over the service's network and the internet, where \
                your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "A job cannot be changed: set VpcConfig with private subnets and security groups in what creates it, and \
                  give the VPC the endpoints that the job needs (S3, and SageMaker, ECR and CloudWatch Logs as interfaces).",
        console: "SageMaker AI > Training jobs > {name} > Clone > Network: choose a custom VPC, its private subnets and \
                  security groups, then create the job.",
        cli: "aws sagemaker describe-training-job --region {region} --training-job-name {name} > job.json\n\
              # make create-training-job's input of it, with another name, and run:\n\
              aws sagemaker create-training-job --region {region} --cli-input-json file://job-input.json \\\n  \
              --vpc-config Subnets=subnet-…,SecurityGroupIds=sg-…",
        python: "Estimator(…, subnets=[\"subnet-…\"], security_group_ids=[\"sg-…\"])",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }",
    },
    reads: &["Search.Results.TrainingJob.VpcConfig.Subnets"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    setting::vpc(&job.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = TrainingJob { subnets, ..TrainingJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
