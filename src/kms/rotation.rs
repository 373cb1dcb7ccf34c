//! Rotation: whether KMS gives a key new material every year, asked only of keys for which it can.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Description, Keys, Manager, Place, name};
use crate::{organization::Belongs, outcome::Refusal};

pub(crate) const GET_KEY_ROTATION_STATUS: &str = "kms:GetKeyRotationStatus";
/// The IAM actions of this file.
pub const ACTIONS: &[&str] = &[GET_KEY_ROTATION_STATUS];

/// Whether a key rotates by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It does.
    On {
        /// After so many days, where that is told.
        days: Option<i32>,
    },
    /// It does not.
    Off,
    /// KMS cannot rotate it.
    Impossible(Fixed),
    /// It could not be read.
    Unread {
        /// Why.
        why: String,
    },
    /// Nobody looked.
    #[default]
    NotAsked,
}

/// Why KMS cannot rotate a key by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fixed {
    /// It is asymmetric or authenticates messages.
    NotSymmetric,
    /// Its material was not made by KMS, or lies in a key store of the customer's own.
    ForeignMaterial,
    /// It is not enabled.
    NotEnabled,
    /// AWS manages it, and rotates it every year.
    AwsManaged,
    /// KMS says so, and nothing that was read tells why.
    Unsupported,
}

/// Whether a key rotates, and the refusal that kept it from being told.
pub(super) type Answered = (Rotation, Option<Refusal>);

impl Description {
    /// Why KMS cannot rotate it by itself; none where it can.
    pub fn is_fixed(&self) -> Option<Fixed> {
        if self.manager == Manager::Aws {
            return Some(Fixed::AwsManaged);
        }
        // What is not told does not keep us from asking.
        if self.spec.as_deref().is_some_and(|spec| spec != "SYMMETRIC_DEFAULT") {
            return Some(Fixed::NotSymmetric);
        }
        if self.origin.as_deref().is_some_and(|origin| origin != "AWS_KMS") {
            return Some(Fixed::ForeignMaterial);
        }
        (!matches!(self.state.as_str(), "Enabled" | "Updating")).then_some(Fixed::NotEnabled)
    }
}

impl Keys {
    /// Whether a key that was described rotates by itself, asked with the role of the account that owns it; with the
    /// refusal when it could not be read.
    pub async fn rotation(&self, key: &Description) -> (Rotation, Option<Refusal>) {
        if let Some(fixed) = key.is_fixed() {
            return (Rotation::Impossible(fixed), None);
        }
        let unread = |why: &str| (Rotation::Unread { why: why.to_owned() }, None);
        let name::Parsed::Elsewhere { account, region, name } = name::parse(&key.arn) else {
            return unread("its description has no ARN");
        };
        let Belongs::InScope(directly) = self.organization.belongs(account) else {
            return unread("its account is not in scope");
        };
        let place = Place { account, region, name };
        let cell = Arc::clone(self.rotations.lock().entry(place.clone()).or_default());
        cell.get_or_init(|| self.ask_rotation(&place, directly)).await.clone()
    }

    async fn ask_rotation(&self, place: &Place, directly: bool) -> Answered {
        let asked = async {
            let session = self.aws.session(place.account, directly).await?;
            let gate = self.aws.gate(&session, &place.region);
            let client = gate.kms();
            let id = place.name.as_key_id();
            gate.call(GET_KEY_ROTATION_STATUS, || client.get_key_rotation_status().key_id(id).send()).await
        };
        match asked.await {
            Ok(status) if status.key_rotation_enabled() => {
                (Rotation::On { days: status.rotation_period_in_days() }, None)
            }
            Ok(_) => (Rotation::Off, None),
            Err(refusal) if refusal.code == "UnsupportedOperationException" => {
                (Rotation::Impossible(Fixed::Unsupported), None)
            }
            Err(refusal) => (Rotation::Unread { why: format!("{}: {}", refusal.api, refusal.code) }, Some(refusal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kms::Usability;

    #[test]
    fn only_enabled_symmetric_keys_with_material_of_kms_that_the_customer_manages_can_rotate() {
        let key = |manager, spec: Option<&str>, origin: Option<&str>, state: &str| {
            let key = Description {
                arn: String::new(),
                manager,
                usability: Usability::Usable,
                state: state.to_owned(),
                deletion_date: None,
                created_at: None,
                spec: spec.map(ToOwned::to_owned),
                origin: origin.map(ToOwned::to_owned),
                multi_region: false,
            };
            key.is_fixed()
        };
        let (symmetric, ours) = (Some("SYMMETRIC_DEFAULT"), Some("AWS_KMS"));
        assert_eq!(key(Manager::Customer, symmetric, ours, "Enabled"), None);
        assert_eq!(key(Manager::Customer, None, None, "Updating"), None);
        assert_eq!(key(Manager::Aws, symmetric, ours, "Enabled"), Some(Fixed::AwsManaged));
        assert_eq!(key(Manager::Customer, Some("RSA_2048"), ours, "Enabled"), Some(Fixed::NotSymmetric));
        assert_eq!(key(Manager::Customer, symmetric, Some("EXTERNAL"), "Enabled"), Some(Fixed::ForeignMaterial));
        assert_eq!(key(Manager::Customer, symmetric, Some("AWS_CLOUDHSM"), "Enabled"), Some(Fixed::ForeignMaterial));
        assert_eq!(key(Manager::Customer, symmetric, ours, "Disabled"), Some(Fixed::NotEnabled));
        assert_eq!(key(Manager::Customer, symmetric, ours, "PendingDeletion"), Some(Fixed::NotEnabled));
    }
}
