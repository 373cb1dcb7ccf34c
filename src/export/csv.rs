//! Findings as CSV (RFC 4180) with the columns of the table. Lists are joined by `; `, and maps are JSON objects.

use std::io::Write;

use arrow_array::{
    Array, RecordBatch,
    cast::AsArray as _,
    types::{Float64Type, Int32Type, Int64Type},
};
use arrow_schema::DataType;

use super::{ExportError, row};
use crate::{
    lake::{
        Table,
        read::{self, ReadError, View, instant},
    },
    printable::escaped,
};

/// Writes the names of the columns.
pub(super) fn header<W: Write>(out: &mut csv::Writer<W>) -> Result<(), ExportError> {
    Ok(out.write_record(Table::Findings.schema().fields().iter().map(|field| field.name().as_str()))?)
}

/// Writes the rows of a batch. A column that an earlier version did not have is empty.
pub(super) fn write<W: Write>(out: &mut csv::Writer<W>, batch: &RecordBatch) -> Result<(), ExportError> {
    let schema = Table::Findings.schema();
    for row in 0..batch.num_rows() {
        for field in schema.fields() {
            let value = match batch.column_by_name(field.name()) {
                Some(column) if column.is_valid(row) => cell(batch, field.name(), column, row)?,
                Some(_) | None => String::new(),
            };
            out.write_field(value)?;
        }
        out.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a type that no column of findings has cannot be understood")]
fn cell(batch: &RecordBatch, name: &str, column: &dyn Array, row: usize) -> Result<String, ReadError> {
    let value = match column.data_type() {
        DataType::Utf8 => column.as_string_opt::<i32>().map(|texts| harmless(texts.value(row))),
        DataType::Int32 => column.as_primitive_opt::<Int32Type>().map(|numbers| numbers.value(row).to_string()),
        DataType::Int64 => column.as_primitive_opt::<Int64Type>().map(|numbers| numbers.value(row).to_string()),
        DataType::Float64 => column.as_primitive_opt::<Float64Type>().map(|numbers| numbers.value(row).to_string()),
        DataType::Boolean => column.as_boolean_opt().map(|truths| truths.value(row).to_string()),
        DataType::Timestamp(..) => {
            instant(View { table: Table::Findings, batch }.instants(name), row).map(|at| at.to_string())
        }
        DataType::Date32 => row::date(batch, name, row).map(|day| day.to_string()),
        DataType::List(_) => row::list(batch, name, row).map(|texts| harmless(&texts.join("; "))),
        DataType::Map(..) => {
            read::map(batch, name, row).and_then(|map| serde_json::to_string(&map).ok()).map(|map| harmless(&map))
        }
        _ => None,
    };
    value.ok_or(ReadError::Row(Table::Findings))
}

/// A text that neither a terminal obeys nor a spreadsheet takes for a formula: tags and names are whatever somebody set.
fn harmless(text: &str) -> String {
    let escaped = escaped(text);
    if escaped.starts_with(['=', '+', '-', '@']) { format!("'{escaped}") } else { escaped.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_sees_no_formula_and_a_terminal_no_command() {
        assert_eq!(harmless("=cmd()"), "'=cmd()");
        assert_eq!(harmless("\t=1\u{1b}[31m"), "\\t=1\\u{1b}[31m");
        assert_eq!(harmless("team a"), "team a");
    }
}
