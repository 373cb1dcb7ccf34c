//! The forms of an answer, written as its rows come.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use clap::ValueEnum;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use thiserror::Error;

mod cell;
mod csv;
mod json;
mod records;
mod table;

pub use table::Layout;
use table::Table;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: columns side by side, or one below the other where they do not fit the terminal.
    Table,
    /// Comma-separated, with a header. A text that a spreadsheet takes for a formula begins with an apostrophe.
    Csv,
    /// One JSON object a row, each on a line of its own.
    Json,
    /// Parquet, with the types of the answer.
    Parquet,
}

impl Format {
    /// The form that the name of a file asks for by its ending.
    pub fn of(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            "parquet" => Some(Self::Parquet),
            "txt" => Some(Self::Table),
            _ => None,
        }
    }
}

/// Why an answer could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The output could not be written to.
    #[error("cannot write the answer")]
    Output(#[from] io::Error),
    /// Columns of one name, of which readers of the form would see one.
    #[error(
        "two columns of the answer are called `{0}`, of which this form shows one: give one of them another name, as in `{0} AS other`"
    )]
    SameName(String),
    /// A value has no place in the form.
    #[error("the answer cannot be written in this form: {0}")]
    Form(String),
}

impl From<ArrowError> for WriteError {
    fn from(error: ArrowError) -> Self {
        if let ArrowError::IoError(_, error) = error { Self::Output(error) } else { Self::Form(error.to_string()) }
    }
}

impl From<ParquetError> for WriteError {
    fn from(error: ParquetError) -> Self {
        let ParquetError::External(inner) = error else { return Self::Form(error.to_string()) };
        match inner.downcast::<io::Error>() {
            Ok(error) => Self::Output(*error),
            Err(other) => Self::Form(other.to_string()),
        }
    }
}

/// Writes the rows of an answer in a form.
#[derive(Debug)]
pub struct Writer<W: Write + Send> {
    form: Form<W>,
    rows: usize,
}

#[derive(Debug)]
enum Form<W: Write + Send> {
    Table(Table<W>),
    Csv(W),
    Json(W),
    Parquet(Box<ArrowWriter<W>>),
}

impl<W: Write + Send> Writer<W> {
    /// Begins an answer with these columns; `layout` is that of a table.
    pub fn begin(format: Format, schema: &SchemaRef, mut out: W, layout: Layout) -> Result<Self, WriteError> {
        if matches!(format, Format::Json | Format::Parquet)
            && let Some(name) = repeated(schema)
        {
            return Err(WriteError::SameName(name.to_owned()));
        }
        let form = match format {
            Format::Table => Form::Table(Table::new(schema, out, layout)),
            Format::Csv => {
                csv::header(&mut out, schema)?;
                Form::Csv(out)
            }
            Format::Json => Form::Json(out),
            Format::Parquet => {
                let compression = Compression::ZSTD(ZstdLevel::default());
                let properties = WriterProperties::builder().set_compression(compression).build();
                Form::Parquet(Box::new(ArrowWriter::try_new(out, SchemaRef::clone(schema), Some(properties))?))
            }
        };
        Ok(Self { form, rows: 0 })
    }

    /// Writes some rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        self.rows = self.rows.saturating_add(batch.num_rows());
        match &mut self.form {
            Form::Table(table) => table.write(batch),
            Form::Csv(out) => csv::write(out, batch),
            Form::Json(out) => json::write(out, batch),
            Form::Parquet(writer) => Ok(writer.write(batch)?),
        }
    }

    /// Ends the answer; where it was written to, and how many rows that were.
    pub fn end(self) -> Result<(W, usize), WriteError> {
        let out = match self.form {
            Form::Table(table) => table.end()?,
            Form::Csv(out) | Form::Json(out) => out,
            Form::Parquet(writer) => writer.into_inner()?,
        };
        Ok((out, self.rows))
    }
}

/// The first name that an earlier column has, too.
fn repeated(schema: &SchemaRef) -> Option<&str> {
    let mut names = HashSet::new();
    schema.fields().iter().map(|field| field.name().as_str()).find(|name| !names.insert(*name))
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMillisecondArray,
        builder::{ListBuilder, MapBuilder, StringBuilder},
    };
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    /// Rows of every kind of value, one of them with nothing in it.
    pub(super) fn rows() -> RecordBatch {
        let mut list = ListBuilder::new(StringBuilder::new());
        list.append_value([Some("a,b"), None]);
        list.append_null();
        let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        map.keys().append_value("team");
        map.values().append_value("x \"y\"");
        map.append(true).unwrap();
        map.append(false).unwrap();
        let instants = TimestampMillisecondArray::from(vec![Some(1_795_490_100_250), None]).with_timezone("UTC");
        let columns: [(&str, ArrayRef); 8] = [
            ("account_id", Arc::new(StringArray::from(vec![Some("=1\u{202e}, \"x\""), None]))),
            ("findings", Arc::new(Int64Array::from(vec![Some(1_200), None]))),
            ("share", Arc::new(Float64Array::from(vec![Some(95.813_953_488_372_09), None]))),
            ("is_open", Arc::new(BooleanArray::from(vec![Some(true), None]))),
            ("run_date", Arc::new(Date32Array::from(vec![Some(20_781), None]))),
            ("observed_at", Arc::new(instants)),
            ("standards", Arc::new(list.finish())),
            ("tags", Arc::new(map.finish())),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    }

    /// An answer in a form.
    pub(super) fn written(format: Format, layout: Layout, batches: &[RecordBatch]) -> Vec<u8> {
        let mut writer = Writer::begin(format, &batches[0].schema(), Vec::new(), layout).unwrap();
        for batch in batches {
            writer.write(batch).unwrap();
        }
        let (out, rows) = writer.end().unwrap();
        assert_eq!(rows, batches.iter().map(RecordBatch::num_rows).sum::<usize>());
        out
    }

    #[test]
    fn parquet_has_the_rows_with_their_types() {
        let rows = rows();
        let bytes = written(Format::Parquet, Layout::default(), std::slice::from_ref(&rows));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.parquet");
        std::fs::write(&path, bytes).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path).unwrap()).unwrap();
        let read = reader.build().unwrap().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(read, [rows]);
    }

    #[test]
    fn columns_of_one_name_are_refused_where_one_would_hide_the_other() {
        let twice = RecordBatch::try_from_iter_with_nullable(["id", "x", "id"].map(|name| {
            let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
            (name, column, true)
        }));
        let schema = twice.unwrap().schema();
        for (format, refused) in
            [(Format::Json, true), (Format::Parquet, true), (Format::Csv, false), (Format::Table, false)]
        {
            let begun = Writer::begin(format, &schema, Vec::new(), Layout::default());
            assert_eq!(matches!(begun, Err(WriteError::SameName(name)) if name == "id"), refused, "{format:?}");
        }
    }

    #[test]
    fn the_ending_of_a_name_tells_the_form() {
        let of = |name: &str| Format::of(std::path::Path::new(name));
        assert_eq!(
            [of("a.csv"), of("b/a.jsonl"), of("a.parquet")],
            [Format::Csv, Format::Json, Format::Parquet].map(Some)
        );
        assert_eq!([of("a"), of("csv"), of("a.xlsx")], [None; 3]);
    }

    #[test]
    fn a_reader_that_left_is_told_from_a_value_that_has_no_place() {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        for error in [WriteError::from(ArrowError::from(gone())), WriteError::from(ParquetError::from(gone()))] {
            assert!(
                matches!(&error, WriteError::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe),
                "{error}"
            );
        }
        assert!(matches!(WriteError::from(ParquetError::NYI("x".to_owned())), WriteError::Form(_)));
    }
}
