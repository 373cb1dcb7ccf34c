//! Whether the offline store of a feature group is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement,
        key::{self, Role},
    },
    finding::{Severity, Status, Verdict},
    resource::feature_group::FeatureGroup,
};

/// The check.
pub static CHECK: Check = Check {
    id: "feature-group-offline-store-key",
    version: 1,
    title: "Feature groups encrypt their offline store with a customer managed key",
    severity: Severity::Medium,
    rationale: "The offline store keeps the whole history of features in S3, often of persons. Without a key of your own it is \
                encrypted with one that AWS manages, and who may read the bucket may read it all; with one you decide, you can \
                see each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "The key of a store cannot be changed: create another feature group with \
                  OfflineStoreConfig.S3StorageConfig.KmsKeyId, write the records to it, and delete this one.",
        console: "SageMaker AI > Studio > Data > Feature Store > Create feature group > Offline store > Encryption key: choose a \
                  customer managed key. When the records have moved, {name} > Delete.",
        cli: "aws sagemaker describe-feature-group --region {region} --feature-group-name {name} > group.json\n\
              # make create-feature-group's input of it, with another name, and in OfflineStoreConfig.S3StorageConfig\n\
              # \"KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\", and run:\n\
              aws sagemaker create-feature-group --region {region} --cli-input-json file://group-input.json",
        python: "group = FeatureGroup(name=…, sagemaker_session=…)\n\
                 group.create(…, s3_uri=\"s3://…\", offline_store_kms_key_id=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::FeatureGroup\n\
               Properties:\n  OfflineStoreConfig:\n    S3StorageConfig:\n      \
               S3Uri: s3://…\n      KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &["DescribeFeatureGroup.OfflineStoreConfig.S3StorageConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.17")],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::FeatureGroup(evaluate),
};

fn evaluate(group: &FeatureGroup, context: Context<'_>) -> Verdict {
    let Some(store) = &group.offline_store else {
        return Verdict::new(Status::NotApplicable, "no_offline_store", "there is no offline store");
    };
    let uses = [(Role::OfflineStore, store.key.as_deref())];
    key::all_required(&uses, "the offline store has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::stored::Stored};

    #[test]
    fn the_key_decides_where_there_is_a_store() {
        let store = |key: Option<&str>| Some(Stored { key: key.map(ToOwned::to_owned) });
        for (offline_store, status, code) in [
            (None, Status::NotApplicable, "no_offline_store"),
            (store(None), Status::Fail, "offline_store_key_absent"),
            (store(Some("customer")), Status::Pass, "customer_managed_keys"),
            (store(Some("aws")), Status::Fail, "offline_store_key_aws_managed"),
            (store(Some("denied")), Status::Unknown, "offline_store_key_unreadable"),
        ] {
            let group = FeatureGroup { offline_store, ..FeatureGroup::default() };
            assert_eq!(alone::told(&CHECK, group, alone::with_keys()), (status, code.to_owned()));
        }
    }
}
