//! A check as a record for programs and pages: everything that stands in its file, and what follows from it.
//!
//! The names of the members and the meaning of their values stay as they are between versions; members are only added.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Check, Framework, Remediation,
    compatibility::{Equivalent, equivalents},
};
use crate::finding::Severity;

/// Everything that is known of a check.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The id.
    pub id: &'static str,
    /// The revision of its rule.
    pub version: i32,
    /// What should hold.
    pub title: &'static str,
    /// How bad a FAIL is.
    pub severity: Severity,
    /// The resource type, in CloudFormation's style.
    pub resource_type: &'static str,
    /// Whether it is put to resources unless it is deselected.
    pub by_default: bool,
    /// What it is a control of, in words.
    pub control: &'static str,
    /// Why it matters.
    pub rationale: &'static str,
    /// What mends a FAIL, with `{name}`, `{arn}`, `{region}` and `{account}` for those of the resource.
    pub remediation: Mend,
    /// The members of answers that decide.
    pub reads: &'static [&'static str],
    /// The IAM actions that it needs, sorted.
    pub actions: Vec<&'static str>,
    /// The requirements that it serves, by the framework's name for programs.
    pub requirements: BTreeMap<&'static str, Vec<&'static str>>,
    /// What other catalogues have for it.
    pub equivalents: Vec<&'static Equivalent>,
}

/// The remediation in its five ways.
#[derive(Debug, Serialize)]
pub struct Mend {
    /// In a sentence or two.
    pub summary: &'static str,
    /// In the AWS console.
    pub console: &'static str,
    /// With the AWS CLI.
    pub cli: &'static str,
    /// With the AWS SDK for Python.
    pub python: &'static str,
    /// As infrastructure as code.
    pub code: &'static str,
}

impl Entry {
    /// The record of a check.
    pub fn of(check: &'static Check) -> Self {
        let Remediation { summary, console, cli, python, code } = check.remediation;
        let mut actions = check.actions().collect::<Vec<_>>();
        actions.sort_unstable();
        actions.dedup();
        Self {
            id: check.id,
            version: check.version,
            title: check.title,
            severity: check.severity,
            resource_type: check.resource_type().as_str(),
            by_default: check.by_default,
            control: check.control.as_str(),
            rationale: check.rationale,
            remediation: Mend { summary, console, cli, python, code },
            reads: check.reads,
            actions,
            requirements: by_framework(check).into_iter().map(|(framework, ids)| (framework.slug(), ids)).collect(),
            equivalents: equivalents(check.id).collect(),
        }
    }
}

/// The ids of the requirements that a check serves, by framework.
pub fn by_framework(check: &Check) -> BTreeMap<Framework, Vec<&'static str>> {
    let mut by_framework = BTreeMap::<_, Vec<_>>::new();
    for requirement in check.requirements() {
        by_framework.entry(requirement.0).or_default().push(requirement.1);
    }
    by_framework
}
