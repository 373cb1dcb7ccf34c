//! Whether a processing job reaches the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::processing_job::ProcessingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "processing-job-vpc",
    version: 1,
    title: "Processing jobs are connected to a VPC",
    severity: Severity::High,
    rationale: "Without subnets of your own what the job sends and fetches goes over the service's network and the internet, \
                where your security groups, endpoint policies and flow logs do not reach, and a database in your VPC would \
                have to be open to the internet for the job to read it.",
    remediation: Remediation {
        summary: "A job cannot be changed: set NetworkConfig.VpcConfig with private subnets and security groups in what creates \
                  it, and give the VPC the endpoints that the job needs (S3, and what its code calls, as interfaces).",
        console: "SageMaker AI > Processing jobs > Create processing job > Network: choose a VPC, its private subnets and \
                  security groups.",
        cli: again!(".NetworkConfig.VpcConfig = { Subnets: [\"subnet-…\"], SecurityGroupIds: [\"sg-…\"] }"),
        python: "network = NetworkConfig(…, subnets=[\"subnet-…\"], security_group_ids=[\"sg-…\"])\n\
                 Processor(…, network_config=network)",
        code: "Type: AWS::SageMaker::ProcessingJob\nProperties:\n  NetworkConfig:\n    VpcConfig:\n      \
               Subnets: [subnet-…]\n      SecurityGroupIds: [sg-…]\n\
               # the same member stands in the Arguments of a processing step of a pipeline",
    },
    reads: &["DescribeProcessingJob.NetworkConfig.VpcConfig.Subnets"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::ProcessingJob(evaluate),
};

fn evaluate(job: &ProcessingJob, _context: Context<'_>) -> Verdict {
    setting::vpc(&job.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = ProcessingJob { subnets, ..ProcessingJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
