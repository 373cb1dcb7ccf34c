//! Units: what the scan hands to staging, whole, and what a part remembers of each, so that a run can be continued.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    coverage::{Coverage, Method, Outcome},
    finding::Finding,
    organization::Target,
    outcome::Refusals,
    place::{AccountId, Region},
    resource::{Resource, ResourceType},
    scan::seen::Seen,
};

/// What the scan hands over.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A unit.
    Unit(Unit),
    /// Every cell of the account, so many, has ended for good; nothing of it needs to be asked again.
    AccountEnded(AccountId, u64),
}

/// A unit of the scan: all of it is staged, or nothing.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Account and region of its resources.
    pub target: Arc<Target>,
    /// The resource type.
    pub resource_type: ResourceType,
    /// The reading of the cell that it belongs to.
    pub reading: Reading,
    /// The resources.
    pub resources: Vec<Arc<Resource>>,
    /// What the checks say of them.
    pub findings: Vec<Finding>,
    /// What it is of its cell.
    pub extent: Extent,
}

/// One reading of a cell from its beginning, or an attempt at a slice of it; what is read again, or in another way, has
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reading(u64);

impl Reading {
    /// One that no other reading of the run is.
    pub fn new() -> Self {
        Self(fastrand::u64(..))
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self::new()
    }
}

/// What a unit is of its cell.
#[derive(Debug, Clone)]
pub enum Extent {
    /// Resources that count only when their reading ends, or a slice closes it.
    Piece,
    /// With the pieces of its reading before it, resources that are complete in themselves: a later attempt of the run
    /// counts on them instead of asking again.
    Slice(Slice),
    /// The end of the reading, and with it the row of the cell.
    End(Box<End>),
}

/// The end of a reading.
#[derive(Debug, Clone)]
pub struct End {
    /// The row of the cell.
    pub coverage: Coverage,
    /// The other readings that it counts on.
    pub adopted: Vec<Reading>,
    /// Resources in the units of the reading and of those.
    pub resources: u64,
    /// What these show of something else.
    pub seen: Seen,
}

/// Resources of a cell that were read whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// Which they are.
    pub span: Span,
    /// Resources in it, those of the pieces of its reading included.
    pub listed: u64,
    /// Resources whose facts were read and judged.
    pub evaluated: u64,
    /// Verdicts that came out as UNKNOWN.
    pub unknown: u64,
    /// Refusals that left something unknown.
    pub refusals: Refusals,
    /// What its resources show of something else.
    #[serde(default, skip_serializing_if = "Seen::is_empty")]
    pub seen: Seen,
}

/// The resources that a slice speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// All that were created from `from` to before `to`, in seconds since the epoch, by a search.
    Created {
        /// The first second.
        from: i64,
        /// The second after the last.
        to: i64,
    },
    /// Those with these hashes of name and creation time, described one by one.
    Named(Vec<u64>),
}

impl Span {
    /// The way in which such a slice is read.
    pub fn method(&self) -> Method {
        match self {
            Self::Created { .. } => Method::Search,
            Self::Named(_) => Method::ListDescribe,
        }
    }
}

/// What a part remembers of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// Its cell.
    #[serde(flatten)]
    pub cell: CellKey,
    /// Its reading.
    pub reading: Reading,
    /// Its rows in `resources`.
    pub resources: u64,
    /// Its rows in `findings`.
    pub findings: u64,
    /// What it is of its cell.
    pub extent: ExtentRecord,
}

/// A cell, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellKey {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The resource type.
    pub resource_type: ResourceType,
}

impl CellKey {
    /// The cell of this type in a target.
    pub fn new(target: &Target, resource_type: ResourceType) -> Self {
        Self { account: target.account.id, region: target.region.clone(), resource_type }
    }
}

/// What a part remembers of a unit's extent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtentRecord {
    /// As [`Extent::Piece`].
    Piece,
    /// As [`Extent::Slice`].
    Slice(Slice),
    /// As [`Extent::End`].
    End {
        /// How the cell was seen.
        outcome: Outcome,
        /// When the reading began.
        started_at: Timestamp,
        /// The other readings that it counts on.
        adopted: Vec<Reading>,
        /// Resources in the units of the reading and of those: fewer are there only when a part was lost.
        resources: u64,
        /// What these show of something else.
        #[serde(default, skip_serializing_if = "Seen::is_empty")]
        seen: Seen,
    },
}

impl Unit {
    /// What a part remembers of it.
    pub(super) fn record(&self) -> UnitRecord {
        let rows = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        UnitRecord {
            cell: CellKey::new(&self.target, self.resource_type),
            reading: self.reading,
            resources: rows(self.resources.len()),
            findings: rows(self.findings.len()),
            extent: match &self.extent {
                Extent::Piece => ExtentRecord::Piece,
                Extent::Slice(slice) => ExtentRecord::Slice(slice.clone()),
                Extent::End(end) => ExtentRecord::End {
                    outcome: end.coverage.outcome,
                    started_at: end.coverage.started_at,
                    adopted: end.adopted.clone(),
                    resources: end.resources,
                    seen: end.seen.clone(),
                },
            },
        }
    }
}
