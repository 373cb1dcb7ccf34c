//! Where an exception applies: each dimension that it names must match, and within one any of its patterns may.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use crate::{glob::matches, place::AccountId};

/// Where an exception applies. A dimension without a pattern takes everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Scope {
    /// The accounts.
    pub account: Accounts,
    /// Patterns of the paths of organizational units; an account whose path is not known is in none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ou_path: Vec<String>,
    /// Patterns of region codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<String>,
    /// Patterns of ARNs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// Tags that the resource must all have, with patterns of their values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, Vec<String>>,
}

/// Accounts in which an exception applies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Accounts {
    /// Every account.
    #[default]
    Every,
    /// These.
    These(BTreeSet<AccountId>),
}

impl Serialize for Accounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Every => serializer.collect_seq(["*"]),
            Self::These(accounts) => serializer.collect_seq(accounts),
        }
    }
}

/// What every ARN is like.
pub(super) const ANY_ARN: &str = "arn:*:*:*:*:*";

impl Scope {
    /// Whether it takes what is in this place.
    pub fn takes_place(&self, account: AccountId, ou_path: Option<&str>, region: &str) -> bool {
        let in_account = match &self.account {
            Accounts::Every => true,
            Accounts::These(accounts) => accounts.contains(&account),
        };
        in_account
            && (self.ou_path.is_empty() || ou_path.is_some_and(|path| any(&self.ou_path, path)))
            && (self.region.is_empty() || any(&self.region, region))
    }

    /// Whether it takes this resource, where it takes the place.
    pub fn takes_resource(&self, arn: &str, tags: &BTreeMap<String, String>) -> bool {
        (self.resource.is_empty() || any(&self.resource, arn))
            && self.tags.iter().all(|(key, patterns)| tags.get(key).is_some_and(|value| any(patterns, value)))
    }
}

fn any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(change: impl FnOnce(&mut Scope)) -> Scope {
        let mut scope = Scope::default();
        change(&mut scope);
        scope
    }

    fn accounts(ids: &[&str]) -> Accounts {
        Accounts::These(ids.iter().map(|id| id.parse().unwrap()).collect())
    }

    fn texts(patterns: &[&str]) -> Vec<String> {
        patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
    }

    #[test]
    fn every_dimension_that_is_named_has_to_match_and_within_one_any_pattern_may() {
        let narrow = scope(|scope| {
            scope.account = accounts(&["111111111111", "222222222222"]);
            scope.ou_path = texts(&["/Sandbox", "/Sandbox/*"]);
            scope.region = texts(&["eu-*"]);
            scope.resource = texts(&["arn:*:training-job/nightly-?"]);
            scope.tags = [("team".to_owned(), texts(&["ml", "research-*"]))].into();
        });
        let one = "111111111111".parse().unwrap();
        assert!(narrow.takes_place(one, Some("/Sandbox/A/B"), "eu-west-1"));
        assert!(narrow.takes_place(one, Some("/Sandbox"), "eu-west-1"));
        for (account, path, region) in [
            ("333333333333", Some("/Sandbox"), "eu-west-1"),
            ("111111111111", Some("/Prod/Sandbox"), "eu-west-1"),
            ("111111111111", Some("/Sandboxes"), "eu-west-1"),
            ("111111111111", None, "eu-west-1"),
            ("111111111111", Some("/Sandbox"), "us-east-1"),
        ] {
            assert!(!narrow.takes_place(account.parse().unwrap(), path, region), "{account} {path:?} {region}");
        }
        let arn = "arn:aws:sagemaker:eu-west-1:111111111111:training-job/nightly-1";
        let tags = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        assert!(narrow.takes_resource(arn, &tags(&[("team", "research-7"), ("stage", "dev")])));
        assert!(!narrow.takes_resource(&format!("{arn}0"), &tags(&[("team", "ml")])));
        for wrong in [tags(&[]), tags(&[("team", "mlops")]), tags(&[("Team", "ml")])] {
            assert!(!narrow.takes_resource(arn, &wrong), "{wrong:?}");
        }
        assert!(Scope::default().takes_place(one, None, "x") && Scope::default().takes_resource("", &tags(&[])));
    }
}
