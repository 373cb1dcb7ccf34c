//! A published run in the forms of others: OCSF events, Security Hub's findings, CSV, JSON, Amazon Security Lake.
//!
//! ```text
//! findings ──► filter ──► row ──► ocsf ──► lines, or security_lake
//! batches      status,     │ └──► asff ──► lines
//!              severity    └ texts: what the run's table checks says
//!                 └──────────────────────► csv, json: the columns as they are
//! ```
//!
//! A batch of rows is held at a time, whatever the size of the run.

use std::{io, path::PathBuf};

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::ArrowError;
use arrow_select::filter::filter_record_batch;
use clap::ValueEnum;
use thiserror::Error;

mod asff;
mod csv;
mod json;
pub mod ocsf;
mod row;
mod security_lake;
#[cfg(test)]
mod tests;
pub mod texts;

use ocsf::{Events, Version};
use row::Row;
use texts::Catalogue;

use crate::{
    finding::{Severity, Status},
    lake::{
        Table,
        published::{Fetched, PublishedRun},
        read::{ReadError, View},
        store::StoreError,
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
    /// A row does not go into the form.
    #[error("cannot write a finding in this form")]
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

/// Exports the findings of a run into a file, or to the standard output; those for Security Lake have files of their own.
/// Returns how many there were.
pub fn export(
    run: &PublishedRun,
    findings: &Fetched,
    catalogue: &Catalogue,
    form: &Form,
    filter: &Filter,
    file: Option<&PathBuf>,
) -> Result<u64, ExportError> {
    let written = write(run, findings, catalogue, form, filter, file);
    match (written, file) {
        (Err(ExportError::Output(source)), Some(path)) => {
            Err(StoreError::File { doing: "write", path: path.clone(), source }.into())
        }
        (written, _) => written,
    }
}

fn write(
    run: &PublishedRun,
    findings: &Fetched,
    catalogue: &Catalogue,
    form: &Form,
    filter: &Filter,
    file: Option<&PathBuf>,
) -> Result<u64, ExportError> {
    let output = || Output::open(file.map(PathBuf::as_path));
    let batches = findings.batches(&[]).map(|batch| filter.apply(&batch?));
    match form {
        Form::Ocsf(version) => {
            let (mut out, events) = (output()?, Events { run: &run.row, catalogue, version: *version });
            let rows = each(batches, |row| Ok(json::line(&mut out, &events.event(row))?))?;
            out.finish()?;
            Ok(rows)
        }
        Form::Asff => {
            let (mut out, mut inputs) = (output()?, asff::Batches::new(&run.row, catalogue));
            let rows = each(batches, |row| inputs.add(&mut out, row))?;
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
            let events = Events { run: &run.row, catalogue, version: *version };
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
        let is_wanted = |row: usize| {
            let status = statuses.value(row);
            severities.value(row) >= self.least.id() && self.statuses.iter().any(|one| one.as_str() == status)
        };
        let wanted = (0..batch.num_rows()).map(|row| Some(is_wanted(row))).collect::<BooleanArray>();
        Ok(filter_record_batch(batch, &wanted)?)
    }
}
