//! An answer as CSV (RFC 4180). NULL is nothing at all, an empty text is `""`; lists and maps are JSON.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::Schema;

use super::{
    WriteError,
    cell::{Cells, Digits},
};
use crate::printable::escaped;

/// Writes the names of the columns.
pub(super) fn header(out: &mut impl Write, schema: &Schema) -> Result<(), WriteError> {
    let mut line = String::new();
    for (number, field) in schema.fields().iter().enumerate() {
        push(&mut line, number, Some(&harmless(field.name())));
    }
    Ok(writeln!(out, "{line}")?)
}

/// Writes the rows of a batch.
pub(super) fn write(out: &mut impl Write, batch: &RecordBatch) -> Result<(), WriteError> {
    let mut columns = Cells::of(batch)?;
    let mut line = String::new();
    for row in 0..batch.num_rows() {
        line.clear();
        for (number, cells) in columns.iter_mut().enumerate() {
            let mut text = cells.text(row, Digits::All)?;
            if cells.are_texts() {
                text = text.map(|text| harmless(&text));
            }
            push(&mut line, number, text.as_deref());
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn push(line: &mut String, number: usize, text: Option<&str>) {
    if number > 0 {
        line.push(',');
    }
    match text {
        None => {}
        Some(text) if text.is_empty() || text.contains(['"', ',', '\n', '\r']) => {
            line.push('"');
            line.push_str(&text.replace('"', "\"\""));
            line.push('"');
        }
        Some(text) => line.push_str(text),
    }
}

/// A text that neither a terminal obeys nor a spreadsheet takes for a formula: tags and names are whatever somebody set.
fn harmless(text: &str) -> String {
    let escaped = escaped(text);
    if escaped.starts_with(['=', '+', '-', '@']) { format!("'{escaped}") } else { escaped.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Format, Layout,
        tests::{rows, written},
    };

    #[test]
    fn every_value_is_a_field_and_null_is_nothing() {
        let text = String::from_utf8(written(Format::Csv, Layout::default(), &[rows()])).unwrap();
        insta::assert_snapshot!(text);
    }
}
