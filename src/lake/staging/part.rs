//! A part: the rows of some complete units as one sorted run for each table, and the description that makes them count.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    Bounds, StagingError,
    encode::{Staged, write_run},
    folder,
    unit::{End, Extent, Unit, UnitRecord},
};
use crate::{
    coverage::Coverage,
    finding::Finding,
    lake::{
        RunContext, RunId, SCHEMA_VERSION, Table, coverage, findings,
        layout::Section,
        resources::{self, Located},
        sealed,
        store::Stored,
    },
    place::AccountId,
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
    /// Its units: the column `unit` of its files counts them from 0.
    pub units: Vec<UnitRecord>,
    /// Accounts of which nothing needs to be asked again, with how many cells they have.
    pub ended: Vec<(AccountId, u64)>,
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
        sealed::seal(self).map_err(StagingError::Describe)
    }

    pub(super) fn from_json(bytes: &[u8], place: impl Fn() -> String) -> Result<Self, StagingError> {
        let part: Self = sealed::unseal(bytes).map_err(|source| StagingError::Part { place: place(), source })?;
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
        let mut fields = stored.key.rsplit('/').next()?.split(['-', '.']);
        let kind = fields.next()?;
        (kind == "part" || Table::SCANNED.iter().any(|table| table.as_str() == kind)).then_some(())?;
        (fields.next()? == shard).then(|| fields.next()?.parse::<u32>().ok())?
    };
    stored.iter().filter_map(number).max().map_or(0, |last| last + 1)
}

/// The rows of a part that is open, each with the number of its unit.
#[derive(Debug, Default)]
pub(super) struct Rows {
    findings: Numbered<Finding>,
    resources: Numbered<Located>,
    coverage: Numbered<Coverage>,
    units: Vec<UnitRecord>,
    ended: Vec<(AccountId, u64)>,
}

/// Rows and the numbers of their units.
#[derive(Debug)]
struct Numbered<R> {
    rows: Vec<R>,
    units: Vec<u32>,
}

impl<R> Default for Numbered<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), units: Vec::new() }
    }
}

impl<R> Numbered<R> {
    fn extend(&mut self, unit: u32, rows: impl IntoIterator<Item = R>) {
        self.rows.extend(rows);
        self.units.resize(self.rows.len(), unit);
    }
}

impl Rows {
    pub(super) fn add(&mut self, unit: Unit) {
        let number = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        self.units.push(unit.record());
        let Unit { target, resource_type: _, reading: _, resources, findings, extent } = unit;
        let located = |resource| Located { target: Arc::clone(&target), resource };
        self.resources.extend(number, resources.into_iter().map(located));
        self.findings.extend(number, findings);
        if let Extent::End(end) = extent {
            let End { coverage, adopted: _, resources: _, seen: _ } = *end;
            self.coverage.extend(number, [coverage]);
        }
    }

    pub(super) fn account_ended(&mut self, account: AccountId, cells: u64) {
        self.ended.push((account, cells));
    }

    pub(super) fn reach(&self, bounds: Bounds) -> bool {
        let findings = self.findings.rows.len().max(self.coverage.rows.len());
        findings >= bounds.findings || self.resources.rows.len() >= bounds.resources
    }

    pub(super) fn is_empty(&self) -> bool {
        self.units.is_empty() && self.ended.is_empty()
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
        let Self { findings: judged, resources: seen, coverage: cells, units, ended } = self;
        let mut part = Part { schema_version: SCHEMA_VERSION, run_id, shard, number, files: Vec::new(), units, ended };
        part.encode(Table::Findings, &findings::sections(), judged, context, scratch)?;
        part.encode(Table::Resources, &resources::sections(), seen, context, scratch)?;
        part.encode(Table::Coverage, &coverage::sections(), cells, context, scratch)?;
        let paths = part.files.iter().map(|file| scratch.join(&file.name)).collect();
        Ok((part, paths))
    }
}

impl Part {
    fn encode<R: Staged>(
        &mut self,
        table: Table,
        sections: &[Section<R>],
        numbered: Numbered<R>,
        context: &RunContext,
        scratch: &Path,
    ) -> Result<(), StagingError> {
        let Numbered { rows, units } = numbered;
        let Some(layout) = table.layout().filter(|_| !rows.is_empty()) else { return Ok(()) };
        // A name that no other attempt uses: what a part has described is never written again.
        let name = format!("{table}-{:04}-{:05}-{:08x}.arrow", self.shard, self.number, fastrand::u32(..));
        let digest = write_run(&scratch.join(&name), &layout, sections, &rows, &units, context)?;
        let rows = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.files.push(StagedFile { table, name, rows, bytes: digest.bytes, sha256: digest.sha256 });
        Ok(())
    }
}
