//! Which checks a person names: by id, or by a pattern in which `*` stands for any letters.

use std::str::FromStr;

use thiserror::Error;

use super::{CHECKS, Check};
use crate::config::nearest::nearest;

/// The checks that one id or pattern names; at least one.
#[derive(Debug, Clone)]
pub struct Named(Vec<&'static Check>);

/// An id or pattern that names no check.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoSuchCheck {
    /// Almost a check.
    #[error("no check is called `{wrong}`; did you mean `{near}`?")]
    Misspelt {
        /// What was written.
        wrong: String,
        /// What comes near it.
        near: &'static str,
    },
    /// Nothing like a check.
    #[error("no check is called `{0}`; `sagesweep checks` lists them")]
    Unknown(String),
}

impl FromStr for Named {
    type Err = NoSuchCheck;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = CHECKS.iter().copied().filter(|check| matches(text, check.id)).collect::<Vec<_>>();
        if !named.is_empty() {
            return Ok(Self(named));
        }
        let wrong = text.to_owned();
        match nearest(text, CHECKS.iter().map(|check| check.id)) {
            Some(near) => Err(NoSuchCheck::Misspelt { wrong, near }),
            None => Err(NoSuchCheck::Unknown(wrong)),
        }
    }
}

/// The checks that any of these names, each once, in the order of the catalogue; all of them when nothing is named.
pub fn selected(named: &[Named]) -> Vec<&'static Check> {
    let is_named = |check: &&'static Check| named.iter().any(|named| named.0.iter().any(|one| one.id == check.id));
    CHECKS.iter().copied().filter(|check| named.is_empty() || is_named(check)).collect()
}

/// Whether the whole of `id` is as `pattern` has it.
fn matches(pattern: &str, id: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == id };
    let Some(mut left) = id.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').collect::<Vec<_>>();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        // The first place will do: what follows can only be found further on.
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(patterns: &[&str]) -> Vec<&'static str> {
        let named = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect::<Vec<_>>();
        selected(&named).into_iter().map(|check| check.id).collect()
    }

    #[test]
    fn patterns_are_anchored_and_a_star_stands_for_any_letters() {
        for (pattern, id, whether) in [
            ("a-b", "a-b", true),
            ("a-b", "a-bc", false),
            ("a-*", "a-b", true),
            ("a-*", "a-", true),
            ("*-b", "a-b", true),
            ("*-b", "a-b-c", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, id), whether, "{pattern} {id}");
        }
    }

    #[test]
    fn a_selection_has_each_check_once_and_nothing_named_is_all() {
        assert_eq!(ids(&["training-job-vpc", "*-vpc"]), ["training-job-vpc"]);
        assert_eq!(ids(&["training-job-*"]), ids(&[]));
        assert_eq!(ids(&[]).len(), CHECKS.len());
    }

    #[test]
    fn what_names_no_check_is_refused_with_what_was_meant() {
        let refused = |text: &str| text.parse::<Named>().unwrap_err().to_string();
        assert_eq!(
            refused("training-job-vcp"),
            "no check is called `training-job-vcp`; did you mean `training-job-vpc`?"
        );
        assert_eq!(refused("notebook-*"), "no check is called `notebook-*`; `sagesweep checks` lists them");
    }
}
