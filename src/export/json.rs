//! Findings as lines of JSON with the columns of the table.

use std::{
    io::{self, Write},
    sync::Arc,
};

use arrow_array::{Array as _, ArrayRef, RecordBatch, cast::AsArray as _, types::TimestampMillisecondType};
use arrow_json::{WriterBuilder, writer::LineDelimited};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use serde::Serialize;

use super::ExportError;
use crate::printable::escaped_json;

/// Rows that become text at once.
const ROWS: usize = 1_024;

/// Writes the rows of a batch, each as an object of all columns; what is null is there as null.
pub(super) fn write(out: &mut impl Write, batch: &RecordBatch) -> Result<(), ExportError> {
    let batch = by_offset(batch)?;
    for from in (0..batch.num_rows()).step_by(ROWS) {
        let rows = batch.slice(from, ROWS.min(batch.num_rows() - from));
        let mut lines = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
        lines.write(&rows)?;
        lines.finish()?;
        for line in String::from_utf8_lossy(&lines.into_inner()).lines() {
            writeln!(out, "{}", escaped_json(line))?;
        }
    }
    Ok(())
}

/// The same with the zone of instants as an offset: names of zones are nothing that the writer knows.
fn by_offset(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.as_primitive_opt::<TimestampMillisecondType>() {
        Some(instants) => Arc::new(instants.clone().with_timezone("+00:00")),
        None => ArrayRef::clone(column),
    });
    let columns = columns.collect::<Vec<_>>();
    let schema = batch.schema();
    let types = columns.iter().map(|column| DataType::clone(column.data_type()));
    let fields = schema
        .fields()
        .iter()
        .zip(types)
        .map(|(field, data_type)| Field::new(field.name(), data_type, field.is_nullable()));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)
}

/// Writes a value as a line in which nothing is obeyed by a terminal: names come from outside.
pub(super) fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped_json(&serde_json::to_string(value)?))
}
