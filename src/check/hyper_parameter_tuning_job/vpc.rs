//! Whether the training jobs of a tuning job reach the network only through a VPC of the customer, in each of its training
//! definitions.

use super::each;
use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::hyper_parameter_tuning_job::HyperParameterTuningJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "hyper-parameter-tuning-job-vpc",
    version: 1,
    title: "Tuning jobs connect their training jobs to a VPC",
    severity: Severity::High,
    rationale: "Without subnets of your own the traffic of every training job that the tuning job starts goes over the \
                service's network and the internet, where your security groups, endpoint policies and flow logs do not \
                reach.",
    remediation: Remediation {
        summary: "A tuning job cannot be changed: in each training definition of what creates it, set VpcConfig with private \
                  subnets and security groups, and give the VPC an endpoint of S3. Choose subnets with enough free addresses: \
                  each instance of each training job that runs at the same time takes one.",
        console: "SageMaker AI > Hyperparameter tuning jobs > Create hyperparameter tuning job: in each training job \
                  definition, under Network, choose a VPC, its private subnets and security groups.",
        cli: again!(".VpcConfig = { Subnets: [\"subnet-…\"], SecurityGroupIds: [\"sg-…\"] }"),
        python: "estimator = Estimator(…, subnets=[\"subnet-…\"], security_group_ids=[\"sg-…\"])\n\
                 HyperparameterTuner(estimator, …)",
        code: "In a pipeline definition or a state machine, in the Arguments of the tuning step:\n\
               TrainingJobDefinition:  # or each of TrainingJobDefinitions\n  \
               VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }",
    },
    reads: &[
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.VpcConfig.Subnets",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].VpcConfig.Subnets",
    ],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::HyperParameterTuningJob(evaluate),
};

fn evaluate(job: &HyperParameterTuningJob, _context: Context<'_>) -> Verdict {
    each(job, |definition| setting::vpc(&definition.subnets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::hyper_parameter_tuning_job::Definition};

    #[test]
    fn every_definition_has_to_have_subnets() {
        let told = |connected: &[bool]| {
            let definition = |is_connected: &bool| Definition {
                subnets: is_connected.then(|| "subnet-1".to_owned()).into_iter().collect(),
                ..Definition::default()
            };
            let job = HyperParameterTuningJob { definitions: connected.iter().map(definition).collect() };
            alone::told(&CHECK, job, alone::context()).0
        };
        assert_eq!((told(&[true]), told(&[false])), (Status::Pass, Status::Fail));
        assert_eq!((told(&[true, true]), told(&[false, true])), (Status::Pass, Status::Fail));
        assert_eq!(told(&[]), Status::Unknown);
    }
}
