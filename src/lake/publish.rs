//! Publishing: the staged runs of each table become a few sorted files, and one last object makes them all count.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use parquet::errors::ParquetError;
use serde::de::value;
use thiserror::Error;
use tokio::task::{self, JoinError};

mod chain;
pub(crate) mod commit;
mod encodings;
mod files;
mod rows;
mod tally;

pub use chain::{ChainError, last_run, last_runs};
use files::{Files, LocalFile};
pub use files::{MOST_FILES, Shape};
pub use tally::{Kind, Tally, share_in_percent};

use super::{
    RunContext, RunId, Table,
    column::ColumnError,
    hash::Digest,
    manifest,
    merge::{Merge, MergeError, Source},
    runs::{Object, RunFacts, RunRow},
    staging::{self, StagingError, part::Part},
    store::{Put, Store, StoreError},
};
use crate::{coverage::Coverage, session::Clock, signing::Signer};

/// Staged files that are fetched and verified at once.
const FETCHES: usize = 8;

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
    let Scanned { facts, context, parts, gaps } = scanned;
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

    let mut tally = Tally::default();
    let mut objects = Vec::new();
    let mut rows = BTreeMap::new();
    for table in Table::SCANNED {
        let (published, counted) = publish_table(store, run_id, table, &staged, shape, tally).await?;
        rows.insert(table.as_str().to_owned(), published.iter().map(|object| object.rows).sum());
        tally = counted;
        objects.extend(published);
    }

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

async fn publish_table(
    store: &Store,
    run_id: &RunId,
    table: Table,
    staged: &rows::Staged,
    shape: Shape,
    tally: Tally,
) -> Result<(Vec<Object>, Tally), PublishError> {
    store.sweep(&table.folder(run_id.run_date()), run_id.as_str()).await?;
    let scratch = store.scratch(&format!("{run_id}-{table}")).await?;
    let fetches = staged.files(table).map(|file| file.fetch(store, scratch.path()));
    let mut sources = stream::iter(fetches).buffered(FETCHES).try_collect::<Vec<_>>().await?;
    sources.extend(staged.gaps(table, scratch.path())?);

    let (folder, expected_rows) = (scratch.path().to_owned(), staged.rows(table));
    let merging = task::spawn_blocking(move || merge(table, sources, &folder, shape, expected_rows, tally));
    let (files, tally) = merging.await??;

    let mut objects = Vec::new();
    for (number, file) in files.into_iter().enumerate() {
        let LocalFile { path, rows, digest } = file;
        let key = table.key(run_id, number);
        upload(store, run_id, &key, &path, &digest, scratch.path()).await?;
        tracing::info!(%table, object = %store.place(&key), rows, bytes = digest.bytes, "file written");
        objects.push(Object { key, bytes: digest.bytes, rows, sha256: digest.sha256 });
    }
    remove_leftovers(store, run_id, table, &objects).await?;
    // Files may be many: removing them blocks.
    task::spawn_blocking(move || drop(scratch)).await?;
    Ok((objects, tally))
}

async fn digest(path: PathBuf) -> Result<Digest, PublishError> {
    let read = move || Digest::of_file(&path).map_err(|source| PublishError::Read { path, source });
    task::spawn_blocking(read).await?
}

/// The work of the thread that merges.
fn merge(
    table: Table,
    sources: Vec<Source>,
    scratch: &Path,
    shape: Shape,
    expected_rows: u64,
    mut tally: Tally,
) -> Result<(Vec<LocalFile>, Tally), PublishError> {
    let failed = |source| PublishError::Merge { table, source };
    let mut files = Files::new(table, scratch, shape, expected_rows);
    if let Some(layout) = table.layout().filter(|_| !sources.is_empty()) {
        let mut merged = Merge::open(layout, sources, scratch).map_err(failed)?;
        for batch in &mut merged {
            let batch = batch.map_err(failed)?;
            tally.add(table, &batch)?;
            files.write(&batch)?;
        }
        if merged.duplicates() > 0 {
            tracing::info!(%table, rows = merged.duplicates(), "rows seen more than once; the latest of each was kept");
        }
    }
    Ok((files.finish()?, tally))
}

/// Puts a file under its key. What a publish that did not end has left there is kept when it is the same, and else
/// replaced: without the object in `runs` nobody reads it.
async fn upload(
    store: &Store,
    run_id: &RunId,
    key: &str,
    path: &Path,
    digest: &Digest,
    scratch: &Path,
) -> Result<(), PublishError> {
    match store.put_file(key, path, Put::IfAbsent).await {
        Err(StoreError::AlreadyExists(place)) => {
            let left = self::digest(store.fetch(key, scratch).await?).await?;
            if left != *digest {
                refuse_published(store, run_id).await?;
                tracing::warn!(%place, "replacing what a publish that did not end has left");
                store.put_file(key, path, Put::Replace).await?;
            }
        }
        other => other?,
    }
    match store.size(key).await? {
        Some(bytes) if bytes == digest.bytes => Ok(()),
        found => Err(PublishError::Size { place: store.place(key), found, expected: digest.bytes }),
    }
}

/// Removes what a publish that did not end has left beyond the files of this one.
async fn remove_leftovers(store: &Store, run_id: &RunId, table: Table, ours: &[Object]) -> Result<(), PublishError> {
    let folder = table.folder(run_id.run_date());
    let prefix = format!("{folder}{run_id}-");
    for stored in store.list(&folder).await? {
        if stored.key.starts_with(&prefix) && ours.iter().all(|object| object.key != stored.key) {
            tracing::warn!(object = %store.place(&stored.key), "removing what a publish that did not end has left");
            store.delete(&stored.key).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
