//! Parquet files that are read back from beginning to end, a batch at a time.

use std::{
    collections::VecDeque,
    fmt,
    fs::File,
    path::{Path, PathBuf},
};

use arrow_array::RecordBatch;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    errors::ParquetError,
};

use crate::lake::publish::PublishError;

/// Rows of a batch at most; few in tests, so that what they read does not come in one.
const BATCH_ROWS: usize = if cfg!(test) { 3 } else { 8_192 };

/// The batches of some files, one file after the other.
pub(super) struct Batches {
    files: VecDeque<PathBuf>,
    /// The columns that are read; none for all.
    columns: Option<&'static [&'static str]>,
    open: Option<(PathBuf, ParquetRecordBatchReader)>,
}

impl fmt::Debug for Batches {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Batches").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Batches {
    pub(super) fn of(files: impl IntoIterator<Item = PathBuf>, columns: Option<&'static [&'static str]>) -> Self {
        Self { files: files.into_iter().collect(), columns, open: None }
    }

    /// The next batch that has rows; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, PublishError> {
        loop {
            let Some((path, reader)) = &mut self.open else {
                let Some(path) = self.files.pop_front() else { return Ok(None) };
                let reader = open(&path, self.columns).map_err(|source| failed(&path, source))?;
                self.open = Some((path, reader));
                continue;
            };
            match reader.next().transpose().map_err(|source| failed(path, source.into()))? {
                Some(batch) if batch.num_rows() == 0 => {}
                Some(batch) => return Ok(Some(batch)),
                None => self.open = None,
            }
        }
    }
}

fn open(path: &Path, columns: Option<&[&str]>) -> Result<ParquetRecordBatchReader, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let mask = match columns {
        Some(columns) => ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()),
        None => ProjectionMask::all(),
    };
    builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()
}

fn failed(path: &Path, source: ParquetError) -> PublishError {
    PublishError::ReadBack { path: path.to_owned(), source }
}
