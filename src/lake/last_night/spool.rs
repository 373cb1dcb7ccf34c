//! A spool: rows of the last night on the local disk, in batches of one cell or account each, so that any of them can be
//! read again without the others.

use std::{
    fs::File,
    io::{BufReader, BufWriter},
    path::Path,
};

use arrow_array::RecordBatch;
use arrow_ipc::{reader::FileReader, writer::FileWriter};
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;
use parking_lot::Mutex;

use crate::lake::merge::options;

/// Rows of one batch at most: each is some 2 KB once it is judged, and many cells read at once.
pub const BATCH_ROWS: usize = 1_024;

/// A spool that is written.
pub(super) struct Writer<K> {
    file: FileWriter<BufWriter<File>>,
    schema: SchemaRef,
    /// Rows of one key that wait for more of them.
    open: Option<(K, Vec<RecordBatch>)>,
    written: Vec<K>,
}

impl<K: Clone + PartialEq> Writer<K> {
    pub(super) fn create(path: &Path, schema: SchemaRef) -> Result<Self, ArrowError> {
        let file = BufWriter::new(File::create(path)?);
        let file = FileWriter::try_new_with_options(file, &schema, options()?)?;
        Ok(Self { file, schema, open: None, written: Vec::new() })
    }

    /// Adds rows of one key; those of a key come one after the other.
    pub(super) fn add(&mut self, key: &K, mut rows: RecordBatch) -> Result<(), ArrowError> {
        while rows.num_rows() > 0 {
            let waiting = match &self.open {
                Some((open, batches)) if open == key => batches.iter().map(RecordBatch::num_rows).sum(),
                _ => {
                    self.close()?;
                    0
                }
            };
            let taken = rows.num_rows().min(BATCH_ROWS - waiting);
            let (head, rest) = (rows.slice(0, taken), rows.slice(taken, rows.num_rows() - taken));
            self.open.get_or_insert_with(|| (key.clone(), Vec::new())).1.push(head);
            rows = rest;
            if waiting + taken == BATCH_ROWS {
                self.close()?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ArrowError> {
        if let Some((key, batches)) = self.open.take() {
            self.file.write(&concat_batches(&self.schema, &batches)?)?;
            self.written.push(key);
        }
        Ok(())
    }

    /// The number of batches and the key of each.
    pub(super) fn finish(mut self) -> Result<Vec<K>, ArrowError> {
        self.close()?;
        self.file.finish()?;
        Ok(self.written)
    }
}

/// A spool that is read.
pub(super) struct Reader(Mutex<FileReader<BufReader<File>>>);

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, ArrowError> {
        Ok(Self(Mutex::new(FileReader::try_new_buffered(File::open(path)?, None)?)))
    }

    /// The batch of a number. It blocks.
    pub(super) fn batch(&self, number: usize) -> Result<RecordBatch, ArrowError> {
        let mut reader = self.0.lock();
        reader.set_index(number)?;
        reader.next().unwrap_or_else(|| Err(ArrowError::IpcError(format!("batch {number} is missing"))))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int32Array, cast::AsArray as _, types::Int32Type};
    use arrow_schema::{DataType, Field, Schema};

    use super::*;

    #[test]
    fn each_batch_is_of_one_key_and_all_rows_come_back_in_order() {
        let schema = Arc::new(Schema::new(vec![Field::new("number", DataType::Int32, false)]));
        let rows = |range: std::ops::Range<i32>| {
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(Int32Array::from_iter_values(range))]).unwrap()
        };
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("spool.arrow");
        let mut writer = Writer::create(&path, Arc::clone(&schema)).unwrap();
        for (key, range) in [("a", 0..3), ("a", 3..10_000), ("b", 0..0), ("c", 10_000..10_001)] {
            writer.add(&key, rows(range)).unwrap();
        }
        let keys = writer.finish().unwrap();
        assert_eq!(keys, ["a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "c"]);
        let reader = Reader::open(&path).unwrap();
        let numbers = |number| reader.batch(number).unwrap().column(0).as_primitive::<Int32Type>().values().to_vec();
        assert_eq!(numbers(10), [10_000]);
        assert_eq!((0..10).flat_map(numbers).collect::<Vec<_>>(), (0..10_000).collect::<Vec<_>>());
        assert!(reader.batch(11).is_err());
    }
}
