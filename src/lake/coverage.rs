//! The table `coverage`: one row for each account, region and resource type in scope, whatever happened there.

use std::borrow::Cow;

use super::{
    column::{Column, Read},
    layout::{Of, Section},
    placed::{place_columns, run_columns},
};
use crate::coverage::{Coverage, Method};

/// The columns of the table.
pub fn columns() -> Vec<Column<Coverage>> {
    [run_columns(), place_columns(), outcome(), extent(), history()].concat()
}

/// The columns, by what their values depend on. Each cell is a place of its own, so that nothing is shared.
pub(super) fn sections() -> Vec<Section<Coverage>> {
    vec![Section { of: Of::Subject, columns: columns() }]
}

fn outcome() -> Vec<Column<Coverage>> {
    vec![
        Column {
            name: "outcome",
            meaning: "COMPLETE, PARTIAL, or why nothing could be seen.",
            read: Read::Text(|row| Cow::Borrowed(row.outcome.as_str())),
        },
        Column {
            name: "error_code",
            meaning: "The error code of the call that decided the outcome.",
            read: Read::OptionalText(|row, _| row.refusal.as_ref().map(|refusal| Cow::Borrowed(&*refusal.code))),
        },
        Column {
            name: "api",
            meaning: "The call that decided the outcome, as service:Operation.",
            read: Read::OptionalText(|row, _| row.refusal.as_ref().map(|refusal| Cow::Borrowed(refusal.api))),
        },
        Column {
            name: "method",
            meaning: "How the resources were read: SEARCH, SEARCH_UNVERIFIED, LIST_DESCRIBE, INCREMENTAL or DERIVED; null when nothing was.",
            read: Read::OptionalText(|row, _| row.method.map(Method::as_str).map(Cow::Borrowed)),
        },
        Column {
            name: "regions_from",
            meaning: "Where the regions of the account came from: LIST_REGIONS, CONFIGURED or DEFAULTS.",
            read: Read::Text(|row| Cow::Borrowed(row.target.regions_from.as_str())),
        },
    ]
}

fn extent() -> Vec<Column<Coverage>> {
    vec![
        Column {
            name: "resources_listed",
            meaning: "Resources that exist, as far as is known.",
            read: Read::BigInt(|row| row.listed),
        },
        Column {
            name: "resources_evaluated",
            meaning: "Resources whose facts were read and judged.",
            read: Read::BigInt(|row| row.evaluated),
        },
        Column {
            name: "checks_unknown",
            meaning: "Findings that came out as UNKNOWN.",
            read: Read::BigInt(|row| row.checks_unknown),
        },
        Column {
            name: "window_start",
            meaning: "Creation times looked at, from here, inclusive; null when all were.",
            read: Read::OptionalTimestamp(|row| row.window_start),
        },
        Column {
            name: "window_end",
            meaning: "Creation times looked at, up to here, exclusive.",
            read: Read::OptionalTimestamp(|row| row.window_end),
        },
        Column { name: "started_at", meaning: "When the look began.", read: Read::Timestamp(|row| row.started_at) },
        Column {
            name: "duration_ms",
            meaning: "How long the look took, in milliseconds.",
            read: Read::BigInt(|row| row.duration_ms),
        },
        Column {
            name: "detail",
            meaning: "What a reader should know besides, and the message of the refused call, joined by semicolons.",
            read: Read::OptionalText(|row, _| detail(row)),
        },
    ]
}

fn history() -> Vec<Column<Coverage>> {
    vec![
        Column {
            name: "resources_carried",
            meaning: "Of the resources, those taken over from the last published run, which had ended and never change.",
            read: Read::BigInt(|row| row.history.carried),
        },
        Column {
            name: "last_asked_at",
            meaning: "When the type was last asked for here, in this run or before.",
            read: Read::OptionalTimestamp(|row| row.history.last_asked_at),
        },
        Column {
            name: "last_read_whole_at",
            meaning: "When all resources of the type were last read here, in this run or before.",
            read: Read::OptionalTimestamp(|row| row.history.last_read_whole_at),
        },
        Column {
            name: "empty_since",
            meaning: "The first of the looks, one after the other up to the last, that found nothing here.",
            read: Read::OptionalTimestamp(|row| row.history.empty_since),
        },
    ]
}

fn detail(row: &Coverage) -> Option<Cow<'_, str>> {
    let message = row.refusal.as_ref().map(|refusal| refusal.message.as_str()).filter(|text| !text.is_empty());
    match (row.detail.as_deref(), message) {
        (Some(detail), Some(message)) => Some(Cow::Owned(format!("{detail}; {message}"))),
        (one, other) => one.or(other).map(Cow::Borrowed),
    }
}
