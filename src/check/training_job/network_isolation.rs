//! Whether the containers of a training job are cut off from every network.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-network-isolation",
    version: 1,
    title: "Training jobs run in network isolation",
    severity: Severity::High,
    rationale: "A container that can make calls can carry training data away, and can use the execution role's \
                credentials; in isolation it can do neither, and SageMaker moves the data.",
    remediation: Remediation {
        summary: "A job cannot be changed: set EnableNetworkIsolation in what creates it, unless the algorithm needs the \
                  network.",
        console: "SageMaker AI > Training jobs > {name} > Clone > Network: turn on network isolation, then create the job.",
        cli: "aws sagemaker describe-training-job --region {region} --training-job-name {name} > job.json\n\
              # make create-training-job's input of it, with another name, and run:\n\
              aws sagemaker create-training-job --region {region} --cli-input-json file://job-input.json \\\n  \
              --enable-network-isolation",
        python: "Estimator(…, enable_network_isolation=True)",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               EnableNetworkIsolation: true",
    },
    reads: &["Search.Results.TrainingJob.EnableNetworkIsolation"],
    control: Control::NetworkIsolation,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    setting::network_isolation(job.network_isolation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let job = TrainingJob { network_isolation, ..TrainingJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status);
        }
    }
}
