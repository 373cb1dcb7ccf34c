//! Whether core dumps of the containers behind an endpoint are encrypted with a usable key that the customer manages.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
        parts,
    },
    finding::{Severity, Status, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "endpoint-config-core-dump-key",
    version: 1,
    title: "Endpoint configurations encrypt core dumps with a customer managed key",
    severity: Severity::Medium,
    rationale: "A core dump is the memory of a container that crashed: the model, what it was asked last, and credentials. \
                Without a key of your own, who may read the bucket may read it all; with one you decide, and you can see \
                each use in CloudTrail.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with CoreDumpConfig.KmsKeyId in each variant \
                  that has a CoreDumpConfig, or without that once the crash is found, and update the endpoint to it.",
        console: "SageMaker AI > Endpoint configurations > {name} shows the variants; a core dump is configured with the CLI or \
                  an SDK. Then Endpoints > the endpoint > Update endpoint, and choose the new configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and in the CoreDumpConfig of each variant\n\
              # \"KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\", and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 dump = {\"DestinationS3Uri\": \"s3://…\", \"KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\"}\n\
                 client.create_endpoint_config(…, ProductionVariants=[{\"CoreDumpConfig\": dump, …}])",
        code: "Type: AWS::SageMaker::EndpointConfig\n\
               Properties:\n  ProductionVariants:\n  - CoreDumpConfig:\n      \
               DestinationS3Uri: s3://…\n      KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeEndpointConfig.ProductionVariants[].CoreDumpConfig.KmsKeyId",
        "DescribeEndpointConfig.ShadowProductionVariants[].CoreDumpConfig.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, context: Context<'_>) -> Verdict {
    let dumps = || config.all_variants().filter_map(|variant| Some((variant.called(), variant.core_dump.as_ref()?)));
    if dumps().next().is_none() {
        return Verdict::new(Status::NotApplicable, "no_core_dump", "no variant writes core dumps");
    }
    let judged =
        dumps().map(|(name, dump)| (name.to_owned(), key::judge(Role::CoreDump, dump.key.as_deref(), context)));
    key::combine(parts::gather(judged), "core dumps have a usable customer managed key").with_evidence(|| {
        key::evidence_with(
            dumps().map(|(_, dump)| (Role::CoreDump, dump.key.as_deref())),
            ("variants", json!(dumps().map(|(name, _)| name).collect::<Vec<_>>())),
            context,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::alone,
        resource::{endpoint_config::Variant, stored::Stored},
    };

    fn dumping(key: Option<&str>) -> Variant {
        Variant { core_dump: Some(Stored { key: key.map(ToOwned::to_owned) }), ..Variant::default() }
    }

    fn told(variants: Vec<Variant>) -> (Status, String) {
        alone::told(&CHECK, EndpointConfig { variants, ..EndpointConfig::default() }, alone::with_keys())
    }

    #[test]
    fn every_variant_that_writes_core_dumps_needs_a_key() {
        for (variants, status, code) in [
            (vec![Variant::default()], Status::NotApplicable, "no_core_dump"),
            (vec![dumping(None)], Status::Fail, "core_dump_key_absent"),
            (vec![Variant::default(), dumping(Some("customer"))], Status::Pass, "customer_managed_keys"),
            (vec![dumping(Some("customer")), dumping(Some("aws"))], Status::Fail, "core_dump_key_aws_managed"),
            (vec![dumping(Some("denied"))], Status::Unknown, "core_dump_key_unreadable"),
        ] {
            assert_eq!(told(variants), (status, code.to_owned()));
        }
    }

    #[test]
    fn a_shadow_variant_counts() {
        let config = EndpointConfig { shadow_variants: vec![dumping(None)], ..EndpointConfig::default() };
        assert_eq!(alone::told(&CHECK, config, alone::with_keys()).0, Status::Fail);
    }
}
