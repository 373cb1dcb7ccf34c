//! Which checks are put to resources: by id, by a pattern of ids, by resource type, framework and severity.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::{Check, Evidence, profile::Profile};
use crate::{
    config::{Checks, nearest::nearest},
    glob::matches,
    resource::ResourceType,
};

/// An id or a pattern that names at least one check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(String);

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

impl FromStr for Pattern {
    type Err = NoSuchCheck;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if Profile::Both.checks().any(|check| matches(text, check.id)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoSuchCheck::called(text))
        }
    }
}

impl NoSuchCheck {
    fn called(text: &str) -> Self {
        let wrong = text.to_owned();
        match nearest(text, Profile::Both.checks().map(|check| check.id)) {
            Some(near) => Self::Misspelt { wrong, near },
            None => Self::Unknown(wrong),
        }
    }
}

/// The check with this id, of ours or of Prowler.
pub fn check(id: &str) -> Result<&'static Check, NoSuchCheck> {
    Profile::Both.checks().find(|check| check.id == id).ok_or_else(|| NoSuchCheck::called(id))
}

impl Pattern {
    /// Whether it names a check.
    pub fn names(&self, check: &Check) -> bool {
        self.names_id(check.id)
    }

    /// Whether it names the check with this id, which need not be of this version.
    pub fn names_id(&self, id: &str) -> bool {
        matches(&self.0, id)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Checks that were selected, each once, in the order of the catalogue.
#[derive(Debug, Clone)]
pub struct Selection {
    checks: Vec<&'static Check>,
    by_type: BTreeMap<ResourceType, Vec<&'static Check>>,
}

impl Selection {
    /// The checks of a profile for which this holds.
    pub fn of(profile: Profile, is_selected: impl Fn(&Check) -> bool) -> Self {
        let checks = profile.checks().filter(|check| is_selected(check)).collect::<Vec<_>>();
        let mut by_type = BTreeMap::<_, Vec<_>>::new();
        for check in &checks {
            by_type.entry(check.resource_type()).or_default().push(*check);
        }
        Self { checks, by_type }
    }

    /// What is configured.
    pub fn configured(config: &Checks) -> Self {
        Self::of(config.profile, |check| {
            let is_included = if config.include.is_empty() {
                check.by_default || config.also.iter().any(|pattern| pattern.names(check))
            } else {
                config.include.iter().chain(&config.also).any(|pattern| pattern.names(check))
            };
            let serves =
                || check.requirements().into_iter().any(|requirement| config.frameworks.contains(&requirement.0));
            is_included
                && !config.exclude.iter().any(|pattern| pattern.names(check))
                && (config.resource_types.is_empty() || config.resource_types.contains(&check.resource_type()))
                && (config.frameworks.is_empty() || serves())
                && check.severity >= config.minimum_severity
        })
    }

    /// The checks that any of these patterns names.
    pub fn named(patterns: &[Pattern]) -> Self {
        Self::of(Profile::Both, |check| patterns.iter().any(|pattern| pattern.names(check)))
    }

    /// The checks, in the order of the catalogue.
    pub fn checks(&self) -> &[&'static Check] {
        &self.checks
    }

    /// The checks of a resource type.
    pub fn of_type(&self, resource_type: ResourceType) -> &[&'static Check] {
        self.by_type.get(&resource_type).map(Vec::as_slice).unwrap_or_default()
    }

    /// The resource types that have a check, in the order in which they are read.
    pub fn resource_types(&self) -> impl Iterator<Item = ResourceType> {
        ResourceType::ALL.iter().copied().filter(|resource_type| self.by_type.contains_key(resource_type))
    }

    /// Whether a check of a resource type looks at this besides the facts.
    pub fn needs(&self, resource_type: ResourceType, evidence: Evidence) -> bool {
        self.of_type(resource_type).iter().any(|check| check.needs.contains(&evidence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{CHECKS, Framework},
        finding::Severity,
    };

    fn ids(selection: &Selection) -> Vec<&'static str> {
        selection.checks().iter().map(|check| check.id).collect()
    }

    fn named(patterns: &[&str]) -> Vec<&'static str> {
        ids(&Selection::named(&patterns.iter().map(|pattern| pattern.parse().unwrap()).collect::<Vec<_>>()))
    }

    #[test]
    fn a_selection_has_each_check_once_in_the_order_of_the_catalogue() {
        assert_eq!(named(&["training-job-vpc", "training-job-v*"]), ["training-job-vpc"]);
        assert_eq!(named(&["*"]), Profile::Both.checks().map(|check| check.id).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_configured_narrows_and_what_is_off_by_default_has_to_be_asked_for() {
        let selected = |change: fn(&mut Checks)| {
            let mut config = Checks::default();
            change(&mut config);
            Selection::configured(&config)
        };
        let default = selected(|_| {});
        assert!(default.checks().iter().all(|check| check.by_default));
        assert!(default.resource_types().all(|resource_type| !default.of_type(resource_type).is_empty()));
        let high = selected(|config| config.minimum_severity = Severity::High);
        assert!(high.checks().iter().all(|check| check.severity >= Severity::High));
        assert!((1..default.checks().len()).contains(&high.checks().len()));
        let training = selected(|config| config.resource_types = [ResourceType::TrainingJob].into());
        assert_eq!(training.resource_types().collect::<Vec<_>>(), [ResourceType::TrainingJob]);
        let vpc = selected(|config| {
            config.include.insert("*-vpc".parse().unwrap());
            config.exclude.insert("training-job-*".parse().unwrap());
        });
        assert!(vpc.checks().iter().all(|check| check.id.ends_with("-vpc")) && !vpc.checks().is_empty());
        assert!(vpc.of_type(ResourceType::TrainingJob).is_empty());
        let pci = selected(|config| config.frameworks = [Framework::PciDss].into());
        assert!(pci.checks().iter().all(|check| check.requirements().iter().any(|one| one.0 == Framework::PciDss)));
        let everything = selected(|config| config.also = ["*".parse().unwrap()].into());
        assert_eq!(everything.checks().len(), CHECKS.len());
    }

    #[test]
    fn checks_of_prowler_are_put_to_resources_only_where_their_profile_is_chosen() {
        let chosen = |profile| ids(&Selection::configured(&Checks { profile, ..Checks::default() }));
        let is_theirs = |id: &&str| id.starts_with("sagemaker_");
        assert!(!chosen(Profile::Sagesweep).iter().any(is_theirs));
        assert!(chosen(Profile::Prowler).iter().all(is_theirs) && !chosen(Profile::Prowler).is_empty());
        assert_eq!(chosen(Profile::Both), [chosen(Profile::Sagesweep), chosen(Profile::Prowler)].concat());
    }

    #[test]
    fn a_check_is_found_by_its_whole_id() {
        assert_eq!(check("training-job-vpc").unwrap().id, "training-job-vpc");
        assert!(check("training-job-*").is_err());
    }

    #[test]
    fn what_names_no_check_is_refused_with_what_was_meant() {
        let refused = |text: &str| text.parse::<Pattern>().unwrap_err().to_string();
        assert_eq!(
            refused("training-job-vcp"),
            "no check is called `training-job-vcp`; did you mean `training-job-vpc`?"
        );
        assert_eq!(refused("bucket-*"), "no check is called `bucket-*`; `sagesweep checks` lists them");
    }
}
