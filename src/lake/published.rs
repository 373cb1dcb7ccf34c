//! A published run, found as a person names it, whose tables are read batch by batch.

use std::{collections::BTreeSet, fmt, path::PathBuf, str::FromStr};

use arrow_array::RecordBatch;
use jiff::civil::Date;
use tempfile::TempDir;
use thiserror::Error;

use super::{
    RunId, Table,
    publish::{ChainError, last_runs},
    read::{self, ReadError},
    runs::RunRow,
    store::{Store, StoreError},
};

/// What a person calls a published run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RunName {
    /// The run that was published last.
    #[default]
    Latest,
    /// The one before it.
    Previous,
    /// The last one that started on a day (UTC).
    Day(Date),
    /// The run with this id.
    Id(RunId),
}

/// A text that names no run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` names no run: it is `latest`, `previous`, a day such as 2026-11-24, or the id of a run")]
pub struct NoRunName(String);

impl FromStr for RunName {
    type Err = NoRunName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = |text: &str| (text.len() == "YYYY-MM-DD".len()).then(|| text.parse().ok()).flatten();
        match text {
            "latest" => Ok(Self::Latest),
            "previous" => Ok(Self::Previous),
            _ => day(text)
                .map(Self::Day)
                .or_else(|| text.parse().ok().map(Self::Id))
                .ok_or_else(|| NoRunName(text.to_owned())),
        }
    }
}

impl fmt::Display for RunName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => formatter.write_str("latest"),
            Self::Previous => formatter.write_str("previous"),
            Self::Day(day) => write!(formatter, "{day}"),
            Self::Id(run_id) => write!(formatter, "{run_id}"),
        }
    }
}

/// Why there is no such run.
#[derive(Debug, Error)]
pub enum FindError {
    /// The store refused.
    #[error("cannot look for published runs")]
    Store(#[from] StoreError),
    /// The chain of manifests cannot be read.
    #[error("cannot look for published runs")]
    Chain(#[from] ChainError),
    /// There is nothing at all.
    #[error("nothing is published at {0}; look at lake.destination, or publish a run first")]
    NothingPublished(String),
    /// Others, but not this one.
    #[error("no run `{name}` is published at {place}; the lake has runs of {days}")]
    NoSuchRun {
        /// What it was called.
        name: RunName,
        /// Where it was looked for.
        place: String,
        /// The days of which there are runs.
        days: String,
    },
}

impl FindError {
    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoSuchRun { .. })
    }
}

/// A run whose object in `runs` names its manifest: what it lists counts.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedRun {
    /// What its manifest says.
    pub row: RunRow,
}

impl PublishedRun {
    /// Finds a run.
    pub async fn find(store: &Store, name: &RunName) -> Result<Self, FindError> {
        let mut runs = match name {
            RunName::Latest => last_runs(store, |_run| true, 1).await?,
            RunName::Previous => last_runs(store, |_run| true, 2).await?.into_iter().skip(1).collect(),
            RunName::Day(day) => last_runs(store, |run| run.facts.run_id.run_date() == *day, 1).await?,
            RunName::Id(run_id) => last_runs(store, |run| run.facts.run_id == *run_id, 1).await?,
        };
        match runs.pop() {
            Some(row) => Ok(Self { row }),
            None => Err(missing(store, name).await?),
        }
    }

    /// Its id.
    pub fn run_id(&self) -> &RunId {
        &self.row.facts.run_id
    }

    /// Fetches the files of a table.
    pub async fn fetch(&self, store: &Store, table: Table) -> Result<Fetched, ReadError> {
        let scratch = Store::reading().await?;
        let objects = self.row.objects.iter().filter(|object| table.holds(self.run_id(), &object.key));
        let files = read::fetch(store, objects, &std::collections::BTreeMap::new(), scratch.path()).await?;
        Ok(Fetched { files, _scratch: scratch })
    }
}

/// The files of a table of a run, on this machine until they are dropped.
#[derive(Debug)]
pub struct Fetched {
    files: Vec<PathBuf>,
    _scratch: TempDir,
}

impl Fetched {
    /// These rows as if they had been published.
    #[cfg(test)]
    pub(crate) fn of(batch: &RecordBatch) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("rows.parquet");
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        Self { files: vec![path], _scratch: scratch }
    }

    /// Its rows in the order of the table, of these columns as far as the run had them; of all where none is named. One
    /// batch is held at a time.
    pub fn batches(&self, columns: &'static [&'static str]) -> impl Iterator<Item = Result<RecordBatch, ReadError>> {
        self.files.iter().flat_map(move |file| {
            let (batches, failed) = match read::batches(file, columns) {
                Ok(batches) => (Some(batches), None),
                Err(error) => (None, Some(Err(error))),
            };
            batches.into_iter().flatten().chain(failed)
        })
    }
}

/// Days that are named.
const NAMED_DAYS: usize = 7;

/// What there is in the place of a run that is not there.
async fn missing(store: &Store, name: &RunName) -> Result<FindError, StoreError> {
    let place = store.place("");
    let listed = store.list(&format!("v1/{}/", Table::Runs)).await?;
    let run_id = |key: &str| key.rsplit('/').next()?.strip_suffix(".parquet")?.parse::<RunId>().ok();
    let days = listed.iter().filter_map(|stored| run_id(&stored.key)).map(|run_id| run_id.run_date());
    let days = days.collect::<BTreeSet<_>>();
    let Some(first) = days.first() else { return Ok(FindError::NothingPublished(place)) };
    let named = days.iter().rev().take(NAMED_DAYS).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let days = match days.len().saturating_sub(NAMED_DAYS) {
        0 => named,
        more => format!("{named} and {more} more days since {first}"),
    };
    Ok(FindError::NoSuchRun { name: name.clone(), place, days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_place_its_day_or_its_id() {
        for (text, name) in [
            ("latest", RunName::Latest),
            ("previous", RunName::Previous),
            ("2026-11-24", RunName::Day("2026-11-24".parse().unwrap())),
            ("20261124T031500Z-9f3a", RunName::Id("20261124T031500Z-9f3a".parse().unwrap())),
        ] {
            assert_eq!(text.parse(), Ok(name.clone()));
            assert_eq!(name.to_string(), text);
        }
        for wrong in ["", "last", "2026-11-31", "20261124", "2026-11-24T03:15:00", "../x"] {
            let error = wrong.parse::<RunName>().unwrap_err().to_string();
            assert!(error.contains("latest") && error.contains("2026-11-24"), "{wrong}");
        }
    }

    #[tokio::test]
    async fn where_nothing_is_published_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::directory(folder.path());
        let error = PublishedRun::find(&store, &RunName::Latest).await.unwrap_err();
        assert!(matches!(&error, FindError::NothingPublished(_)) && !error.is_usage(), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written where one only reads");
    }
}
