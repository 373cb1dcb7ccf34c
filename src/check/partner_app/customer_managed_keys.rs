//! Whether what a partner AI app stores is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::partner_app::PartnerApp,
};

/// The check.
pub static CHECK: Check = Check {
    id: "partner-app-customer-managed-keys",
    version: 1,
    title: "Partner AI apps encrypt what they store with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read what a partner's software keeps of your models and \
                prompts, you can see each use in CloudTrail, and you can withdraw access at once. Without one it is \
                encrypted with a key that AWS manages.",
    remediation: Remediation {
        summary: "The key of an app cannot be changed: create another one with KmsKeyId, a customer managed key whose \
                  policy lets the app use it, move over to it, and delete {name}.",
        console: "SageMaker AI > Partner AI apps > the app > Deploy app: under Encryption choose a customer managed \
                  key; then delete {name}.",
        cli: "aws sagemaker describe-partner-app --region {region} --arn {arn}\n\
              aws sagemaker create-partner-app --region {region} --name … --type … --tier … --auth-type IAM \\\n  \
              --execution-role-arn … --kms-key-id arn:aws:kms:{region}:{account}:key/…\n\
              # when its people and data have moved:\n\
              aws sagemaker delete-partner-app --region {region} --arn {arn}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_partner_app(…, KmsKeyId=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::PartnerApp\nProperties:\n  KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &["DescribePartnerApp.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::PartnerApp(evaluate),
};

fn evaluate(app: &PartnerApp, context: Context<'_>) -> Verdict {
    let keys = [(Role::Storage, app.storage_key.as_deref())];
    key::all_required(&keys, "all that the app stores has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_is_judged_by_what_it_is() {
        for (key, status, code) in [
            (None, Status::Fail, "storage_key_absent"),
            (Some(""), Status::Fail, "storage_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "storage_key_aws_managed"),
            (Some("disabled"), Status::Fail, "storage_key_unusable"),
            (Some("missing"), Status::Fail, "storage_key_not_found"),
            (Some("denied"), Status::Unknown, "storage_key_unreadable"),
            (Some("outside"), Status::Pass, "customer_managed_keys,key_outside_organization"),
        ] {
            let facts = PartnerApp { storage_key: key.map(ToOwned::to_owned) };
            let told = alone::told(&CHECK, facts, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }
}
