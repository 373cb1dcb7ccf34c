//! A part: the rows of some complete units as one sorted run for each table, and the description that makes them count.

use std::{
    iter,
    path::{Path, PathBuf},
};

use arrow_select::take::take_record_batch;
use serde::{Deserialize, Serialize};

use super::{Bounds, StagingError, Unit, folder};
use crate::{
    coverage::Coverage,
    finding::Finding,
    lake::{
        RunContext, RunId, SCHEMA_VERSION, Table,
        column::{Column, batch},
        coverage, findings,
        merge::{MergeError, write_run},
        order::Keys,
        resources::{self, Located},
        store::Stored,
    },
};

/// The description of a part, written after its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The version of the columns.
    pub schema_version: i32,
    /// The run.
    pub run_id: RunId,
    /// The shard of the scan.
    pub shard: u32,
    /// The number within the shard.
    pub number: u32,
    /// Its files, at most one for each table.
    pub files: Vec<StagedFile>,
}

/// One sorted run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedFile {
    /// The table of its rows.
    pub table: Table,
    /// The name in the folder of the run.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Part {
    /// The key of the description.
    pub fn key(&self) -> String {
        format!("{}part-{:04}-{:05}.json", folder(&self.run_id), self.shard, self.number)
    }

    /// The key of one of its files.
    pub fn key_of(&self, file: &StagedFile) -> String {
        format!("{}{}", folder(&self.run_id), file.name)
    }

    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, StagingError> {
        serde_json::to_vec_pretty(self).map_err(StagingError::Describe)
    }

    pub(super) fn from_json(bytes: &[u8], place: impl Fn() -> String) -> Result<Self, StagingError> {
        let part: Self =
            serde_json::from_slice(bytes).map_err(|source| StagingError::Part { place: place(), source })?;
        match part.schema_version {
            SCHEMA_VERSION => Ok(part),
            found => Err(StagingError::Version { place: place(), found, expected: SCHEMA_VERSION }),
        }
    }
}

/// Whether a key is that of a part's description.
pub(super) fn is_part(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.strip_prefix("part-").is_some_and(|rest| rest.split('.').nth(1) == Some("json"))
}

/// The number after all that a shard has used, counting those of parts that were never finished.
pub(super) fn next_number(stored: &[Stored], shard: u32) -> u32 {
    let shard = format!("{shard:04}");
    let number = |stored: &Stored| {
        let mut fields = stored.key.rsplit('/').next()?.split(['-', '.']).skip(1);
        (fields.next()? == shard).then(|| fields.next()?.parse::<u32>().ok())?
    };
    stored.iter().filter_map(number).max().map_or(0, |last| last + 1)
}

/// The rows of a part that is open.
#[derive(Debug, Default)]
pub(super) struct Rows {
    findings: Vec<Finding>,
    resources: Vec<Located>,
    coverage: Vec<Coverage>,
}

impl Rows {
    pub(super) fn add(&mut self, unit: Unit) {
        let Unit { target, resources, findings, coverage } = unit;
        let located = |resource| Located { target: std::sync::Arc::clone(&target), resource };
        self.resources.extend(resources.into_iter().map(located));
        self.findings.extend(findings);
        self.coverage.extend(coverage);
    }

    pub(super) fn reach(&self, bounds: Bounds) -> bool {
        self.findings.len().max(self.coverage.len()) >= bounds.findings || self.resources.len() >= bounds.resources
    }

    pub(super) fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.resources.is_empty() && self.coverage.is_empty()
    }

    /// Writes the runs of the part into `scratch`; the paths are those of its files, in their order.
    pub(super) fn encode(
        self,
        context: &RunContext,
        shard: u32,
        number: u32,
        scratch: &Path,
    ) -> Result<(Part, Vec<PathBuf>), StagingError> {
        let run_id = context.run_id.clone();
        let mut part = Part { schema_version: SCHEMA_VERSION, run_id, shard, number, files: Vec::new() };
        let Self { findings: judged, resources: seen, coverage: cells } = self;
        part.encode(Table::Findings, &findings::columns(), judged, context, scratch)?;
        part.encode(Table::Resources, &resources::columns(), seen, context, scratch)?;
        part.encode(Table::Coverage, &coverage::columns(), cells, context, scratch)?;
        let paths = part.files.iter().map(|file| scratch.join(&file.name)).collect();
        Ok((part, paths))
    }
}

impl Part {
    fn encode<R>(
        &mut self,
        table: Table,
        columns: &[Column<R>],
        rows: Vec<R>,
        context: &RunContext,
        scratch: &Path,
    ) -> Result<(), StagingError> {
        let Some(order) = table.order().filter(|_| !rows.is_empty()) else { return Ok(()) };
        let unsorted = batch(columns, &rows, context)?;
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        drop(rows);
        let sorted = {
            let keys = Keys::new(order, &unsorted).map_err(MergeError::from)?;
            take_record_batch(&unsorted, &keys.sorted()).map_err(MergeError::from)?
        };
        drop(unsorted);
        let name = format!("{table}-{:04}-{:05}.arrow", self.shard, self.number);
        let digest = write_run(&scratch.join(&name), &table.schema(), iter::once(Ok(sorted)))?;
        self.files.push(StagedFile { table, name, rows: count, bytes: digest.bytes, sha256: digest.sha256 });
        Ok(())
    }
}
