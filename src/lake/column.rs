//! A column: its name, its meaning and how to read it from a row. Arrow schema, Athena type and values all come from here.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
    builder::{ArrayBuilder, Int64Builder, ListBuilder, MapBuilder, MapFieldNames, StringBuilder, StructBuilder},
};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use jiff::{Timestamp, civil::Date};
use thiserror::Error;

mod form;

pub use form::{Form, Values};
use form::{UTC, element, object_fields};

use super::{RunContext, SCHEMA_VERSION, runs::Object};

/// One column of the table whose rows are `R`.
#[derive(Debug, Clone, Copy)]
pub struct Column<R: 'static> {
    /// `snake_case`; never changed, since Parquet is read by name.
    pub name: &'static str,
    /// One sentence, which becomes the comment in the DDL.
    pub meaning: &'static str,
    /// How to read it.
    pub read: Read<R>,
}

/// A column as documentation and DDL see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// The name.
    pub name: &'static str,
    /// The type in Athena's DDL.
    pub athena: &'static str,
    /// One sentence.
    pub meaning: &'static str,
}

/// The type of a column together with the way to read it. Only the kinds named `Optional…` can be null.
#[derive(Debug, Clone, Copy)]
pub enum Read<R: 'static> {
    /// The run's id, the same in all rows.
    RunId,
    /// The version of the columns, the same in all rows.
    SchemaVersion,
    /// Text.
    Text(for<'a> fn(&'a R) -> Cow<'a, str>),
    /// Text or null; the configuration may have a say.
    OptionalText(for<'a> fn(&'a R, &'a RunContext) -> Option<Cow<'a, str>>),
    /// A JSON object as text.
    Json(fn(&R) -> Result<String, serde_json::Error>),
    /// Yes or no.
    Boolean(fn(&R) -> bool),
    /// A small number.
    Integer(fn(&R) -> i32),
    /// A count.
    BigInt(fn(&R) -> u64),
    /// A share, null where its denominator is zero.
    OptionalDouble(fn(&R) -> Option<f64>),
    /// An instant.
    Timestamp(fn(&R) -> Timestamp),
    /// An instant or null.
    OptionalTimestamp(fn(&R) -> Option<Timestamp>),
    /// A day or null.
    OptionalDate(fn(&R) -> Option<Date>),
    /// Texts.
    TextList(for<'a> fn(&'a R) -> &'a [&'static str]),
    /// Texts by text.
    TextMap(for<'a> fn(&'a R) -> &'a BTreeMap<String, String>),
    /// Counts by text.
    CountMap(for<'a> fn(&'a R) -> BTreeMap<&'a str, u64>),
    /// The objects of a run.
    Objects(for<'a> fn(&'a R) -> &'a [Object]),
    /// What stands in another table already, in the row that this one is about: copied as it is, never read from `R`.
    Copied(Form),
}

/// Rows that cannot become a batch.
#[derive(Debug, Error)]
pub enum ColumnError {
    /// A value does not go into JSON.
    #[error("cannot write column `{column}` as JSON")]
    Json {
        /// The column.
        column: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// The columns do not make a batch.
    #[error("cannot make a batch of rows")]
    Arrow(#[from] ArrowError),
}

impl<R> Column<R> {
    /// The Arrow field.
    pub fn field(&self) -> Field {
        let Form { values, optional } = self.read.form();
        Field::new(self.name, values.data_type(), optional)
    }

    /// The same column in a table whose rows are about rows of this one.
    pub fn copied<S>(&self) -> Column<S> {
        Column { name: self.name, meaning: self.meaning, read: Read::Copied(self.read.form()) }
    }

    /// The values of `rows`.
    pub(super) fn array<'a>(
        &self,
        rows: impl ExactSizeIterator<Item = &'a R> + Clone,
        context: &RunContext,
    ) -> Result<ArrayRef, ColumnError> {
        Ok(match self.read {
            Read::RunId => {
                Arc::new(StringArray::from_iter_values(std::iter::repeat_n(context.run_id.as_str(), rows.len())))
            }
            Read::SchemaVersion => Arc::new(Int32Array::from_value(SCHEMA_VERSION, rows.len())),
            Read::Text(read) => Arc::new(StringArray::from_iter_values(rows.map(read))),
            Read::OptionalText(read) => Arc::new(rows.map(|row| read(row, context)).collect::<StringArray>()),
            Read::Json(read) => {
                let texts = rows.map(read).collect::<Result<Vec<_>, _>>();
                let texts = texts.map_err(|source| ColumnError::Json { column: self.name, source })?;
                Arc::new(StringArray::from_iter_values(texts))
            }
            Read::Boolean(read) => Arc::new(rows.map(|row| Some(read(row))).collect::<BooleanArray>()),
            Read::Integer(read) => Arc::new(Int32Array::from_iter_values(rows.map(read))),
            Read::BigInt(read) => Arc::new(Int64Array::from_iter_values(rows.map(|row| big(read(row))))),
            Read::OptionalDouble(read) => Arc::new(rows.map(read).collect::<Float64Array>()),
            Read::Timestamp(read) => {
                let instants = rows.map(|row| read(row).as_millisecond());
                Arc::new(TimestampMillisecondArray::from_iter_values(instants).with_timezone(UTC))
            }
            Read::OptionalTimestamp(read) => {
                let instants = rows.map(|row| read(row).map(Timestamp::as_millisecond));
                Arc::new(instants.collect::<TimestampMillisecondArray>().with_timezone(UTC))
            }
            Read::OptionalDate(read) => {
                Arc::new(rows.map(|row| read(row).map(days_since_1970)).collect::<Date32Array>())
            }
            Read::TextList(read) => text_lists(rows.map(read)),
            Read::TextMap(read) => maps(rows.map(read), DataType::Utf8, StringBuilder::new(), |values, value| {
                values.append_value(value);
            })?,
            Read::CountMap(read) => maps(rows.map(read), DataType::Int64, Int64Builder::new(), |values, value| {
                values.append_value(big(value));
            })?,
            Read::Objects(read) => objects(rows.map(read)),
            Read::Copied(_) => {
                let message = format!("column `{}` is copied and cannot be read", self.name);
                return Err(ArrowError::SchemaError(message).into());
            }
        })
    }
}

impl<R> Read<R> {
    fn form(&self) -> Form {
        let always = |values| Form { values, optional: false };
        let optional = |values| Form { values, optional: true };
        match self {
            Self::RunId | Self::Text(_) | Self::Json(_) => always(Values::Text),
            Self::OptionalText(_) => optional(Values::Text),
            Self::Boolean(_) => always(Values::Boolean),
            Self::SchemaVersion | Self::Integer(_) => always(Values::Integer),
            Self::BigInt(_) => always(Values::BigInt),
            Self::OptionalDouble(_) => optional(Values::Double),
            Self::Timestamp(_) => always(Values::Timestamp),
            Self::OptionalTimestamp(_) => optional(Values::Timestamp),
            Self::OptionalDate(_) => optional(Values::Date),
            Self::TextList(_) => always(Values::TextList),
            Self::TextMap(_) => always(Values::TextMap),
            Self::CountMap(_) => always(Values::CountMap),
            Self::Objects(_) => always(Values::Objects),
            Self::Copied(form) => *form,
        }
    }
}

/// The Arrow schema of `columns`.
pub fn schema<R>(columns: &[Column<R>]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(Column::field).collect::<Fields>()))
}

/// What documentation and DDL need of `columns`.
pub fn describe<R>(columns: &[Column<R>]) -> Vec<Described> {
    let described = |column: &Column<R>| Described {
        name: column.name,
        athena: column.read.form().values.athena(),
        meaning: column.meaning,
    };
    columns.iter().map(described).collect()
}

/// The rows as one Arrow batch.
pub fn batch<R>(columns: &[Column<R>], rows: &[R], context: &RunContext) -> Result<RecordBatch, ColumnError> {
    let arrays = columns.iter().map(|column| column.array(rows.iter(), context)).collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(schema(columns), arrays)?)
}

/// The same, where `copy` has the columns that are copied.
pub fn batch_about<R>(
    columns: &[Column<R>],
    rows: &[R],
    context: &RunContext,
    copy: impl Fn(&'static str) -> Result<ArrayRef, ArrowError>,
) -> Result<RecordBatch, ColumnError> {
    let array = |column: &Column<R>| {
        if matches!(column.read, Read::Copied(_)) { Ok(copy(column.name)?) } else { column.array(rows.iter(), context) }
    };
    Ok(RecordBatch::try_new(schema(columns), columns.iter().map(array).collect::<Result<Vec<_>, _>>()?)?)
}

/// A count as Parquet's signed 64 bits.
fn big(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn days_since_1970(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

fn text_lists<'a>(lists: impl Iterator<Item = &'a [&'static str]>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(element(DataType::Utf8));
    for list in lists {
        builder.append_value(list.iter().map(Some));
    }
    Arc::new(builder.finish())
}

fn maps<K, V, B>(
    maps: impl Iterator<Item = impl IntoIterator<Item = (K, V)>>,
    of: DataType,
    values: B,
    append: fn(&mut B, V),
) -> Result<ArrayRef, ArrowError>
where
    K: AsRef<str>,
    B: ArrayBuilder,
{
    let names = MapFieldNames { entry: "key_value".to_owned(), key: "key".to_owned(), value: "value".to_owned() };
    let field = Field::new("value", of, false);
    let mut builder = MapBuilder::new(Some(names), StringBuilder::new(), values).with_values_field(field);
    for map in maps {
        for (key, value) in map {
            builder.keys().append_value(key);
            append(builder.values(), value);
        }
        builder.append(true)?;
    }
    Ok(Arc::new(builder.finish()))
}

fn objects<'a>(lists: impl Iterator<Item = &'a [Object]>) -> ArrayRef {
    let fields = object_fields();
    let element = element(DataType::Struct(fields.clone()));
    let mut builder = ListBuilder::new(StructBuilder::from_fields(fields, 0)).with_field(element);
    for list in lists {
        for object in list {
            let row = builder.values();
            text_field(row, 0, &object.key);
            count_field(row, 1, object.bytes);
            count_field(row, 2, object.rows);
            text_field(row, 3, &object.sha256);
            row.append(true);
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn text_field(row: &mut StructBuilder, index: usize, text: &str) {
    if let Some(builder) = row.field_builder::<StringBuilder>(index) {
        builder.append_value(text);
    }
}

fn count_field(row: &mut StructBuilder, index: usize, count: u64) {
    if let Some(builder) = row.field_builder::<Int64Builder>(index) {
        builder.append_value(big(count));
    }
}
