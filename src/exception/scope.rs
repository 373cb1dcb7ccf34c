//! Where an exception applies: each dimension that it names must match, and within one any of its patterns may.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::arn_pattern;
use crate::{
    glob::{self, holds, matches},
    place::AccountId,
};

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

    /// Whether something may lie in both. What only the organization tells, whether an account is in a unit, is left open:
    /// then the answer is no.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let accounts = match (&self.account, &other.account) {
            (Accounts::These(one), Accounts::These(two)) => !one.is_disjoint(two),
            (Accounts::Every, Accounts::Every) => true,
            (Accounts::Every, Accounts::These(_)) => self.ou_path.is_empty(),
            (Accounts::These(_), Accounts::Every) => other.ou_path.is_empty(),
        };
        accounts
            && any_meet(&self.ou_path, &other.ou_path, glob::meet)
            && any_meet(&self.region, &other.region, glob::meet)
            && any_meet(&self.resource, &other.resource, arn_pattern::meet)
            && any_meet(&self.resource, &other.arns(), arn_pattern::meet)
            && any_meet(&other.resource, &self.arns(), arn_pattern::meet)
            && self.tags.iter().all(|(key, one)| other.tags.get(key).is_none_or(|two| any_meet(one, two, glob::meet)))
    }

    /// Whether everything in the other lies in this one, as far as that can be told from the patterns alone.
    pub(super) fn includes(&self, other: &Self) -> bool {
        let accounts = match (&self.account, &other.account) {
            (Accounts::Every, _) => true,
            (Accounts::These(ours), Accounts::These(theirs)) => theirs.is_subset(ours),
            (Accounts::These(_), Accounts::Every) => false,
        };
        accounts
            && all_held(&self.ou_path, &other.ou_path)
            && all_held(&self.region, &other.region)
            && all_held(&self.resource, &other.resource)
            && self.tags.iter().all(|(key, ours)| other.tags.get(key).is_some_and(|theirs| all_held(ours, theirs)))
    }

    /// Patterns of the ARNs that can be in its regions and accounts.
    fn arns(&self) -> Vec<String> {
        let regions = self.region.iter().map(|region| format!("arn:*:*:{region}:*:*"));
        let accounts = match &self.account {
            Accounts::Every => None,
            Accounts::These(accounts) => Some(accounts.iter().map(|account| format!("arn:*:*:*:{account}:*"))),
        };
        // What names both is in one of each; the accounts alone tell most apart.
        match accounts {
            Some(accounts) => accounts.collect(),
            None => regions.collect(),
        }
    }
}

fn any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

/// Whether a pattern of one meets one of the other; none of a dimension is all of it.
fn any_meet(one: &[String], other: &[String], meet: impl Fn(&str, &str) -> bool) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|pattern| other.iter().any(|second| meet(pattern, second)))
}

/// Whether each pattern of `narrow` is held by one of `wide`.
fn all_held(wide: &[String], narrow: &[String]) -> bool {
    let held = |pattern: &String| wide.iter().any(|wide| holds(wide, pattern));
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(held))
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

    #[test]
    fn scopes_meet_where_something_may_lie_in_both() {
        let in_account = |id: &str| scope(|scope| scope.account = accounts(&[id]));
        let in_region = |code: &str| scope(|scope| scope.region = texts(&[code]));
        let in_unit = |path: &str| scope(|scope| scope.ou_path = texts(&[path]));
        let named = |arn: &str| scope(|scope| scope.resource = texts(&[arn]));
        let tagged = |key: &str, value: &str| scope(|scope| drop(scope.tags.insert(key.to_owned(), texts(&[value]))));
        for (one, other, whether) in [
            (Scope::default(), in_account("111111111111"), true),
            (in_account("111111111111"), in_account("222222222222"), false),
            (in_account("111111111111"), in_region("eu-*"), true),
            (in_region("us-*"), in_region("eu-*"), false),
            (in_account("111111111111"), in_unit("/A"), false),
            (in_unit("/A*"), in_unit("/*B"), true),
            (named("arn:aws:sagemaker:eu-west-1:111111111111:*"), in_account("222222222222"), false),
            (named("arn:aws:sagemaker:eu-west-1:*"), in_region("us-*"), false),
            (named("*/nightly"), in_account("222222222222"), true),
            (tagged("team", "a*"), tagged("team", "b*"), false),
            (tagged("team", "a*"), tagged("stage", "dev"), true),
        ] {
            assert_eq!((one.meets(&other), other.meets(&one)), (whether, whether), "{one:?} {other:?}");
        }
        assert!(in_unit("/A*").includes(&in_unit("/AB")) && !in_unit("/AB").includes(&in_unit("/A*")));
        assert!(Scope::default().includes(&tagged("team", "a")) && !tagged("team", "a").includes(&Scope::default()));
    }
}
