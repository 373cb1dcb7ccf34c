//! The Parquet files of a table: compressed, with statistics that prune, and cut into a few of useful size.

use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::{
    arrow::ArrowWriter,
    errors::ParquetError,
    file::properties::{EnabledStatistics, WriterProperties},
};

use super::{PublishError, encodings};
use crate::lake::{
    Table,
    hash::{Digest, Hashing},
    merge::OUTPUT_BATCH_ROWS,
};

/// How the rows of a table are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Rows in a row group at most.
    pub group_rows: usize,
    /// The size from which a file is full; files get larger rather than more than [`MOST_FILES`].
    pub file_bytes: u64,
}

/// Files of one table and run at most.
pub const MOST_FILES: u64 = 4;

impl Default for Shape {
    fn default() -> Self {
        Self { group_rows: 15 * OUTPUT_BATCH_ROWS, file_bytes: 192 << 20 }
    }
}

/// Rows in a page: columns that are told by what stands before begin anew with each, which costs 8 % of ARNs and names
/// at 20,000, the default. Each open column of each open table holds the page that it is writing.
const PAGE_ROWS: usize = 5 * OUTPUT_BATCH_ROWS;
/// A row group that takes more memory than this is closed early.
const GROUP_BYTES: usize = 96 << 20;
/// ARNs of one account share long beginnings: 64 bytes, the default, would not tell them apart.
const STATISTICS_BYTES: usize = 256;

/// A finished file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalFile {
    pub(super) path: PathBuf,
    pub(super) rows: u64,
    pub(super) digest: Digest,
}

/// Writes the files of one table.
#[derive(Debug)]
pub(super) struct Files<'a> {
    table: Table,
    schema: SchemaRef,
    scratch: &'a Path,
    shape: Shape,
    /// The rows to come, from which the size of all files together is foreseen.
    expected_rows: u64,
    open: Option<Open>,
    done: Vec<LocalFile>,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    writer: ArrowWriter<Hashing>,
    groups: usize,
    rows: u64,
}

impl<'a> Files<'a> {
    pub(super) fn new(table: Table, scratch: &'a Path, shape: Shape, expected_rows: u64) -> Self {
        Self { table, schema: table.schema(), scratch, shape, expected_rows, open: None, done: Vec::new() }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), PublishError> {
        let mut from = 0;
        while from < batch.num_rows() {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => self.next_file()?,
            };
            // Up to the end of the row group and no further: a file can only end there.
            let room = self.shape.group_rows.saturating_sub(open.writer.in_progress_rows()).max(1);
            let rows = room.min(batch.num_rows() - from);
            open.writer.write(&batch.slice(from, rows)).map_err(|source| self.failed(&open.path, source))?;
            open.rows += length(rows);
            from += rows;
            let groups = open.writer.flushed_row_groups().len();
            let grown = groups > std::mem::replace(&mut open.groups, groups);
            if grown && self.is_full(&open) {
                self.close(open)?;
            } else {
                self.open = Some(open);
            }
        }
        Ok(())
    }

    /// The files; one without rows when there was nothing to write, because a table is never without a file.
    pub(super) fn finish(mut self) -> Result<Vec<LocalFile>, PublishError> {
        match self.open.take() {
            Some(open) => self.close(open)?,
            None if self.done.is_empty() => {
                let empty = self.next_file()?;
                self.close(empty)?;
            }
            None => {}
        }
        Ok(self.done)
    }

    /// Decided by rows and written bytes alone, so that the same rows give the same files however they were staged.
    fn is_full(&self, open: &Open) -> bool {
        let bytes = length(open.writer.bytes_written());
        let rows = open.rows - length(open.writer.in_progress_rows());
        let all_bytes = bytes + self.done.iter().map(|file| file.digest.bytes).sum::<u64>();
        let all_rows = rows + self.done.iter().map(|file| file.rows).sum::<u64>();
        let foreseen = u128::from(all_bytes) * u128::from(self.expected_rows) / u128::from(all_rows.max(1));
        let share = foreseen.div_ceil(u128::from(MOST_FILES));
        length(self.done.len()) + 1 < MOST_FILES && u128::from(bytes) >= share.max(u128::from(self.shape.file_bytes))
    }

    fn next_file(&self) -> Result<Open, PublishError> {
        let path = self.scratch.join(format!("{}-{:05}.parquet", self.table, self.done.len()));
        let properties = properties(self.table, self.shape).map_err(|source| self.failed(&path, source))?;
        let file = Hashing::create(&path).map_err(|error| self.failed(&path, error.into()))?;
        let schema = SchemaRef::clone(&self.schema);
        let writer = ArrowWriter::try_new(file, schema, Some(properties));
        let writer = writer.map_err(|source| self.failed(&path, source))?;
        Ok(Open { path, writer, groups: 0, rows: 0 })
    }

    fn close(&mut self, open: Open) -> Result<(), PublishError> {
        let Open { path, writer, groups: _, rows } = open;
        let closed = writer.into_inner().and_then(|file| Ok(file.finish()?));
        let digest = closed.map_err(|source| self.failed(&path, source))?;
        self.done.push(LocalFile { path, rows, digest });
        Ok(())
    }

    fn failed(&self, path: &Path, source: ParquetError) -> PublishError {
        PublishError::Parquet { table: self.table, path: path.to_owned(), source }
    }
}

/// One small batch as a whole file.
pub(super) fn in_memory(table: Table, batch: &RecordBatch) -> Result<Vec<u8>, PublishError> {
    let write = || {
        let mut writer = ArrowWriter::try_new(Vec::new(), table.schema(), Some(properties(table, Shape::default())?))?;
        writer.write(batch)?;
        writer.into_inner()
    };
    write().map_err(|source| PublishError::Parquet { table, path: PathBuf::from(table.as_str()), source })
}

fn properties(table: Table, shape: Shape) -> Result<WriterProperties, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by(concat!("sagesweep version ", env!("CARGO_PKG_VERSION")).to_owned())
        // `element` and `key_value` instead of arrow's own names, which other engines do not expect.
        .set_coerce_types(true)
        // With page statistics goes the page index, by which engines pass over pages.
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_statistics_truncate_length(Some(STATISTICS_BYTES))
        .set_column_index_truncate_length(Some(STATISTICS_BYTES))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_max_row_group_row_count(Some(shape.group_rows.max(1)))
        .set_max_row_group_bytes(Some(GROUP_BYTES));
    Ok(encodings::set(properties, table)?.build())
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
