//! Whether what the devices of a fleet send back is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::device_fleet::DeviceFleet,
};

/// The check.
pub static CHECK: Check = Check {
    id: "device-fleet-customer-managed-keys",
    version: 1,
    title: "Device fleets encrypt what their devices send back with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read what devices have seen and answered, you can see each \
                use in CloudTrail, and you can withdraw access at once. Without one it is encrypted with a key that \
                AWS manages for S3.",
    remediation: Remediation {
        summary: "Set OutputConfig.KmsKeyId of the fleet to a customer managed key that its role may use; or delete \
                  the fleet, since SageMaker Edge Manager ended on April 26, 2024. What is in the bucket keeps its old \
                  encryption until it is copied.",
        console: "SageMaker AI > Edge Manager > Device fleets > {name} > Edit: choose an encryption key. Where the \
                  console has no Edge Manager any more, use the command.",
        cli: "aws sagemaker describe-device-fleet --region {region} --device-fleet-name {name}\n\
              aws sagemaker update-device-fleet --region {region} --device-fleet-name {name} \\\n  \
              --output-config S3OutputLocation=s3://…,KmsKeyId=arn:aws:kms:{region}:{account}:key/…",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_device_fleet(DeviceFleetName=\"{name}\",\n  \
                 OutputConfig={\"S3OutputLocation\": \"s3://…\", \"KmsKeyId\": \
                 \"arn:aws:kms:{region}:{account}:key/…\"})",
        code: "Type: AWS::SageMaker::DeviceFleet\n\
               Properties:\n  \
               OutputConfig: { S3OutputLocation: s3://…, KmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &["DescribeDeviceFleet.OutputConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::DeviceFleet(evaluate),
};

fn evaluate(fleet: &DeviceFleet, context: Context<'_>) -> Verdict {
    let keys = [(Role::Output, fleet.output_key.as_deref())];
    key::all_required(&keys, "the output has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_is_judged_by_what_it_is() {
        for (key, status, code) in [
            (None, Status::Fail, "output_key_absent"),
            (Some(""), Status::Fail, "output_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "output_key_aws_managed"),
            (Some("disabled"), Status::Fail, "output_key_unusable"),
            (Some("missing"), Status::Fail, "output_key_not_found"),
            (Some("denied"), Status::Unknown, "output_key_unreadable"),
            (Some("outside"), Status::Pass, "customer_managed_keys,key_outside_organization"),
        ] {
            let facts = DeviceFleet { output_key: key.map(ToOwned::to_owned) };
            let told = alone::told(&CHECK, facts, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }
}
