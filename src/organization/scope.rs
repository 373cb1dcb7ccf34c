//! Which accounts the configuration takes: each non-empty include must match, and no exclude may.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{OuPath, Tree};
use crate::{
    config::{self, OuSelector, TagValues},
    place::AccountId,
};

/// The scope of `[organization]`, put to accounts.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    wanted: &'a config::Organization,
}

impl<'a> Scope<'a> {
    pub(super) fn new(wanted: &'a config::Organization) -> Self {
        Self { wanted }
    }

    /// Whether the scope cannot be told without the tree.
    pub(super) fn needs_units(&self) -> bool {
        !self.wanted.include_ous.is_empty() || !self.wanted.exclude_ous.is_empty()
    }

    /// Whether the scope cannot be told without the names of the units.
    pub(super) fn needs_unit_names(&self) -> bool {
        let mut named = self.wanted.include_ous.iter().chain(&self.wanted.exclude_ous);
        named.any(|ou| matches!(ou, OuSelector::Path(_)))
    }

    /// Whether the scope cannot be told without the accounts' tags.
    pub(super) fn needs_tags(&self) -> bool {
        !self.wanted.include_tags.is_empty() || !self.wanted.exclude_tags.is_empty()
    }

    /// By id.
    pub(super) fn takes_account(&self, id: AccountId) -> bool {
        let included = self.wanted.include_accounts.is_empty() || self.wanted.include_accounts.contains(&id);
        included && !self.wanted.exclude_accounts.contains(&id)
    }

    /// By organizational unit; an account whose place is not known is only taken where no unit is asked for.
    pub(super) fn takes_path(&self, path: Option<&OuPath>) -> bool {
        let Some(path) = path else { return self.wanted.include_ous.is_empty() };
        let included =
            self.wanted.include_ous.is_empty() || self.wanted.include_ous.iter().any(|ou| contains(ou, path));
        included && !self.excludes_unit(path)
    }

    fn excludes_unit(&self, path: &OuPath) -> bool {
        self.wanted.exclude_ous.iter().any(|ou| contains(ou, path))
    }

    /// By tag.
    pub(super) fn takes_tags(&self, tags: &BTreeMap<String, String>) -> bool {
        let matches = |(key, values): (&String, &TagValues)| tags.get(key).is_some_and(|value| values.accepts(value));
        self.wanted.include_tags.iter().all(matches) && !self.wanted.exclude_tags.iter().any(matches)
    }

    /// Whether a unit of the scope was not met among the paths of accounts.
    pub(super) fn lacks_units(&self, tree: &Tree) -> bool {
        self.wanted.include_ous.iter().chain(&self.wanted.exclude_ous).any(|ou| !exists(ou, tree))
    }

    /// What is included and the organization does not have: a mistyped include would silently audit less.
    pub(super) fn unmatched(&self, everyone: &BTreeSet<AccountId>, tree: &Tree) -> Vec<String> {
        let accounts = self.wanted.include_accounts.difference(everyone).map(|id| format!("account {id}"));
        let units = self.wanted.include_ous.iter().filter(|ou| !exists(ou, tree));
        accounts.chain(units.map(|ou| format!("organizational unit {ou}"))).collect()
    }

    /// What is excluded and the organization does not have (any more): worth knowing, and no reason to stop a night.
    pub(super) fn needless(&self, everyone: &BTreeSet<AccountId>, tree: &Tree) -> Vec<String> {
        let accounts = self.wanted.exclude_accounts.difference(everyone).map(|id| format!("account {id}"));
        let units = self.wanted.exclude_ous.iter().filter(|ou| !exists(ou, tree));
        let needless = accounts.chain(units.map(|ou| format!("organizational unit {ou}")));
        needless.map(|what| format!("{what} is excluded, and not in the organization")).collect()
    }
}

fn exists(selector: &OuSelector, tree: &Tree) -> bool {
    tree.units.values().any(|path| contains(selector, path))
}

/// Whether a unit lies in (or is) the one that the selector names.
fn contains(selector: &OuSelector, path: &OuPath) -> bool {
    match selector {
        OuSelector::Id(id) => path.ids.iter().any(|unit| unit == id),
        OuSelector::Path(wanted) => path.names.as_ref().is_some_and(|names| {
            let wanted = wanted.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>();
            names.len() >= wanted.len() && names.iter().zip(&wanted).all(|(name, part)| name == part)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> OuPath {
        let ids =
            ["r-root".to_owned()].into_iter().chain(names.iter().map(|name| format!("ou-{}", name.to_lowercase())));
        OuPath { ids: ids.collect(), names: Some(names.iter().map(|name| (*name).to_owned()).collect()) }
    }

    #[test]
    fn a_unit_contains_itself_and_what_is_nested_in_it_and_not_its_namesakes() {
        let prod = path(&["Workloads", "Prod"]);
        let by_path = |text: &str| contains(&OuSelector::Path(text.to_owned()), &prod);
        assert!(by_path("/Workloads") && by_path("/Workloads/Prod") && by_path("/Workloads/Prod/") && by_path("/"));
        assert!(!by_path("/Prod") && !by_path("/Workloads/Pro") && !by_path("/Workloads/Prod/EU"));
        assert!(contains(&OuSelector::Id("ou-workloads".to_owned()), &prod));
        assert!(!contains(&OuSelector::Id("ou-dev".to_owned()), &prod));
    }

    #[test]
    fn an_exclude_wins_over_an_include_and_an_unknown_place_is_not_in_a_unit() {
        let wanted = config::Organization {
            include_ous: [OuSelector::Path("/Workloads".to_owned())].into(),
            exclude_ous: [OuSelector::Path("/Workloads/Dev".to_owned())].into(),
            ..config::Organization::default()
        };
        let scope = Scope::new(&wanted);
        assert!(scope.takes_path(Some(&path(&["Workloads", "Prod"]))));
        assert!(!scope.takes_path(Some(&path(&["Workloads", "Dev", "Team"]))));
        assert!(!scope.takes_path(Some(&path(&["Security"]))));
        assert!(!scope.takes_path(None));
    }

    #[test]
    fn every_included_tag_must_match_and_no_excluded_one_may() {
        let tags = |pairs: &[(&str, &[&str])]| {
            let values = |values: &[&str]| match values {
                ["*"] => TagValues::Any,
                values => TagValues::OneOf(values.iter().map(|value| (*value).to_owned()).collect()),
            };
            pairs.iter().map(|(key, wanted)| ((*key).to_owned(), values(wanted))).collect()
        };
        let wanted = config::Organization {
            include_tags: tags(&[("env", &["prod", "stage"]), ("owner", &["*"])]),
            exclude_tags: tags(&[("audit", &["no"])]),
            ..config::Organization::default()
        };
        let has = |pairs: &[(&str, &str)]| {
            let tags = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            Scope::new(&wanted).takes_tags(&tags)
        };
        assert!(has(&[("env", "prod"), ("owner", "a")]));
        assert!(!has(&[("env", "prod")]));
        assert!(!has(&[("env", "dev"), ("owner", "a")]));
        assert!(!has(&[("env", "prod"), ("owner", "a"), ("audit", "no")]));
    }
}
