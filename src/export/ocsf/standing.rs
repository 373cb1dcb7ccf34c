//! Where a finding stands from night to night: what happened to it in this run, and who has to do something about it.

use jiff::Timestamp;

use super::Row;
use crate::finding::Status;

/// OCSF `activity_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activity {
    Create,
    Update,
    Close,
}

impl Activity {
    pub(super) fn id(self) -> i32 {
        match self {
            Self::Create => 1,
            Self::Update => 2,
            Self::Close => 3,
        }
    }

    pub(super) fn caption(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Close => "Close",
        }
    }
}

/// OCSF `status_id`: the workflow, not the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Workflow {
    New,
    InProgress,
    Suppressed,
    Resolved,
}

impl Workflow {
    pub(super) fn id(self) -> i32 {
        match self {
            Self::New => 1,
            Self::InProgress => 2,
            Self::Suppressed => 3,
            Self::Resolved => 4,
        }
    }

    pub(super) fn caption(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::InProgress => "In Progress",
            Self::Suppressed => "Suppressed",
            Self::Resolved => "Resolved",
        }
    }
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) activity: Activity,
    /// None where there is nothing to do about it.
    pub(super) workflow: Option<Workflow>,
}

impl Standing {
    /// In the run that began at `started_at`, as far as the row tells its past.
    pub(super) fn of(row: &Row<'_>, started_at: Timestamp) -> Self {
        let failed_before = row.first_failed_at.is_some_and(|at| at < started_at);
        let since = if failed_before { Activity::Update } else { Activity::Create };
        let (activity, workflow) = match (row.status, row.exception, row.last_resolved_at) {
            (Status::Fail, Some(_), _) => (since, Some(Workflow::Suppressed)),
            // What could not be judged neither begins nor ends anything.
            (Status::Fail | Status::Unknown, _, _) if failed_before => (since, Some(Workflow::InProgress)),
            (Status::Pass | Status::NotApplicable, _, Some(at)) if at >= started_at => {
                (Activity::Close, Some(Workflow::Resolved))
            }
            (Status::Pass | Status::NotApplicable, _, Some(_)) => (Activity::Update, Some(Workflow::Resolved)),
            (Status::Fail | Status::Unknown, _, _) | (Status::Pass, _, None) => (since, Some(Workflow::New)),
            (Status::NotApplicable, _, None) => (since, None),
        };
        Self { activity, workflow }
    }
}
