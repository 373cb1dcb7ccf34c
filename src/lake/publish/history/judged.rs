//! Rows of findings, as they are merged or as they stand from before: what identifies each, and how it was judged.

use arrow_array::{Array as _, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::ArrowError;
use jiff::Timestamp;

use crate::finding::Status;

/// The columns by which rows are told apart, without the others being looked at.
#[derive(Debug, Clone)]
pub(in crate::lake::publish) struct Judged {
    batch: RecordBatch,
    account_id: StringArray,
    region: StringArray,
    resource_type: StringArray,
    resource_arn: StringArray,
    resource_created_at: TimestampMillisecondArray,
    check_id: StringArray,
    status: StringArray,
    exception_id: StringArray,
}

/// Account, region and resource type, in the order of the tables.
pub(in crate::lake::publish) type Place<'a> = [&'a str; 3];

/// A resource, in the order of the tables: an absent instant comes first.
pub(super) type Resource<'a> = (Place<'a>, &'a str, Option<i64>);

impl Judged {
    pub(in crate::lake::publish) fn of(batch: RecordBatch) -> Result<Self, ArrowError> {
        let text = |name| column::<StringArray>(&batch, name);
        Ok(Self {
            account_id: text("account_id")?,
            region: text("region")?,
            resource_type: text("resource_type")?,
            resource_arn: text("resource_arn")?,
            resource_created_at: column(&batch, "resource_created_at")?,
            check_id: text("check_id")?,
            status: text("status")?,
            exception_id: text("exception_id")?,
            batch,
        })
    }

    pub(in crate::lake::publish) fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    pub(in crate::lake::publish) fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    pub(in crate::lake::publish) fn place(&self, row: usize) -> Place<'_> {
        [self.account_id.value(row), self.region.value(row), self.resource_type.value(row)]
    }

    pub(super) fn resource(&self, row: usize) -> Resource<'_> {
        let created_at = &self.resource_created_at;
        let created_at = created_at.is_valid(row).then(|| created_at.value(row));
        (self.place(row), self.resource_arn.value(row), created_at)
    }

    pub(in crate::lake::publish) fn check_id(&self, row: usize) -> &str {
        self.check_id.value(row)
    }

    pub(in crate::lake::publish) fn status_text(&self, row: usize) -> &str {
        self.status.value(row)
    }

    pub(super) fn status(&self, row: usize) -> Result<Status, ArrowError> {
        let text = self.status.value(row);
        let known = Status::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or_else(|| ArrowError::ParseError(format!("`{text}` is no status that this version knows")))
    }

    pub(in crate::lake::publish) fn is_excepted(&self, row: usize) -> bool {
        self.exception_id.is_valid(row)
    }

    /// The ids of the exceptions that cover rows.
    pub(in crate::lake::publish) fn exceptions(&self) -> impl Iterator<Item = &str> {
        let ids = (self.exception_id.null_count() < self.rows()).then(|| self.exception_id.iter().flatten());
        ids.into_iter().flatten()
    }

    /// Where the rows of the resource end to which `from` belongs.
    pub(super) fn end_of_resource(&self, from: usize) -> usize {
        let (place, arn, created_at) = self.resource(from);
        // The ARN first, since it tells most of them apart.
        let is_other =
            |row: &usize| self.resource_arn.value(*row) != arn || self.resource(*row) != (place, arn, created_at);
        (from + 1..self.rows()).find(is_other).unwrap_or(self.rows())
    }
}

/// A column of a batch.
pub(super) fn column<A: Clone + 'static>(batch: &RecordBatch, name: &str) -> Result<A, ArrowError> {
    let found = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
    found.cloned().ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` is missing or of another type")))
}

/// An instant of a column; none where there is none.
pub(super) fn instant(column: &TimestampMillisecondArray, row: usize) -> Option<Timestamp> {
    column.is_valid(row).then(|| Timestamp::from_millisecond(column.value(row)).ok())?
}
