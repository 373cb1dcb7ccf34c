//! Reads published tables back, each row as texts by column.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use arrow_array::{
    Array, RecordBatch, StringArray,
    cast::AsArray as _,
    types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType},
};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A row: text by column; a null column is missing, and nested columns are left out.
pub(crate) type Row = BTreeMap<String, String>;

/// Every row of a table under a destination, in the order of the files.
pub(crate) fn read(destination: &Path, table: &str) -> Vec<Row> {
    files(destination, table).iter().flat_map(|path| read_file(path)).collect()
}

/// The files of a table under a destination, sorted.
pub(crate) fn files(destination: &Path, table: &str) -> Vec<PathBuf> {
    let root = destination.join("v1").join(table);
    let mut files = Vec::new();
    let Ok(days) = std::fs::read_dir(root) else { return files };
    for day in days {
        files.extend(std::fs::read_dir(day.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
    }
    // As query engines pass over what is not finished.
    files.retain(|file| !file.file_name().unwrap().to_str().unwrap().starts_with(['.', '_']));
    files.sort();
    files
}

fn read_file(path: &Path) -> Vec<Row> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    reader.flat_map(|batch| rows(&batch.unwrap())).collect()
}

fn rows(batch: &RecordBatch) -> Vec<Row> {
    let mut rows = vec![Row::new(); batch.num_rows()];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        for (index, row) in rows.iter_mut().enumerate() {
            if column.is_valid(index)
                && let Some(text) = text(column.as_ref(), index)
            {
                row.insert(field.name().clone(), text);
            }
        }
    }
    rows
}

fn text(column: &dyn Array, index: usize) -> Option<String> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what no table holds is left out")]
    let text = match column.data_type() {
        DataType::Utf8 => column.as_any().downcast_ref::<StringArray>()?.value(index).to_owned(),
        DataType::Boolean => column.as_boolean().value(index).to_string(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(index).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(index).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(index).to_string(),
        DataType::Timestamp(..) => column.as_primitive::<TimestampMillisecondType>().value(index).to_string(),
        _ => return None,
    };
    Some(text)
}
