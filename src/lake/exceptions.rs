//! The table `exceptions`: the exceptions by which a run judged, one row for each of its file, with what it covered.

use std::borrow::Cow;

use super::{
    column::{Column, Read},
    placed::run_columns,
};
use crate::exception::usage::Used;

/// The columns of the table.
pub fn columns() -> Vec<Column<Used>> {
    [run_columns(), standing(), covers(), answers()].concat()
}

fn standing() -> Vec<Column<Used>> {
    vec![
        Column {
            name: "exception_id",
            meaning: "The exception, by its id, unique in its file.",
            read: Read::Text(|row| Cow::Borrowed(&row.exception.id)),
        },
        Column {
            name: "line",
            meaning: "The line of the file in which it begins; of those that cover a finding the first decides.",
            read: Read::Integer(|row| i32::try_from(row.exception.line).unwrap_or(i32::MAX)),
        },
        Column {
            name: "state",
            meaning: "How it stood: IN_FORCE, EXPIRING (in force for 30 days at most) or EXPIRED (not applied).",
            read: Read::Text(|row| Cow::Borrowed(row.standing().as_str())),
        },
        Column { name: "findings", meaning: "The findings that it covered.", read: Read::BigInt(|row| row.covers) },
        Column {
            name: "is_unused",
            meaning: "Whether it was applied and covered nothing.",
            read: Read::Boolean(Used::is_unused),
        },
    ]
}

fn covers() -> Vec<Column<Used>> {
    vec![
        Column {
            name: "check_patterns",
            meaning: "The checks that it is for, by ids and patterns with commas between them.",
            read: Read::Text(|row| {
                let patterns = row.exception.check.iter().map(ToString::to_string).collect::<Vec<_>>();
                Cow::Owned(patterns.join(", "))
            }),
        },
        Column {
            name: "scope_json",
            meaning: "Where it applies, as JSON: account, ou_path, region, resource and tags, as far as it names them.",
            read: Read::Json(|row| serde_json::to_string(&row.exception.scope)),
        },
    ]
}

fn answers() -> Vec<Column<Used>> {
    vec![
        Column {
            name: "exception_owner",
            meaning: "Who answers for it.",
            read: Read::Text(|row| Cow::Borrowed(&row.exception.owner)),
        },
        Column {
            name: "exception_reason",
            meaning: "Why it was granted.",
            read: Read::Text(|row| Cow::Borrowed(&row.exception.reason)),
        },
        Column {
            name: "ticket",
            meaning: "Where it was decided; null where the file does not say so.",
            read: Read::OptionalText(|row, _| row.exception.ticket.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "created_on",
            meaning: "The day on which it was granted; null where the file does not say so.",
            read: Read::OptionalDate(|row| row.exception.created),
        },
        Column {
            name: "exception_expires_on",
            meaning: "Its last day.",
            read: Read::OptionalDate(|row| Some(row.exception.expires)),
        },
        Column {
            name: "days_left",
            meaning: "Days from the day of the run to its last one: 0 on that day, and fewer afterwards.",
            read: Read::Integer(|row| row.exception.days_left(row.today)),
        },
    ]
}
