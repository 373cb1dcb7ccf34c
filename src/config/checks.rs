//! `[checks]`: which checks are put to resources. Only what these look at is read.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    check::{Framework, profile::Profile, selection::Pattern},
    finding::Severity,
    resource::ResourceType,
};

/// Which checks are put to resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checks {
    /// Whose checks they are.
    pub profile: Profile,
    /// Only these, by id or pattern; empty means all that are on by default.
    pub include: BTreeSet<Pattern>,
    /// These too, which are off by default.
    pub also: BTreeSet<Pattern>,
    /// None of these.
    pub exclude: BTreeSet<Pattern>,
    /// Only those of these resource types; empty means all.
    pub resource_types: BTreeSet<ResourceType>,
    /// Only those that serve one of these frameworks; empty means all.
    pub frameworks: BTreeSet<Framework>,
    /// Only those of at least this severity.
    pub minimum_severity: Severity,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            include: BTreeSet::new(),
            also: BTreeSet::new(),
            exclude: BTreeSet::new(),
            resource_types: BTreeSet::new(),
            frameworks: BTreeSet::new(),
            minimum_severity: Severity::Informational,
        }
    }
}
