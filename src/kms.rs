//! Keys: what stands behind the text by which a resource names its KMS key, found out once per key and run.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_kms::types::{KeyManagerType, KeyState, KeyUsageType};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

mod name;
pub mod rotation;

pub use name::KeyName;

use rotation::Answered;

use crate::{
    coverage::Outcome,
    organization::{Belongs, Organization, Target},
    outcome::Refusal,
    place::{AccountId, Region},
    session::Aws,
};

/// The IAM actions of this file.
pub const ACTIONS: &[&str] = &[DESCRIBE_KEY];
pub(crate) const DESCRIBE_KEY: &str = "kms:DescribeKey";

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Key {
    /// Named by an alias of an AWS managed key (`alias/aws/…`). It is never described: that would create the key.
    AwsManagedAlias,
    /// An ARN of another region than the resource's, where the resource cannot use it.
    OtherRegion {
        /// The region in the ARN.
        region: String,
    },
    /// Described.
    Described(Description),
    /// KMS says that there is no such key.
    NotFound,
    /// A key of an account that is not in the organization. AWS managed keys cannot be shared between accounts, so
    /// it is customer managed by construction.
    OutsideOrganization {
        /// The account in the ARN.
        account: AccountId,
    },
    /// A key of another account that could not be described; customer managed by construction, its state unknown.
    Unverified {
        /// The account in the ARN.
        account: AccountId,
        /// Why it could not be described.
        why: String,
    },
    /// A key that could not be described.
    Unreadable {
        /// Why.
        why: String,
    },
}

/// What `kms:DescribeKey` says, as far as a check looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The ARN of the key itself, also where an alias named it.
    pub arn: String,
    /// Who manages it.
    pub manager: Manager,
    /// Whether it can encrypt.
    pub usability: Usability,
    /// The state as KMS spells it.
    pub state: String,
    /// When it will be deleted, where that is scheduled.
    pub deletion_date: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// The kind of its material, as KMS spells it: `SYMMETRIC_DEFAULT` where it can encrypt data at rest.
    pub spec: Option<String>,
    /// Where its material comes from, as KMS spells it: `AWS_KMS` where KMS made it.
    pub origin: Option<String>,
    /// Whether other regions have keys of the same material.
    pub multi_region: bool,
}

/// Who manages a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manager {
    /// AWS, for its services.
    Aws,
    /// The customer.
    Customer,
    /// Somebody that this version does not know.
    Unknown(String),
}

/// Whether a key can be used to encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usability {
    /// It can.
    Usable,
    /// Its state forbids it.
    StateForbids,
    /// It is a key for signing, key agreement or message authentication.
    WrongUsage,
    /// Its state is unknown to this version.
    Unknown,
}

/// The keys of a run.
#[derive(Debug)]
pub struct Keys {
    aws: Arc<Aws>,
    organization: Arc<Organization>,
    known: Mutex<HashMap<Place, Arc<OnceCell<Looked>>>>,
    rotations: Mutex<HashMap<Place, Arc<OnceCell<Answered>>>>,
}

/// A key, and the refusal that kept it from being described.
type Looked = (Arc<Key>, Option<Refusal>);

/// A key by where it lives and what it is called there: the same for a bare id and its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    account: AccountId,
    region: Region,
    name: KeyName,
}

/// Where a text points to, as far as itself tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The account that owns the key.
    pub owner: AccountId,
    /// The ARN of the key or of its alias.
    pub arn: String,
    /// Its id, or its alias with the prefix `alias/`.
    pub name: String,
}

/// Where the text by which a resource in `target` names a key points to; none for aliases of AWS managed keys and for what
/// names no key at all.
pub fn address(target: &Target, text: &str) -> Option<Address> {
    let (owner, region, name) = match name::parse(text) {
        name::Parsed::AwsManagedAlias | name::Parsed::Nonsense => return None,
        name::Parsed::Here(name) => (target.account.id, target.region.clone(), name),
        name::Parsed::Elsewhere { account, region, name } => (account, region, name),
    };
    let resource = match &name {
        KeyName::Id(id) => format!("key/{id}"),
        KeyName::Alias(alias) => alias.clone(),
    };
    let arn = format!("arn:{}:kms:{region}:{owner}:{resource}", target.partition);
    Some(Address { owner, arn, name: name.as_key_id().to_owned() })
}

impl Keys {
    /// No key known yet.
    pub fn new(aws: Arc<Aws>, organization: Arc<Organization>) -> Self {
        Self { aws, organization, known: Mutex::default(), rotations: Mutex::default() }
    }

    /// The key that a resource in `target` names by `text`, with the refusal when it could not be described.
    pub async fn look_up(&self, target: &Target, text: &str) -> (Arc<Key>, Option<Refusal>) {
        let (account, region, name) = match name::parse(text) {
            name::Parsed::AwsManagedAlias => return (Arc::new(Key::AwsManagedAlias), None),
            name::Parsed::Here(name) => (target.account.id, target.region.clone(), name),
            name::Parsed::Elsewhere { account, region, name } => (account, region, name),
            name::Parsed::Nonsense => return (Arc::new(Key::NotFound), None),
        };
        if region != target.region {
            return (Arc::new(Key::OtherRegion { region: region.to_string() }), None);
        }
        let directly = match self.organization.belongs(account) {
            Belongs::InScope(directly) => directly,
            Belongs::Outside => return (Arc::new(Key::OutsideOrganization { account }), None),
            Belongs::InOrganization | Belongs::NotListed => {
                let why = "its account is not in scope".to_owned();
                return (Arc::new(Key::Unverified { account, why }), None);
            }
        };
        let place = Place { account, region, name };
        let cell = {
            let mut known = self.known.lock();
            Arc::clone(known.entry(place.clone()).or_default())
        };
        let (key, refusal) = cell.get_or_init(|| self.describe(&place, directly)).await;
        if let (Key::Unreadable { why }, true) = (key.as_ref(), account != target.account.id) {
            return (Arc::new(Key::Unverified { account, why: why.clone() }), refusal.clone());
        }
        (Arc::clone(key), refusal.clone())
    }

    async fn describe(&self, place: &Place, directly: bool) -> Looked {
        let unreadable = |refusal: Refusal| {
            let why = format!("{}: {}", refusal.api, refusal.code);
            (Arc::new(Key::Unreadable { why }), Some(refusal))
        };
        let session = match self.aws.session(place.account, directly).await {
            Ok(session) => session,
            Err(refusal) => return unreadable(refusal),
        };
        let gate = self.aws.gate(&session, &place.region);
        let client = gate.kms();
        let id = place.name.as_key_id();
        match gate.call(DESCRIBE_KEY, || client.describe_key().key_id(id).send()).await {
            Ok(answer) => match answer.key_metadata() {
                Some(metadata) => (Arc::new(Key::Described(describe(metadata))), None),
                None => {
                    unreadable(Refusal::new(Outcome::MalformedAnswer, DESCRIBE_KEY, "MalformedAnswer", "no metadata"))
                }
            },
            Err(refusal) if matches!(refusal.code.as_str(), "NotFoundException" | "InvalidArnException") => {
                (Arc::new(Key::NotFound), None)
            }
            Err(refusal) => unreadable(refusal),
        }
    }
}

fn describe(metadata: &aws_sdk_kms::types::KeyMetadata) -> Description {
    let manager = match metadata.key_manager() {
        Some(KeyManagerType::Customer) => Manager::Customer,
        Some(KeyManagerType::Aws) => Manager::Aws,
        other => Manager::Unknown(other.map_or_else(|| "absent".to_owned(), |manager| manager.as_str().to_owned())),
    };
    let encrypts = matches!(metadata.key_usage(), None | Some(KeyUsageType::EncryptDecrypt));
    let usability = match metadata.key_state() {
        // An update of a multi-Region key's primary leaves it in use.
        Some(KeyState::Enabled | KeyState::Updating) if encrypts => Usability::Usable,
        Some(KeyState::Enabled | KeyState::Updating) => Usability::WrongUsage,
        Some(
            KeyState::Creating
            | KeyState::Disabled
            | KeyState::PendingDeletion
            | KeyState::PendingImport
            | KeyState::PendingReplicaDeletion
            | KeyState::Unavailable,
        ) => Usability::StateForbids,
        _ => Usability::Unknown,
    };
    let moment = |date: &aws_smithy_types::DateTime| Timestamp::from_second(date.secs()).ok();
    Description {
        arn: metadata.arn().unwrap_or_default().to_owned(),
        manager,
        usability,
        state: metadata.key_state().map_or("absent", KeyState::as_str).to_owned(),
        deletion_date: metadata.deletion_date().and_then(moment),
        created_at: metadata.creation_date().and_then(moment),
        spec: metadata.key_spec().map(|spec| spec.as_str().to_owned()),
        origin: metadata.origin().map(|origin| origin.as_str().to_owned()),
        multi_region: metadata.multi_region().unwrap_or_default(),
    }
}
