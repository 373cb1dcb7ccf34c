//! A published run in the forms of others: OCSF events, Security Hub's findings, CSV, JSON, Amazon Security Lake.
//!
//! ```text
//! findings ──► filter ──► row ────► ocsf ──► lines, or security_lake
//! batches      status,    checks ─► asff ──► lines
//!              severity   as the run told of them
//!                 └───────────────► csv, json: the columns as they are
//! ```
//!
//! A batch of rows is held at a time, whatever the size of the run.

use std::{
    io,
    path::{Path, PathBuf},
};

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::ArrowError;
use arrow_select::filter::filter_record_batch;
use clap::ValueEnum;
use jiff::Timestamp;
use thiserror::Error;

mod asff;
mod csv;
mod json;
pub mod ocsf;
mod row;
mod security_lake;
#[cfg(test)]
mod tests;
mod texts;

use ocsf::{Events, Version};
use row::Row;
use texts::Catalogue;

use crate::{
    finding::{Severity, Status},
    lake::{
        RunId, Table,
        published::{Fetched, PublishedRun},
        read::{ReadError, View, instant},
        store::{Store, StoreError},
    },
    output::Output,
    place::Region,
};

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// OCSF Compliance Findings (class 2003), one a line.
    Ocsf,
    /// Inputs of Security Hub's `BatchImportFindings`, one a line, of one account and region each.
    Asff,
    /// CSV with the columns of the table.
    Csv,
    /// JSON with the columns of the table, one row a line.
    Json,
    /// OCSF as Parquet, in the folders of a custom source of Security Lake.
    SecurityLake,
}

impl Format {
    /// The statuses that are exported unless others are asked for.
    pub fn statuses(self) -> &'static [Status] {
        match self {
            // What cannot apply is no event for anybody.
            Self::Ocsf | Self::Asff => &[Status::Fail, Status::Unknown, Status::Pass],
            Self::Csv | Self::Json => &Status::ALL,
            Self::SecurityLake => &[Status::Fail],
        }
    }

    /// The last version of OCSF that it can hold.
    pub fn newest(self) -> Version {
        match self {
            Self::SecurityLake => Version::V1_3,
            Self::Ocsf | Self::Asff | Self::Csv | Self::Json => Version::V1_8,
        }
    }
}

/// What is exported, and how.
#[derive(Debug, Clone)]
pub enum Form {
    /// OCSF events in a version.
    Ocsf(Version),
    /// Security Hub's findings.
    Asff,
    /// CSV.
    Csv,
    /// JSON.
    Json,
    /// Files for Security Lake.
    SecurityLake(Source),
}

/// A custom source of Security Lake.
#[derive(Debug, Clone)]
pub struct Source {
    /// The version of OCSF.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// The region of the Security Lake.
    pub region: Region,
    /// Where the folders are made.
    pub root: PathBuf,
}

/// Which findings are exported.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Those of these statuses.
    pub statuses: Vec<Status>,
    /// Those of this severity or a higher one.
    pub least: Severity,
    /// Also those that failed until then and cannot any more, so that whoever holds them open can close them: the check
    /// applies no more, or the resource is gone.
    pub closed_since: Option<Timestamp>,
}

/// Why a run cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// What was published cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output cannot be written.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
    /// The run told nothing of its checks.
    #[error(
        "run {0} has no table `checks`, which says what its checks mean: an earlier version of sagesweep published it; \
         --format csv and json do without"
    )]
    NoChecks(RunId),
    /// It told nothing of this one.
    #[error(
        "the table `checks` of the run has no row of the check `{0}`, which is in its findings; `sagesweep verify` tells whether they are as they were published"
    )]
    NoSuchCheck(String),
    /// A row does not go into the form.
    #[error("cannot write a finding in this form; --format json has it as it is")]
    Arrow(#[from] ArrowError),
}

impl From<::csv::Error> for ExportError {
    fn from(error: ::csv::Error) -> Self {
        let text = error.to_string();
        // A closed pipe is to be known as one.
        if let ::csv::ErrorKind::Io(error) = error.into_kind() {
            Self::Output(error)
        } else {
            Self::Output(io::Error::other(text))
        }
    }
}

/// What is read of a run, on this machine.
#[derive(Debug)]
pub struct Tables {
    findings: Fetched,
    checks: Fetched,
    requirements: Fetched,
    events: Fetched,
}

impl Tables {
    /// Fetches it.
    pub async fn fetch(run: &PublishedRun, store: &Store) -> Result<Self, ReadError> {
        Ok(Self {
            findings: run.fetch(store, Table::Findings).await?,
            checks: run.fetch(store, Table::Checks).await?,
            requirements: run.fetch(store, Table::CheckRequirements).await?,
            events: run.fetch(store, Table::FindingEvents).await?,
        })
    }

    fn catalogue(&self, run: &PublishedRun) -> Result<Catalogue, ExportError> {
        let catalogue = Catalogue::read(self.checks.batches(&[]), self.requirements.batches(&[]))?;
        catalogue.ok_or_else(|| ExportError::NoChecks(run.run_id().clone()))
    }
}

/// Exports the findings of a run into a file, or to the standard output; those for Security Lake have files of their own.
/// Returns how many there were.
pub fn export(
    run: &PublishedRun,
    tables: &Tables,
    form: &Form,
    filter: &Filter,
    file: Option<&Path>,
) -> Result<u64, ExportError> {
    let output = || Output::open(file);
    let batches = tables.findings.batches(&[]).map(|batch| filter.apply(&batch?));
    match form {
        Form::Ocsf(version) => {
            let catalogue = tables.catalogue(run)?;
            let events = Events { run: &run.row, catalogue: &catalogue, version: *version };
            let mut out = output()?;
            let mut write = |row: &Row<'_>| Ok(json::line(&mut out, &events.event(row)?)?);
            let rows = each(batches, &mut write)? + each_gone(tables, filter, &catalogue, write)?;
            out.finish()?;
            Ok(rows)
        }
        Form::Asff => {
            let catalogue = tables.catalogue(run)?;
            let (mut out, mut inputs) = (output()?, asff::Batches::new(&run.row, &catalogue));
            let mut write = |row: &Row<'_>| inputs.add(&mut out, row);
            let rows = each(batches, &mut write)? + each_gone(tables, filter, &catalogue, write)?;
            inputs.write(&mut out)?;
            out.finish()?;
            Ok(rows)
        }
        Form::Csv => {
            let mut out = ::csv::Writer::from_writer(output()?);
            csv::header(&mut out)?;
            let rows = whole(batches, |batch| csv::write(&mut out, batch))?;
            let out = out.into_inner().map_err(::csv::IntoInnerError::into_error)?;
            out.finish()?;
            Ok(rows)
        }
        Form::Json => {
            let mut out = output()?;
            let rows = whole(batches, |batch| json::write(&mut out, batch))?;
            out.finish()?;
            Ok(rows)
        }
        Form::SecurityLake(Source { version, name, region, root }) => {
            let catalogue = tables.catalogue(run)?;
            let events = Events { run: &run.row, catalogue: &catalogue, version: *version };
            let mut files = security_lake::Files::new(events, root.clone(), name, region.as_str());
            let rows = each(batches, |row| files.add(row))?;
            files.finish()?;
            Ok(rows)
        }
    }
}

/// Gives each row to `write`, and counts them.
fn each(
    batches: impl Iterator<Item = Result<RecordBatch, ExportError>>,
    mut write: impl FnMut(&Row<'_>) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    whole(batches, |batch| (0..batch.num_rows()).try_for_each(|row| write(&Row::of(batch, row)?)))
}

/// Gives to `write` the findings of resources that are gone, and counts them.
fn each_gone(
    tables: &Tables,
    filter: &Filter,
    catalogue: &Catalogue,
    mut write: impl FnMut(&Row<'_>) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let mut rows = 0;
    for batch in tables.events.batches(&[]).filter(|_| filter.closed_since.is_some()) {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            // Of a check that was given up since nothing is known that an event could say.
            let is_told = |row: &Row<'_>| row.severity >= filter.least && catalogue.of(row).is_ok();
            if let Some(row) = Row::gone(&batch, row)?.filter(is_told) {
                write(&row)?;
                rows += 1;
            }
        }
    }
    Ok(rows)
}

/// Gives each batch to `write`, and counts its rows.
fn whole(
    batches: impl Iterator<Item = Result<RecordBatch, ExportError>>,
    mut write: impl FnMut(&RecordBatch) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        write(&batch)?;
        rows += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
    }
    Ok(rows)
}

impl Filter {
    /// The rows of a batch that are exported.
    fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch, ExportError> {
        let columns = View { table: Table::Findings, batch };
        let (statuses, severities) = (columns.texts("status")?, columns.integers("severity_id")?);
        let resolved = columns.instants("last_resolved_at");
        let is_closed = |row| {
            statuses.value(row) == Status::NotApplicable.as_str()
                && self.closed_since.is_some_and(|since| instant(resolved, row).is_some_and(|at| at >= since))
        };
        let is_wanted = |row: usize| {
            let status = statuses.value(row);
            severities.value(row) >= self.least.id()
                && (self.statuses.iter().any(|one| one.as_str() == status) || is_closed(row))
        };
        let wanted = (0..batch.num_rows()).map(|row| Some(is_wanted(row))).collect::<BooleanArray>();
        Ok(filter_record_batch(batch, &wanted)?)
    }
}
