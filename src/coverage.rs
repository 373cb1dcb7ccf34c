//! Coverage: one row for each (account, region, resource type) in scope, saying what was seen and what was not.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{organization::Target, outcome::Refusal, resource::ResourceType};

/// How the look at one (account, region, resource type) ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Everything that exists was read.
    Complete,
    /// Some resources were read, and some are known or feared to be missing.
    Partial,
    /// IAM (identity, boundary, session or resource policy) denied the call.
    AccessDenied,
    /// A service control policy of the organization denied the call.
    DeniedByScp,
    /// The audit role could not be assumed.
    AssumeRoleFailed,
    /// The region is not enabled in the account.
    RegionDisabled,
    /// SageMaker does not exist in the region.
    ServiceNotInRegion,
    /// The service does not know the operation there.
    NotSupported,
    /// The account is suspended, closed or on its way there.
    AccountSuspended,
    /// The service kept throttling until the retries were used up.
    Throttled,
    /// No answer in time.
    Timeout,
    /// An answer came that could not be understood.
    MalformedAnswer,
    /// Anything else: a 5xx, a broken connection, an unforeseen code.
    Error,
    /// The scan of the account did not end, and the run was published all the same.
    NotScanned,
    /// It was empty for many nights, and is not asked every night any more, as configured.
    NotAsked,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 15] = [
        Self::Complete,
        Self::Partial,
        Self::AccessDenied,
        Self::DeniedByScp,
        Self::AssumeRoleFailed,
        Self::RegionDisabled,
        Self::ServiceNotInRegion,
        Self::NotSupported,
        Self::AccountSuspended,
        Self::Throttled,
        Self::Timeout,
        Self::MalformedAnswer,
        Self::Error,
        Self::NotScanned,
        Self::NotAsked,
    ];

    /// The outcome as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "COMPLETE",
            Self::Partial => "PARTIAL",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::DeniedByScp => "DENIED_BY_SCP",
            Self::AssumeRoleFailed => "ASSUME_ROLE_FAILED",
            Self::RegionDisabled => "REGION_DISABLED",
            Self::ServiceNotInRegion => "SERVICE_NOT_IN_REGION",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::AccountSuspended => "ACCOUNT_SUSPENDED",
            Self::Throttled => "THROTTLED",
            Self::Timeout => "TIMEOUT",
            Self::MalformedAnswer => "MALFORMED_ANSWER",
            Self::Error => "ERROR",
            Self::NotScanned => "NOT_SCANNED",
            Self::NotAsked => "NOT_ASKED",
        }
    }

    /// Whether the row belongs into the denominator of the coverage share: nothing can be seen, or be there to
    /// be seen, in an account that is closed, in a region that is off, or of a service that is not there; and what was not
    /// asked on purpose makes the share neither better nor worse.
    pub fn counts(self) -> bool {
        !matches!(
            self,
            Self::AccountSuspended
                | Self::RegionDisabled
                | Self::ServiceNotInRegion
                | Self::NotSupported
                | Self::NotAsked
        )
    }

    /// Whether asking again in the same night would only give the same: what decided is there, and no mishap.
    pub fn is_final(self) -> bool {
        match self {
            Self::Complete
            | Self::AccessDenied
            | Self::DeniedByScp
            | Self::RegionDisabled
            | Self::ServiceNotInRegion
            | Self::NotSupported
            | Self::AccountSuspended
            | Self::NotAsked => true,
            Self::Partial
            | Self::AssumeRoleFailed
            | Self::Throttled
            | Self::Timeout
            | Self::MalformedAnswer
            | Self::Error
            | Self::NotScanned => false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// How the resources of one cell were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// By `Search`, its count compared with the listing.
    Search,
    /// By `Search` alone, because the listing was refused.
    SearchUnverified,
    /// By listing and describing each.
    ListDescribe,
    /// What is new or had not ended was read, the rest taken over from the last published run.
    Incremental,
    /// Nothing was listed: what the other types of the place name or amount to.
    Derived,
}

impl Method {
    /// The method as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "SEARCH",
            Self::SearchUnverified => "SEARCH_UNVERIFIED",
            Self::ListDescribe => "LIST_DESCRIBE",
            Self::Incremental => "INCREMENTAL",
            Self::Derived => "DERIVED",
        }
    }
}

/// Where the list of an account's regions came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegionsFrom {
    /// `account:ListRegions` in the account.
    ListRegions,
    /// The configuration.
    Configured,
    /// The regions that are enabled by default in the partition.
    Defaults,
}

impl RegionsFrom {
    /// The source as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ListRegions => "LIST_REGIONS",
            Self::Configured => "CONFIGURED",
            Self::Defaults => "DEFAULTS",
        }
    }
}

/// One row of the table `coverage`.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Account and region.
    pub target: Arc<Target>,
    /// The resource type looked for.
    pub resource_type: ResourceType,
    /// How it ended.
    pub outcome: Outcome,
    /// The refusal that decided the outcome, or one that left something unknown.
    pub refusal: Option<Refusal>,
    /// How the resources were read; none when nothing was.
    pub method: Option<Method>,
    /// Resources that exist, as far as is known.
    pub listed: u64,
    /// Resources whose facts were read and judged.
    pub evaluated: u64,
    /// Verdicts that came out as UNKNOWN.
    pub checks_unknown: u64,
    /// Creation times covered: from the first, inclusive.
    pub window_start: Option<Timestamp>,
    /// Creation times covered: to the last, exclusive.
    pub window_end: Option<Timestamp>,
    /// What the cell has to do with earlier nights.
    pub history: History,
    /// When the look began.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What a reader should know besides, as sentences joined by semicolons.
    pub detail: Option<String>,
}

impl Coverage {
    /// The row of a cell that was not looked into, at this time.
    pub fn unseen(target: &Arc<Target>, resource_type: ResourceType, outcome: Outcome, now: Timestamp) -> Self {
        Self {
            target: Arc::clone(target),
            resource_type,
            outcome,
            refusal: None,
            method: None,
            listed: 0,
            evaluated: 0,
            checks_unknown: 0,
            window_start: None,
            window_end: None,
            history: History::default(),
            started_at: now,
            duration_ms: 0,
            detail: None,
        }
    }
}

/// What a cell has to do with earlier nights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Of its resources, those that were taken over from the last published run.
    pub carried: u64,
    /// When it was asked last, in this run or before; none when that is not known.
    pub last_asked_at: Option<Timestamp>,
    /// When it was last read whole, in this run or before.
    pub last_read_whole_at: Option<Timestamp>,
    /// The first of the looks, one after the other, that found it empty.
    pub empty_since: Option<Timestamp>,
}
