//! Weights: how heavy each account was in the last published night, by which the next one is divided; and the coverage
//! that they were read from, which is fetched once.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use arrow_array::{Array as _, cast::AsArray as _, types::Int64Type};
use parquet::{
    arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder},
    errors::ParquetError,
};
use tempfile::TempDir;
use thiserror::Error;
use tokio::task::{self, JoinError};

use super::{
    Table,
    store::{Store, StoreError, Stored},
};
use crate::{coverage::Method, place::AccountId};

/// A page of a search holds so many.
const PAGE: u64 = 100;

/// Why the weights of last night cannot be told.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The store refused.
    #[error("cannot reach the coverage of last night")]
    Store(#[from] StoreError),
    /// A file of it cannot be read.
    #[error("cannot read the coverage of last night in {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// The thread that reads died.
    #[error("a worker thread ended early")]
    Worker(#[from] JoinError),
}

/// What the accounts of the last published night weigh.
#[derive(Debug, Default)]
pub struct Weights {
    /// The calls, roughly, that each account cost; empty when there was no night.
    pub calls: BTreeMap<AccountId, u64>,
    /// Where the files of its coverage are on this machine, by their keys.
    pub files: BTreeMap<String, PathBuf>,
    /// Holds those that were fetched.
    _scratch: Option<TempDir>,
}

/// The weights of the last published night. `scratch` names the temporary files, for one process at a time.
pub async fn last_night(store: &Store, scratch: &str) -> Result<Weights, WeightsError> {
    let runs = store.list("v1/runs/").await?;
    // Named after the run, which is named after its start.
    let name = |stored: &Stored| stored.key.rsplit('/').next().map(ToOwned::to_owned);
    let Some(last) = runs.iter().filter_map(name).max() else { return Ok(Weights::default()) };
    let Ok(run_id) = last.trim_end_matches(".parquet").parse::<super::RunId>() else { return Ok(Weights::default()) };
    let folder = Table::Coverage.folder(run_id.run_date());
    let scratch = store.scratch(scratch).await?;
    let (mut calls, mut files) = (BTreeMap::new(), BTreeMap::new());
    for stored in store.list(&folder).await? {
        if stored.key.starts_with(&format!("{folder}{run_id}-")) {
            let path = store.fetch(&stored.key, scratch.path()).await?;
            files.insert(stored.key, path.clone());
            let read = move || read(&path).map_err(|source| WeightsError::Read { path, source });
            for (account, cost) in task::spawn_blocking(read).await?? {
                *calls.entry(account).or_default() += cost;
            }
        }
    }
    Ok(Weights { calls, files, _scratch: Some(scratch) })
}

/// Account and cost of each cell in a file of `coverage`.
fn read(path: &Path) -> Result<Vec<(AccountId, u64)>, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let columns = ProjectionMask::columns(builder.parquet_schema(), ["account_id", "resources_listed", "method"]);
    let mut cells = Vec::new();
    for batch in builder.with_projection(columns).build()? {
        let batch = batch?;
        let accounts = batch.column_by_name("account_id").and_then(|column| column.as_string_opt::<i32>());
        let listed = batch.column_by_name("resources_listed").and_then(|column| column.as_primitive_opt::<Int64Type>());
        let methods = batch.column_by_name("method").and_then(|column| column.as_string_opt::<i32>());
        let (Some(accounts), Some(listed), Some(methods)) = (accounts, listed, methods) else { continue };
        cells.extend((0..batch.num_rows()).filter_map(|row| {
            let jobs = if listed.is_null(row) { 0 } else { u64::try_from(listed.value(row)).unwrap_or(0) };
            let described = methods.is_valid(row) && methods.value(row) == Method::ListDescribe.as_str();
            let cost = 1 + jobs.div_ceil(PAGE) + if described { jobs } else { 0 };
            Some((accounts.value(row).parse().ok()?, cost))
        }));
    }
    Ok(cells)
}
