//! What was published, read back: files are fetched, held against the hash in their manifest, and read batch by batch.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use arrow_array::{
    Array as _, Int32Array, RecordBatch, StringArray, TimestampMillisecondArray,
    cast::AsArray as _,
    types::{Int32Type, TimestampMillisecondType},
};
use arrow_schema::ArrowError;
use jiff::Timestamp;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    errors::ParquetError,
};
use thiserror::Error;
use tokio::task::{self, JoinError};

use super::{
    Table,
    hash::Digest,
    runs::Object,
    store::{Store, StoreError},
};

/// Why what was published cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The store refused.
    #[error("cannot fetch what was published")]
    Store(#[from] StoreError),
    /// A file is not what its manifest says.
    #[error("{0} is not what was published; `sagesweep verify` tells more")]
    Changed(String),
    /// A file cannot be hashed.
    #[error("cannot read {}; look at the space and the permissions of temporary files (TMPDIR)", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A published file cannot be understood.
    #[error("cannot understand what was published; `sagesweep verify` tells whether it is as it was")]
    Parquet(#[from] ParquetError),
    /// A batch of it cannot.
    #[error("cannot understand what was published; `sagesweep verify` tells whether it is as it was")]
    Arrow(#[from] ArrowError),
    /// A row that this version does not understand.
    #[error("cannot understand a row of the table `{0}`; a newer version of sagesweep may have published it")]
    Row(Table),
    /// The thread that reads died.
    #[error("a worker thread ended early; try again, and report it with the log if it stays")]
    Worker(#[from] JoinError),
}

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// Published objects as files of this machine, after their contents were compared with the manifest. Those that are
/// `here`, by their keys, are not fetched; those of a bucket go into `scratch`.
pub async fn fetch(
    store: &Store,
    objects: impl Iterator<Item = &Object>,
    here: &BTreeMap<String, PathBuf>,
    scratch: &Path,
) -> Result<Vec<PathBuf>, ReadError> {
    let mut paths = Vec::new();
    for object in objects {
        let path = match here.get(&object.key) {
            Some(path) => path.clone(),
            None => store.fetch(&object.key, scratch).await?,
        };
        let hashed = path.clone();
        let digest = task::spawn_blocking(move || Digest::of_file(&hashed)).await?;
        let digest = digest.map_err(|source| ReadError::File { path: path.clone(), source })?;
        if (digest.bytes, &digest.sha256) != (object.bytes, &object.sha256) {
            return Err(ReadError::Changed(store.place(&object.key)));
        }
        paths.push(path);
    }
    Ok(paths)
}

/// The batches of a file, of these columns as far as it has them; of all where none is named.
pub fn batches(
    file: &Path,
    columns: &[&str],
) -> Result<impl Iterator<Item = Result<RecordBatch, ReadError>> + use<>, ReadError> {
    let source = File::open(file).map_err(ParquetError::from)?;
    // The types are those of Parquet, whatever form the rows had in the writer's memory.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(source, options)?;
    let mask = match columns {
        [] => ProjectionMask::all(),
        columns => ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()),
    };
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?;
    Ok(reader.map(|batch| batch.map_err(ReadError::from)))
}

/// A batch of a table, by its columns.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The table.
    pub table: Table,
    /// Some of its rows.
    pub batch: &'a RecordBatch,
}

impl<'a> View<'a> {
    /// A column of texts, which must be there.
    pub fn texts(self, name: &str) -> Result<&'a StringArray, ReadError> {
        self.batch.column_by_name(name).and_then(|column| column.as_string_opt()).ok_or(ReadError::Row(self.table))
    }

    /// A column of small numbers, which must be there.
    pub fn integers(self, name: &str) -> Result<&'a Int32Array, ReadError> {
        let column = self.batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int32Type>());
        column.ok_or(ReadError::Row(self.table))
    }

    /// A column of instants; none in what an earlier version published without it.
    pub fn instants(self, name: &str) -> Option<&'a TimestampMillisecondArray> {
        self.batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>())
    }
}

/// A text, unless it is null.
pub fn text(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// An instant, unless it is null or its column is not there.
pub fn instant(instants: Option<&TimestampMillisecondArray>, row: usize) -> Option<Timestamp> {
    let instants = instants.filter(|instants| instants.is_valid(row))?;
    Timestamp::from_millisecond(instants.value(row)).ok()
}

/// The texts of a map, by text.
pub fn map(batch: &RecordBatch, name: &str, row: usize) -> Option<BTreeMap<String, String>> {
    let map = batch.column_by_name(name)?.as_map_opt()?;
    if map.is_null(row) {
        return Some(BTreeMap::new());
    }
    let entries = map.value(row);
    let (keys, values) = (entries.column(0).as_string_opt::<i32>()?, entries.column(1).as_string_opt::<i32>()?);
    Some((0..entries.len()).map(|at| (keys.value(at).to_owned(), values.value(at).to_owned())).collect())
}
