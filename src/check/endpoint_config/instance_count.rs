//! Whether each production variant has so many instances that it goes on when one fails.
//!
//! Managed instance scaling may go down to its minimum, so that this counts and not what a variant begins with.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement},
    finding::{Severity, Status, Verdict},
    resource::endpoint_config::{EndpointConfig, Variant},
};

/// The check.
pub static CHECK: Check = Check {
    id: "endpoint-config-instance-count",
    version: 1,
    title: "Production variants have more than one instance",
    severity: Severity::Medium,
    rationale: "A variant with one instance is down when that instance or its Availability Zone is, and while it is replaced. \
                SageMaker spreads several instances over Availability Zones.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with an InitialInstanceCount (and, with managed \
                  instance scaling, a MinInstanceCount) of at least two in each production variant, and update the endpoint \
                  to it. How many are enough is configured as minimum_variant_instances in [parameters].",
        console: "SageMaker AI > Endpoint configurations > {name} > Clone > Variants > Edit: set the initial instance count and \
                  create it; then Endpoints > the endpoint > Update endpoint, and choose the new configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and \"InitialInstanceCount\": 2 in each\n\
              # production variant, and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "model.deploy(initial_instance_count=2, instance_type=…)",
        code: "Type: AWS::SageMaker::EndpointConfig\n\
               Properties:\n  ProductionVariants:\n  - InitialInstanceCount: 2",
    },
    reads: &[
        "DescribeEndpointConfig.ProductionVariants[].InitialInstanceCount",
        "DescribeEndpointConfig.ProductionVariants[].ManagedInstanceScaling",
        "DescribeEndpointConfig.ProductionVariants[].ServerlessConfig",
    ],
    control: Control::Availability,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.4")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, context: Context<'_>) -> Verdict {
    let least = i64::from(context.parameters.minimum_variant_instances);
    let with_instances = config.variants.iter().filter(|variant| !variant.serverless).collect::<Vec<_>>();
    let named = |is: &dyn Fn(Option<i64>) -> bool| {
        let variants = with_instances.iter().filter(|variant| is(count(variant)));
        variants.map(|variant| variant.called()).collect::<Vec<_>>().join(", ")
    };
    let few = named(&|count| count.is_some_and(|count| count < least));
    let unknown = named(&|count| count.is_none());
    let verdict = if config.variants.is_empty() {
        Verdict::new(Status::Unknown, "variants_unknown", "no production variants are named")
    } else if with_instances.is_empty() {
        Verdict::new(
            Status::NotApplicable,
            "serverless",
            "every variant is serverless, so its instances are the service's own",
        )
    } else if !few.is_empty() {
        let text = format!("there may be fewer than {least} instances of {few}");
        Verdict::new(Status::Fail, "too_few_instances", text)
    } else if !unknown.is_empty() {
        let text = format!("how many instances there are of {unknown} is not told");
        Verdict::new(Status::Unknown, "instance_count_unknown", text)
    } else {
        Verdict::new(Status::Pass, "enough_instances", format!("every variant has at least {least} instances"))
    };
    verdict.with_evidence(|| {
        let variant = |variant: &&Variant| {
            json!({ "VariantName": variant.name, "InitialInstanceCount": variant.instance_count,
                "MinInstanceCount": variant.minimum_instances })
        };
        json!({ "variants": with_instances.iter().map(variant).collect::<Vec<_>>(), "expected": least })
    })
}

/// The instances that a variant always has.
fn count(variant: &Variant) -> Option<i64> {
    variant.minimum_instances.or(variant.instance_count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, config::Parameters};

    fn instances(instance_count: Option<i64>) -> Variant {
        Variant { instance_count, ..Variant::default() }
    }

    fn told(variants: Vec<Variant>) -> (Status, String) {
        alone::told(&CHECK, EndpointConfig { variants, ..EndpointConfig::default() }, alone::context())
    }

    #[test]
    fn every_variant_with_instances_needs_two() {
        let serverless = || Variant { serverless: true, ..Variant::default() };
        for (variants, status, code) in [
            (vec![instances(Some(2))], Status::Pass, "enough_instances"),
            (vec![instances(Some(1))], Status::Fail, "too_few_instances"),
            (vec![instances(Some(3)), instances(Some(1))], Status::Fail, "too_few_instances"),
            (vec![instances(None), instances(Some(1))], Status::Fail, "too_few_instances"),
            (vec![instances(None), instances(Some(2))], Status::Unknown, "instance_count_unknown"),
            (vec![serverless()], Status::NotApplicable, "serverless"),
            (vec![serverless(), instances(Some(1))], Status::Fail, "too_few_instances"),
            (vec![serverless(), instances(Some(2))], Status::Pass, "enough_instances"),
            (Vec::new(), Status::Unknown, "variants_unknown"),
        ] {
            assert_eq!(told(variants.clone()), (status, code.to_owned()), "{variants:?}");
        }
    }

    #[test]
    fn the_minimum_of_managed_scaling_counts_and_not_what_a_variant_begins_with() {
        let scaled = |initial, minimum| Variant { minimum_instances: Some(minimum), ..instances(Some(initial)) };
        assert_eq!(told(vec![scaled(3, 1)]).0, Status::Fail);
        assert_eq!(told(vec![scaled(1, 2)]).0, Status::Pass);
    }

    #[test]
    fn how_many_are_enough_is_configured_and_shadow_variants_do_not_count() {
        let parameters = Parameters { minimum_variant_instances: 3, ..Parameters::default() };
        let three = Context { parameters: &parameters, ..alone::context() };
        let config = |count| EndpointConfig {
            variants: vec![instances(Some(count))],
            shadow_variants: vec![instances(Some(1))],
            ..EndpointConfig::default()
        };
        assert_eq!(alone::told(&CHECK, config(2), three).0, Status::Fail);
        assert_eq!(alone::told(&CHECK, config(3), three).0, Status::Pass);
    }
}
