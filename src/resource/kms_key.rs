//! Customer managed keys: those that other resources of an account and region name, wherever they live. None is listed; each
//! is told from what the cells before saw, and described once in a run.
//!
//! The account of the row is the one that uses the key. Whoever owns it is a fact, since an owner outside the organization
//! is one that is not audited.

use std::{collections::BTreeMap, sync::Arc};

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::{Kind, Read, Resource, Settled};
use crate::{
    check::Evidence,
    coverage::Outcome,
    kms::{
        self, Address, DESCRIBE_KEY, Key, Manager,
        rotation::{GET_KEY_ROTATION_STATUS, Rotation},
    },
    organization::{Belongs, Target},
    outcome::{Refusal, Refusals},
    place::AccountId,
    resource::ResourceType,
    scan::{
        cell::{Cell, Collected},
        seen::{Before, told_from},
    },
    session::gate::Gate,
};

/// Keys that are looked up at once; the pacing decides how fast that goes.
const PARALLEL: usize = 8;
/// The id of no key.
const NO_KEY: &str = "00000000-0000-0000-0000-000000000000";

/// The facts of a key that resources name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KmsKey {
    /// The account that owns it, by its ARN.
    pub owner: AccountId,
    /// Where that account stands.
    pub owner_is: Owner,
    /// What is known of it.
    pub key: Key,
    /// Whether it rotates by itself.
    pub rotation: Rotation,
    /// How often resources of each type name it, by the name of the type.
    pub uses: BTreeMap<String, u64>,
}

/// Where the account that owns a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// It is the one whose resources name the key.
    User,
    /// It is another one of the organization.
    InOrganization,
    /// It is in no account of the organization.
    Outside,
    /// The organization was not asked.
    NotListed,
}

impl Kind for KmsKey {
    const NAME: &'static str = "AWS::KMS::Key";
    const SLUG: &'static str = "kms-key";
    const ACTIONS: &'static [&'static str] = kms::ACTIONS;
    const SETTLED: Settled = Settled::Never;
    const IS_READ_LAST: bool = true;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}

impl Read for KmsKey {
    async fn collect(cell: &Arc<Cell>) -> Collected {
        let before = cell.neighbours().before(ResourceType::names_keys);
        let mut collected = told_from(&before, "keys");
        let named = named(&cell.target, &before);
        let looks = named.into_iter().map(|(text, named)| look(cell, text, named)).collect::<Vec<_>>();
        let looked = futures::stream::iter(looks).buffered(PARALLEL).collect::<Vec<_>>().await;
        let (mut keys, mut refusals) = (BTreeMap::new(), Refusals::default());
        for (found, refused) in looked {
            refusals.extend(refused);
            if let Some(found) = found {
                add(&mut keys, found);
            }
        }
        cell.note(&refusals);
        match cell.deliver(keys.into_values().map(|found| found.resource(cell)).collect(), None).await {
            Ok(delivered) => collected.listed = delivered,
            Err(refusal) => {
                collected.outcome = Outcome::Partial;
                collected.refusal = Some(refusal);
            }
        }
        collected
    }

    async fn probe(gate: &Gate, _target: &Target, action: &'static str) -> Result<(), Refusal> {
        let client = gate.kms();
        if action == GET_KEY_ROTATION_STATUS {
            return gate.call(action, || client.get_key_rotation_status().key_id(NO_KEY).send()).await.map(drop);
        }
        gate.call(DESCRIBE_KEY, || client.describe_key().key_id(NO_KEY).send()).await.map(drop)
    }
}

/// A text that names a key: where it points to, and how often resources of each type use it.
struct Named {
    address: Address,
    uses: BTreeMap<String, u64>,
}

/// The texts by which the resources of these cells name keys that may be the customer's.
fn named(target: &Target, cells: &[Before]) -> BTreeMap<String, Named> {
    let mut named = BTreeMap::<String, Named>::new();
    for cell in cells {
        for (text, uses) in cell.seen.keys() {
            let Some(address) = kms::address(target, text) else { continue };
            let named = named.entry(text.to_owned()).or_insert_with(|| Named { address, uses: BTreeMap::new() });
            *named.uses.entry(cell.resource_type.to_string()).or_default() += uses;
        }
    }
    named
}

/// A key behind a text.
struct Found {
    arn: String,
    name: String,
    facts: KmsKey,
}

impl Found {
    fn resource(self, cell: &Cell) -> Resource {
        let Self { arn, name, facts } = self;
        let (created_at, state) = match &facts.key {
            Key::Described(key) => (key.created_at, Some(key.state.clone())),
            Key::AwsManagedAlias
            | Key::OtherRegion { .. }
            | Key::NotFound
            | Key::OutsideOrganization { .. }
            | Key::Unverified { .. }
            | Key::Unreadable { .. } => (None, None),
        };
        let (modified_at, origin, role_arn, tags) = (None, None, None, BTreeMap::new());
        let observed_at = cell.now();
        Resource { arn, name, created_at, modified_at, state, origin, role_arn, tags, observed_at, facts: facts.into() }
    }
}

/// Looks up what is behind a text; none where AWS manages the key.
async fn look(cell: &Cell, text: String, named: Named) -> (Option<Found>, Vec<Refusal>) {
    let (key, refused) = cell.keys().look_up(&cell.target, &text).await;
    cell.step(DESCRIBE_KEY);
    let Named { address: Address { owner, mut arn, mut name }, uses } = named;
    let (mut rotation, mut not_told) = (Rotation::NotAsked, None);
    match key.as_ref() {
        Key::AwsManagedAlias => return (None, Vec::new()),
        Key::Described(described) if described.manager == Manager::Aws => return (None, Vec::new()),
        Key::Described(described) => {
            // An alias and the id of its key are one resource.
            if let Some((_, id)) = described.arn.split_once(":key/") {
                (arn, name) = (described.arn.clone(), id.to_owned());
            }
            if cell.needs(Evidence::KeyRotation) {
                (rotation, not_told) = cell.keys().rotation(described).await;
                cell.step(GET_KEY_ROTATION_STATUS);
            }
        }
        Key::OtherRegion { .. }
        | Key::NotFound
        | Key::OutsideOrganization { .. }
        | Key::Unverified { .. }
        | Key::Unreadable { .. } => {}
    }
    let owner_is = match cell.belongs(owner) {
        _ if owner == cell.target.account.id => Owner::User,
        Belongs::InScope(_) | Belongs::InOrganization => Owner::InOrganization,
        Belongs::Outside => Owner::Outside,
        Belongs::NotListed => Owner::NotListed,
    };
    let key = Key::clone(&key);
    let facts = KmsKey { owner, owner_is, key, rotation, uses };
    (Some(Found { arn, name, facts }), refused.into_iter().chain(not_told).collect())
}

/// Adds a key to those found so far, by its ARN; another text for a known one adds to its uses.
fn add(keys: &mut BTreeMap<String, Found>, found: Found) {
    match keys.get_mut(&found.arn) {
        None => drop(keys.insert(found.arn.clone(), found)),
        Some(known) => {
            for (resource_type, uses) in found.facts.uses {
                *known.facts.uses.entry(resource_type).or_default() += uses;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lake::samples::target,
        resource::{Facts, model_card::ModelCard},
        scan::seen::Seen,
    };

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn cell(resource_type: ResourceType, keys: &[&str]) -> Before {
        let cards = keys.iter().map(|key| Facts::from(ModelCard { key: Some((*key).to_owned()) }));
        Before { resource_type, outcome: Outcome::Complete, seen: Seen::of(&cards.collect::<Vec<_>>()) }
    }

    #[test]
    fn only_texts_that_may_name_a_key_of_a_customer_are_kept_with_their_uses_by_type() {
        let target = target(111_122_223_333, "eu-central-1");
        let cells = [
            cell(ResourceType::ModelCard, &[ID, ID, "alias/aws/s3", "arn:aws:s3:::bucket"]),
            cell(ResourceType::Model, &[ID, "alias/ml"]),
        ];
        let named = named(&target, &cells);
        assert_eq!(named.keys().collect::<Vec<_>>(), [ID, "alias/ml"]);
        let id = &named[ID];
        assert_eq!(id.address.arn, format!("arn:aws:kms:eu-central-1:111122223333:key/{ID}"));
        assert_eq!((id.uses["AWS::SageMaker::ModelCard"], id.uses["AWS::SageMaker::Model"]), (2, 1));
        assert_eq!(named["alias/ml"].address.arn, "arn:aws:kms:eu-central-1:111122223333:alias/ml");
    }

    #[test]
    fn several_texts_for_one_key_are_one_resource() {
        let mut keys = BTreeMap::new();
        for resource_type in ["a", "b", "a"] {
            let facts = KmsKey {
                owner: "111122223333".parse().unwrap(),
                owner_is: Owner::User,
                key: Key::NotFound,
                rotation: Rotation::NotAsked,
                uses: [(resource_type.to_owned(), 2)].into(),
            };
            add(&mut keys, Found { arn: "arn".to_owned(), name: "name".to_owned(), facts });
        }
        assert_eq!(keys.len(), 1);
        assert_eq!(keys["arn"].facts.uses, [("a".to_owned(), 4), ("b".to_owned(), 2)].into());
    }
}
