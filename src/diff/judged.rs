//! The findings of a run, resource by resource in the order of the table, one batch of rows at a time.

use std::cmp::Ordering;

use arrow_array::{Int32Array, RecordBatch, StringArray, TimestampMillisecondArray};
use jiff::Timestamp;

use crate::{
    finding::{Severity, Status},
    lake::{
        Table,
        read::{ReadError, View, instant},
    },
};

/// The columns that are read.
pub(super) const COLUMNS: &[&str] = &[
    "account_id",
    "region",
    "resource_type",
    "resource_arn",
    "resource_created_at",
    "check_id",
    "check_version",
    "status",
    "severity_id",
    "reason_code",
    "first_failed_at",
];

/// What makes two rows those of one resource, in the order of the table. An absent instant comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The account.
    pub account_id: String,
    /// The region.
    pub region: String,
    /// The type, in the style of CloudFormation.
    pub resource_type: String,
    /// The ARN.
    pub arn: String,
    /// When it was created: names can be used again.
    pub created_at: Option<Timestamp>,
}

impl Identity {
    /// The order in which two runs are walked. What could not be described in one of them, such as a key, has no time of
    /// creation there, and is the same by its ARN: a run has each ARN once.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let is_described = self.created_at.is_some() && other.created_at.is_some();
        let by_creation = if is_described { self.created_at.cmp(&other.created_at) } else { Ordering::Equal };
        self.place().cmp(&other.place()).then(by_creation)
    }

    fn place(&self) -> [&str; 4] {
        [&self.account_id, &self.region, &self.resource_type, &self.arn]
    }
}

/// What a check said of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The check.
    pub check_id: String,
    /// The revision of its rule.
    pub check_version: i32,
    /// What it said.
    pub status: Status,
    /// Whether it failed when that could last be told: it does, or it is UNKNOWN amid a streak of FAIL.
    pub is_open: bool,
    /// How bad a FAIL is.
    pub severity: Severity,
    /// Why it said it.
    pub reason_code: String,
}

/// A resource, and what the checks of a run said of it, by check.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) identity: Identity,
    pub(super) rulings: Vec<Ruling>,
}

/// Every resource in sorted batches of findings.
#[derive(Debug)]
pub(super) struct Resources<I> {
    batches: I,
    /// The batch that is read, and its next row.
    open: Option<(RecordBatch, usize)>,
}

impl<I: Iterator<Item = Result<RecordBatch, ReadError>>> Resources<I> {
    pub(super) fn of(batches: I) -> Self {
        Self { batches, open: None }
    }

    fn resource(&mut self) -> Result<Option<Judged>, ReadError> {
        let mut judged: Option<Judged> = None;
        loop {
            let (batch, from) = match self.open.take() {
                Some(open) => open,
                None => match self.batches.next().transpose()? {
                    Some(batch) => (batch, 0),
                    None => return Ok(judged),
                },
            };
            let columns = Columns::of(&batch)?;
            for row in from..batch.num_rows() {
                match &mut judged {
                    Some(judged) if columns.is_of(row, &judged.identity) => judged.rulings.push(columns.ruling(row)?),
                    Some(_) => {
                        self.open = Some((batch, row));
                        return Ok(judged);
                    }
                    None => {
                        let rulings = vec![columns.ruling(row)?];
                        judged = Some(Judged { identity: columns.identity(row), rulings });
                    }
                }
            }
        }
    }
}

impl<I: Iterator<Item = Result<RecordBatch, ReadError>>> Iterator for Resources<I> {
    type Item = Result<Judged, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.resource().transpose()
    }
}

/// The columns of a batch.
struct Columns<'a> {
    account_id: &'a StringArray,
    region: &'a StringArray,
    resource_type: &'a StringArray,
    arn: &'a StringArray,
    created_at: Option<&'a TimestampMillisecondArray>,
    check_id: &'a StringArray,
    check_version: &'a Int32Array,
    status: &'a StringArray,
    severity_id: &'a Int32Array,
    reason_code: &'a StringArray,
    first_failed_at: Option<&'a TimestampMillisecondArray>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, ReadError> {
        let view = View { table: Table::Findings, batch };
        Ok(Self {
            account_id: view.texts("account_id")?,
            region: view.texts("region")?,
            resource_type: view.texts("resource_type")?,
            arn: view.texts("resource_arn")?,
            created_at: view.instants("resource_created_at"),
            check_id: view.texts("check_id")?,
            check_version: view.integers("check_version")?,
            status: view.texts("status")?,
            severity_id: view.integers("severity_id")?,
            reason_code: view.texts("reason_code")?,
            first_failed_at: view.instants("first_failed_at"),
        })
    }

    /// Whether a row is about this resource.
    fn is_of(&self, row: usize, identity: &Identity) -> bool {
        // The ARN tells most of them apart.
        self.arn.value(row) == identity.arn
            && instant(self.created_at, row) == identity.created_at
            && self.account_id.value(row) == identity.account_id
            && self.region.value(row) == identity.region
            && self.resource_type.value(row) == identity.resource_type
    }

    fn identity(&self, row: usize) -> Identity {
        Identity {
            account_id: self.account_id.value(row).to_owned(),
            region: self.region.value(row).to_owned(),
            resource_type: self.resource_type.value(row).to_owned(),
            arn: self.arn.value(row).to_owned(),
            created_at: instant(self.created_at, row),
        }
    }

    fn ruling(&self, row: usize) -> Result<Ruling, ReadError> {
        let unknown = || ReadError::Row(Table::Findings);
        let status = Status::spelt(self.status.value(row)).ok_or_else(unknown)?;
        let in_streak = instant(self.first_failed_at, row).is_some();
        Ok(Ruling {
            check_id: self.check_id.value(row).to_owned(),
            check_version: self.check_version.value(row),
            status,
            is_open: status == Status::Fail || (status == Status::Unknown && in_streak),
            severity: Severity::of_id(self.severity_id.value(row)).ok_or_else(unknown)?,
            reason_code: self.reason_code.value(row).to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lake::{column::batch, findings, samples};

    #[test]
    fn unknown_amid_a_streak_is_open_and_a_table_without_streaks_has_none() {
        let target = samples::target(22, "eu-central-1");
        let rows = (0..4).flat_map(|number| {
            let resource = Arc::new(samples::resource(&target, number, 0));
            samples::findings(&target, &resource, number)
        });
        let rows = batch(&findings::columns(), &rows.collect::<Vec<_>>(), &samples::context()).unwrap();
        let (column, _) = rows.schema().column_with_name("first_failed_at").unwrap();
        let open = |batch: RecordBatch| {
            let resources = Resources::of([Ok(batch)].into_iter()).map(Result::unwrap);
            let rulings = resources.flat_map(|judged| judged.rulings);
            rulings.filter(|ruling| ruling.is_open).map(|ruling| ruling.status).collect::<Vec<_>>()
        };
        assert_eq!(open(rows.clone()), [Status::Fail]);
        let mut without = rows.clone();
        without.remove_column(column);
        assert_eq!(open(without), [Status::Fail]);
        let mut columns = rows.columns().to_vec();
        let since = vec![samples::start().as_millisecond(); rows.num_rows()];
        let zone = rows.schema().field(column).data_type().clone();
        columns[column] = Arc::new(TimestampMillisecondArray::from(since).with_data_type(zone));
        assert_eq!(open(RecordBatch::try_new(rows.schema(), columns).unwrap()), [Status::Fail, Status::Unknown]);
    }
}
