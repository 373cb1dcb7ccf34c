//! Whether the instances of a processing job encrypt what they say to each other.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::processing_job::ProcessingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "processing-job-inter-container-encryption",
    version: 1,
    title: "Processing jobs on several instances encrypt the traffic between them",
    severity: Severity::Medium,
    rationale: "Distributed processing, such as with Spark, shuffles the data themselves between instances; without \
                encryption whoever can see that traffic can read them.",
    remediation: Remediation {
        summary: "A job cannot be changed: set NetworkConfig.EnableInterContainerTrafficEncryption in what creates it; \
                  processing may take longer. In a VPC the security group has to let its members talk to each other.",
        console: "SageMaker AI > Processing jobs > Create processing job > Network: turn on encryption of inter-container \
                  traffic.",
        cli: again!(".NetworkConfig.EnableInterContainerTrafficEncryption = true"),
        python: "network = NetworkConfig(…, encrypt_inter_container_traffic=True)\n\
                 Processor(…, network_config=network)",
        code: "Type: AWS::SageMaker::ProcessingJob\nProperties:\n  NetworkConfig:\n    \
               EnableInterContainerTrafficEncryption: true\n\
               # the same member stands in the Arguments of a processing step of a pipeline",
    },
    reads: &[
        "DescribeProcessingJob.NetworkConfig.EnableInterContainerTrafficEncryption",
        "DescribeProcessingJob.ProcessingResources.ClusterConfig.InstanceCount",
    ],
    control: Control::EncryptionInTransit,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::ProcessingJob(evaluate),
};

fn evaluate(job: &ProcessingJob, _context: Context<'_>) -> Verdict {
    setting::inter_container_encryption(job.inter_container_encryption, job.instance_count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn several_instances_need_encryption_and_one_has_no_traffic() {
        for (instance_count, inter_container_encryption, status) in [
            (Some(1), false, Status::NotApplicable),
            (Some(2), false, Status::Fail),
            (Some(2), true, Status::Pass),
            (None, false, Status::Unknown),
        ] {
            let job = ProcessingJob { instance_count, inter_container_encryption, ..ProcessingJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status, "{instance_count:?}");
        }
    }
}
