//! A published run, found as a person names it, whose tables are read batch by batch.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    str::FromStr,
};

use arrow_array::RecordBatch;
use jiff::civil::Date;
use tempfile::TempDir;
use thiserror::Error;

use super::{
    RunId, Table,
    publish::{ChainError, published},
    read::{self, ReadError},
    runs::RunRow,
    store::{Store, StoreError},
};

/// What a person calls a published run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RunName {
    /// The last run of the last day.
    #[default]
    Latest,
    /// The one before it.
    Previous,
    /// Of the runs that started on a day (UTC) the one that was published last.
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
    /// It is there, and not as it was published.
    #[error("run {0} does not have the manifest that it was published with; `sagesweep verify --all` tells more")]
    Changed(RunId),
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
        let all = run_ids(store).await?;
        let of = |is_meant: &dyn Fn(&RunId) -> bool| all.iter().filter(|id| is_meant(id)).cloned().collect::<Vec<_>>();
        let (meant, place) = match name {
            RunName::Latest => (of(&|_| true), 0),
            RunName::Previous => (of(&|_| true), 1),
            RunName::Day(day) => (of(&|id| id.run_date() == *day), 0),
            RunName::Id(run_id) => (of(&|id| id == run_id), 0),
        };
        match newest(store, &meant, place + 1).await?.into_iter().nth(place) {
            Some(row) => Ok(Self { row }),
            None => Err(missing(store, &all, name)),
        }
    }

    /// Of some runs, sorted by their ids, the one that the views of the present speak of.
    pub async fn last_of(store: &Store, run_ids: &BTreeSet<RunId>) -> Result<Option<Self>, FindError> {
        let last_first = run_ids.iter().rev().cloned().collect::<Vec<_>>();
        Ok(newest(store, &last_first, 1).await?.into_iter().next().map(|row| Self { row }))
    }

    /// Its id.
    pub fn run_id(&self) -> &RunId {
        &self.row.facts.run_id
    }

    /// The runs of its day that were published after it, and so stand in its place in the views.
    pub async fn later_of_its_day(&self, store: &Store) -> Result<BTreeSet<RunId>, FindError> {
        let place = |run: &RunRow| (run.published_at, run.facts.run_id.clone());
        let listed = store.list(&Table::Runs.folder(self.run_id().run_date())).await?;
        let others = listed.iter().filter_map(|stored| Table::Runs.owner(&stored.key));
        let mut later = BTreeSet::new();
        for run_id in others.filter(|run_id| run_id != self.run_id()) {
            let other = published(store, &run_id).await?.ok_or_else(|| FindError::Changed(run_id.clone()))?;
            if place(&other) > place(&self.row) {
                later.insert(run_id);
            }
        }
        Ok(later)
    }

    /// Fetches the files of a table.
    pub async fn fetch(&self, store: &Store, table: Table) -> Result<Fetched, ReadError> {
        let scratch = Store::reading().await?;
        let objects = self.row.objects.iter().filter(|object| table.holds(self.run_id(), &object.key));
        let files = read::fetch(store, objects, &BTreeMap::new(), scratch.path()).await?;
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

/// The ids of all runs with an object in `runs`, the last one first.
async fn run_ids(store: &Store) -> Result<Vec<RunId>, StoreError> {
    let listed = store.list(&Table::Runs.root()).await?;
    let run_ids = listed.iter().filter_map(|stored| Table::Runs.owner(&stored.key)).collect::<BTreeSet<_>>();
    Ok(run_ids.into_iter().rev().collect())
}

/// So many of these runs, those of the last day first, and of one day those that were published last: the order of the
/// views. Only the runs of as many days are read as it takes.
async fn newest(store: &Store, run_ids: &[RunId], most: usize) -> Result<Vec<RunRow>, FindError> {
    let mut newest = Vec::new();
    for run_ids in run_ids.chunk_by(|one, other| one.run_date() == other.run_date()) {
        let mut runs = Vec::new();
        for run_id in run_ids {
            runs.push(published(store, run_id).await?.ok_or_else(|| FindError::Changed(run_id.clone()))?);
        }
        runs.sort_by_key(|run| Reverse(run.published_at));
        newest.extend(runs);
        if newest.len() >= most {
            break;
        }
    }
    Ok(newest)
}

/// Days that are named.
const NAMED_DAYS: usize = 7;

/// What there is in the place of a run that is not there.
fn missing(store: &Store, run_ids: &[RunId], name: &RunName) -> FindError {
    let place = store.place("");
    let mut days = run_ids.iter().map(RunId::run_date).collect::<Vec<_>>();
    days.dedup();
    let Some(first) = days.last() else { return FindError::NothingPublished(place) };
    let named = days.iter().take(NAMED_DAYS).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let days = match days.len().saturating_sub(NAMED_DAYS) {
        0 => named,
        more => format!("{named} and {more} more days since {first}"),
    };
    FindError::NoSuchRun { name: name.clone(), place, days }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        coverage::Outcome,
        exception::Exceptions,
        lake::{
            manifest,
            publish::{Scanned, Shape, publish},
            samples,
            store::Put,
        },
        session::Clock,
    };

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

    /// Publishes a run that saw nothing.
    async fn publish_at(store: &Store, run_id: &str, published_at: &str) {
        let (mut facts, mut context) = (samples::facts(), samples::context());
        facts.run_id = run_id.parse().unwrap();
        context.run_id = facts.run_id.clone();
        let gaps = vec![samples::coverage(&samples::target(22, "eu-central-1"), Outcome::NotScanned, 0)];
        let (parts, checks, exceptions) = (Vec::new(), samples::scanned_checks(), Exceptions::default());
        let scanned = Scanned { facts, context, parts, gaps, checks, exceptions };
        let clock = Clock::Fixed(published_at.parse().unwrap());
        publish(store, scanned, Shape::default(), clock, None).await.unwrap();
    }

    #[tokio::test]
    async fn the_latest_is_that_of_the_last_day_and_of_a_day_that_was_published_last() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::directory(folder.path());
        let [first, late, rerun] = ["20261124T031500Z-0001", "20261124T051500Z-0002", "20261125T031500Z-0003"];
        publish_at(&store, rerun, "2026-11-25T04:00:00Z").await;
        publish_at(&store, late, "2026-11-25T05:00:00Z").await;
        publish_at(&store, first, "2026-11-26T06:00:00Z").await;
        let found = async |name: &str| {
            let run = PublishedRun::find(&store, &name.parse().unwrap()).await?;
            Ok::<_, FindError>(run.run_id().to_string())
        };
        for (name, run_id) in [("latest", rerun), ("previous", first), ("2026-11-24", first), (late, late)] {
            assert_eq!(found(name).await.unwrap(), run_id, "{name}");
        }
        let later = async |name: &str| {
            let run = PublishedRun::find(&store, &name.parse().unwrap()).await.unwrap();
            run.later_of_its_day(&store).await.unwrap().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(later(late).await, [first]);
        assert_eq!((later(first).await, later(rerun).await), (Vec::new(), Vec::new()));
        for name in ["2026-11-23", "20261124T031500Z-ffff"] {
            let error = found(name).await.unwrap_err();
            assert!(error.is_usage() && error.to_string().ends_with("runs of 2026-11-25, 2026-11-24"), "{error}");
        }

        store.put(&manifest::key(1), b"{}".to_vec(), Put::Replace).await.unwrap();
        let error = found("latest").await.unwrap_err();
        assert!(matches!(&error, FindError::Changed(run_id) if run_id.as_str() == rerun), "{error}");
        assert!(!error.is_usage());
        assert_eq!(found("2026-11-24").await.unwrap(), first, "the others are as they were");
    }
}
