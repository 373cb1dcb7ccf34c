//! Whether an endpoint configuration names a key, whatever stands behind the name and whether one can be set or not.

use super::{Like, Refused, Rule, volume_key};
use crate::{
    check::{Context, Evaluate, endpoint_config},
    finding::{Severity, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &endpoint_config::volume_key::CHECK,
        id: "sagemaker_endpoint_config_kms_encryption_enabled",
        title: "SageMaker endpoint configuration is encrypted with a KMS key",
        severity: Severity::Medium,
        reads: &["DescribeEndpointConfig.KmsKeyId"],
        needs: &[],
        evaluate: Evaluate::EndpointConfig(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(config: &EndpointConfig, _context: Context<'_>) -> Verdict {
    volume_key(config.volume_key.is_some(), "KmsKeyId")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn any_name_passes_and_none_fails_even_where_none_can_be_set() {
        use crate::resource::endpoint_config::Variant;
        let serverless = Variant { serverless: true, ..Variant::default() };
        for (volume_key, status) in [(Some("aws".to_owned()), Status::Pass), (None, Status::Fail)] {
            let variants = vec![serverless.clone()];
            let config = EndpointConfig { volume_key, variants, ..EndpointConfig::default() };
            assert_eq!(alone::told(&RULE.check, config, alone::with_keys()).0, status);
        }
    }
}
