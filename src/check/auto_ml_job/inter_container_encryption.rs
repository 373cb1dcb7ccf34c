//! Whether the instances of an AutoML job encrypt what they say to each other.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::auto_ml_job::AutoMlJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "auto-ml-job-inter-container-encryption",
    version: 1,
    title: "AutoML jobs encrypt the traffic between their instances",
    severity: Severity::Medium,
    rationale: "The service chooses on how many instances each step of an AutoML job runs, and no answer tells it. Where they \
                are several they send data and gradients to each other; without encryption whoever can see that traffic can \
                read them.",
    remediation: Remediation {
        summary: "An AutoML job cannot be changed: set SecurityConfig.EnableInterContainerTrafficEncryption in what creates it \
                  (in the first version of the API in AutoMLJobConfig). In a VPC, let the security group pass UDP 500 and \
                  protocol 50 (ESP) to itself.",
        console: "Studio Classic > AutoML > Create Autopilot experiment > Deployment and advanced settings: turn on \
                  encryption of inter-container traffic.",
        cli: again!(".SecurityConfig.EnableInterContainerTrafficEncryption = true"),
        python: "AutoMLV2(…, encrypt_inter_container_traffic=True)",
        code: "In a pipeline definition or a state machine, in the Arguments of the AutoML step:\n\
               AutoMLJobConfig:  # createAutoMLJobV2 has SecurityConfig without it\n  \
               SecurityConfig: { EnableInterContainerTrafficEncryption: true }",
    },
    reads: &["DescribeAutoMLJobV2.SecurityConfig.EnableInterContainerTrafficEncryption"],
    control: Control::EncryptionInTransit,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::AutoMlJob(evaluate),
};

fn evaluate(job: &AutoMlJob, _context: Context<'_>) -> Verdict {
    setting::required(
        job.inter_container_encryption,
        ("inter_container_traffic_encrypted", "traffic between instances is encrypted"),
        (
            "inter_container_traffic_not_encrypted",
            "traffic between the instances, whose number the service chooses, is not encrypted",
        ),
        "EnableInterContainerTrafficEncryption",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn encryption_passes_and_its_absence_fails() {
        for (inter_container_encryption, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let job = AutoMlJob { inter_container_encryption, ..AutoMlJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
