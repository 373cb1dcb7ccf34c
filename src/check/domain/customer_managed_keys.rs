//! Whether the volumes of a domain are encrypted with a usable key that the customer manages.
//!
//! The key is that of the EFS volume with everybody's files and of the EBS volumes of spaces, so that it applies also to
//! a domain without a file system.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static CHECK: Check = Check {
    id: "domain-customer-managed-keys",
    version: 1,
    title: "Domains encrypt the volumes of their people with a customer managed key",
    severity: Severity::High,
    rationale: "The volumes of a domain keep the notebooks, data and credentials of everybody who works in it, and the EFS \
                volume outlives the domain. Without a key of your own they are encrypted with one that AWS manages; with one \
                you decide who can read them, you can see each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "The key of a domain cannot be changed: create another domain with KmsKeyId, move people and their files to it, \
                  and delete this one.",
        console: "SageMaker AI > Domains > Create domain > Set up for organizations > Storage > Encryption key: choose a \
                  customer managed key. Move the files, then Domains > {name} > Delete.",
        cli: again!(".KmsKeyId = \"arn:aws:kms:{region}:{account}:key/…\""),
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_domain(…, KmsKeyId=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::Domain\n\
               Properties:\n  KmsKeyId: arn:aws:kms:{region}:{account}:key/…  # a change replaces the domain",
    },
    reads: &["DescribeDomain.KmsKeyId", "DescribeDomain.HomeEfsFileSystemKmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::Domain(evaluate),
};

fn evaluate(domain: &Domain, context: Context<'_>) -> Verdict {
    let uses = [(Role::Volume, domain.volume_key.as_deref())];
    key::all_required(&uses, "the volumes have a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_decides() {
        for (key, status, code) in [
            (None, Status::Fail, "volume_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "volume_key_aws_managed"),
            (Some("denied"), Status::Unknown, "volume_key_unreadable"),
        ] {
            let domain = Domain { volume_key: key.map(ToOwned::to_owned), ..Domain::default() };
            assert_eq!(alone::told(&CHECK, domain, alone::with_keys()), (status, code.to_owned()), "{key:?}");
        }
    }
}
