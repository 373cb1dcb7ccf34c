//! Finds the file that the engine could not understand, which does not say which one it was.

use std::{collections::BTreeSet, fs::File, path::PathBuf};

use parquet::{
    arrow::arrow_reader::ParquetRecordBatchReaderBuilder,
    errors::{ParquetError, Result},
};
use tokio::task;

use super::QueryError;
use crate::lake::store::Store;

/// The first of these objects that is no whole Parquet file; none when all of them are.
pub(super) async fn find(store: &Store, keys: BTreeSet<String>) -> Option<QueryError> {
    for key in keys {
        let error = match look(store, &key).await {
            Ok(()) => continue,
            Err(error) => error,
        };
        return Some(QueryError::Damaged { place: store.place(&key), cause: error.to_string() });
    }
    None
}

async fn look(store: &Store, key: &str) -> Result<()> {
    let external = |error| ParquetError::External(Box::new(error));
    let scratch = tempfile::tempdir().map_err(|error| ParquetError::External(error.into()))?;
    let path = store.fetch(key, scratch.path()).await.map_err(external)?;
    let read = task::spawn_blocking(move || read(&path)).await;
    read.map_err(|error| ParquetError::External(error.into()))?
}

/// Reads a file to its end.
fn read(path: &PathBuf) -> Result<()> {
    let file = File::open(path)?;
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
        batch?;
    }
    Ok(())
}
