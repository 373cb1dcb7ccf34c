//! `[organization]`: which accounts are in scope.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::place::AccountId;

/// Which accounts are audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organization {
    /// Exactly these accounts; when not empty, Organizations is not asked at all.
    pub accounts: BTreeSet<AccountId>,
    /// Only accounts under these OUs, nested ones included; empty means every account.
    pub include_ous: BTreeSet<OuSelector>,
    /// No account under these OUs; wins over `include_ous`.
    pub exclude_ous: BTreeSet<OuSelector>,
    /// When not empty, only these accounts.
    pub include_accounts: BTreeSet<AccountId>,
    /// None of these accounts.
    pub exclude_accounts: BTreeSet<AccountId>,
    /// Only accounts that carry every one of these tags with an accepted value.
    pub include_tags: BTreeMap<String, TagValues>,
    /// No account that carries any of these tags with such a value.
    pub exclude_tags: BTreeMap<String, TagValues>,
    /// Whether the management account is audited.
    pub management_account: bool,
    /// Whether the accounts' tags are read into the tables, at one call an account.
    pub account_tags: bool,
}

impl Default for Organization {
    fn default() -> Self {
        Self {
            accounts: BTreeSet::new(),
            include_ous: BTreeSet::new(),
            exclude_ous: BTreeSet::new(),
            include_accounts: BTreeSet::new(),
            exclude_accounts: BTreeSet::new(),
            include_tags: BTreeMap::new(),
            exclude_tags: BTreeMap::new(),
            management_account: true,
            account_tags: true,
        }
    }
}

/// How a configuration names an organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OuSelector {
    /// By id: `ou-…`, or `r-…` for the root.
    Id(String),
    /// By names from the root down, `/Workloads/Prod`. An OU whose name has a slash in it needs its id.
    Path(String),
}

/// A text that names no organizational unit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is neither the id of an OU (ou-…, r-…) nor a path of names such as /Workloads/Prod")]
pub struct InvalidOuSelector(String);

impl FromStr for OuSelector {
    type Err = InvalidOuSelector;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Ids as the Organizations API reference has them: r-[0-9a-z]{4,32}, ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}.
        let part = |part: &str, least: usize| {
            (least..=32).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let is_id = if let Some(rest) = text.strip_prefix("ou-") {
            rest.split_once('-').is_some_and(|(root, unit)| part(root, 4) && part(unit, 8))
        } else {
            text.strip_prefix("r-").is_some_and(|root| part(root, 4))
        };
        let name = |name: &str| (1..=128).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if is_id {
            Ok(Self::Id(text.to_owned()))
        } else if text.strip_prefix('/').is_some_and(|names| names.split('/').all(name)) {
            Ok(Self::Path(text.to_owned()))
        } else {
            Err(InvalidOuSelector(text.to_owned()))
        }
    }
}

impl fmt::Display for OuSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(text) | Self::Path(text) => formatter.write_str(text),
        }
    }
}

impl Serialize for OuSelector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The values of a tag that a filter accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagValues {
    /// Whatever the value is, the tag only has to be there; written `["*"]`.
    Any,
    /// One of these.
    OneOf(BTreeSet<String>),
}

impl TagValues {
    /// Whether a tag with this value passes.
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(values) => values.contains(value),
        }
    }
}

impl Serialize for TagValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.collect_seq(["*"]),
            Self::OneOf(values) => serializer.collect_seq(values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ou_is_named_by_id_or_by_path() {
        for id in ["r-a1b2", "ou-a1b2-12345678"] {
            assert_eq!(id.parse::<OuSelector>().unwrap(), OuSelector::Id(id.to_owned()));
        }
        for path in ["/Workloads", "/Workloads/Prod EU", "/ou-a1b2-12345678"] {
            assert_eq!(path.parse::<OuSelector>().unwrap(), OuSelector::Path(path.to_owned()));
        }
        for wrong in
            ["", "/", "//", "/a/", "/a//b", "Workloads", "ou-a1b2", "ou-a1b2-1234567", "r-A1B2", "r-abc", "/a\n"]
        {
            assert!(wrong.parse::<OuSelector>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_tag_filter_accepts_its_values_or_any() {
        let prod = TagValues::OneOf(BTreeSet::from(["prod".to_owned()]));
        assert!(prod.accepts("prod") && !prod.accepts("Prod") && TagValues::Any.accepts(""));
    }
}
