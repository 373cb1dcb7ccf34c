//! Whether an AutoML job reaches the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::auto_ml_job::AutoMlJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "auto-ml-job-vpc",
    version: 1,
    title: "AutoML jobs are connected to a VPC",
    severity: Severity::High,
    rationale: "Every job that an AutoML job starts has its network. Without subnets of your own their traffic goes over the \
                service's network and the internet, where your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "An AutoML job cannot be changed: set SecurityConfig.VpcConfig with private subnets and security groups in what \
                  creates it (in the first version of the API in AutoMLJobConfig), and give the VPC the endpoints that its jobs \
                  need (S3, and SageMaker, ECR and CloudWatch Logs as interfaces).",
        console: "Studio Classic > AutoML > Create Autopilot experiment > Deployment and advanced settings: choose a VPC, its \
                  private subnets and security groups.",
        cli: again!(".SecurityConfig.VpcConfig = { Subnets: [\"subnet-…\"], SecurityGroupIds: [\"sg-…\"] }"),
        python: "AutoMLV2(…, vpc_config={\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"]})",
        code: "In a pipeline definition or a state machine, in the Arguments of the AutoML step:\n\
               AutoMLJobConfig:  # createAutoMLJobV2 has SecurityConfig without it\n  \
               SecurityConfig: { VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] } }",
    },
    reads: &["DescribeAutoMLJobV2.SecurityConfig.VpcConfig.Subnets"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::AutoMlJob(evaluate),
};

fn evaluate(job: &AutoMlJob, _context: Context<'_>) -> Verdict {
    setting::vpc(&job.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = AutoMlJob { subnets, ..AutoMlJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
