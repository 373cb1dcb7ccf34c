//! Whether the containers behind an endpoint are cut off from every network, where the configuration decides on that.
//!
//! Variants that name a model leave it to the model, which has a check of its own. Inference components have no say, so
//! that there the configuration decides.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Status, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "endpoint-config-network-isolation",
    version: 1,
    title: "Endpoint configurations for inference components run their containers in network isolation",
    severity: Severity::High,
    rationale: "A container that can make calls can carry away what the model is asked, and can use the execution role's \
                credentials; in isolation it can do neither, and SageMaker brings it the model.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with EnableNetworkIsolation, unless the \
                  containers need the network, and update the endpoint to it.",
        console: "SageMaker AI > Endpoint configurations > {name} > Clone > Network: turn on network isolation and create it; \
                  then Endpoints > the endpoint > Update endpoint, and choose the new configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json \\\n  \
              --enable-network-isolation\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_endpoint_config(…, EnableNetworkIsolation=True)",
        code: "Type: AWS::SageMaker::EndpointConfig\nProperties:\n  EnableNetworkIsolation: true",
    },
    reads: &[
        "DescribeEndpointConfig.EnableNetworkIsolation",
        "DescribeEndpointConfig.ProductionVariants[].ModelName",
        "DescribeEndpointConfig.ShadowProductionVariants[].ModelName",
    ],
    control: Control::NetworkIsolation,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, _context: Context<'_>) -> Verdict {
    let is_on = config.network_isolation == Some(true);
    if config.variants.is_empty() && !is_on {
        return Verdict::new(Status::Unknown, "variants_unknown", "no production variants are named")
            .with_evidence(|| json!({ "EnableNetworkIsolation": config.network_isolation, "ProductionVariants": [] }));
    }
    if config.names_models() && !is_on {
        return Verdict::new(
            Status::NotApplicable,
            "models_decide",
            "the configuration leaves network isolation to the models of its variants",
        );
    }
    setting::network_isolation(is_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::endpoint_config::Variant};

    #[test]
    fn it_is_judged_where_it_is_on_or_no_model_decides() {
        for (network_isolation, models, status) in [
            (Some(true), vec![Some("m")], Status::Pass),
            (None, vec![Some("m")], Status::NotApplicable),
            (Some(false), vec![Some("m")], Status::NotApplicable),
            (Some(true), vec![None], Status::Pass),
            (Some(false), vec![None], Status::Fail),
            (None, vec![None], Status::Fail),
            (None, vec![Some("m"), None], Status::Fail),
            (None, Vec::new(), Status::Unknown),
        ] {
            let variant = |model: Option<&str>| Variant { model: model.map(ToOwned::to_owned), ..Variant::default() };
            let variants = models.iter().copied().map(variant).collect();
            let config = EndpointConfig { variants, network_isolation, ..EndpointConfig::default() };
            assert_eq!(alone::told(&CHECK, config, alone::context()).0, status, "{network_isolation:?} {models:?}");
        }
    }
}
