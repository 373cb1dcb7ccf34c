//! Whether what an endpoint captures is encrypted with a usable key that the customer manages.

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
    id: "endpoint-config-data-capture-key",
    version: 1,
    title: "Endpoint configurations encrypt the data that they capture with a customer managed key",
    severity: Severity::Medium,
    rationale: "Data capture keeps what people ask a model and what it answers, which is often personal data. Without a key of \
                your own, who may read the bucket may read it all; with one you decide, you can see each use in CloudTrail, \
                and you can withdraw access at once.",
    remediation: Remediation {
        summary: "An endpoint configuration cannot be changed: create another one with DataCaptureConfig.KmsKeyId, and update \
                  the endpoint to it.",
        console: "SageMaker AI > Endpoint configurations > {name} > Clone > Data capture: choose an encryption key and create \
                  it; then Endpoints > the endpoint > Update endpoint, and choose the new configuration.",
        cli: "aws sagemaker describe-endpoint-config --region {region} --endpoint-config-name {name} > config.json\n\
              # make create-endpoint-config's input of it, with another name, and in its DataCaptureConfig\n\
              # \"KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\", and run:\n\
              aws sagemaker create-endpoint-config --region {region} --cli-input-json file://config-input.json\n\
              aws sagemaker update-endpoint --region {region} --endpoint-name … --endpoint-config-name …",
        python: "capture = DataCaptureConfig(enable_capture=True, kms_key_id=\"arn:aws:kms:{region}:{account}:key/…\")\n\
                 predictor.update_data_capture_config(capture)",
        code: "Type: AWS::SageMaker::EndpointConfig\n\
               Properties:\n  DataCaptureConfig:\n    KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeEndpointConfig.DataCaptureConfig.EnableCapture",
        "DescribeEndpointConfig.DataCaptureConfig.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::EndpointConfig(evaluate),
};

fn evaluate(config: &EndpointConfig, context: Context<'_>) -> Verdict {
    let Some(captured) = &config.data_capture else {
        return Verdict::new(Status::NotApplicable, "data_capture_disabled", "no data is captured");
    };
    let uses = [(Role::DataCapture, captured.key.as_deref())];
    key::all_required(&uses, "captured data has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::stored::Stored};

    #[test]
    fn the_key_decides_where_anything_is_captured() {
        let captured = |key: Option<&str>| Some(Stored { key: key.map(ToOwned::to_owned) });
        for (data_capture, status, code) in [
            (None, Status::NotApplicable, "data_capture_disabled"),
            (captured(None), Status::Fail, "data_capture_key_absent"),
            (captured(Some("customer")), Status::Pass, "customer_managed_keys"),
            (captured(Some("aws")), Status::Fail, "data_capture_key_aws_managed"),
            (captured(Some("denied")), Status::Unknown, "data_capture_key_unreadable"),
        ] {
            let config = EndpointConfig { data_capture, ..EndpointConfig::default() };
            assert_eq!(alone::told(&CHECK, config, alone::with_keys()), (status, code.to_owned()));
        }
    }
}
