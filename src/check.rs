//! The catalogue: every check, and how one is put to a resource.
//!
//! A check is data with a function pointer. Its file holds its metadata, its judgement and its tests; it is
//! registered by the `mod` line of its folder and by its line in [`CHECKS`].

use std::collections::HashMap;
use std::sync::Arc;

use crate::{
    finding::{Severity, Status, Verdict},
    kms::{self, Key},
    resource::{Facts, ResourceType, training_job::TrainingJob},
};

pub mod key;
pub mod selection;
pub mod training_job;

/// Every check, in the order of its id.
pub static CHECKS: &[&Check] = &[
    &training_job::customer_managed_keys::CHECK,
    &training_job::inter_container_encryption::CHECK,
    &training_job::network_isolation::CHECK,
    &training_job::vpc::CHECK,
];

/// One check of the catalogue.
#[derive(Debug)]
pub struct Check {
    /// `<resource type>-<control>`, stable for ever.
    pub id: &'static str,
    /// Raised when a verdict could change on the same facts.
    pub version: i32,
    /// What should hold, as a sentence without a full stop.
    pub title: &'static str,
    /// How bad a FAIL is.
    pub severity: Severity,
    /// Why it matters.
    pub rationale: &'static str,
    /// What to do about a FAIL.
    pub remediation: &'static str,
    /// Requirements of frameworks that it serves, each as "framework requirement".
    pub standards: &'static [&'static str],
    /// What it looks at besides the facts of its resource.
    pub needs: &'static [Evidence],
    /// The judgement.
    pub evaluate: Evaluate,
}

/// What a check looks at besides the facts of its resource, and what has to be read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// What stands behind the keys that the resource names.
    Keys,
}

impl Evidence {
    /// The IAM actions that read it.
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Keys => kms::ACTIONS,
        }
    }
}

/// The judgement of a check, which can only be put to the resource type it was written for.
#[derive(Debug, Clone, Copy)]
pub enum Evaluate {
    /// Judges a training job.
    TrainingJob(fn(&TrainingJob, Context<'_>) -> Verdict),
}

/// What a check may know besides the facts: data only, no client and no clock.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Every key that the resource names, by the text that names it.
    pub keys: &'a HashMap<String, Arc<Key>>,
}

impl<'a> Context<'a> {
    /// What is known of the key that a resource names by `text`.
    pub fn key(self, text: &str) -> Option<&'a Key> {
        self.keys.get(text).map(Arc::as_ref)
    }
}

impl Check {
    /// The resource type that the check is about.
    pub fn resource_type(&self) -> ResourceType {
        match self.evaluate {
            Evaluate::TrainingJob(_) => ResourceType::TrainingJob,
        }
    }

    /// The verdict on a resource; none when the resource is of another type.
    pub fn evaluate(&self, facts: &Facts, context: Context<'_>) -> Option<Verdict> {
        match (self.evaluate, facts) {
            (Evaluate::TrainingJob(judge), Facts::TrainingJob(job)) => Some(judge(job, context)),
            (_, Facts::Unreadable { resource_type, why }) => (self.resource_type() == *resource_type).then(|| {
                let text = format!("the resource could not be described ({why})");
                Verdict::new(Status::Unknown, "description_refused", text)
                    .with_evidence(|| serde_json::json!({ "refused": why }))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn ids_are_unique_kebab_case_and_named_after_their_file() {
        let mut seen = BTreeSet::new();
        for check in CHECKS {
            assert!(seen.insert(check.id), "{} stands twice", check.id);
            let slug = check.resource_type().slug();
            let control = check.id.strip_prefix(slug).and_then(|rest| rest.strip_prefix('-')).unwrap();
            let file = format!("src/check/{}/{}.rs", slug.replace('-', "_"), control.replace('-', "_"));
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).is_file(), "{} has no {file}", check.id);
        }
        assert!(CHECKS.is_sorted_by_key(|check| check.id));
    }

    #[test]
    fn every_file_of_a_check_is_in_the_catalogue() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
        let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|extension| extension == "rs")
        });
        assert_eq!(files.count(), CHECKS.len());
    }

    #[test]
    fn a_check_sees_the_keys_only_when_it_needs_them() {
        for check in CHECKS {
            let Evaluate::TrainingJob(judge) = check.evaluate;
            let job = TrainingJob {
                volume_key: Some("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
                output_key: Some("alias/lake".to_owned()),
                instances: crate::resource::training_job::Instances::Type("ml.m5.large".to_owned()),
                ..TrainingJob::default()
            };
            let described = ["1234abcd-12ab-34cd-56ef-1234567890ab", "alias/lake"];
            let keys = described.map(|text| (text.to_owned(), Arc::new(Key::NotFound))).into();
            let (without, with) = (HashMap::new(), Context { keys: &keys });
            let differs = judge(&job, Context { keys: &without }).reason_code() != judge(&job, with).reason_code();
            assert_eq!(differs, check.needs.contains(&Evidence::Keys), "{}", check.id);
        }
    }

    #[test]
    fn texts_are_there_and_titles_end_without_a_full_stop() {
        for check in CHECKS {
            assert!(!check.title.ends_with('.') && !check.title.is_empty(), "{}", check.id);
            assert!(check.rationale.ends_with('.') && check.remediation.ends_with('.'), "{}", check.id);
        }
    }
}
