//! Whether the containers of a model reach the network only through a VPC of the customer.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::model::Model,
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-vpc",
    version: 1,
    title: "Models are connected to a VPC",
    severity: Severity::Medium,
    rationale: "Without subnets of your own the containers that answer requests reach the internet and AWS services over \
                the service's network, where your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "A model cannot be changed: create another one with VpcConfig, with private subnets in two Availability \
                  Zones or more, and deploy that. Where inference components deploy the model, set VpcConfig in the \
                  endpoint configuration as well, which decides there.",
        console: "SageMaker AI > Inference > Models > Create model > Network: choose a VPC, its private subnets and security \
                  groups; then update the endpoint to a configuration with the new model.",
        cli: "aws sagemaker describe-model --region {region} --model-name {name} > model.json\n\
              # make create-model's input of it: without ModelArn and CreationTime, with another ModelName, and run:\n\
              aws sagemaker create-model --region {region} --cli-input-json file://model-input.json \\\n  \
              --vpc-config Subnets=subnet-…,SecurityGroupIds=sg-…",
        python: "Model(…, vpc_config={\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"]})",
        code: "Type: AWS::SageMaker::Model\nProperties:\n  VpcConfig:\n    Subnets: [subnet-…]\n    SecurityGroupIds: [sg-…]",
    },
    reads: &["DescribeModel.VpcConfig.Subnets"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Model(evaluate),
};

fn evaluate(model: &Model, _context: Context<'_>) -> Verdict {
    setting::vpc(&model.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let model = Model { subnets, ..Model::default() };
            assert_eq!(alone::told(&CHECK, model, alone::context()).0, status);
        }
    }
}
