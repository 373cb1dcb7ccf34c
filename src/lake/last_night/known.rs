//! What the last published coverage says of a cell.

use std::collections::HashMap;

use arrow_array::{
    Array as _, RecordBatch,
    cast::AsArray as _,
    types::{Int64Type, TimestampMillisecondType},
};
use jiff::Timestamp;
use serde::{
    Deserialize as _,
    de::{IntoDeserializer as _, value},
};

use crate::{coverage::Outcome, lake::staging::unit::CellKey, resource::ResourceType};

/// What is known of a cell from the last published run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// How it ended.
    pub outcome: Outcome,
    /// Resources in it.
    pub listed: u64,
    /// When that look began.
    pub started_at: Timestamp,
    /// When it was asked last.
    pub last_asked_at: Option<Timestamp>,
    /// When it was last read whole.
    pub last_read_whole_at: Option<Timestamp>,
    /// Since when every look found it empty.
    pub empty_since: Option<Timestamp>,
}

/// The columns of `coverage` that are read back.
pub(super) const COLUMNS: [&str; 9] = [
    "account_id",
    "region",
    "resource_type",
    "outcome",
    "resources_listed",
    "started_at",
    "last_asked_at",
    "last_read_whole_at",
    "empty_since",
];

/// The cells of a batch. A row that this version does not understand is not known.
pub(super) fn cells(batch: &RecordBatch) -> HashMap<CellKey, Known> {
    (0..batch.num_rows()).filter_map(|row| Some((cell(batch, row)?, known(batch, row)?))).collect()
}

/// The cell that a row of any table belongs to.
pub(super) fn cell(batch: &RecordBatch, row: usize) -> Option<CellKey> {
    let text = |name| text(batch, name, row);
    let (account, region) = (text("account_id")?.parse().ok()?, text("region")?.parse().ok()?);
    let resource_type = text("resource_type")?;
    let resource_type = ResourceType::ALL.iter().copied().find(|known| known.as_str() == resource_type)?;
    Some(CellKey { account, region, resource_type })
}

fn known(batch: &RecordBatch, row: usize) -> Option<Known> {
    let outcome: value::StrDeserializer<'_, value::Error> = text(batch, "outcome", row)?.into_deserializer();
    let listed = batch.column_by_name("resources_listed")?.as_primitive_opt::<Int64Type>()?;
    let instant = |name| instant(batch, name, row);
    Some(Known {
        outcome: Outcome::deserialize(outcome).ok()?,
        listed: u64::try_from(listed.value(row)).ok()?,
        started_at: instant("started_at")?,
        last_asked_at: instant("last_asked_at"),
        last_read_whole_at: instant("last_read_whole_at"),
        empty_since: instant("empty_since"),
    })
}

/// A text in a column; none where there is none.
pub(super) fn text<'a>(batch: &'a RecordBatch, name: &str, row: usize) -> Option<&'a str> {
    let texts = batch.column_by_name(name)?.as_string_opt::<i32>()?;
    texts.is_valid(row).then(|| texts.value(row))
}

/// An instant in a column; none where there is none.
pub(super) fn instant(batch: &RecordBatch, name: &str, row: usize) -> Option<Timestamp> {
    let instants = batch.column_by_name(name)?.as_primitive_opt::<TimestampMillisecondType>()?;
    instants.is_valid(row).then(|| Timestamp::from_millisecond(instants.value(row)).ok())?
}
