//! Whether the instances of a training job encrypt what they say to each other.

use serde_json::json;

use crate::{
    check::{Check, Context, Evaluate},
    finding::{Severity, Status, Verdict},
    resource::training_job::{Instances, TrainingJob},
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-inter-container-encryption",
    version: 1,
    title: "Training jobs on several instances encrypt the traffic between them",
    severity: Severity::Medium,
    rationale: "Distributed training sends training data and gradients over the network between instances; without \
                encryption whoever can see that traffic can read them.",
    remediation: "Set EnableInterContainerTrafficEncryption in what creates the job; training may take longer.",
    standards: &["C5 CRY-02.01B", "CIS Controls 8.1 3.10", "ISO 27001:2022 A.8.24", "NIST SP 800-53 Rev. 5 SC-8"],
    needs: &[],
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    if job.inter_container_encryption {
        return match job.instance_count {
            Some(0 | 1) => single(),
            _ => Verdict::new(
                Status::Pass,
                "inter_container_traffic_encrypted",
                "traffic between instances is encrypted",
            ),
        };
    }
    match job.instance_count {
        Some(0 | 1) => single(),
        None if job.instances == Instances::Serverless => Verdict::new(
            Status::NotApplicable,
            "serverless",
            "the job is serverless, so its instances are the service's own",
        ),
        Some(count) => Verdict::new(
            Status::Fail,
            "inter_container_traffic_not_encrypted",
            format!("traffic between the {count} instances is not encrypted"),
        ),
        None => Verdict::new(
            Status::Unknown,
            "instance_count_unknown",
            "the job does not tell how many instances it has, so whether there is traffic between any is not known",
        ),
    }
    .with_evidence(|| json!({ "EnableInterContainerTrafficEncryption": false, "instance_count": job.instance_count }))
}

fn single() -> Verdict {
    Verdict::new(
        Status::NotApplicable,
        "single_instance",
        "the job has one instance, so there is no traffic between instances",
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_count_with_and_without_the_flag() {
        let cases = [
            (Some(1), false, Status::NotApplicable, "single_instance"),
            (Some(1), true, Status::NotApplicable, "single_instance"),
            (Some(2), false, Status::Fail, "inter_container_traffic_not_encrypted"),
            (Some(2), true, Status::Pass, "inter_container_traffic_encrypted"),
            (None, false, Status::Unknown, "instance_count_unknown"),
            (None, true, Status::Pass, "inter_container_traffic_encrypted"),
        ];
        for (instance_count, inter_container_encryption, status, code) in cases {
            let job = TrainingJob { instance_count, inter_container_encryption, ..TrainingJob::default() };
            let verdict = evaluate(&job, Context { keys: &HashMap::new() });
            assert_eq!((verdict.status, &*verdict.reason_code()), (status, code), "{instance_count:?}");
            assert_eq!(verdict.evidence.is_some(), matches!(status, Status::Fail | Status::Unknown));
        }
    }
}
