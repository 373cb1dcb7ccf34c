//! Values as the text of a cell.

use std::sync::LazyLock;

use arrow_array::{Array, RecordBatch, cast::AsArray as _, types::Float64Type};
use arrow_schema::{ArrowError, DataType, FieldRef};
use datafusion::arrow::{
    json::writer::{EncoderOptions, NullableEncoder, make_encoder},
    util::display::{ArrayFormatter, FormatOptions},
};

static OPTIONS: LazyLock<EncoderOptions> = LazyLock::new(|| EncoderOptions::default().with_explicit_nulls(true));

/// The values of a column as texts.
pub(super) struct Cells<'b> {
    values: &'b dyn Array,
    kind: Kind<'b>,
}

enum Kind<'b> {
    Text,
    Double,
    Other(ArrayFormatter<'b>),
    /// Lists, maps and structures are JSON.
    Nested(NullableEncoder<'b>),
}

/// How many digits a share has in a cell for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    All,
    Six,
}

impl<'b> Cells<'b> {
    /// The columns of a batch.
    pub(super) fn of(batch: &'b RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let columns = batch.schema_ref().fields().iter().zip(batch.columns());
        columns.map(|(field, values)| Self::new(field, values.as_ref())).collect()
    }

    fn new(field: &'b FieldRef, values: &'b dyn Array) -> Result<Self, ArrowError> {
        let data_type = values.data_type();
        let kind = if *data_type == DataType::Utf8 {
            Kind::Text
        } else if *data_type == DataType::Float64 {
            Kind::Double
        } else if data_type.is_nested() {
            Kind::Nested(make_encoder(field, values, &OPTIONS)?)
        } else {
            Kind::Other(ArrayFormatter::try_new(values, &FormatOptions::new())?)
        };
        Ok(Self { values, kind })
    }

    /// Whether the column holds texts that come from outside.
    pub(super) fn are_texts(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Nested(_))
    }

    /// A value; none where it is NULL.
    pub(super) fn text(&mut self, row: usize, digits: Digits) -> Result<Option<String>, ArrowError> {
        if self.values.is_null(row) {
            return Ok(None);
        }
        Ok(Some(match &mut self.kind {
            Kind::Text => self.values.as_string::<i32>().value(row).to_owned(),
            Kind::Double => double(self.values.as_primitive::<Float64Type>().value(row), digits),
            Kind::Other(formatter) => formatter.value(row).try_to_string()?,
            Kind::Nested(encoder) => {
                let mut json = Vec::new();
                encoder.encode(row, &mut json);
                String::from_utf8_lossy(&json).into_owned()
            }
        }))
    }
}

/// A share with six digits says enough to a person.
fn double(value: f64, digits: Digits) -> String {
    if digits == Digits::All {
        return value.to_string();
    }
    if value.abs() >= 100_000.0 {
        return format!("{value:.0}");
    }
    format!("{value:.5e}").parse().map_or_else(|_| value.to_string(), |rounded: f64| rounded.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_for_people_only() {
        assert_eq!(double(95.813_953_488_372_09, Digits::All), "95.81395348837209");
        for (value, text) in [
            (95.813_953_488_372_09, "95.814"),
            (100.0, "100"),
            (0.0, "0"),
            (-0.000_123_456_78, "-0.000123457"),
            (1_234_567.89, "1234568"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(double(value, Digits::Six), text);
        }
    }
}
