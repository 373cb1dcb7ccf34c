//! Whether the containers of a processing job are cut off from every network.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::processing_job::ProcessingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "processing-job-network-isolation",
    version: 1,
    title: "Processing jobs run in network isolation",
    severity: Severity::High,
    rationale: "A processing container sees raw data, often before anything personal is taken out. One that can make calls \
                can carry them away, whether its image or a package that it installs is to blame, and can use the \
                execution role's credentials; in isolation it can do neither, and SageMaker moves the data.",
    remediation: Remediation {
        summary: "A job cannot be changed: set NetworkConfig.EnableNetworkIsolation in what creates it. Code that calls other \
                  services or installs packages when it starts cannot be isolated: build the packages into the image, and \
                  let SageMaker bring the data as inputs.",
        console: "SageMaker AI > Processing jobs > Create processing job > Network: turn on network isolation.",
        cli: again!(".NetworkConfig.EnableNetworkIsolation = true"),
        python: "network = NetworkConfig(…, enable_network_isolation=True)\n\
                 Processor(…, network_config=network)",
        code: "Type: AWS::SageMaker::ProcessingJob\nProperties:\n  NetworkConfig:\n    EnableNetworkIsolation: true\n\
               # the same member stands in the Arguments of a processing step of a pipeline",
    },
    reads: &["DescribeProcessingJob.NetworkConfig.EnableNetworkIsolation"],
    control: Control::NetworkIsolation,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::ProcessingJob(evaluate),
};

fn evaluate(job: &ProcessingJob, _context: Context<'_>) -> Verdict {
    setting::network_isolation(job.network_isolation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let job = ProcessingJob { network_isolation, ..ProcessingJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
