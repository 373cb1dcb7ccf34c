//! The table `checks`: the catalogue as it was in a run, one row for each check.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    column::{Column, Read},
    placed::run_columns,
};
use crate::{
    check::{Check, selection::Selection},
    config,
};

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// The check.
    pub check: &'static Check,
    /// Whether the run put it to resources.
    pub is_selected: bool,
}

/// The checks of the configured profile, in its order.
pub fn listed(config: &config::Checks) -> Vec<Listed> {
    let selection = Selection::configured(config);
    let selected = selection.checks().iter().map(|check| check.id).collect::<BTreeSet<_>>();
    config.profile.checks().map(|check| Listed { check, is_selected: selected.contains(check.id) }).collect()
}

/// The columns of the table.
pub fn columns() -> Vec<Column<Listed>> {
    [run_columns(), identity(), texts()].concat()
}

fn identity() -> Vec<Column<Listed>> {
    vec![
        Column {
            name: "check_id",
            meaning: "The check, by its stable id.",
            read: Read::Text(|row| Cow::Borrowed(row.check.id)),
        },
        Column {
            name: "check_version",
            meaning: "The revision of the rule of the check.",
            read: Read::Integer(|row| row.check.version),
        },
        Column {
            name: "title",
            meaning: "What should hold, as a sentence without a full stop.",
            read: Read::Text(|row| Cow::Borrowed(row.check.title)),
        },
        Column {
            name: "severity_id",
            meaning: "OCSF severity_id of the check: 1 informational to 5 critical.",
            read: Read::Integer(|row| row.check.severity.id()),
        },
        Column {
            name: "severity",
            meaning: "The severity of the check in words.",
            read: Read::Text(|row| Cow::Borrowed(row.check.severity.as_str())),
        },
        Column {
            name: "resource_type",
            meaning: "The resource type that the check is about, in the style of CloudFormation.",
            read: Read::Text(|row| Cow::Borrowed(row.check.resource_type().as_str())),
        },
    ]
}

fn texts() -> Vec<Column<Listed>> {
    vec![
        Column {
            name: "control",
            meaning: "What the check is a control of, in words.",
            read: Read::Text(|row| Cow::Borrowed(row.check.control.as_str())),
        },
        Column {
            name: "rationale",
            meaning: "Why it matters.",
            read: Read::Text(|row| Cow::Borrowed(row.check.rationale)),
        },
        Column {
            name: "remediation",
            meaning: "What mends a FAIL, in a sentence or two.",
            read: Read::Text(|row| Cow::Borrowed(row.check.remediation.summary)),
        },
        Column {
            name: "is_selected",
            meaning: "Whether the run put the check to resources.",
            read: Read::Boolean(|row| row.is_selected),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CHECKS;

    #[test]
    fn the_whole_catalogue_is_listed_and_what_was_not_asked_for_is_not_selected() {
        let config = config::Checks { include: ["training-job-vpc".parse().unwrap()].into(), ..Default::default() };
        let listed = listed(&config);
        assert_eq!(listed.len(), CHECKS.len());
        let selected = listed.iter().filter(|row| row.is_selected).map(|row| row.check.id);
        assert_eq!(selected.collect::<Vec<_>>(), ["training-job-vpc"]);
    }
}
