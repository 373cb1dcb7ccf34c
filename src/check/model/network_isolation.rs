//! Whether the containers of a model are cut off from every network.

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement, setting},
    finding::{Severity, Verdict},
    resource::model::Model,
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-network-isolation",
    version: 1,
    title: "Models run their containers in network isolation",
    severity: Severity::High,
    rationale: "A model container sees every request of an endpoint or a batch transform, and often runs code that came \
                with the model. One that can make calls can carry requests away, and can use the execution role's \
                credentials; in isolation it can do neither.",
    remediation: Remediation {
        summary: "A model cannot be changed: create another one with EnableNetworkIsolation, and deploy that. Where \
                  inference components deploy the model, set EnableNetworkIsolation in the endpoint configuration as well, \
                  which decides there.",
        console: "SageMaker AI > Inference > Models > Create model > Network: enable network isolation; then update the \
                  endpoint to a configuration with the new model.",
        cli: "aws sagemaker describe-model --region {region} --model-name {name} > model.json\n\
              # make create-model's input of it: without ModelArn and CreationTime, with another ModelName, and run:\n\
              aws sagemaker create-model --region {region} --cli-input-json file://model-input.json \\\n  \
              --enable-network-isolation",
        python: "Model(…, enable_network_isolation=True)",
        code: "Type: AWS::SageMaker::Model\nProperties:\n  EnableNetworkIsolation: true",
    },
    reads: &["DescribeModel.EnableNetworkIsolation"],
    control: Control::NetworkIsolation,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.5")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Model(evaluate),
};

fn evaluate(model: &Model, _context: Context<'_>) -> Verdict {
    setting::network_isolation(model.network_isolation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let model = Model { network_isolation, ..Model::default() };
            assert_eq!(alone::told(&CHECK, model, alone::context()).0, status);
        }
    }
}
