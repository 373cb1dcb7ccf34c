//! Whether the instances of a training job encrypt what they say to each other.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
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
    remediation: Remediation {
        summary: "A job cannot be changed: set EnableInterContainerTrafficEncryption in what creates it; training may take \
                  longer.",
        console: "SageMaker AI > Training jobs > {name} > Clone > Network: turn on encryption of inter-container traffic, \
                  then create the job.",
        cli: "aws sagemaker describe-training-job --region {region} --training-job-name {name} > job.json\n\
              # make create-training-job's input of it, with another name, and run:\n\
              aws sagemaker create-training-job --region {region} --cli-input-json file://job-input.json \\\n  \
              --enable-inter-container-traffic-encryption",
        python: "Estimator(…, encrypt_inter_container_traffic=True)",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               EnableInterContainerTrafficEncryption: true",
    },
    reads: &[
        "Search.Results.TrainingJob.EnableInterContainerTrafficEncryption",
        "Search.Results.TrainingJob.ResourceConfig.InstanceCount",
        "Search.Results.TrainingJob.ResourceConfig.InstanceGroups",
    ],
    control: Control::EncryptionInTransit,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    if job.instances == Instances::Serverless && !job.inter_container_encryption && job.instance_count.is_none() {
        return Verdict::new(
            Status::NotApplicable,
            "serverless",
            "the job is serverless, so its instances are the service's own",
        );
    }
    setting::inter_container_encryption(job.inter_container_encryption, job.instance_count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn a_serverless_job_has_no_traffic_of_its_own() {
        let serverless = TrainingJob { instances: Instances::Serverless, ..TrainingJob::default() };
        assert_eq!(alone::told(&CHECK, serverless, alone::context()).0, Status::NotApplicable);
        let two = TrainingJob { instance_count: Some(2), ..TrainingJob::default() };
        assert_eq!(alone::told(&CHECK, two, alone::context()).0, Status::Fail);
    }
}
