//! Whether the containers behind an endpoint reach the network only through a VPC of the customer, where the
//! configuration decides on that and not the models of its variants.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Status, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "endpoint-config-vpc",
    version: 1,
    title: "Endpoint configurations for inference components are connected to a VPC",
    severity: Severity::Medium,
    rationale: "Without subnets of your own the traffic of the containers goes over the service's network and the internet, \
                where your security groups, endpoint policies and flow logs do not reach.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with VpcConfig, with private subnets of two \
                  Availability Zones and security groups, give the VPC the endpoints that the containers need, and update \
                  the endpoint to it.",
        console: "SageMaker AI > Endpoint configurations > {name} > Clone > Network: choose a VPC, its private subnets and \
                  security groups, and create it; then Endpoints > the endpoint > Update endpoint, and choose the new \
                  configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json \\\n  \
              --vpc-config Subnets=subnet-…,subnet-…,SecurityGroupIds=sg-…\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_endpoint_config(…, VpcConfig={\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"]})",
        code: "Type: AWS::SageMaker::EndpointConfig\n\
               Properties:\n  VpcConfig:\n    Subnets: [subnet-…]\n    SecurityGroupIds: [sg-…]",
    },
    reads: &[
        "DescribeEndpointConfig.VpcConfig.Subnets",
        "DescribeEndpointConfig.ProductionVariants[].ModelName",
        "DescribeEndpointConfig.ShadowProductionVariants[].ModelName",
    ],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, _context: Context<'_>) -> Verdict {
    if config.variants.is_empty() && config.subnets.is_empty() {
        return Verdict::new(Status::Unknown, "variants_unknown", "no production variants are named")
            .with_evidence(|| json!({ "VpcConfig": null, "ProductionVariants": [] }));
    }
    if config.names_models() && config.subnets.is_empty() {
        return Verdict::new(
            Status::NotApplicable,
            "models_decide",
            "the configuration leaves the VPC to the models of its variants",
        );
    }
    setting::vpc(&config.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::endpoint_config::Variant};

    #[test]
    fn it_is_judged_where_there_are_subnets_or_no_model_decides() {
        for (subnets, models, status) in [
            (vec!["subnet-1"], vec![Some("m")], Status::Pass),
            (vec!["subnet-1"], vec![None], Status::Pass),
            (Vec::new(), vec![Some("m")], Status::NotApplicable),
            (Vec::new(), vec![None], Status::Fail),
            (Vec::new(), Vec::new(), Status::Unknown),
        ] {
            let variant = |model: Option<&str>| Variant { model: model.map(ToOwned::to_owned), ..Variant::default() };
            let variants = models.iter().copied().map(variant).collect();
            let subnets = subnets.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
            let config = EndpointConfig { variants, subnets, ..EndpointConfig::default() };
            assert_eq!(alone::told(&CHECK, config, alone::context()).0, status, "{models:?}");
        }
    }
}
