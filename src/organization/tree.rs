//! The tree of organizational units: from each account's `Paths` where the answer carries it, else walked.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_organizations::types::Account as Listed;

use super::scope::Scope;
use crate::{outcome::Refusal, paging::Pages, place::AccountId, session::gate::Gate};

pub(crate) const LIST_ROOTS: &str = "organizations:ListRoots";
pub(crate) const LIST_UNITS: &str = "organizations:ListOrganizationalUnitsForParent";
pub(crate) const LIST_ACCOUNTS_FOR_PARENT: &str = "organizations:ListAccountsForParent";
pub(crate) const DESCRIBE_UNIT: &str = "organizations:DescribeOrganizationalUnit";

/// The units from the root down to an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OuPath {
    /// The ids, the root's first.
    pub(super) ids: Vec<String>,
    /// The names below the root, as far as they could be read.
    pub(super) names: Option<Vec<String>>,
}

impl OuPath {
    /// The id of the unit that the account is in.
    pub(super) fn id(&self) -> Option<String> {
        self.ids.last().cloned()
    }

    /// The names as one path, `/` for the root.
    pub(super) fn names(&self) -> Option<String> {
        self.names.as_ref().map(|names| format!("/{}", names.join("/")))
    }

    fn below(&self, id: &str, name: &str) -> Self {
        let ids = self.ids.iter().cloned().chain([id.to_owned()]).collect();
        let names = self.names.as_ref().map(|names| names.iter().cloned().chain([name.to_owned()]).collect());
        Self { ids, names }
    }
}

/// Where each account is.
#[derive(Debug, Default)]
pub(super) struct Tree {
    paths: HashMap<AccountId, OuPath>,
    /// Every unit that was met, by id.
    pub(super) units: BTreeMap<String, OuPath>,
    /// What could not be read, and the scope can do without.
    pub(super) missing: Option<Refusal>,
}

impl Tree {
    /// Reads what the scope and the tables need. Without a scope by unit, a refusal costs the paths and no more.
    pub(super) async fn read(gate: &Gate, accounts: &[Listed], scope: &Scope<'_>) -> Result<Self, Refusal> {
        let carried = accounts.iter().filter(|account| !account.paths().is_empty()).count();
        let read = if carried == accounts.len() {
            Self::from_paths(gate, accounts, scope).await
        } else {
            Self::walk(gate, scope).await
        };
        match read {
            Err(refusal) if !scope.needs_units() => {
                tracing::warn!(%refusal, "organizational units are not known; the column ou_path stays empty");
                Ok(Self { missing: Some(refusal), ..Self::default() })
            }
            read => read,
        }
    }

    /// The path of an account.
    pub(super) fn path_of(&self, id: AccountId) -> Option<&OuPath> {
        self.paths.get(&id)
    }

    /// From `o-…/r-…/ou-…/<account>/` in each account; only the names have to be asked, once a unit.
    async fn from_paths(gate: &Gate, accounts: &[Listed], scope: &Scope<'_>) -> Result<Self, Refusal> {
        let client = gate.organizations();
        let mut names = HashMap::<String, String>::new();
        let mut nameless = false;
        let mut tree = Self::default();
        for account in accounts {
            let Some(id) = account.id().and_then(|id| id.parse().ok()) else { continue };
            let parts = account.paths().first().map(|path| path.split('/').filter(|part| !part.is_empty()));
            let ids = parts.into_iter().flatten().filter(|part| part.starts_with("r-") || part.starts_with("ou-"));
            let mut path = OuPath { ids: Vec::new(), names: Some(Vec::new()) };
            for unit in ids {
                if unit.starts_with("r-") {
                    path.ids.push(unit.to_owned());
                } else {
                    if !nameless && !names.contains_key(unit) {
                        let send = || client.describe_organizational_unit().organizational_unit_id(unit).send();
                        match gate.call(DESCRIBE_UNIT, send).await {
                            Ok(answer) => {
                                let name = answer.organizational_unit().and_then(|unit| unit.name()).unwrap_or(unit);
                                names.insert(unit.to_owned(), name.to_owned());
                            }
                            Err(refusal) if !scope.needs_unit_names() => {
                                tracing::warn!(%refusal, "names of organizational units are not known; ou_path stays empty");
                                nameless = true;
                                tree.missing = Some(refusal);
                            }
                            Err(refusal) => return Err(refusal),
                        }
                    }
                    path = path.below(unit, names.get(unit).map_or(unit, String::as_str));
                }
                if nameless {
                    path.names = None;
                }
                tree.units.insert(unit.to_owned(), path.clone());
            }
            tree.paths.insert(id, path);
        }
        Ok(tree)
    }

    /// From the root down; the accounts of a unit are only listed where the scope can take them.
    async fn walk(gate: &Gate, scope: &Scope<'_>) -> Result<Self, Refusal> {
        let client = gate.organizations();
        let mut tree = Self::default();
        tree.add_units(gate).await?;
        for (id, path) in &tree.units {
            if !scope.takes_path(Some(path)) {
                continue;
            }
            let mut pages = Pages::new(LIST_ACCOUNTS_FOR_PARENT);
            while pages.more() {
                let token = pages.token();
                let send = || client.list_accounts_for_parent().parent_id(id).set_next_token(token.clone()).send();
                let answer = gate.call(LIST_ACCOUNTS_FOR_PARENT, send).await?;
                let ids = answer.accounts().iter().filter_map(|account| account.id()?.parse().ok());
                tree.paths.extend(ids.map(|account| (account, path.clone())));
                pages.turn(answer.next_token(), answer.accounts().len())?;
            }
        }
        Ok(tree)
    }

    /// Adds every unit, from the root down.
    pub(super) async fn add_units(&mut self, gate: &Gate) -> Result<(), Refusal> {
        let client = gate.organizations();
        let mut open = Vec::new();
        let mut pages = Pages::new(LIST_ROOTS);
        while pages.more() {
            let token = pages.token();
            let answer = gate.call(LIST_ROOTS, || client.list_roots().set_next_token(token.clone()).send()).await?;
            let roots = answer.roots().iter().filter_map(|root| root.id());
            open.extend(roots.map(|id| OuPath { ids: vec![id.to_owned()], names: Some(Vec::new()) }));
            pages.turn(answer.next_token(), answer.roots().len())?;
        }
        while let Some(path) = open.pop() {
            let Some(id) = path.id() else { continue };
            let mut pages = Pages::new(LIST_UNITS);
            while pages.more() {
                let token = pages.token();
                let send = || {
                    client.list_organizational_units_for_parent().parent_id(&id).set_next_token(token.clone()).send()
                };
                let answer = gate.call(LIST_UNITS, send).await?;
                for unit in answer.organizational_units() {
                    let unit_id = unit.id().unwrap_or_default();
                    open.push(path.below(unit_id, unit.name().unwrap_or(unit_id)));
                }
                pages.turn(answer.next_token(), answer.organizational_units().len())?;
            }
            self.units.insert(id, path);
        }
        Ok(())
    }
}
