//! Arguments that are a day or an instant.

use arrow_array::{
    Array,
    cast::AsArray as _,
    types::{Date32Type, TimestampMillisecondType},
};
use arrow_schema::{DataType, TimeUnit};
use datafusion::common::{Result, plan_err};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// Milliseconds of a day.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000;

/// The type of an instant.
pub(super) fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// The type that an argument of a function is taken as: a day, or an instant in milliseconds.
#[expect(clippy::wildcard_enum_match_arm, reason = "of the many types these alone are of time")]
pub(super) fn taken_as(function: &str, kind: &DataType) -> Result<DataType> {
    match kind {
        DataType::Date32 => Ok(DataType::Date32),
        DataType::Date64 | DataType::Timestamp(_, _) | DataType::Null => Ok(instant()),
        other => plan_err!("{function} takes days and instants, and no {other}; write it as in date '2026-11-24'"),
    }
}

/// Milliseconds since 1970 of a value of one of these types; none where it is NULL.
pub(super) fn milliseconds(array: &dyn Array, row: usize) -> Option<i64> {
    if array.is_null(row) {
        return None;
    }
    match array.as_primitive_opt::<Date32Type>() {
        Some(days) => Some(i64::from(days.value(row)) * DAY),
        None => Some(array.as_primitive_opt::<TimestampMillisecondType>()?.value(row)),
    }
}

/// An instant by calendar and clock, in UTC; none outside the years that calendars know.
pub(super) fn civil(milliseconds: i64) -> Option<DateTime> {
    Timestamp::from_millisecond(milliseconds).ok().map(|instant| TimeZone::UTC.to_datetime(instant))
}
