//! Whether the online store of a feature group is encrypted with a usable key that the customer manages.
//!
//! Security Hub looks at the Standard tier alone. `SecurityConfig` takes a key for every tier (SageMaker API reference,
//! `OnlineStoreConfig`), so that the in-memory tier is judged as the others are.

use serde_json::json;

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
    id: "feature-group-online-store-key",
    version: 1,
    title: "Feature groups encrypt their online store with a customer managed key",
    severity: Severity::Medium,
    rationale: "The online store keeps the newest features of each record, often of persons, where endpoints look them up. \
                Without a key of your own it is encrypted with one that AWS owns, whose use you cannot see; with one you \
                decide who can read the store, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "The key of a store cannot be changed: create another feature group with \
                  OnlineStoreConfig.SecurityConfig.KmsKeyId, write the records to it, and delete this one.",
        console: "SageMaker AI > Studio > Data > Feature Store > Create feature group > Online store > Encryption key: choose a \
                  customer managed key. When the records have moved, {name} > Delete.",
        cli: "aws sagemaker describe-feature-group --region {region} --feature-group-name {name} > group.json\n\
              # make create-feature-group's input of it, with another name, and in OnlineStoreConfig\n\
              # \"SecurityConfig\": { \"KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\" }, and run:\n\
              aws sagemaker create-feature-group --region {region} --cli-input-json file://group-input.json",
        python: "group = FeatureGroup(name=…, sagemaker_session=…)\n\
                 group.create(…, enable_online_store=True,\n    \
                 online_store_kms_key_id=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::SageMaker::FeatureGroup\n\
               Properties:\n  OnlineStoreConfig:\n    EnableOnlineStore: true\n    SecurityConfig:\n      \
               KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeFeatureGroup.OnlineStoreConfig.EnableOnlineStore",
        "DescribeFeatureGroup.OnlineStoreConfig.SecurityConfig.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.18")],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::FeatureGroup(evaluate),
};

fn evaluate(group: &FeatureGroup, context: Context<'_>) -> Verdict {
    let Some(store) = &group.online_store else {
        return Verdict::new(Status::NotApplicable, "no_online_store", "there is no online store");
    };
    let uses = [(Role::OnlineStore, store.key.as_deref())];
    let verdict = key::all_required(&uses, "the online store has a usable customer managed key", context);
    verdict.with_evidence(|| key::evidence_with(uses, ("StorageType", json!(group.online_storage)), context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::stored::Stored};

    #[test]
    fn the_key_decides_where_there_is_a_store_whatever_its_tier() {
        let store = |key: Option<&str>| Some(Stored { key: key.map(ToOwned::to_owned) });
        for (online_store, status, code) in [
            (None, Status::NotApplicable, "no_online_store"),
            (store(None), Status::Fail, "online_store_key_absent"),
            (store(Some("customer")), Status::Pass, "customer_managed_keys"),
            (store(Some("missing")), Status::Fail, "online_store_key_not_found"),
            (store(Some("denied")), Status::Unknown, "online_store_key_unreadable"),
        ] {
            for tier in [None, Some("Standard"), Some("Standard_V2"), Some("InMemory")] {
                let online_storage = tier.map(ToOwned::to_owned);
                let group =
                    FeatureGroup { online_store: online_store.clone(), online_storage, ..FeatureGroup::default() };
                assert_eq!(alone::told(&CHECK, group, alone::with_keys()), (status, code.to_owned()), "{tier:?}");
            }
        }
    }
}
