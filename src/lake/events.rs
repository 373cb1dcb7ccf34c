//! The table `finding_events`: one row for each change of a finding since the run before.
//!
//! A streak of FAIL begins with FAIL and ends with PASS or `NOT_APPLICABLE`, or with the resource. UNKNOWN, a cell that was
//! not seen, an account that left, a check that was not selected: none of these begins or ends anything.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    column::{Column, Read},
    findings::{of_finding, place_of_finding},
    placed::run_columns,
};
use crate::finding::Status;

/// What happened to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// It fails, and never did before.
    New,
    /// It fails again after it had been resolved.
    Reopened,
    /// It failed, and does so no more.
    Resolved,
    /// It failed, and its resource is gone.
    ResourceDeleted,
    /// An exception covers it now.
    Excepted,
    /// No exception covers it any more.
    Unexcepted,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Reopened, Self::Resolved, Self::ResourceDeleted, Self::Excepted, Self::Unexcepted];

    /// The event as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Reopened => "REOPENED",
            Self::Resolved => "RESOLVED",
            Self::ResourceDeleted => "RESOURCE_DELETED",
            Self::Excepted => "EXCEPTED",
            Self::Unexcepted => "UNEXCEPTED",
        }
    }
}

/// What is a change's own; what it happened to is copied from the finding, or from what is left of it.
#[derive(Debug, Clone)]
pub struct Change {
    /// What happened.
    pub event: Event,
    /// The status tonight; none when the resource is gone.
    pub status: Option<Status>,
    /// When the finding was seen before; none when it never failed.
    pub previous: Option<Previous>,
    /// The beginning of the streak that begins, goes on or ended.
    pub first_failed_at: Timestamp,
    /// The start of the run.
    pub occurred_at: Timestamp,
}

/// The last time that a finding was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The status then.
    pub status: Status,
    /// The run.
    pub run_id: Arc<str>,
}

impl Change {
    /// The length of the streak in days.
    fn open_days(&self) -> f64 {
        let open = self.occurred_at.duration_since(self.first_failed_at);
        open.as_secs_f64().max(0.0) / 86_400.0
    }
}

/// The columns of the table.
pub fn columns() -> Vec<Column<Change>> {
    let about = ["resource_arn", "resource_name", "resource_created_at", "owner", "check_id", "check_version"];
    [
        run_columns(),
        place_of_finding(),
        of_finding(&about),
        of_finding(&["severity_id", "severity"]),
        change(),
        of_finding(&["reason_code"]),
        streak(),
    ]
    .concat()
}

fn change() -> Vec<Column<Change>> {
    vec![
        Column {
            name: "event",
            meaning: "NEW, REOPENED, RESOLVED, RESOURCE_DELETED, EXCEPTED or UNEXCEPTED.",
            read: Read::Text(|row| Cow::Borrowed(row.event.as_str())),
        },
        Column {
            name: "status",
            meaning: "The status of the finding in this run; null when the resource is gone.",
            read: Read::OptionalText(|row, _| row.status.map(|status| Cow::Borrowed(status.as_str()))),
        },
        Column {
            name: "previous_status",
            meaning: "The status when the finding was last seen; null when it never failed before.",
            read: Read::OptionalText(|row, _| {
                row.previous.as_ref().map(|previous| Cow::Borrowed(previous.status.as_str()))
            }),
        },
        Column {
            name: "previous_run_id",
            meaning: "The run in which the finding was last seen; null when it never failed before.",
            read: Read::OptionalText(|row, _| row.previous.as_ref().map(|previous| Cow::Borrowed(&*previous.run_id))),
        },
    ]
}

fn streak() -> Vec<Column<Change>> {
    vec![
        Column {
            name: "first_failed_at",
            meaning: "The beginning of the streak of FAIL that began, goes on or ended.",
            read: Read::Timestamp(|row| row.first_failed_at),
        },
        Column {
            name: "open_days",
            meaning: "Days from first_failed_at to occurred_at; 0 when the streak began.",
            read: Read::OptionalDouble(|row| Some(row.open_days())),
        },
        Column {
            name: "occurred_at",
            meaning: "The start of the run that saw the change.",
            read: Read::Timestamp(|row| row.occurred_at),
        },
    ]
}
