//! Whether the instances of a training job of a tuning job encrypt what they say to each other, in each of its training
//! definitions.

use super::each;
use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::hyper_parameter_tuning_job::HyperParameterTuningJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "hyper-parameter-tuning-job-inter-container-encryption",
    version: 1,
    title: "Tuning jobs whose training jobs have several instances encrypt the traffic between them",
    severity: Severity::Medium,
    rationale: "Distributed training sends gradients, weights and at times training data over the network between instances, \
                in every training job that the tuning job starts; without encryption whoever can see that traffic can read \
                them.",
    remediation: Remediation {
        summary: "A tuning job cannot be changed: in each training definition of what creates it, set \
                  EnableInterContainerTrafficEncryption; training may take longer. In a VPC, let the security group pass \
                  UDP 500 and protocol 50 (ESP) to itself.",
        console: "SageMaker AI > Hyperparameter tuning jobs > Create hyperparameter tuning job: in each training job \
                  definition, under Network, turn on encryption of inter-container traffic.",
        cli: again!(".EnableInterContainerTrafficEncryption = true"),
        python: "HyperparameterTuner(Estimator(…, encrypt_inter_container_traffic=True), …)",
        code: "In a pipeline definition or a state machine, in the Arguments of the tuning step:\n\
               TrainingJobDefinition:  # or each of TrainingJobDefinitions\n  \
               EnableInterContainerTrafficEncryption: true",
    },
    reads: &[
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.EnableInterContainerTrafficEncryption",
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.ResourceConfig",
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.HyperParameterTuningResourceConfig",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].EnableInterContainerTrafficEncryption",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].ResourceConfig",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].HyperParameterTuningResourceConfig",
    ],
    control: Control::EncryptionInTransit,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::HyperParameterTuningJob(evaluate),
};

fn evaluate(job: &HyperParameterTuningJob, _context: Context<'_>) -> Verdict {
    each(job, |definition| {
        setting::inter_container_encryption(definition.inter_container_encryption, definition.instance_count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::hyper_parameter_tuning_job::Definition};

    fn told(definitions: &[(Option<i64>, bool)]) -> Status {
        let definition = |(instance_count, inter_container_encryption): &(Option<i64>, bool)| Definition {
            instance_count: *instance_count,
            inter_container_encryption: *inter_container_encryption,
            ..Definition::default()
        };
        let job = HyperParameterTuningJob { definitions: definitions.iter().map(definition).collect() };
        alone::told(&CHECK, job, alone::context()).0
    }

    #[test]
    fn several_instances_need_encryption_and_one_has_no_traffic() {
        assert_eq!(told(&[(Some(1), false)]), Status::NotApplicable);
        assert_eq!(told(&[(Some(2), false)]), Status::Fail);
        assert_eq!(told(&[(Some(2), true)]), Status::Pass);
        assert_eq!(told(&[(None, false)]), Status::Unknown);
        assert_eq!(told(&[]), Status::Unknown);
    }

    #[test]
    fn a_definition_with_one_instance_leaves_the_verdict_to_the_others() {
        assert_eq!(told(&[(Some(1), false), (Some(1), false)]), Status::NotApplicable);
        assert_eq!(told(&[(Some(1), false), (Some(2), true)]), Status::Pass);
        assert_eq!(told(&[(Some(1), false), (Some(2), true), (Some(4), false)]), Status::Fail);
    }
}
