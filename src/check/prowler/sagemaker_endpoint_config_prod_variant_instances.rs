//! Whether every production variant starts with two instances; a serverless one, which has no count, counts as having none.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, endpoint_config},
    finding::{Severity, Status, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &endpoint_config::instance_count::CHECK,
        id: "sagemaker_endpoint_config_prod_variant_instances",
        title: "SageMaker endpoint configuration has all production variants with at least two initial instances",
        severity: Severity::Medium,
        reads: &["DescribeEndpointConfig.ProductionVariants[].InitialInstanceCount"],
        needs: &[],
        evaluate: Evaluate::EndpointConfig(evaluate),
    }
    .check(),
    refused: Refused::Passes,
};

fn evaluate(config: &EndpointConfig, _context: Context<'_>) -> Verdict {
    let few = config.variants.iter().filter(|variant| variant.instance_count.unwrap_or(0) <= 1);
    let few = few.map(|variant| variant.name.as_deref().unwrap_or_default()).collect::<Vec<_>>();
    let verdict = if few.is_empty() {
        Verdict::new(Status::Pass, "variants_have_two_instances", "no production variant has less than two instances")
    } else {
        let text = format!("the production variants {} have less than two instances", few.join(", "));
        Verdict::new(Status::Fail, "variants_have_one_instance", text)
    };
    verdict.with_evidence(|| json!({ "variants": few }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::endpoint_config::Variant};

    #[test]
    fn a_serverless_variant_fails_and_no_variant_passes() {
        let told = |counts: &[Option<i64>]| {
            let variants =
                counts.iter().map(|count| Variant { instance_count: *count, ..Variant::default() }).collect();
            alone::told(&RULE.check, EndpointConfig { variants, ..EndpointConfig::default() }, alone::context()).0
        };
        assert_eq!(told(&[]), Status::Pass);
        assert_eq!(told(&[Some(2), Some(3)]), Status::Pass);
        assert_eq!(told(&[Some(2), Some(1)]), Status::Fail);
        assert_eq!(told(&[Some(2), None]), Status::Fail);
    }
}
