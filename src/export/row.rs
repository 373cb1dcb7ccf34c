//! A finding as it was published, with its values by name.

use std::collections::BTreeMap;

use arrow_array::{Array as _, RecordBatch, cast::AsArray as _, types::Date32Type};
use jiff::{Timestamp, ToSpan as _, civil::Date};

use crate::{
    finding::{self, Severity, Status},
    lake::{
        Table,
        events::Event,
        read::{ReadError, View, instant, map, text},
    },
};

/// A row of `findings`; the meaning of each value is that of its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) run_id: &'a str,
    pub(super) check_id: &'a str,
    pub(super) check_version: i32,
    pub(super) status: Status,
    pub(super) severity: Severity,
    pub(super) partition: &'a str,
    pub(super) org_id: Option<&'a str>,
    pub(super) ou_id: Option<&'a str>,
    pub(super) ou_path: Option<&'a str>,
    pub(super) account_id: &'a str,
    pub(super) account_name: &'a str,
    pub(super) region: &'a str,
    pub(super) resource_type: &'a str,
    pub(super) resource_arn: &'a str,
    pub(super) resource_name: &'a str,
    pub(super) resource_created_at: Option<Timestamp>,
    pub(super) owner: Option<&'a str>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) reason_code: &'a str,
    pub(super) reason: &'a str,
    pub(super) evidence_json: Option<&'a str>,
    pub(super) standards: Vec<String>,
    pub(super) exception: Option<Exception<'a>>,
    pub(super) first_failed_at: Option<Timestamp>,
    pub(super) last_resolved_at: Option<Timestamp>,
    pub(super) observed_at: Timestamp,
}

/// What covers a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exception<'a> {
    pub(super) id: &'a str,
    pub(super) owner: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    pub(super) expires_on: Option<Date>,
}

impl<'a> Row<'a> {
    /// A row of a batch.
    pub(super) fn of(batch: &'a RecordBatch, row: usize) -> Result<Self, ReadError> {
        let columns = View { table: Table::Findings, batch };
        let unknown = || ReadError::Row(Table::Findings);
        let texts = |name| Ok::<_, ReadError>(columns.texts(name)?.value(row));
        let optional = |name| Ok::<_, ReadError>(text(columns.texts(name)?, row));
        let instant = |name| instant(columns.instants(name), row);
        let exception = match optional("exception_id")? {
            None => None,
            Some(id) => Some(Exception {
                id,
                owner: optional("exception_owner")?,
                reason: optional("exception_reason")?,
                expires_on: date(batch, "exception_expires_on", row),
            }),
        };
        let observed_at = instant("observed_at").ok_or_else(unknown)?;
        Ok(Self {
            status: Status::spelt(texts("status")?).ok_or_else(unknown)?,
            tags: map(batch, "tags", row).ok_or_else(unknown)?,
            reason_code: texts("reason_code")?,
            reason: texts("reason")?,
            evidence_json: optional("evidence_json")?,
            standards: list(batch, "standards", row).ok_or_else(unknown)?,
            exception,
            last_resolved_at: instant("last_resolved_at"),
            ..Self::over(columns, row, observed_at)?
        })
    }

    /// The last row of a finding whose resource is gone, from the event that says so; none for any other event.
    pub(super) fn gone(batch: &'a RecordBatch, row: usize) -> Result<Option<Self>, ReadError> {
        let columns = View { table: Table::FindingEvents, batch };
        if columns.texts("event")?.value(row) != Event::ResourceDeleted.as_str() {
            return Ok(None);
        }
        let occurred_at = instant(columns.instants("occurred_at"), row);
        Self::over(columns, row, occurred_at.ok_or(ReadError::Row(Table::FindingEvents))?).map(Some)
    }

    /// What findings and events tell in the same columns, as the row of a finding whose resource is gone since `at`.
    fn over(columns: View<'a>, row: usize, at: Timestamp) -> Result<Self, ReadError> {
        let texts = |name| Ok::<_, ReadError>(columns.texts(name)?.value(row));
        let optional = |name| Ok::<_, ReadError>(text(columns.texts(name)?, row));
        let instant = |name| instant(columns.instants(name), row);
        let severity = Severity::of_id(columns.integers("severity_id")?.value(row));
        Ok(Self {
            run_id: texts("run_id")?,
            check_id: texts("check_id")?,
            check_version: columns.integers("check_version")?.value(row),
            status: Status::NotApplicable,
            severity: severity.ok_or(ReadError::Row(columns.table))?,
            partition: texts("partition_name")?,
            org_id: optional("org_id")?,
            ou_id: optional("ou_id")?,
            ou_path: optional("ou_path")?,
            account_id: texts("account_id")?,
            account_name: texts("account_name")?,
            region: texts("region")?,
            resource_type: texts("resource_type")?,
            resource_arn: texts("resource_arn")?,
            resource_name: texts("resource_name")?,
            resource_created_at: instant("resource_created_at"),
            owner: optional("owner")?,
            tags: BTreeMap::new(),
            reason_code: "resource_deleted",
            reason: "the resource is there no more",
            evidence_json: None,
            standards: Vec::new(),
            exception: None,
            first_failed_at: instant("first_failed_at"),
            last_resolved_at: Some(at),
            observed_at: at,
        })
    }

    /// Whether it cannot fail any more after it did: the check applies no more, or the resource is gone.
    pub(super) fn is_over(&self) -> bool {
        self.status == Status::NotApplicable && self.last_resolved_at.is_some()
    }

    /// What tells the finding from every other one.
    pub(super) fn uid(&self) -> String {
        let Self { account_id, region, resource_arn, resource_created_at, check_id, .. } = self;
        finding::uid(account_id, region, resource_arn, *resource_created_at, check_id)
    }
}

/// The texts of a list.
pub(super) fn list(batch: &RecordBatch, name: &str, row: usize) -> Option<Vec<String>> {
    let list = batch.column_by_name(name)?.as_list_opt::<i32>()?;
    if list.is_null(row) {
        return Some(Vec::new());
    }
    let texts = list.value(row);
    Some(texts.as_string_opt::<i32>()?.iter().flatten().map(ToOwned::to_owned).collect())
}

/// A day, unless it is null.
pub(super) fn date(batch: &RecordBatch, name: &str, row: usize) -> Option<Date> {
    let days = batch.column_by_name(name)?.as_primitive_opt::<Date32Type>()?;
    let days = days.is_valid(row).then(|| days.value(row))?;
    Date::constant(1970, 1, 1).checked_add(days.days()).ok()
}
