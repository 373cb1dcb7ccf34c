//! Whether what a model package says is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::model_package::ModelPackage,
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-package-customer-managed-keys",
    version: 1,
    title: "Model packages are encrypted with a customer managed key",
    severity: Severity::Medium,
    rationale: "A package in the registry says where a model lies, how good it is and what it was made of. With a key of \
                your own you decide who can read that, you can see each use in CloudTrail, and you can withdraw access at \
                once; without one it is encrypted with a key that AWS owns.",
    remediation: Remediation {
        summary: "The key of a package cannot be changed: register the model again with SecurityConfig.KmsKeyId, approve \
                  that version, and delete this one.",
        console: "SageMaker Studio > Models > Registered models > the group shows the versions. The console cannot set the \
                  key: register the model again with the AWS CLI or an SDK.",
        cli: "aws sagemaker describe-model-package --region {region} --model-package-name {arn} > package.json\n\
              # make create-model-package's input of it and run:\n\
              aws sagemaker create-model-package --region {region} --cli-input-json file://package-input.json \\\n  \
              --security-config KmsKeyId=arn:aws:kms:{region}:{account}:key/…",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 client.create_model_package(…, SecurityConfig={\"KmsKeyId\": key})",
        code: "Type: AWS::SageMaker::ModelPackage\nProperties:\n  SecurityConfig:\n    \
               KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &["DescribeModelPackage.SecurityConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::ModelPackage(evaluate),
};

fn evaluate(package: &ModelPackage, context: Context<'_>) -> Verdict {
    let uses = [(Role::Storage, package.key.as_deref())];
    key::all_required(&uses, "the package has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_is_judged_by_what_it_is() {
        for (key, status) in [
            (Some("customer"), Status::Pass),
            (Some("aws"), Status::Fail),
            (Some("missing"), Status::Fail),
            (Some("denied"), Status::Unknown),
            (None, Status::Fail),
        ] {
            let package = ModelPackage { key: key.map(ToOwned::to_owned), ..ModelPackage::default() };
            assert_eq!(alone::told(&CHECK, package, alone::with_keys()).0, status, "{key:?}");
        }
    }
}
