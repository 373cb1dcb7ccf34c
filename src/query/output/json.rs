//! An answer as lines of JSON: an object for each row, with every column, NULL as null.

use std::io::Write;

use arrow_array::RecordBatch;
use datafusion::arrow::json::{WriterBuilder, writer::LineDelimited};

use super::WriteError;
use crate::printable::escaped_json;

/// Writes the rows of a batch.
pub(super) fn write(out: &mut impl Write, batch: &RecordBatch) -> Result<(), WriteError> {
    let mut lines = Vec::new();
    WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut lines).write(batch)?;
    for line in String::from_utf8_lossy(&lines).lines() {
        writeln!(out, "{}", escaped_json(line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{
        Format, Layout,
        tests::{rows, written},
    };

    #[test]
    fn every_row_is_an_object_with_every_column() {
        let text = String::from_utf8(written(Format::Json, Layout::default(), &[rows()])).unwrap();
        insta::assert_snapshot!(text);
    }
}
