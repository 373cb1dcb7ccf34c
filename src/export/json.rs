//! Findings as lines of JSON with the columns of the table.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_json::{WriterBuilder, writer::LineDelimited};
use serde::Serialize;

use super::ExportError;
use crate::printable::escaped_json;

/// Rows that become text at once.
const ROWS: usize = 1_024;

/// Writes the rows of a batch, each as an object of all columns; what is null is there as null.
pub(super) fn write(out: &mut impl Write, batch: &RecordBatch) -> Result<(), ExportError> {
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

/// Writes a value as a line in which nothing is obeyed by a terminal: names come from outside.
pub(super) fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped_json(&serde_json::to_string(value)?))
}
