//! The lake: the tables of a run, how their rows are staged while the scan goes on, and how they are published at once.
//!
//! ```text
//! v1/<table>/run_date=YYYY-MM-DD/<run_id>-NNNNN.zstd.parquet   findings, coverage, resources, and what is made of them
//! v1/_standing/run_date=YYYY-MM-DD/<run_id>-00000.zstd.parquet what a run hands on to the next, see [`standing`]
//! v1/_manifests/NNNNNNNN_manifest.json                         what a run published, and the run before it: a chain
//! v1/runs/run_date=YYYY-MM-DD/<run_id>.parquet                 one row, the commit, always the last object of a run
//! _staging/<run_id>/…                                          sorted runs on their way, removed after the commit
//! ```

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub mod athena;
pub mod check_requirements;
pub mod checks;
pub mod claim;
pub mod column;
pub mod coverage;
pub mod events;
pub mod exceptions;
pub mod findings;
pub mod glue;
pub mod hash;
pub mod last_night;
pub mod layout;
pub mod lease;
pub mod manifest;
pub mod merge;
pub mod order;
pub mod placed;
pub mod posture;
pub mod publish;
pub mod published;
pub mod read;
pub mod resources;
pub mod runs;
pub mod sealed;
pub mod staging;
pub mod standing;
pub mod store;
pub mod table;
pub mod view;
pub mod weights;

pub use store::ACTIONS;
pub use table::Table;

/// The version of the columns, in each row as `schema_version`; raised when a column is added.
pub const SCHEMA_VERSION: i32 = 5;

/// The identity of a run, `YYYYMMDDThhmmssZ-xxxx`: when it started, in UTC, and four lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// A text that is no run id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a run id such as `20261124T031500Z-9f3a`")]
pub struct InvalidRunId(String);

impl RunId {
    /// The id of a run that starts at `started_at`; `suffix` tells runs of the same second apart and should be random.
    pub fn new(started_at: Timestamp, suffix: u16) -> Self {
        let start = TimeZone::UTC.to_datetime(started_at);
        Self(format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z-{suffix:04x}",
            start.year(),
            start.month(),
            start.day(),
            start.hour(),
            start.minute(),
            start.second()
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day, in UTC, on which the run started: its partition.
    pub fn run_date(&self) -> Date {
        start_of(&self.0).map(DateTime::date).unwrap_or_default()
    }
}

/// The start in a run id; none when the text is none.
fn start_of(text: &str) -> Option<DateTime> {
    let (start, suffix) = text.split_once("Z-")?;
    let (day, time) = start.split_once('T')?;
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(day, 8) || !digits(time, 6) || suffix.len() != 4 || !suffix.bytes().all(hexadecimal) {
        return None;
    }
    let number = |text: &str, from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    let (year, month, day) = (day.get(..4)?.parse().ok()?, number(day, 4)?, number(day, 6)?);
    DateTime::new(year, month, day, number(time, 0)?, number(time, 2)?, number(time, 4)?, 0).ok()
}

impl FromStr for RunId {
    type Err = InvalidRunId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        start_of(text).map(|_| Self(text.to_owned())).ok_or_else(|| InvalidRunId(text.to_owned()))
    }
}

impl TryFrom<String> for RunId {
    type Error = InvalidRunId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What every row of a run shares, and what the configuration says about columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunContext {
    /// The run.
    pub run_id: RunId,
    /// The key of the tag whose value goes into the column `owner`.
    pub owner_tag: String,
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_id_carries_its_day_and_orders_by_start() {
        let id = RunId::new("2026-11-24T23:59:59.9Z".parse().unwrap(), 0x0a3f);
        assert_eq!(id.as_str(), "20261124T235959Z-0a3f");
        assert_eq!(id.run_date().to_string(), "2026-11-24");
        assert_eq!(id.to_string().parse::<RunId>().unwrap(), id);
        assert!(id < RunId::new("2026-11-25T00:00:00Z".parse().unwrap(), 0));
    }

    #[test]
    fn what_could_leave_its_folder_is_no_run_id() {
        for wrong in ["", "20261124T235959Z", "20261324T235959Z-0a3f", "20261124T245959Z-0a3f", "20261124T235959Z-0A3F"]
        {
            assert!(wrong.parse::<RunId>().is_err(), "{wrong}");
        }
        for wrong in ["20261124T235959Z-0a3f/", "../../etc/passwd", "20261124T235959Z-..", "2026１124T235959Z-0a3f"] {
            assert!(wrong.parse::<RunId>().is_err(), "{wrong}");
        }
    }
}
