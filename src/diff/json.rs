//! The comparison for programs: one JSON object, its changes one a line as they are found. Members are only added.

use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;

use super::{Change, DiffError, Gap, Kind, Ruling, Summary};
use crate::{finding::Severity, lake::runs::RunRow, printable::escaped_json};

/// Writes the comparison while it goes on.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    is_first: bool,
}

/// A run.
#[derive(Serialize)]
struct Compared<'a> {
    run_id: &'a str,
    run_date: String,
    started_at: Timestamp,
    published_at: Timestamp,
    status: &'a str,
    coverage_percent: Option<f64>,
}

impl<'a> Compared<'a> {
    fn of(run: &'a RunRow) -> Self {
        Self {
            run_id: run.facts.run_id.as_str(),
            run_date: run.facts.run_id.run_date().to_string(),
            started_at: run.facts.started_at,
            published_at: run.published_at,
            status: run.status.as_str(),
            coverage_percent: run.coverage_percent,
        }
    }
}

/// A change; what one of the runs does not have is null.
#[derive(Serialize)]
struct Row<'a> {
    kind: Kind,
    severity: &'a str,
    account_id: &'a str,
    region: &'a str,
    resource_type: &'a str,
    resource_arn: &'a str,
    resource_created_at: Option<Timestamp>,
    check_id: &'a str,
    previous_status: Option<&'a str>,
    status: Option<&'a str>,
    previous_reason_code: Option<&'a str>,
    reason_code: Option<&'a str>,
    previous_check_version: Option<i32>,
    check_version: Option<i32>,
    gap: Option<&'a Gap>,
}

impl<'a> Row<'a> {
    fn of(change: &'a Change) -> Self {
        let status = |ruling: &'a Option<Ruling>| ruling.as_ref().map(|ruling| ruling.status.as_str());
        let reason = |ruling: &'a Option<Ruling>| ruling.as_ref().map(|ruling| ruling.reason_code.as_str());
        let version = |ruling: &'a Option<Ruling>| ruling.as_ref().map(|ruling| ruling.check_version);
        Self {
            kind: change.kind,
            severity: change.severity().as_str(),
            account_id: &change.resource.account_id,
            region: &change.resource.region,
            resource_type: &change.resource.resource_type,
            resource_arn: &change.resource.arn,
            resource_created_at: change.resource.created_at,
            check_id: change.check_id(),
            previous_status: status(&change.before),
            status: status(&change.after),
            previous_reason_code: reason(&change.before),
            reason_code: reason(&change.after),
            previous_check_version: version(&change.before),
            check_version: version(&change.after),
            gap: change.gap.as_ref(),
        }
    }
}

/// How many findings of a severity became what.
#[derive(Serialize)]
struct Count {
    kind: Kind,
    severity: Severity,
    findings: u64,
}

impl<W: Write> Json<W> {
    /// Begins with what is compared.
    pub fn begin(mut out: W, before: &RunRow, after: &RunRow) -> Result<Self, DiffError> {
        let [before, after] = [before, after].map(|run| json(&Compared::of(run)));
        write!(out, "{{\"before\":{},\n\"after\":{},\n\"changes\":[", before?, after?)?;
        Ok(Self { out, is_first: true })
    }

    /// Writes a change.
    pub fn change(&mut self, change: &Change) -> Result<(), DiffError> {
        let between = if std::mem::take(&mut self.is_first) { "" } else { "," };
        Ok(write!(self.out, "{between}\n{}", json(&Row::of(change))?)?)
    }

    /// Ends with the summary.
    pub fn end(mut self, summary: &Summary) -> Result<(), DiffError> {
        let count = |((kind, severity), findings): (&(Kind, Severity), &u64)| Count {
            kind: *kind,
            severity: *severity,
            findings: *findings,
        };
        let counts = json(&summary.changes.iter().map(count).collect::<Vec<_>>())?;
        writeln!(self.out, "\n],\n\"summary\":{counts},\n\"unchanged\":{}}}", summary.unchanged)?;
        Ok(self.out.flush()?)
    }
}

/// A value as JSON in which nothing is obeyed by a terminal: names come from outside.
fn json(value: &impl Serialize) -> Result<String, DiffError> {
    let json = serde_json::to_string(value).map_err(std::io::Error::from)?;
    Ok(escaped_json(&json).into_owned())
}
