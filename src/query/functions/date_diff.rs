//! `date_diff(unit, from, to)`: the whole units from one day or instant to another, fewer than none when that is earlier.

use std::{str::FromStr, sync::Arc};

use arrow_array::{Array as _, Int64Array, cast::AsArray as _};
use arrow_schema::DataType;
use datafusion::{
    common::{DataFusionError, Result, exec_datafusion_err, exec_err, utils::take_function_args},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility},
};
use jiff::{Span, civil::DateTime};

use super::{
    as_given,
    instant::{DAY, civil, instant, milliseconds, taken_as},
};

/// The name.
const NAME: &str = "date_diff";

pub(super) fn function() -> ScalarUDF {
    ScalarUDF::from(DateDiff { signature: Signature::user_defined(Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateDiff {
    signature: Signature,
}

/// What is counted: so many milliseconds, or so many months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Milliseconds(i64),
    Months(i64),
}

impl FromStr for Unit {
    type Err = DataFusionError;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "millisecond" => Self::Milliseconds(1),
            "second" => Self::Milliseconds(1_000),
            "minute" => Self::Milliseconds(60_000),
            "hour" => Self::Milliseconds(3_600_000),
            "day" => Self::Milliseconds(DAY),
            "week" => Self::Milliseconds(7 * DAY),
            "month" => Self::Months(1),
            "quarter" => Self::Months(3),
            "year" => Self::Months(12),
            _ => return exec_err!("'{name}' is not a unit of time, such as 'day' or 'millisecond'"),
        })
    }
}

impl Unit {
    /// The whole units between two instants in milliseconds.
    fn between(self, from: i64, to: i64) -> Option<i64> {
        match self {
            Self::Milliseconds(length) => to.checked_sub(from)?.checked_div(length),
            Self::Months(months) => whole_months(civil(from)?, civil(to)?)?.checked_div(months),
        }
    }
}

/// The months after which the earlier one has not come past the later one; the last day of a month is at most its last.
fn whole_months(from: DateTime, to: DateTime) -> Option<i64> {
    if to < from {
        return whole_months(to, from).map(|months| -months);
    }
    let number = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month());
    let months = number(to) - number(from);
    let is_past = from.checked_add(Span::new().try_months(months).ok()?).ok()? > to;
    Some(months - i64::from(is_past))
}

impl ScalarUDFImpl for DateDiff {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        let [_, from, to] = take_function_args(NAME, kinds)?;
        let (from, to) = (taken_as(NAME, from)?, taken_as(NAME, to)?);
        // Two days stay days; with an instant, a day is its beginning.
        let kind = if from == to { from } else { instant() };
        Ok(vec![DataType::Utf8, kind.clone(), kind])
    }

    fn return_type(&self, _kinds: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [units, from, to] = take_function_args(NAME, &arrays)?;
        let are_days = from.data_type() == &DataType::Date32;
        let units = units.as_string::<i32>();
        let of_row = |row: usize| {
            if units.is_null(row) {
                return Ok(None);
            }
            let name = units.value(row);
            let unit: Unit = name.parse()?;
            if are_days && matches!(unit, Unit::Milliseconds(length) if length < DAY) {
                return exec_err!("'{name}' is no unit of days; cast one of them to timestamp");
            }
            let (Some(from), Some(to)) = (milliseconds(from, row), milliseconds(to, row)) else { return Ok(None) };
            let between = unit.between(from, to);
            between.map(Some).ok_or_else(|| exec_datafusion_err!("date_diff: an instant is outside of all calendars"))
        };
        let answers = (0..units.len()).map(of_row).collect::<Result<Int64Array>>()?;
        as_given(&args.args, Arc::new(answers))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn whole_units_are_counted_towards_zero() {
        hold(&[
            ("date_diff('day', date '2026-10-31', date '2026-11-24')", "24"),
            ("date_diff('day', date '2026-11-24', date '2026-10-31')", "-24"),
            ("date_diff('week', date '2026-11-01', date '2026-11-24')", "3"),
            ("date_diff('millisecond', timestamp '2026-11-24 00:00:00.250', timestamp '2026-11-24 00:01:00')", "59750"),
            ("date_diff('MINUTE', timestamp '2026-11-24 00:00:30', timestamp '2026-11-24 00:02:00')", "1"),
            ("date_diff('day', timestamp '2026-11-23 23:00:00', timestamp '2026-11-24 22:00:00')", "0"),
            ("date_diff('day', timestamp '2026-11-24 22:00:00', timestamp '2026-11-23 21:00:00')", "-1"),
            ("date_diff('hour', date '2026-11-23', timestamp '2026-11-24 22:00:00')", "46"),
            ("date_diff('day', to_timestamp('2026-11-23T23:00:00Z'), to_timestamp('2026-11-24T23:00:00Z'))", "1"),
        ])
        .await;
    }

    #[tokio::test]
    async fn months_end_with_their_last_day() {
        hold(&[
            ("date_diff('month', date '2026-10-24', date '2026-11-24')", "1"),
            ("date_diff('month', date '2026-10-25', date '2026-11-24')", "0"),
            ("date_diff('month', date '2024-01-31', date '2024-02-29')", "1"),
            ("date_diff('month', date '2026-11-24', date '2026-09-25')", "-1"),
            ("date_diff('quarter', date '2026-01-01', date '2026-11-24')", "3"),
            ("date_diff('year', date '2024-02-29', date '2026-02-28')", "2"),
            ("date_diff('year', date '2024-11-25', date '2026-11-24')", "1"),
        ])
        .await;
    }

    #[tokio::test]
    async fn nulls_and_wrong_arguments_are_told() {
        hold(&[
            ("date_diff('day', NULL, date '2026-11-24')", "NULL"),
            ("date_diff(NULL, date '2026-11-24', date '2026-11-24')", "NULL"),
            ("date_diff('fortnight', date '2026-11-24', date '2026-11-24')", "error: 'fortnight' is not a unit"),
            ("date_diff('hour', date '2026-11-23', date '2026-11-24')", "error: 'hour' is no unit of days"),
            ("date_diff('day', '2026-11-24', date '2026-11-24')", "error: date_diff takes days and instants"),
            ("date_diff('day', date '2026-11-24')", "error: "),
        ])
        .await;
    }
}
