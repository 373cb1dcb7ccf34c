//! Why a run fails, and what that means for the one who started it.

use thiserror::Error;

use crate::{
    lake::{
        RunId, lease::LeaseError, publish::PublishError, runs::RunStatus, staging::StagingError, store::StoreError,
    },
    organization::OrganizationError,
    plan::PlanError,
    session::ConnectError,
    signing::SignError,
};

/// Why a run did not end with a result of its own. Unless it says that the run is published, nothing of it is visible.
#[derive(Debug, Error)]
pub enum RunError {
    /// AWS cannot be reached as anybody.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The accounts in scope cannot be told.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The configuration leaves no region.
    #[error("no region of any account is in scope; look at the include and exclude keys of [regions]")]
    NoRegion,
    /// The destination cannot be written.
    #[error("cannot use the destination")]
    Store(#[from] StoreError),
    /// What was read cannot be staged.
    #[error("cannot stage what was read, or read what is staged")]
    Staging(#[from] StagingError),
    /// What was staged cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The run is not as it was planned, or not all of it is there.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// No run was planned under this id.
    #[error("nothing is staged for run {0}; look at the run id and the destination, or scan first")]
    NotPlanned(RunId),
    /// The configured key cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Nobody has scanned.
    #[error("no run that was started without an id is waiting to be published; scan first, or name one with --run-id")]
    NothingToPublish,
    /// Another process is at work on the same; there is nothing to do for this one.
    #[error("run {run_id} is under way in another process, which holds {place}; nothing to do here")]
    UnderWay {
        /// The run.
        run_id: RunId,
        /// The lease.
        place: String,
    },
    /// The run is published: by an earlier attempt whose end nobody heard of, by another process while this one waited, or
    /// by this one before it was stopped. There is nothing left to do.
    #[error("run {run_id} is published as {}; nothing is left to do", status.as_str())]
    Done {
        /// The run.
        run_id: RunId,
        /// Whether it saw enough.
        status: RunStatus,
    },
    /// The lease went to another process while this one worked.
    #[error("another process has taken over run {0}, or the destination could not be reached for too long")]
    TakenOver(RunId),
    /// Somebody asked this process to stop.
    #[error("stopped: {left}; nothing of the run {run_id} was published, and the tables are as they were")]
    Stopped {
        /// The run.
        run_id: RunId,
        /// What was done, what is left, and how to go on.
        left: String,
    },
}

impl RunError {
    /// Whether the configuration or the command line is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NoRegion
            | Self::NotPlanned(_)
            | Self::NothingToPublish
            | Self::Organization(OrganizationError::NoSuch(_) | OrganizationError::Empty) => true,
            Self::Plan(error) => matches!(error, PlanError::Shards { .. } | PlanError::Other { .. }),
            Self::Connect(_)
            | Self::Organization(OrganizationError::Refused(_))
            | Self::Store(_)
            | Self::Staging(_)
            | Self::Publish(_)
            | Self::Sign(_)
            | Self::UnderWay { .. }
            | Self::Done { .. }
            | Self::TakenOver(_)
            | Self::Stopped { .. } => false,
        }
    }

    /// Whether nobody has done what was asked for.
    pub(super) fn is_failure(&self) -> bool {
        !matches!(self, Self::UnderWay { .. } | Self::Done { .. })
    }

    /// The error of not having a lease on a run.
    pub(super) fn from_lease(error: LeaseError, run_id: &RunId) -> Self {
        match error {
            LeaseError::Held(place) => Self::UnderWay { run_id: run_id.clone(), place },
            LeaseError::Store(error) => Self::Store(error),
        }
    }
}
