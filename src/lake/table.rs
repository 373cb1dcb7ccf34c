//! The tables: their names, their columns, and the keys of their objects.

use std::fmt;

use arrow_schema::SchemaRef;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    RunId, check_requirements, checks,
    column::{Described, describe, schema},
    coverage, events, exceptions, findings, posture, resources, runs, standing,
};

/// The tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// One row for each resource and check.
    Findings,
    /// One row for each resource.
    Resources,
    /// One row for each account, region and resource type in scope.
    Coverage,
    /// One row for each change of a finding since the run before.
    FindingEvents,
    /// Findings counted, by place, check and status.
    PostureDaily,
    /// One row for each check of the catalogue.
    Checks,
    /// One row for each requirement that a check serves.
    CheckRequirements,
    /// One row for each exception by which the run judged.
    Exceptions,
    /// One row for each run, which makes the others count.
    Runs,
    /// What a run hands on to the next one of each finding that failed; no table for queries.
    Standing,
}

/// How many letters a run id has.
const RUN_ID_LENGTH: usize = "YYYYMMDDThhmmssZ-xxxx".len();

impl Table {
    /// Every table that queries read.
    pub const ALL: [Self; 9] = [
        Self::Findings,
        Self::Resources,
        Self::Coverage,
        Self::FindingEvents,
        Self::PostureDaily,
        Self::Checks,
        Self::CheckRequirements,
        Self::Exceptions,
        Self::Runs,
    ];

    /// The tables whose rows come from the scan, through staging.
    pub const SCANNED: [Self; 3] = [Self::Findings, Self::Resources, Self::Coverage];

    /// Every table, and what is hidden from queries.
    pub fn with_hidden() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain([Self::Standing])
    }

    /// Those whose objects are listed in the manifest of their run: all but the one that names the manifest.
    pub fn listed() -> impl Iterator<Item = Self> {
        Self::with_hidden().filter(|table| *table != Self::Runs)
    }

    /// The name in paths and in SQL. One that begins with `_` is hidden: query engines pass over it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Resources => "resources",
            Self::Coverage => "coverage",
            Self::FindingEvents => "finding_events",
            Self::PostureDaily => "posture_daily",
            Self::Checks => "checks",
            Self::CheckRequirements => "check_requirements",
            Self::Exceptions => "exceptions",
            Self::Runs => "runs",
            Self::Standing => "_standing",
        }
    }

    /// The Arrow schema, which the Parquet files and the DDL follow.
    pub fn schema(self) -> SchemaRef {
        match self {
            Self::Findings => schema(&findings::columns()),
            Self::Resources => schema(&resources::columns()),
            Self::Coverage => schema(&coverage::columns()),
            Self::FindingEvents => schema(&events::columns()),
            Self::PostureDaily => schema(&posture::columns()),
            Self::Checks => schema(&checks::columns()),
            Self::CheckRequirements => schema(&check_requirements::columns()),
            Self::Exceptions => schema(&exceptions::columns()),
            Self::Runs => schema(&runs::columns()),
            Self::Standing => schema(&standing::columns()),
        }
    }

    /// Name, Athena type and meaning of each column, for the DDL and the documentation.
    pub fn columns(self) -> Vec<Described> {
        match self {
            Self::Findings => describe(&findings::columns()),
            Self::Resources => describe(&resources::columns()),
            Self::Coverage => describe(&coverage::columns()),
            Self::FindingEvents => describe(&events::columns()),
            Self::PostureDaily => describe(&posture::columns()),
            Self::Checks => describe(&checks::columns()),
            Self::CheckRequirements => describe(&check_requirements::columns()),
            Self::Exceptions => describe(&exceptions::columns()),
            Self::Runs => describe(&runs::columns()),
            Self::Standing => describe(&standing::columns()),
        }
    }

    /// The folder of all its objects.
    pub fn root(self) -> String {
        format!("v1/{}/", self.as_str())
    }

    /// The folder of the objects of one day.
    pub fn folder(self, run_date: Date) -> String {
        format!("{}run_date={run_date}/", self.root())
    }

    /// Whether an object of a run with this key belongs to the table.
    pub fn holds(self, run_id: &RunId, key: &str) -> bool {
        key.starts_with(&self.folder(run_id.run_date()))
    }

    /// The key of the object number `number` of a run.
    pub fn key(self, run_id: &RunId, number: usize) -> String {
        let folder = self.folder(run_id.run_date());
        match self {
            Self::Runs => format!("{folder}{run_id}.parquet"),
            Self::Findings
            | Self::Resources
            | Self::Coverage
            | Self::FindingEvents
            | Self::PostureDaily
            | Self::Checks
            | Self::CheckRequirements
            | Self::Exceptions
            | Self::Standing => format!("{folder}{run_id}-{number:05}.zstd.parquet"),
        }
    }

    /// The run that an object of the table belongs to, by its key; none for the keys of other things.
    pub fn owner(self, key: &str) -> Option<RunId> {
        let name = key.rsplit('/').next()?;
        // The id is as long in every name.
        let run_id: RunId = name.get(..RUN_ID_LENGTH)?.parse().ok()?;
        let number = match self {
            Self::Runs => 0,
            Self::Findings
            | Self::Resources
            | Self::Coverage
            | Self::FindingEvents
            | Self::PostureDaily
            | Self::Checks
            | Self::CheckRequirements
            | Self::Exceptions
            | Self::Standing => name.get(RUN_ID_LENGTH..)?.strip_prefix('-')?.split('.').next()?.parse().ok()?,
        };
        (self.key(&run_id, number) == key).then_some(run_id)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_a_unique_snake_case_name_and_says_what_it_means() {
        for table in Table::with_hidden() {
            let mut seen = BTreeSet::new();
            for Described { name, athena, meaning } in table.columns() {
                assert!(seen.insert(name), "{table}.{name} stands twice");
                assert!(
                    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit()),
                    "{name}"
                );
                assert!(meaning.ends_with('.') && meaning.len() > 10 && !athena.is_empty(), "{table}.{name}");
                assert!(!meaning.contains('\''), "{table}.{name}: a quote would end the comment in the DDL");
                assert_ne!(name, "run_date", "the partition is no column of a file");
            }
        }
    }

    #[test]
    fn only_the_keys_that_a_run_gives_have_an_owner() {
        let run_id: RunId = "20261124T031500Z-9f3a".parse().unwrap();
        for table in Table::with_hidden() {
            assert_eq!(table.owner(&table.key(&run_id, 0)), Some(run_id.clone()));
        }
        let key = Table::Findings.key(&run_id, 12);
        assert_eq!(Table::Findings.owner(&key), Some(run_id));
        assert_eq!(Table::Coverage.owner(&key), None);
        for wrong in [
            key.replace("2026-11-24", "2026-11-25"),
            key.replace("findings", "findings/../findings"),
            key.replace("-00012", "-12"),
            key.replace(".zstd", ""),
            format!("../{key}"),
            key.replace("9f3a", "9ü"),
        ] {
            assert_eq!(Table::Findings.owner(&wrong), None, "{wrong}");
        }
    }
}
