//! What stands: of each finding that fails, or failed once, what the next run has to know to tell what changed.
//!
//! It is a file of the lake like the others, sorted like `findings` and listed in the manifest, but hidden from queries: what
//! people ask for is in `findings` and `finding_events`. What was not seen in a run is carried on in it, for as long as it takes.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;

use super::{
    column::{Column, Read},
    findings::{of_finding, place_of_finding},
    placed::run_columns,
};

/// From when on a finding fails, and until when it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    /// When it began; none when the finding does not fail.
    pub first_failed_at: Option<Timestamp>,
    /// When the last one before it ended; none when none did.
    pub last_resolved_at: Option<Timestamp>,
    /// Whether an exception covered the finding when it was last seen.
    pub is_excepted: bool,
}

/// What is carried of a finding; the rest is copied from where it was last seen.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its streak.
    pub streak: Streak,
    /// The run in which it was last seen.
    pub seen_in: Arc<str>,
    /// Whether its cell was seen whole then, or in a run since that missed the resource.
    pub cell_complete: bool,
}

/// The columns.
pub fn columns() -> Vec<Column<Kept>> {
    let about = ["resource_arn", "resource_name", "resource_created_at", "owner", "check_id", "check_version"];
    let judged = ["severity_id", "severity", "status", "reason_code", "exception_id"];
    [run_columns(), place_of_finding(), of_finding(&about), of_finding(&judged), kept()].concat()
}

fn kept() -> Vec<Column<Kept>> {
    vec![
        Column {
            name: "first_failed_at",
            meaning: "When the present streak of FAIL began; null when the finding does not fail.",
            read: Read::OptionalTimestamp(|row| row.streak.first_failed_at),
        },
        Column {
            name: "last_resolved_at",
            meaning: "When the last streak of FAIL ended; null when none did.",
            read: Read::OptionalTimestamp(|row| row.streak.last_resolved_at),
        },
        Column {
            name: "seen_run_id",
            meaning: "The run in which the finding was last seen.",
            read: Read::Text(|row| Cow::Borrowed(&*row.seen_in)),
        },
        Column {
            name: "cell_complete",
            meaning: "Whether the cell was seen whole in that run, or in one since that missed the resource.",
            read: Read::Boolean(|row| row.cell_complete),
        },
    ]
}
