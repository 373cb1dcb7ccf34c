//! Whether what an MLflow app stores is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::mlflow_app::MlflowApp,
};

/// The check.
pub static CHECK: Check = Check {
    id: "mlflow-app-customer-managed-keys",
    version: 1,
    title: "MLflow apps encrypt what they store with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read experiments, parameters and metrics, you can see each \
                use in CloudTrail, and you can withdraw access at once. Without one they are encrypted with a key that \
                you neither see nor govern.",
    remediation: Remediation {
        summary: "The key of an app cannot be changed: create another one with KmsKeyId, move the experiments there, \
                  and delete {name}. Artifacts lie in a bucket of yours, which has a key of its own.",
        console: "SageMaker Studio > MLflow > Create MLflow app: choose an encryption key; or use the command, where \
                  the console offers none.",
        cli: "aws sagemaker describe-mlflow-app --region {region} --arn {arn}\n\
              # with a CLI that knows --kms-key-id of this command:\n\
              aws sagemaker create-mlflow-app --region {region} --name … --artifact-store-uri s3://… --role-arn … \
              \\\n  \
              --kms-key-id arn:aws:kms:{region}:{account}:key/…\n\
              # when experiments and models have moved:\n\
              aws sagemaker delete-mlflow-app --region {region} --arn {arn}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_mlflow_app(…, KmsKeyId=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "AWS::SageMaker::MlflowApp takes a key only where the version of its schema has KmsKeyId:\n\
               Type: AWS::SageMaker::MlflowApp\n\
               Properties:\n  \
               KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &["DescribeMlflowApp.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::MlflowApp(evaluate),
};

fn evaluate(app: &MlflowApp, context: Context<'_>) -> Verdict {
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
            let facts = MlflowApp { storage_key: key.map(ToOwned::to_owned) };
            let told = alone::told(&CHECK, facts, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }
}
