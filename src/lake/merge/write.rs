//! Writes a sorted run: three Arrow streams in one file, of the places, of the rulings and of the rows.

use std::{
    io,
    path::{Path, PathBuf},
};

use arrow_array::RecordBatch;
use arrow_ipc::{
    CompressionType,
    writer::{IpcWriteOptions, StreamWriter},
};
use arrow_schema::ArrowError;

use super::MergeError;
use crate::lake::{
    hash::{Digest, Hashing},
    layout::Layout,
};

/// Fast and coarse: staged files live for hours, and what repeats most is written once already.
const ZSTD_LEVEL: i32 = -3;

/// A sorted run that is being written.
pub(in crate::lake) struct RunWriter {
    path: PathBuf,
    rows: StreamWriter<Hashing>,
}

impl RunWriter {
    /// Creates the file and writes what its rows share.
    pub(in crate::lake) fn create(
        path: &Path,
        layout: &Layout,
        places: &RecordBatch,
        rulings: &RecordBatch,
    ) -> Result<Self, MergeError> {
        let open = || {
            let file = Hashing::create(path)?;
            let file = shared(file, places)?;
            let file = shared(file, rulings)?;
            StreamWriter::try_new_with_options(file, &layout.rows(), options()?)
        };
        let rows = open().map_err(|source| MergeError::Write { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), rows })
    }

    /// Writes the next rows.
    pub(in crate::lake) fn write(&mut self, rows: &RecordBatch) -> Result<(), MergeError> {
        self.rows.write(rows).map_err(|source| MergeError::Write { path: self.path.clone(), source })
    }

    /// Ends the file, and tells what it holds.
    pub(in crate::lake) fn finish(self) -> Result<Digest, MergeError> {
        let Self { path, rows } = self;
        let failed = |source| MergeError::Write { path: path.clone(), source };
        rows.into_inner().map_err(failed)?.finish().map_err(|error: io::Error| failed(error.into()))
    }
}

/// Writes one batch as a stream of its own.
fn shared(file: Hashing, batch: &RecordBatch) -> Result<Hashing, ArrowError> {
    let mut writer = StreamWriter::try_new_with_options(file, batch.schema_ref(), options()?)?;
    writer.write(batch)?;
    writer.into_inner()
}

/// How batches on their way are compressed.
pub(in crate::lake) fn options() -> Result<IpcWriteOptions, ArrowError> {
    IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::ZSTD))?
        .try_with_compression_level(Some(ZSTD_LEVEL))
}
