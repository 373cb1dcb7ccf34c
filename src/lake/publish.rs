//! Publishing: the staged runs of each table become a few sorted files, and one last object makes them all count.

use std::{io, path::PathBuf};

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;
use serde::de::value;
use thiserror::Error;
use tokio::task::{self, JoinError};

mod chain;
pub(crate) mod commit;
mod encodings;
mod files;
mod history;
mod posture;
mod rows;
mod tables;
mod tally;
mod upload;

pub use chain::{ChainError, last_run, published, status};
pub use files::{MOST_FILES, Shape};
use history::base::Base;
use tables::Tables;
pub use tally::{Kind, Tally, share_in_percent};

use super::{
    RunContext, RunId, Table,
    checks::Listed,
    column::ColumnError,
    hash::Digest,
    manifest,
    merge::MergeError,
    runs::{Object, RunFacts, RunRow},
    staging::{self, StagingError, part::Part},
    store::{Put, Store, StoreError},
};
use crate::{coverage::Coverage, session::Clock, signing::Signer};

/// A run that is scanned.
#[derive(Debug)]
pub struct Scanned {
    /// What is known of it.
    pub facts: RunFacts,
    /// What its rows share.
    pub context: RunContext,
    /// The parts that count.
    pub parts: Vec<Part>,
    /// Rows of coverage for what was not scanned.
    pub gaps: Vec<Coverage>,
    /// The catalogue, and what of it was put to resources.
    pub checks: Vec<Listed>,
}

/// A run that is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Its row in the table `runs`.
    pub run: RunRow,
    /// What it found.
    pub tally: Tally,
    /// The object that is the commit.
    pub commit: Object,
}

/// Why a run is not published. Unless it says that it is published already, nothing of it is visible, and publishing
/// can be repeated.
#[derive(Debug, Error)]
pub enum PublishError {
    /// A run is published once.
    #[error("run {run_id} is published already at {place}; start a new run to replace it")]
    AlreadyPublished {
        /// The run.
        run_id: RunId,
        /// Its object in `runs`.
        place: String,
    },
    /// There is nothing to publish.
    #[error("nothing is staged for run {run_id} at {place}; look at the run id and the destination, or scan first")]
    NothingStaged {
        /// The run.
        run_id: RunId,
        /// Where it was looked for.
        place: String,
    },
    /// The store refused.
    #[error("cannot publish the run")]
    Store(#[from] StoreError),
    /// The staged parts cannot be told.
    #[error("cannot read the staged parts of the run")]
    Staging(#[from] StagingError),
    /// A staged file is not what its part says.
    #[error(
        "the staged file {place} was changed after it was written: {bytes} bytes with SHA-256 {found}, expected {expected}; remove the staging folder of the run and scan again"
    )]
    Changed {
        /// Where it is.
        place: String,
        /// Its size now.
        bytes: u64,
        /// Its SHA-256 now.
        found: String,
        /// Its SHA-256 when it was written.
        expected: String,
    },
    /// A published file is not as large as what was written.
    #[error("{place} has {found:?} bytes after its upload, expected {expected}; publish again")]
    Size {
        /// Where it is.
        place: String,
        /// Its size, if it is there.
        found: Option<u64>,
        /// The size that was written.
        expected: u64,
    },
    /// A local file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Sorted runs cannot be merged.
    #[error("cannot merge the staged rows of table {table}")]
    Merge {
        /// The table.
        table: Table,
        /// Why.
        source: MergeError,
    },
    /// A Parquet file cannot be written.
    #[error("cannot write {} for table {table}; look at free space there", path.display())]
    Parquet {
        /// The table.
        table: Table,
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// What is held against tonight cannot be read.
    #[error("cannot read back {}", path.display())]
    ReadBack {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// Rows cannot be put together.
    #[error("cannot put rows of findings together")]
    Rows(#[from] ArrowError),
    /// The row of the run does not become columns.
    #[error("cannot encode the row of the run")]
    Columns(#[from] ColumnError),
    /// A staged row holds a text that this version does not know.
    #[error("column `{column}` holds `{text}`, which this version does not know; scan and publish with one version")]
    Misspelled {
        /// The column.
        column: &'static str,
        /// The text.
        text: String,
        /// What it could have been.
        source: value::Error,
    },
    /// The run gets no place in the chain of manifests.
    #[error("cannot write the evidence of the run")]
    Chain(#[from] ChainError),
    /// The thread that merges died.
    #[error("a worker thread of publish ended early")]
    Worker(#[from] JoinError),
}

/// Publishes what is staged for a run: the files of each table, and after all of them the object in `runs`, which is
/// there once or not at all. Then the staged parts go. `clock` tells the time of the commit; `signer` signs the manifest.
pub async fn publish(
    store: &Store,
    scanned: Scanned,
    shape: Shape,
    clock: Clock,
    signer: Option<&Signer>,
) -> Result<Published, PublishError> {
    let Scanned { facts, context, parts, gaps, checks } = scanned;
    let run_id = &facts.run_id;
    refuse_published(store, run_id).await?;
    if parts.is_empty() && gaps.is_empty() {
        let place = store.place(&staging::folder(run_id));
        return Err(PublishError::NothingStaged { run_id: run_id.clone(), place });
    }
    let staged = rows::Staged::of(&parts, gaps, context);
    drop(parts);

    store.sweep(&Table::Runs.folder(run_id.run_date()), run_id.as_str()).await?;
    // Only one process publishes at a time, so that whatever is unfinished here is left from one that was killed.
    store.sweep(manifest::FOLDER, "").await?;

    let mut tables = Tables::new(store, &staged, shape);
    tables.resources().await?;
    let coverage = tables.coverage().await?;
    let base = Base::find(store, run_id).await?;
    tables.findings(coverage, base, facts.started_at).await?;
    tables.catalogue(&checks).await?;
    let (objects, rows, tally) = tables.finish();

    let mut run = commit::run_row(&facts, clock.now(), &tally, rows, objects);
    run.link = chain::link(store, &run, signer).await?;
    let row = run.clone();
    let (bytes, commit) = task::spawn_blocking(move || commit::encode(row)).await??;
    match store.put(&commit.key, bytes, Put::IfAbsent).await {
        Err(StoreError::AlreadyExists(place)) => {
            return Err(PublishError::AlreadyPublished { run_id: run_id.clone(), place });
        }
        other => other?,
    }
    tracing::info!(%run_id, object = %store.place(&commit.key), "run published");
    if let Err(error) = store.clear(&staging::folder(run_id)).await {
        tracing::warn!(%run_id, %error, "the staged parts of the published run could not be removed");
    }
    Ok(Published { run, tally, commit })
}

/// Refuses a run that is published already.
pub async fn refuse_published(store: &Store, run_id: &RunId) -> Result<(), PublishError> {
    if is_published(store, run_id).await? {
        let place = store.place(&Table::Runs.key(run_id, 0));
        return Err(PublishError::AlreadyPublished { run_id: run_id.clone(), place });
    }
    Ok(())
}

/// Whether a run is published.
pub async fn is_published(store: &Store, run_id: &RunId) -> Result<bool, StoreError> {
    Ok(store.size(&Table::Runs.key(run_id, 0)).await?.is_some())
}

async fn digest(path: PathBuf) -> Result<Digest, PublishError> {
    let read = move || Digest::of_file(&path).map_err(|source| PublishError::Read { path, source });
    task::spawn_blocking(read).await?
}

#[cfg(test)]
mod tests;
