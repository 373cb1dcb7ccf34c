//! The last night: what the last published run says of the cells of this one, read back so that it need not be asked.
//!
//! The published files are copied once to the local disk, cut into batches of one cell; a cell then reads its own, a
//! batch at a time, so that memory does not grow with the history of an account.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use jiff::Timestamp;
use tempfile::TempDir;
use thiserror::Error;
use tokio::task::{self, JoinError};

mod base;
mod known;
mod rows;
mod spool;

pub use base::Base;
pub use known::Known;
pub use spool::BATCH_ROWS;

use super::{
    Table,
    read::{self, ReadError},
    staging::unit::CellKey,
    store::{Store, StoreError},
};
use crate::{place::AccountId, resource::Resource};

/// Why the last night cannot be read back. Everything is read anew then.
#[derive(Debug, Error)]
pub enum LastNightError {
    /// The store refused a place for temporary files.
    #[error("cannot fetch what the last run published")]
    Store(#[from] StoreError),
    /// The published files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The copy on the local disk cannot be written or read.
    #[error("cannot use the local copy of what the last run published; look at free space for temporary files")]
    Spool(#[from] ArrowError),
    /// A row that this version does not understand.
    #[error("a published resource cannot be understood")]
    Row,
    /// The thread that reads died.
    #[error("a worker thread ended early")]
    Worker(#[from] JoinError),
}

/// What the last published run says of some accounts.
pub struct LastNight {
    resources: Arc<spool::Reader>,
    /// The rows of each cell that had resources.
    cells: HashMap<CellKey, Held>,
    coverage: Arc<spool::Reader>,
    /// The rows of each account.
    accounts: HashMap<AccountId, Held>,
    _scratch: TempDir,
}

/// What a spool holds of one key.
#[derive(Debug, Default)]
pub struct Held {
    /// The numbers of its batches.
    pub batches: Vec<usize>,
    /// Its rows.
    pub rows: u64,
    /// The creation time of the youngest resource among them.
    pub newest: Option<Timestamp>,
}

impl fmt::Debug for LastNight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LastNight").field("cells", &self.cells.len()).finish_non_exhaustive()
    }
}

impl LastNight {
    /// Fetches what a run published of these accounts, but for files that are `here`, by their keys. `scratch` names the temporary files, for one process at a time.
    pub async fn open(
        store: &Store,
        base: &Base,
        accounts: &BTreeSet<AccountId>,
        here: &BTreeMap<String, PathBuf>,
        scratch: &str,
    ) -> Result<Self, LastNightError> {
        let scratch = store.scratch(scratch).await?;
        let coverage = read::fetch(store, base.objects(Table::Coverage), here, scratch.path()).await?;
        let resources = read::fetch(store, base.objects(Table::Resources), here, scratch.path()).await?;
        let (accounts, folder) = (accounts.clone(), scratch.path().to_owned());
        let copied = task::spawn_blocking(move || {
            let cells = copy(&resources, &rows::COLUMNS, &folder.join("resources.arrow"), |cell| {
                accounts.contains(&cell.account).then_some(cell)
            })?;
            let accounts = copy(&coverage, &known::COLUMNS, &folder.join("coverage.arrow"), |cell| {
                accounts.contains(&cell.account).then_some(cell.account)
            })?;
            Ok::<_, LastNightError>((cells, accounts))
        });
        let ((resources, cells), (coverage, accounts)) = copied.await??;
        Ok(Self { resources, cells, coverage, accounts, _scratch: scratch })
    }

    /// What is known of the cells of an account.
    pub async fn account(&self, account: AccountId) -> Result<HashMap<CellKey, Known>, LastNightError> {
        let batches = self.accounts.get(&account).map(|held| held.batches.clone()).unwrap_or_default();
        let reader = Arc::clone(&self.coverage);
        let read = move || {
            let batches = batches.into_iter().map(|number| reader.batch(number));
            let cells = batches.map(|batch| Ok(known::cells(&batch?))).collect::<Result<Vec<_>, ArrowError>>()?;
            Ok(cells.into_iter().flatten().collect())
        };
        task::spawn_blocking(read).await?
    }

    /// What is held of the resources of a cell; none where it had none.
    pub fn held(&self, cell: &CellKey) -> Option<&Held> {
        self.cells.get(cell)
    }

    /// The resources of a batch.
    pub async fn resources(&self, batch: usize) -> Result<Vec<Resource>, LastNightError> {
        let reader = Arc::clone(&self.resources);
        let read = move || rows::resources(&reader.batch(batch)?).ok_or(LastNightError::Row);
        task::spawn_blocking(read).await?
    }
}

/// A spool and what it holds of each key.
type Copied<K> = (Arc<spool::Reader>, HashMap<K, Held>);

/// Copies the rows of sorted files into a spool, those of one key into batches of their own. Rows without a key stay out.
fn copy<K: Clone + Eq + std::hash::Hash>(
    files: &[PathBuf],
    columns: &[&str],
    spool: &Path,
    key: impl Fn(CellKey) -> Option<K>,
) -> Result<Copied<K>, LastNightError> {
    let mut writer: Option<spool::Writer<K>> = None;
    let mut all = HashMap::<K, Held>::new();
    for file in files {
        for batch in read::batches(file, columns)? {
            let batch = batch?;
            let writer = match &mut writer {
                Some(writer) => writer,
                None => writer.insert(spool::Writer::create(spool, batch.schema())?),
            };
            let mut from = 0;
            while from < batch.num_rows() {
                let cell = known::cell(&batch, from).ok_or(LastNightError::Row)?;
                let rows = same_cell(&batch, from);
                if let Some(key) = key(cell) {
                    let rows = batch.slice(from, rows);
                    let held = all.entry(key.clone()).or_default();
                    held.rows += u64::try_from(rows.num_rows()).unwrap_or(u64::MAX);
                    held.newest = held.newest.max(rows::newest(&rows));
                    writer.add(&key, rows)?;
                }
                from += rows;
            }
        }
    }
    let written = match writer {
        Some(writer) => writer.finish()?,
        None => spool::Writer::<K>::create(spool, SchemaRef::new(arrow_schema::Schema::empty()))?.finish()?,
    };
    for (number, key) in written.into_iter().enumerate() {
        all.entry(key).or_default().batches.push(number);
    }
    Ok((Arc::new(spool::Reader::open(spool)?), all))
}

/// How many rows from this one on are of the same cell: they are sorted, so that the end is found by halving.
fn same_cell(batch: &RecordBatch, from: usize) -> usize {
    let place = |row| ["account_id", "region", "resource_type"].map(|name| known::text(batch, name, row));
    let (cell, mut same, mut other) = (place(from), from, batch.num_rows());
    while other - same > 1 {
        let middle = usize::midpoint(same, other);
        if place(middle) == cell { same = middle } else { other = middle }
    }
    other - from
}
