//! The findings of a run, resource by resource in the order of the table, one batch of rows at a time.

use arrow_array::RecordBatch;
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

/// What a check said of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The check.
    pub check_id: String,
    /// The revision of its rule.
    pub check_version: i32,
    /// What it said.
    pub status: Status,
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
            let columns = View { table: Table::Findings, batch: &batch };
            for row in from..batch.num_rows() {
                let (identity, ruling) = (identity(columns, row)?, ruling(columns, row)?);
                match &mut judged {
                    None => judged = Some(Judged { identity, rulings: vec![ruling] }),
                    Some(judged) if judged.identity == identity => judged.rulings.push(ruling),
                    Some(_) => {
                        self.open = Some((batch, row));
                        return Ok(judged);
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

fn identity(columns: View<'_>, row: usize) -> Result<Identity, ReadError> {
    let text = |name| Ok::<_, ReadError>(columns.texts(name)?.value(row).to_owned());
    Ok(Identity {
        account_id: text("account_id")?,
        region: text("region")?,
        resource_type: text("resource_type")?,
        arn: text("resource_arn")?,
        created_at: instant(columns.instants("resource_created_at"), row),
    })
}

fn ruling(columns: View<'_>, row: usize) -> Result<Ruling, ReadError> {
    let unknown = || ReadError::Row(Table::Findings);
    Ok(Ruling {
        check_id: columns.texts("check_id")?.value(row).to_owned(),
        check_version: columns.integers("check_version")?.value(row),
        status: Status::spelt(columns.texts("status")?.value(row)).ok_or_else(unknown)?,
        severity: Severity::of_id(columns.integers("severity_id")?.value(row)).ok_or_else(unknown)?,
        reason_code: columns.texts("reason_code")?.value(row).to_owned(),
    })
}
