//! The form of a column: its type in Arrow and in Athena, and whether it can be null.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, TimeUnit};

/// The time zone of all instants: with it Parquet also gets the converted type that old readers need.
pub(super) const UTC: &str = "UTC";

/// The form of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// What its values are.
    pub values: Values,
    /// Whether there may be none.
    pub optional: bool,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Text.
    Text,
    /// Yes or no.
    Boolean,
    /// A small number.
    Integer,
    /// A count.
    BigInt,
    /// A number with a fraction.
    Double,
    /// An instant.
    Timestamp,
    /// A day.
    Date,
    /// Texts.
    TextList,
    /// Texts by text.
    TextMap,
    /// Counts by text.
    CountMap,
    /// The objects of a run.
    Objects,
}

impl Values {
    /// The type in Arrow.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int32,
            Self::BigInt => DataType::Int64,
            Self::Double => DataType::Float64,
            // Athena reads nothing finer than milliseconds.
            Self::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into())),
            Self::Date => DataType::Date32,
            Self::TextList => DataType::List(element(DataType::Utf8)),
            Self::TextMap => map_of(DataType::Utf8),
            Self::CountMap => map_of(DataType::Int64),
            Self::Objects => DataType::List(element(DataType::Struct(object_fields()))),
        }
    }

    /// The type in Athena's DDL.
    pub fn athena(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Integer => "int",
            Self::BigInt => "bigint",
            Self::Double => "double",
            Self::Timestamp => "timestamp",
            Self::Date => "date",
            Self::TextList => "array<string>",
            Self::TextMap => "map<string,string>",
            Self::CountMap => "map<string,bigint>",
            Self::Objects => "array<struct<key:string,bytes:bigint,rows:bigint,sha256:string>>",
        }
    }
}

/// The field of a list's elements, named as Parquet wants it.
pub(super) fn element(of: DataType) -> Arc<Field> {
    Arc::new(Field::new("element", of, false))
}

/// A map from text, its parts named as Parquet wants them.
fn map_of(values: DataType) -> DataType {
    let entry = Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", values, false)]);
    DataType::Map(Arc::new(Field::new("key_value", DataType::Struct(entry), false)), false)
}

pub(super) fn object_fields() -> Fields {
    Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("bytes", DataType::Int64, false),
        Field::new("rows", DataType::Int64, false),
        Field::new("sha256", DataType::Utf8, false),
    ])
}
