//! Whether the volumes behind an endpoint are encrypted with a usable key that the customer manages.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role},
        storage,
    },
    finding::{Reason, Severity, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "endpoint-config-volume-key",
    version: 1,
    title: "Endpoint configurations encrypt the volumes of their instances with a customer managed key",
    severity: Severity::High,
    rationale: "The volume behind an endpoint holds the model and what it is asked. With a key of your own you decide who \
                can read it, you can see each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with KmsKeyId, and update the endpoint to it.",
        console: "SageMaker AI > Endpoint configurations > {name} > Clone: choose an encryption key and create it; then \
                  Endpoints > the endpoint > Update endpoint, and choose the new configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json \\\n  \
              --kms-key-id arn:aws:kms:{region}:{account}:key/…\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "model.deploy(…, kms_key=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::EndpointConfig\nProperties:\n  KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeEndpointConfig.KmsKeyId",
        "DescribeEndpointConfig.ProductionVariants[].InstanceType",
        "DescribeEndpointConfig.ProductionVariants[].ServerlessConfig",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, context: Context<'_>) -> Verdict {
    let volume_key = config.volume_key.as_deref();
    let with_instances = || config.all_variants().filter(|variant| !variant.serverless);
    let types = with_instances().flat_map(|variant| variant.instance_types.iter().cloned()).collect::<Vec<_>>();
    let volume = if with_instances().next().is_none() && config.all_variants().next().is_some() && volume_key.is_none()
    {
        KeyVerdict::Exempt(Reason::new("serverless", "every variant is serverless, so there is no volume of its own"))
    } else {
        storage::volume(volume_key, &types, context)
    };
    key::combine([volume], "the volumes have a usable customer managed key")
        .with_evidence(|| key::evidence_with([(Role::Volume, volume_key)], ("instance_types", json!(types)), context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::endpoint_config::Variant};

    fn of(volume_key: Option<&str>, variants: &[(&str, bool)]) -> (Status, String) {
        let variant = |(name, serverless): &(&str, bool)| Variant {
            instance_types: if *serverless { Vec::new() } else { vec![(*name).to_owned()] },
            serverless: *serverless,
            ..Variant::default()
        };
        let variants = variants.iter().map(variant).collect();
        let config =
            EndpointConfig { volume_key: volume_key.map(ToOwned::to_owned), variants, ..EndpointConfig::default() };
        alone::told(&CHECK, config, alone::with_keys())
    }

    #[test]
    fn serverless_variants_and_local_storage_have_no_volume_to_encrypt() {
        let code = |told: (Status, &str)| (told.0, told.1.to_owned());
        assert_eq!(of(None, &[("ml.m5.large", false)]), code((Status::Fail, "volume_key_absent")));
        assert_eq!(of(None, &[("ml.g5.xlarge", false)]), code((Status::NotApplicable, "volume_on_local_storage")));
        assert_eq!(of(None, &[("", true)]), code((Status::NotApplicable, "serverless")));
        assert_eq!(of(None, &[("", true), ("ml.m5.large", false)]), code((Status::Fail, "volume_key_absent")));
        assert_eq!(of(None, &[("ml.zz9.large", false)]), code((Status::Unknown, "instance_storage_unknown")));
        assert_eq!(of(Some("customer"), &[("ml.m5.large", false)]).0, Status::Pass);
        assert_eq!(of(Some("aws"), &[("ml.m5.large", false)]), code((Status::Fail, "volume_key_aws_managed")));
    }
}
