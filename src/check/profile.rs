//! Whose judgement a run holds: ours, that of Prowler, or both beside each other.

use std::str::FromStr;

use clap::ValueEnum;
use serde::Serialize;
use thiserror::Error;

use super::{CHECKS, Check, prowler};

/// Whose checks are put to resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Ours.
    #[default]
    Sagesweep,
    /// Those of Prowler 5.46, judged as it judges.
    Prowler,
    /// Ours and those of Prowler, for comparison.
    Both,
}

impl Profile {
    const ALL: [Self; 3] = [Self::Sagesweep, Self::Prowler, Self::Both];

    /// The name by which it is chosen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sagesweep => "sagesweep",
            Self::Prowler => "prowler",
            Self::Both => "both",
        }
    }

    /// Its checks, ours first, each in the order of its id.
    pub fn checks(self) -> impl Iterator<Item = &'static Check> {
        let ours = CHECKS.iter().copied().filter(move |_| self != Self::Prowler);
        let theirs = prowler::RULES.iter().map(|rule| &rule.check).filter(move |_| self != Self::Sagesweep);
        ours.chain(theirs)
    }
}

/// A text that is no profile.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no profile: sagesweep, prowler or both")]
pub struct NoSuchProfile(String);

impl FromStr for Profile {
    type Err = NoSuchProfile;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or_else(|| NoSuchProfile(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_is_the_two_one_after_the_other_and_no_id_stands_twice_for_one_type() {
        let ids = |profile: Profile| profile.checks().map(|check| check.id).collect::<Vec<_>>();
        assert_eq!(ids(Profile::Both), [ids(Profile::Sagesweep), ids(Profile::Prowler)].concat());
        let of_types = Profile::Both.checks().map(|check| (check.id, check.resource_type()));
        assert_eq!(of_types.collect::<BTreeSet<_>>().len(), ids(Profile::Both).len());
    }

    #[test]
    fn a_profile_is_read_as_it_is_written() {
        for profile in Profile::ALL {
            assert_eq!(profile.as_str().parse(), Ok(profile));
        }
        assert!("Prowler".parse::<Profile>().unwrap_err().to_string().contains("sagesweep, prowler or both"));
    }
}
