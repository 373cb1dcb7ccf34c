//! Checks of the customer managed keys that resources name, and what they have in common.

use serde_json::{Value, json};

use crate::resource::kms_key::KmsKey;

pub mod in_organization;
pub mod rotation;
pub mod usable;

/// What was seen of a key, as evidence.
fn evidence(key: &KmsKey, expected: &str) -> Value {
    json!({ "owner": key.owner, "key": key.key, "rotation": key.rotation, "uses": key.uses, "expected": expected })
}

/// Keys to judge, in tests.
#[cfg(test)]
mod samples {
    use std::collections::BTreeMap;

    use crate::{
        kms::{Description, Key, Manager, Usability, rotation::Rotation},
        resource::kms_key::{KmsKey, Owner},
    };

    /// A key of the account that uses it.
    pub(super) fn of(key: Key) -> KmsKey {
        KmsKey {
            owner: "111111111111".parse().unwrap(),
            owner_is: Owner::User,
            key,
            rotation: Rotation::NotAsked,
            uses: BTreeMap::from([("AWS::SageMaker::TrainingJob".to_owned(), 2)]),
        }
    }

    /// A key that was described.
    pub(super) fn described(usability: Usability, state: &str) -> KmsKey {
        of(Key::Described(Description {
            arn: "arn:aws:kms:eu-central-1:111111111111:key/1234abcd".to_owned(),
            manager: Manager::Customer,
            usability,
            state: state.to_owned(),
            deletion_date: None,
            created_at: None,
            spec: Some("SYMMETRIC_DEFAULT".to_owned()),
            origin: Some("AWS_KMS".to_owned()),
            multi_region: false,
        }))
    }

    /// What is known of keys that were not described.
    pub(super) fn undescribed() -> [Key; 3] {
        let account = "999999999999".parse().unwrap();
        let why = "kms:DescribeKey: AccessDeniedException".to_owned();
        [Key::OutsideOrganization { account }, Key::Unverified { account, why: why.clone() }, Key::Unreadable { why }]
    }
}
