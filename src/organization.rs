//! The organization: its accounts, their place in the tree of organizational units, and which are in scope.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use aws_sdk_organizations::types::{Account as Listed, AccountState, AccountStatus};
use serde::{Deserialize, Serialize};
use thiserror::Error;

mod scope;
mod tree;

use scope::Scope;
pub(crate) use tree::{DESCRIBE_UNIT, LIST_ACCOUNTS_FOR_PARENT, LIST_ROOTS, LIST_UNITS};
use tree::{OuPath, Tree};

use crate::{
    config,
    coverage::RegionsFrom,
    outcome::Refusal,
    paging::Pages,
    place::{AccountId, Partition, Region},
    session::{Aws, gate::Gate},
};

/// The IAM actions of this module.
pub const ACTIONS: &[&str] =
    &[LIST_ACCOUNTS, LIST_TAGS, LIST_ROOTS, LIST_UNITS, LIST_ACCOUNTS_FOR_PARENT, DESCRIBE_UNIT];
pub(crate) const LIST_ACCOUNTS: &str = "organizations:ListAccounts";
pub(crate) const LIST_TAGS: &str = "organizations:ListTagsForResource";

/// An account, as the tables show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name in the organization; the id where the organization was not asked.
    pub name: String,
    /// The organization's id, `o-…`.
    pub organization_id: Option<String>,
    /// The id of the organizational unit (or root) that it is in.
    pub ou_id: Option<String>,
    /// The names from the root to that unit, such as `/Workloads/Prod`; `/` is the root itself.
    pub ou_path: Option<String>,
    /// The tags of the account.
    pub tags: BTreeMap<String, String>,
}

/// A place to look at: a region of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The account.
    pub account: Arc<Account>,
    /// The region.
    pub region: Region,
    /// The partition of both.
    pub partition: Partition,
    /// How the region came to be in scope.
    pub regions_from: RegionsFrom,
}

/// Whether an account can be audited at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It can.
    Active,
    /// It is suspended, closed, on its way there, or not yet active: the state's text.
    Inactive(String),
}

/// An account in scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What is known of it; its tags may still have to be read.
    pub account: Account,
    /// Whether it can be audited.
    pub standing: Standing,
    /// Whether its tags were read already, because the scope asks for them.
    pub tags_read: bool,
    /// Whether it is audited with our own credentials.
    pub directly: bool,
}

/// The accounts of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Recorded")]
pub struct Organization {
    /// The organization's id; none when it was not asked.
    pub id: Option<String>,
    /// The management account; none when the organization was not asked.
    pub management: Option<AccountId>,
    /// The accounts in scope, by id.
    pub members: Vec<Member>,
    /// What a reader of any coverage row should know.
    pub notes: Vec<String>,
    /// Every account of the organization, in scope or not; none when it was not asked.
    everyone: Option<BTreeSet<AccountId>>,
    /// Accounts in scope that can be audited, with whether that goes with our own credentials.
    #[serde(skip)]
    reachable: HashMap<AccountId, bool>,
}

/// The accounts of a run as they were written down.
#[derive(Deserialize)]
struct Recorded {
    id: Option<String>,
    management: Option<AccountId>,
    members: Vec<Member>,
    notes: Vec<String>,
    everyone: Option<BTreeSet<AccountId>>,
}

impl From<Recorded> for Organization {
    fn from(recorded: Recorded) -> Self {
        let Recorded { id, management, members, notes, everyone } = recorded;
        Self::new(id, management, members, everyone, notes)
    }
}

/// Where an account stands to this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// In scope; the flag says that our own credentials reach it.
    InScope(bool),
    /// In the organization, but not to be audited.
    InOrganization,
    /// Not in the organization.
    Outside,
    /// The organization was not asked, and the account is not in the list.
    NotListed,
}

/// Why the accounts in scope cannot be told.
#[derive(Debug, Error)]
pub enum OrganizationError {
    /// A call without which the scope is unknown was refused.
    #[error(
        "cannot tell which accounts are in scope; run in the management or a delegated administrator account, or list organization.accounts"
    )]
    Refused(#[from] Refusal),
    /// The configuration names what the organization does not have.
    #[error("the configured scope names what the organization does not have: {}; look at [organization], and at what `aws organizations list-accounts` shows", .0.join(", "))]
    NoSuch(Vec<String>),
    /// Nothing is left to do.
    #[error("no account is in scope; look at the include and exclude keys of [organization]")]
    Empty,
}

impl Organization {
    /// Where an account stands to this run.
    pub fn belongs(&self, id: AccountId) -> Belongs {
        match (self.reachable.get(&id), &self.everyone) {
            (Some(directly), _) => Belongs::InScope(*directly),
            (None, Some(everyone)) if everyone.contains(&id) => Belongs::InOrganization,
            (None, Some(_)) => Belongs::Outside,
            (None, None) => Belongs::NotListed,
        }
    }

    fn new(
        id: Option<String>,
        management: Option<AccountId>,
        members: Vec<Member>,
        everyone: Option<BTreeSet<AccountId>>,
        notes: Vec<String>,
    ) -> Self {
        let active = members.iter().filter(|member| member.standing == Standing::Active);
        let reachable = active.map(|member| (member.account.id, member.directly)).collect();
        Self { id, management, members, notes, everyone, reachable }
    }
}

/// Finds the accounts in scope, asking the organization no more than the scope needs.
pub async fn discover(
    aws: &Aws,
    wanted: &config::Organization,
    role: &config::Role,
) -> Result<Organization, OrganizationError> {
    let us = aws.caller().account;
    if !wanted.accounts.is_empty() {
        let members = wanted.accounts.iter().map(|id| unlisted(*id, role.own_account_directly && *id == us)).collect();
        return Ok(Organization::new(None, None, members, None, Vec::new()));
    }
    let listed = list_accounts(aws.home()).await?;
    let everyone = listed.iter().filter_map(account_id).collect::<BTreeSet<_>>();
    let (organization_id, management) = listed.iter().find_map(identity).unzip();

    let scope = Scope::new(wanted);
    let mut members = Vec::new();
    let mut tree = Tree::read(aws.home(), &listed, &scope).await?;
    if scope.lacks_units(&tree) {
        // Units without an account are in no account's path.
        tree.add_units(aws.home()).await?;
    }
    let unmatched = scope.unmatched(&everyone, &tree);
    if !unmatched.is_empty() {
        return Err(OrganizationError::NoSuch(unmatched));
    }
    let mut notes = scope.needless(&everyone, &tree);
    for account in &listed {
        let Some(id) = account_id(account) else { continue };
        let is_management = management.flatten() == Some(id);
        let path = tree.path_of(id);
        if !scope.takes_account(id) || !scope.takes_path(path) || (is_management && !wanted.management_account) {
            continue;
        }
        let mut member = Member {
            account: Account {
                id,
                name: account.name().unwrap_or(id.as_str()).to_owned(),
                organization_id: organization_id.clone(),
                ou_id: path.and_then(OuPath::id),
                ou_path: path.and_then(OuPath::names),
                tags: BTreeMap::new(),
            },
            standing: standing(account),
            tags_read: false,
            directly: id == us && (is_management || role.own_account_directly),
        };
        if scope.needs_tags() {
            member.account.tags = account_tags(aws.home(), id).await?;
            member.tags_read = true;
            if !scope.takes_tags(&member.account.tags) {
                continue;
            }
        }
        members.push(member);
    }
    if members.is_empty() {
        return Err(OrganizationError::Empty);
    }
    members.sort_by_key(|member| member.account.id);
    let missing = tree.missing.as_ref();
    notes.extend(missing.map(|refusal| format!("no ou_path: {} failed with {}", refusal.api, refusal.code)));
    Ok(Organization::new(organization_id, management.flatten(), members, Some(everyone), notes))
}

/// The tags of an account, from `organizations:ListTagsForResource`.
pub async fn account_tags(gate: &Gate, id: AccountId) -> Result<BTreeMap<String, String>, Refusal> {
    let client = gate.organizations();
    let mut tags = BTreeMap::new();
    let mut pages = Pages::new(LIST_TAGS);
    while pages.more() {
        let token = pages.token();
        let send = || client.list_tags_for_resource().resource_id(id.as_str()).set_next_token(token.clone()).send();
        let answer = gate.call(LIST_TAGS, send).await?;
        tags.extend(answer.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())));
        pages.turn(answer.next_token(), answer.tags().len())?;
    }
    Ok(tags)
}

/// Every account, from `organizations:ListAccounts`: 20 a page, and an empty page is not the end.
async fn list_accounts(gate: &Gate) -> Result<Vec<Listed>, Refusal> {
    let client = gate.organizations();
    let mut accounts = Vec::new();
    let mut pages = Pages::new(LIST_ACCOUNTS);
    while pages.more() {
        let token = pages.token();
        let send = || client.list_accounts().max_results(20).set_next_token(token.clone()).send();
        let answer = gate.call(LIST_ACCOUNTS, send).await?;
        let Some(page) = &answer.accounts else { return Err(Refusal::lacks(LIST_ACCOUNTS, "Accounts")) };
        if let Some(nobody) = page.iter().find(|account| account_id(account).is_none()) {
            return Err(Refusal::lacks(LIST_ACCOUNTS, &format!("account id for {:?}", nobody.name())));
        }
        accounts.extend_from_slice(page);
        pages.turn(answer.next_token(), page.len())?;
    }
    accounts.sort_by(|one, other| one.id().cmp(&other.id()));
    accounts.dedup_by(|one, other| one.id() == other.id());
    Ok(accounts)
}

/// An account of an explicit list, of which nothing more is known.
fn unlisted(id: AccountId, directly: bool) -> Member {
    let account =
        Account { id, name: id.to_string(), organization_id: None, ou_id: None, ou_path: None, tags: BTreeMap::new() };
    Member { account, standing: Standing::Active, tags_read: true, directly }
}

fn account_id(account: &Listed) -> Option<AccountId> {
    account.id().and_then(|id| id.parse().ok())
}

/// The organization's id and its management account, both in every account's ARN:
/// `arn:aws:organizations::<management>:account/o-…/<account>`.
fn identity(account: &Listed) -> Option<(String, Option<AccountId>)> {
    let mut parts = account.arn()?.split(':').skip(4);
    let management = parts.next()?.parse().ok();
    let organization = parts.next()?.split('/').nth(1)?;
    Some((organization.to_owned(), management))
}

/// `State`, and where an older service leaves it out, `Status`. What neither tells is tried.
fn standing(account: &Listed) -> Standing {
    let text = match (account.state(), account.status()) {
        (Some(AccountState::Active), _) | (None, Some(AccountStatus::Active) | None) => return Standing::Active,
        (Some(state), _) => state.as_str(),
        (None, Some(status)) => status.as_str(),
    };
    Standing::Inactive(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> aws_sdk_organizations::types::builders::AccountBuilder {
        Listed::builder()
            .id("210987654321")
            .arn("arn:aws-cn:organizations::123456789012:account/o-abc1234567/210987654321")
    }

    #[test]
    fn state_decides_and_status_stands_in_for_it() {
        let active = [
            listed().state(AccountState::Active).status(AccountStatus::Suspended),
            listed().status(AccountStatus::Active),
            listed(),
        ];
        assert!(active.map(|account| standing(&account.build())).iter().all(|standing| *standing == Standing::Active));
        let inactive = [
            (listed().state(AccountState::Closed).status(AccountStatus::Active), "CLOSED"),
            (listed().state(AccountState::PendingClosure), "PENDING_CLOSURE"),
            (listed().status(AccountStatus::Suspended), "SUSPENDED"),
            (listed().state(AccountState::from("SOMETHING_NEW")), "SOMETHING_NEW"),
        ];
        for (account, text) in inactive {
            assert_eq!(standing(&account.build()), Standing::Inactive(text.to_owned()));
        }
    }

    #[test]
    fn the_arn_of_any_account_names_organization_and_management_account() {
        let (organization, management) = identity(&listed().build()).unwrap();
        assert_eq!((organization.as_str(), management.unwrap().as_str()), ("o-abc1234567", "123456789012"));
    }
}
