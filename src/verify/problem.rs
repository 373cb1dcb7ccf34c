//! What does not hold: one object, and in which way.

use serde::Serialize;

use crate::lake::RunId;

/// In which way an object is not as it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is another one.
    Changed,
    /// It is gone.
    Removed,
    /// No manifest accounts for it.
    Added,
}

impl Kind {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Added => "added",
        }
    }
}

/// An object that is not as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its key under the destination.
    pub key: String,
    /// In which way.
    pub kind: Kind,
    /// How that shows, in lines.
    pub detail: Vec<String>,
    /// The run it belongs to, where that is known.
    pub run_id: Option<RunId>,
    /// Its place among all objects, by which the first problem is told.
    pub(super) order: (u64, Step),
}

/// The order of the objects of a run: those that others depend on come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Manifest,
    Signature,
    Commit,
    Object(usize),
}

/// The run whose objects are looked at.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) sequence: u64,
    pub(super) run_id: Option<RunId>,
}

impl Subject {
    pub(super) fn problem(&self, step: Step, key: impl Into<String>, kind: Kind, detail: Vec<String>) -> Problem {
        Problem { key: key.into(), kind, detail, run_id: self.run_id.clone(), order: (self.sequence, step) }
    }
}

impl Problem {
    /// Something that no manifest accounts for, or whose manifest is gone; it comes after what belongs to the chain.
    pub(super) fn beyond(key: impl Into<String>, kind: Kind, detail: &str, run_id: Option<RunId>) -> Self {
        Self { key: key.into(), kind, detail: vec![detail.to_owned()], run_id, order: (u64::MAX, Step::Object(0)) }
    }
}

/// Two hashes that should be one, short enough to stand on a line each.
pub(super) fn differing(expected: &str, found: &str) -> Vec<String> {
    vec![format!("expected {expected}"), format!("found    {found}")]
}
