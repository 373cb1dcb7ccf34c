//! Whether a training job reaches the network only through a VPC of the customer.

use serde_json::json;

use crate::{
    check::{Check, Context, Evaluate},
    finding::{Severity, Status, Verdict},
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
    remediation: "Set VpcConfig with private subnets and security groups in what creates the job, and give the VPC the \
                  endpoints that the job needs.",
    standards: &["CIS Controls 8.1 12.2", "ISO 27001:2022 A.8.20", "NIST SP 800-53 Rev. 5 SC-7"],
    needs: &[],
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    if job.subnets.is_empty() {
        Verdict::new(Status::Fail, "vpc_absent", "no VPC subnets are configured")
            .with_evidence(|| json!({ "VpcConfig": null }))
    } else {
        Verdict::new(Status::Pass, "vpc_configured", "the job is connected to subnets of a VPC")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = TrainingJob { subnets, ..TrainingJob::default() };
            assert_eq!(evaluate(&job, Context { keys: &HashMap::new() }).status, status);
        }
    }
}
