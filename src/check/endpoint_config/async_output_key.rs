//! Whether what an endpoint answers asynchronously is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Status, Verdict},
    resource::endpoint_config::EndpointConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "endpoint-config-async-output-key",
    version: 1,
    title: "Endpoint configurations encrypt asynchronous answers with a customer managed key",
    severity: Severity::Medium,
    rationale: "Asynchronous inference leaves each answer of the model in S3. Without a key of your own, who may read the \
                bucket may read it all; with one you decide, you can see each use in CloudTrail, and you can withdraw access \
                at once.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with \
                  AsyncInferenceConfig.OutputConfig.KmsKeyId, and update the endpoint to it.",
        console: "SageMaker AI > Endpoint configurations > {name} > Clone > Async invocation config: choose an encryption key \
                  and create it; then Endpoints > the endpoint > Update endpoint, and choose the new configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and in AsyncInferenceConfig.OutputConfig\n\
              # \"KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\", and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "output = AsyncInferenceConfig(output_path=\"s3://…\", kms_key_id=\"arn:aws:kms:{region}:{account}:key/…\")\n\
                 model.deploy(…, async_inference_config=output)",
        code: "Type: AWS::SageMaker::EndpointConfig\n\
               Properties:\n  AsyncInferenceConfig:\n    OutputConfig:\n      \
               KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &["DescribeEndpointConfig.AsyncInferenceConfig.OutputConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, context: Context<'_>) -> Verdict {
    let Some(output) = &config.async_output else {
        return Verdict::new(Status::NotApplicable, "not_asynchronous", "nothing is answered asynchronously");
    };
    let uses = [(Role::AsyncOutput, output.key.as_deref())];
    key::all_required(&uses, "asynchronous answers have a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::stored::Stored};

    #[test]
    fn the_key_decides_where_anything_is_answered_asynchronously() {
        let output = |key: Option<&str>| Some(Stored { key: key.map(ToOwned::to_owned) });
        for (async_output, status, code) in [
            (None, Status::NotApplicable, "not_asynchronous"),
            (output(None), Status::Fail, "async_output_key_absent"),
            (output(Some("customer")), Status::Pass, "customer_managed_keys"),
            (output(Some("disabled")), Status::Fail, "async_output_key_unusable"),
            (output(Some("denied")), Status::Unknown, "async_output_key_unreadable"),
        ] {
            let config = EndpointConfig { async_output, ..EndpointConfig::default() };
            assert_eq!(alone::told(&CHECK, config, alone::with_keys()), (status, code.to_owned()));
        }
    }
}
