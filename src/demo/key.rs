//! KMS keys as pure functions: an id tells, to who knows the seed, whose key it is and in which state.

use super::digits::hex;
use super::draw::{mix, text};
use super::scenario::KeyUse;
use crate::place::{AccountId, Region};

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Customer managed and enabled.
    Customer,
    /// Managed by AWS.
    AwsManaged,
    /// Customer managed and disabled.
    Disabled,
    /// Customer managed, to be deleted on a date.
    PendingDeletion,
    /// Customer managed, and its policy lets nobody describe it.
    Denied,
    /// An id behind which there is no key.
    Missing,
}

const KINDS: [KeyKind; 6] = [
    KeyKind::Customer,
    KeyKind::AwsManaged,
    KeyKind::Disabled,
    KeyKind::PendingDeletion,
    KeyKind::Denied,
    KeyKind::Missing,
];

/// Customer managed keys in an account and region, each with an alias.
const ALIASES: [&str; 4] = ["alias/ml-training", "alias/ml-artifacts", "alias/data-platform", "alias/team/models"];
const AWS_ALIASES: [&str; 3] = ["alias/aws/s3", "alias/aws/sagemaker", "alias/aws/ebs"];

/// The keys of one account in one region.
#[derive(Debug, Clone)]
pub(super) struct Keyring {
    seed: u64,
    account: AccountId,
    region: Region,
}

impl Keyring {
    pub(super) fn new(seed: u64, account: AccountId, region: Region) -> Self {
        Self { seed: mix(&[seed, text(account.as_str()), text(region.as_str()), 0x006b_6579]), account, region }
    }

    /// The id of the `slot`-th key of a kind: a UUID whose last four digits hide kind and slot.
    pub(super) fn id(&self, kind: KeyKind, slot: u64) -> String {
        let code =
            KINDS.iter().position(|known| *known == kind).and_then(|code| u64::try_from(code).ok()).unwrap_or_default();
        let (high, low) = (mix(&[self.seed, code, slot]), mix(&[self.seed, slot, code, 1]));
        let hidden = ((code << 8) | (slot & 0xff)) ^ (high & 0xffff);
        let groups = [
            ("", high >> 32, 8),
            ("-", high & 0xffff, 4),
            ("-4", (high >> 16) & 0xfff, 3),
            ("-a", low >> 52, 3),
            ("-", low & 0xffff_ffff, 8),
            ("", hidden, 4),
        ];
        let mut id = String::with_capacity(36);
        for (before, value, width) in groups {
            id.push_str(before);
            hex(&mut id, value, width);
        }
        id
    }

    /// The ARN of the `slot`-th key of a kind.
    pub(super) fn arn(&self, kind: KeyKind, slot: u64) -> String {
        ["arn:aws:kms:", self.region.as_str(), ":", self.account.as_str(), ":key/", &self.id(kind, slot)].concat()
    }

    /// Which key an id is, if it is one of this ring.
    pub(super) fn by_id(&self, id: &str) -> Option<(KeyKind, u64)> {
        let mask = u64::from_str_radix(id.get(9..13)?, 16).ok()?;
        let hidden = u64::from_str_radix(id.get(32..36)?, 16).ok()? ^ mask;
        let kind = *KINDS.get(usize::try_from(hidden >> 8).ok()?)?;
        let slot = hidden & 0xff;
        (self.id(kind, slot) == id).then_some((kind, slot))
    }

    /// Which key an alias (`alias/…`) points at.
    pub(super) fn by_alias(alias: &str) -> Option<(KeyKind, u64)> {
        let slot_in =
            |names: &[&str]| names.iter().position(|name| *name == alias).and_then(|slot| u64::try_from(slot).ok());
        let customer = slot_in(&ALIASES).map(|slot| (KeyKind::Customer, slot));
        customer.or_else(|| slot_in(&AWS_ALIASES).map(|slot| (KeyKind::AwsManaged, slot)))
    }

    fn alias_arn(&self, alias: &str) -> String {
        ["arn:aws:kms:", self.region.as_str(), ":", self.account.as_str(), ":", alias].concat()
    }
}

/// The places that a job's keys can come from.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    /// The job's own account and region.
    pub(super) own: Keyring,
    /// Another readable account of the organization, same region; where there is none, foreign uses fall back to the own key ring.
    pub(super) partner: Option<Keyring>,
    /// An account that does not belong to the organization.
    pub(super) outside: Keyring,
    /// The same account in another region.
    pub(super) elsewhere: Keyring,
}

impl Neighbours {
    /// The text that a job carries for a use of a key; `dice` chooses among the few keys there are. None: the member is missing.
    pub(super) fn text(&self, usage: KeyUse, dice: u64) -> Option<String> {
        let slot = dice % 4;
        let alias = |names: &[&'static str]| {
            usize::try_from(dice).ok().and_then(|dice| names.get(dice % names.len()).copied()).unwrap_or_default()
        };
        Some(match usage {
            KeyUse::Absent => return None,
            KeyUse::EmptyText => String::new(),
            KeyUse::KeyId => self.own.id(KeyKind::Customer, slot),
            KeyUse::KeyArn => self.own.arn(KeyKind::Customer, slot),
            KeyUse::AliasName => alias(&ALIASES).to_owned(),
            KeyUse::AliasArn => self.own.alias_arn(alias(&ALIASES)),
            KeyUse::AwsManagedAlias if dice & 0x100 == 0 => alias(&AWS_ALIASES).to_owned(),
            KeyUse::AwsManagedAlias => self.own.alias_arn(alias(&AWS_ALIASES)),
            KeyUse::AwsManagedArn => self.own.arn(KeyKind::AwsManaged, dice % 3),
            KeyUse::ForeignInOrganization => self.partner.as_ref().unwrap_or(&self.own).arn(KeyKind::Customer, slot),
            KeyUse::ForeignOutside => self.outside.arn(KeyKind::Customer, slot),
            KeyUse::Disabled => self.own.arn(KeyKind::Disabled, dice % 2),
            KeyUse::PendingDeletion => self.own.arn(KeyKind::PendingDeletion, dice % 2),
            KeyUse::NotFound => self.own.arn(KeyKind::Missing, dice % 2),
            KeyUse::Denied => self.own.arn(KeyKind::Denied, dice % 2),
            KeyUse::OtherRegion => self.elsewhere.arn(KeyKind::Customer, slot),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(account: &str) -> Keyring {
        Keyring::new(7, account.parse().unwrap(), "eu-central-1".parse().unwrap())
    }

    #[test]
    fn an_id_tells_its_kind_and_slot_in_its_own_ring_only() {
        let (own, other) = (ring("123456789012"), ring("210987654321"));
        for kind in KINDS {
            for slot in 0..4 {
                let id = own.id(kind, slot);
                assert_eq!(id.len(), 36, "{id}");
                assert_eq!(own.by_id(&id), Some((kind, slot)));
                assert_eq!(other.by_id(&id), None);
            }
        }
        assert_eq!(own.by_id("no key at all"), None);
    }
}
