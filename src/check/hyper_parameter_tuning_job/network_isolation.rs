//! Whether the containers of the training jobs of a tuning job are cut off from every network, in each of its training
//! definitions.

use super::each;
use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::hyper_parameter_tuning_job::HyperParameterTuningJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "hyper-parameter-tuning-job-network-isolation",
    version: 1,
    title: "Tuning jobs run their training jobs in network isolation",
    severity: Severity::High,
    rationale: "A container that can make calls can carry training data away, and can use the execution role's credentials; \
                in isolation it can do neither, and SageMaker moves the data. A tuning job gives the setting to every \
                training job that it starts, and tuned algorithms need no network: SageMaker reads the metric from the log.",
    remediation: Remediation {
        summary: "A tuning job cannot be changed: in each training definition of what creates it, set EnableNetworkIsolation, \
                  unless the algorithm needs the network.",
        console: "SageMaker AI > Hyperparameter tuning jobs > Create hyperparameter tuning job: in each training job \
                  definition, under Network, turn on network isolation.",
        cli: again!(".EnableNetworkIsolation = true"),
        python: "HyperparameterTuner(Estimator(…, enable_network_isolation=True), …)",
        code: "In a pipeline definition or a state machine, in the Arguments of the tuning step:\n\
               TrainingJobDefinition:  # or each of TrainingJobDefinitions\n  \
               EnableNetworkIsolation: true",
    },
    reads: &[
        "DescribeHyperParameterTuningJob.TrainingJobDefinition.EnableNetworkIsolation",
        "DescribeHyperParameterTuningJob.TrainingJobDefinitions[].EnableNetworkIsolation",
    ],
    control: Control::NetworkIsolation,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::HyperParameterTuningJob(evaluate),
};

fn evaluate(job: &HyperParameterTuningJob, _context: Context<'_>) -> Verdict {
    each(job, |definition| setting::network_isolation(definition.network_isolation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::hyper_parameter_tuning_job::Definition};

    #[test]
    fn every_definition_has_to_be_isolated() {
        let told = |isolated: &[bool]| {
            let definition = |network_isolation: &bool| Definition {
                network_isolation: *network_isolation,
                ..Definition::default()
            };
            let job = HyperParameterTuningJob { definitions: isolated.iter().map(definition).collect() };
            alone::told(&CHECK, job, alone::context()).0
        };
        assert_eq!((told(&[true]), told(&[false])), (Status::Pass, Status::Fail));
        assert_eq!((told(&[true, true]), told(&[true, false])), (Status::Pass, Status::Fail));
        assert_eq!(told(&[]), Status::Unknown);
    }
}
