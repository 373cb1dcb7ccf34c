//! The object in `runs`: the row of a run, and the bytes that make the run count once they are put.

use std::{collections::BTreeMap, fs::File, path::Path};

use arrow_array::{Array as _, Int64Array, RecordBatch, StringArray};
use jiff::Timestamp;
use parquet::{arrow::arrow_reader::ParquetRecordBatchReaderBuilder, errors::ParquetError};

use super::{PublishError, Tally, files};
use crate::{
    finding::Status,
    lake::{
        RunContext, Table,
        column::batch,
        hash::Digest,
        runs::{self, Link, Object, RunFacts, RunRow, RunStatus},
    },
};

/// The row, without its link.
pub(super) fn run_row(
    facts: &RunFacts,
    published_at: Timestamp,
    tally: &Tally,
    rows: BTreeMap<String, u64>,
    objects: Vec<Object>,
) -> RunRow {
    let coverage_percent = tally.coverage_percent();
    let status = match coverage_percent {
        Some(percent) if percent >= facts.floor_percent => RunStatus::Complete,
        Some(_) | None => RunStatus::Incomplete,
    };
    RunRow {
        facts: facts.clone(),
        status,
        published_at,
        cells_total: tally.cells_total(),
        cells_counted: tally.cells_counted(),
        cells_complete: tally.cells_complete(),
        coverage_percent,
        findings: Status::ALL.map(|status| (status.as_str().to_owned(), tally.with_status(status))).into(),
        rows,
        objects,
        link: Link::default(),
    }
}

/// The row of an object in `runs`, read back.
pub(crate) fn one_row(path: &Path) -> Result<RecordBatch, ParquetError> {
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.build()?;
    let batch = reader.next().transpose()?.filter(|batch| batch.num_rows() == 1);
    let batch = batch.ok_or_else(|| ParquetError::General("not exactly one row".to_owned()))?;
    match reader.next() {
        None => Ok(batch),
        Some(_) => Err(ParquetError::General("more than one row".to_owned())),
    }
}

/// The SHA-256 of the manifest that a row names.
pub(crate) fn named_manifest(row: &RecordBatch) -> Option<&str> {
    row.column_by_name("manifest_sha256")?.as_any().downcast_ref::<StringArray>()?.iter().flatten().next()
}

/// How a row says its run ended.
pub(crate) fn status(row: &RecordBatch) -> Option<RunStatus> {
    let texts = row.column_by_name("status")?.as_any().downcast_ref::<StringArray>()?;
    let text = texts.iter().flatten().next()?;
    [RunStatus::Complete, RunStatus::Incomplete].into_iter().find(|status| status.as_str() == text)
}

/// The number in the chain that a row says its run has.
pub(crate) fn sequence(row: &RecordBatch) -> Option<u64> {
    let numbers = row.column_by_name("sequence")?.as_any().downcast_ref::<Int64Array>()?;
    numbers.iter().flatten().next().and_then(|number| u64::try_from(number).ok())
}

/// The bytes of a row's object, and what identifies them: the same row gives the same bytes.
pub(crate) fn encode(run: RunRow) -> Result<(Vec<u8>, Object), PublishError> {
    let key = Table::Runs.key(&run.facts.run_id, 0);
    let context = RunContext { run_id: run.facts.run_id.clone(), owner_tag: String::new() };
    let bytes = files::in_memory(Table::Runs, &batch(&runs::columns(), &[run], &context)?)?;
    let Digest { bytes: size, sha256 } = Digest::of(&bytes);
    Ok((bytes, Object { key, bytes: size, rows: 1, sha256 }))
}
