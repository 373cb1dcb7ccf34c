//! The table `findings`: one row for each resource and check.

use std::borrow::Cow;

use super::{
    column::{Column, Read},
    layout::{Of, Section},
    placed::{place_columns, run_columns},
    resources::owner,
};
use crate::{exception::Exception, finding::Finding};

/// The columns of the table.
pub fn columns() -> Vec<Column<Finding>> {
    sections().into_iter().flat_map(|section| section.columns).collect()
}

/// The columns, by what their values depend on.
pub(super) fn sections() -> Vec<Section<Finding>> {
    vec![
        Section { of: Of::Place, columns: run_columns() },
        Section { of: Of::Ruling, columns: check() },
        Section { of: Of::Ruling, columns: [status(), severity()].concat() },
        Section { of: Of::Place, columns: place_columns() },
        Section { of: Of::Subject, columns: resource() },
        Section { of: Of::Ruling, columns: reasons() },
        Section { of: Of::Verdict, columns: evidence() },
        Section { of: Of::Ruling, columns: [standards(), exception()].concat() },
        // Null until publish carries them on from the run before.
        Section { of: Of::Ruling, columns: vec![first_failed_at()] },
        Section { of: Of::Subject, columns: observation() },
        Section { of: Of::Ruling, columns: vec![last_resolved_at()] },
    ]
}

/// The columns of the place, for a table whose rows are about findings.
pub(super) fn place_of_finding<R>() -> Vec<Column<R>> {
    place_columns::<Finding>().iter().map(Column::copied).collect()
}

/// The columns with these names, for a table whose rows are about findings.
pub(super) fn of_finding<R>(names: &[&str]) -> Vec<Column<R>> {
    let all = columns();
    names.iter().filter_map(|name| all.iter().find(|column| column.name == *name)).map(Column::copied).collect()
}

fn check() -> Vec<Column<Finding>> {
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
    ]
}

fn status() -> Vec<Column<Finding>> {
    vec![
        Column {
            name: "status",
            meaning: "PASS, FAIL, UNKNOWN (evidence could not be read) or NOT_APPLICABLE.",
            read: Read::Text(|row| Cow::Borrowed(row.verdict.status.as_str())),
        },
        Column {
            name: "compliance_status_id",
            meaning: "OCSF compliance.status_id: 1 pass, 2 unknown, 3 fail, 99 not applicable.",
            read: Read::Integer(|row| row.verdict.status.compliance_status_id()),
        },
    ]
}

fn severity() -> Vec<Column<Finding>> {
    vec![
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
    ]
}

fn resource() -> Vec<Column<Finding>> {
    vec![
        Column {
            name: "resource_arn",
            meaning: "The ARN of the resource.",
            read: Read::Text(|row| Cow::Borrowed(&row.resource.arn)),
        },
        Column {
            name: "resource_name",
            meaning: "The name of the resource within its account and region.",
            read: Read::Text(|row| Cow::Borrowed(&row.resource.name)),
        },
        Column {
            name: "resource_created_at",
            meaning: "When the resource was created; with the ARN its identity, since names can be used again.",
            read: Read::OptionalTimestamp(|row| row.resource.created_at),
        },
        Column {
            name: "owner",
            meaning: "The value of the configured owner tag on the resource, else on the account.",
            read: Read::OptionalText(|row, context| owner(&row.resource, &row.target, &context.owner_tag)),
        },
        Column { name: "tags", meaning: "The tags of the resource.", read: Read::TextMap(|row| &row.resource.tags) },
    ]
}

fn reasons() -> Vec<Column<Finding>> {
    vec![
        Column {
            name: "reason_code",
            meaning: "Why, as stable codes joined by commas, the most telling first.",
            read: Read::Text(|row| row.verdict.reason_code()),
        },
        Column {
            name: "reason",
            meaning: "Why, in sentences joined by semicolons.",
            read: Read::Text(|row| row.verdict.reason()),
        },
    ]
}

fn evidence() -> Vec<Column<Finding>> {
    vec![Column {
        name: "evidence_json",
        meaning: "What was observed and expected, as a JSON object; for FAIL and UNKNOWN only.",
        read: Read::OptionalText(|row, _| row.verdict.evidence.as_deref().map(Cow::Borrowed)),
    }]
}

fn standards() -> Vec<Column<Finding>> {
    vec![Column {
        name: "standards",
        meaning: "The requirements of frameworks that the check serves.",
        read: Read::TextList(|row| row.check.standards()),
    }]
}

fn exception() -> Vec<Column<Finding>> {
    vec![
        Column {
            name: "exception_id",
            meaning: "The exception that covers the finding; it never changes the status.",
            read: Read::OptionalText(|row, _| excepted(row, |exception| &exception.id)),
        },
        Column {
            name: "exception_owner",
            meaning: "Who answers for the exception.",
            read: Read::OptionalText(|row, _| excepted(row, |exception| &exception.owner)),
        },
        Column {
            name: "exception_reason",
            meaning: "Why the exception was granted.",
            read: Read::OptionalText(|row, _| excepted(row, |exception| &exception.reason)),
        },
        Column {
            name: "exception_expires_on",
            meaning: "The last day of the exception.",
            read: Read::OptionalDate(|row| row.exception.as_ref().map(|exception| exception.expires)),
        },
    ]
}

/// What the exception of a finding says; null without one.
fn excepted(row: &Finding, of: fn(&Exception) -> &str) -> Option<Cow<'_, str>> {
    row.exception.as_deref().map(|exception| Cow::Borrowed(of(exception)))
}

fn first_failed_at() -> Column<Finding> {
    Column {
        name: "first_failed_at",
        meaning: "When the present streak of FAIL began; it goes on while the status is UNKNOWN.",
        read: Read::OptionalTimestamp(|_| None),
    }
}

fn last_resolved_at() -> Column<Finding> {
    Column {
        name: "last_resolved_at",
        meaning: "When the last streak of FAIL ended; null when none did.",
        read: Read::OptionalTimestamp(|_| None),
    }
}

fn observation() -> Vec<Column<Finding>> {
    vec![Column {
        name: "observed_at",
        meaning: "When the answer of the service was read.",
        read: Read::Timestamp(|row| row.resource.observed_at),
    }]
}
