//! Whether the volume of a notebook instance is encrypted with a usable key that the customer manages.
//!
//! Instance types with local NVMe storage are no exception: what people work on lies on an EBS volume there too.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-customer-managed-keys",
    version: 1,
    title: "Notebook instances encrypt their volume with a customer managed key",
    severity: Severity::High,
    rationale: "The volume of a notebook instance keeps notebooks, samples of data and credentials, also while the \
                instance is stopped. Without a key of your own it is encrypted with one that AWS manages; with one you \
                decide who can read it, you can see each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "The key of a notebook instance cannot be changed: create another one with KmsKeyId, which is possible with \
                  every instance type, move what is in /home/ec2-user/SageMaker, and delete this one.",
        console: "SageMaker AI > Notebook instances > Create notebook instance > Permissions and encryption > Encryption key: \
                  choose a customer managed key. Move the files, then {name} > Actions > Delete.",
        cli: again!(".KmsKeyId = \"arn:aws:kms:{region}:{account}:key/…\""),
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_notebook_instance(…, KmsKeyId=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::NotebookInstance\n\
               Properties:\n  KmsKeyId: arn:aws:kms:{region}:{account}:key/…  # a change replaces the instance",
    },
    reads: &["DescribeNotebookInstance.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.21")],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, context: Context<'_>) -> Verdict {
    let uses = [(Role::Volume, notebook.volume_key.as_deref())];
    key::all_required(&uses, "the volume has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_decides_also_on_local_storage() {
        for (key, instance_type, status, code) in [
            (None, "ml.t3.medium", Status::Fail, "volume_key_absent"),
            (None, "ml.g5.xlarge", Status::Fail, "volume_key_absent"),
            (Some("customer"), "ml.g5.xlarge", Status::Pass, "customer_managed_keys"),
            (Some("aws"), "ml.t3.medium", Status::Fail, "volume_key_aws_managed"),
            (Some("denied"), "ml.t3.medium", Status::Unknown, "volume_key_unreadable"),
        ] {
            let notebook = NotebookInstance {
                volume_key: key.map(ToOwned::to_owned),
                instance_type: Some(instance_type.to_owned()),
                ..NotebookInstance::default()
            };
            assert_eq!(alone::told(&CHECK, notebook, alone::with_keys()), (status, code.to_owned()), "{key:?}");
        }
    }
}
