//! The rows that count: which staged files a table is made of, which of their units, and the rows of gaps.

use std::{collections::BTreeMap, path::Path};

use super::{PublishError, digest};
use crate::{
    coverage::Coverage,
    lake::{
        RunContext, Table, coverage,
        merge::Source,
        staging::{
            encode::write_run,
            ledger::{Ledger, Live},
            part::{Part, StagedFile},
            unit::ExtentRecord,
        },
        store::Store,
    },
};

/// What the tables of a run are made of.
#[derive(Debug)]
pub(super) struct Staged {
    files: Vec<Counted>,
    rows: BTreeMap<Table, u64>,
    gaps: Vec<Coverage>,
    context: RunContext,
}

/// A staged file with the units of it that count.
#[derive(Debug)]
pub(super) struct Counted {
    key: String,
    file: StagedFile,
    live: Live,
}

impl Staged {
    pub(super) fn of(parts: &[Part], gaps: Vec<Coverage>, context: RunContext) -> Self {
        let ledger = Ledger::of(parts);
        let mut rows = BTreeMap::<_, u64>::new();
        let mut files = Vec::new();
        for part in parts {
            let live = ledger.live(part);
            for (_, unit) in part.units.iter().enumerate().filter(|(number, _)| live.counts(*number)) {
                *rows.entry(Table::Findings).or_default() += unit.findings;
                *rows.entry(Table::Resources).or_default() += unit.resources;
                *rows.entry(Table::Coverage).or_default() += u64::from(matches!(unit.extent, ExtentRecord::End { .. }));
            }
            let counted =
                |file: &StagedFile| Counted { key: part.key_of(file), file: file.clone(), live: live.clone() };
            files.extend(part.files.iter().map(counted));
        }
        *rows.entry(Table::Coverage).or_default() += u64::try_from(gaps.len()).unwrap_or(u64::MAX);
        Self { files, rows, gaps, context }
    }

    /// What the rows share.
    pub(super) fn context(&self) -> &RunContext {
        &self.context
    }

    /// The staged files of a table.
    pub(super) fn files(&self, table: Table) -> impl Iterator<Item = &Counted> {
        self.files.iter().filter(move |counted| counted.file.table == table)
    }

    /// The rows of a table that count, those that stand twice included.
    pub(super) fn rows(&self, table: Table) -> u64 {
        self.rows.get(&table).copied().unwrap_or_default()
    }

    /// The rows of gaps as a sorted run in `scratch`.
    pub(super) fn gaps(&self, table: Table, scratch: &Path) -> Result<Option<Source>, PublishError> {
        let Some(layout) = table.layout().filter(|_| table == Table::Coverage && !self.gaps.is_empty()) else {
            return Ok(None);
        };
        let path = scratch.join("gaps.arrow");
        let units = vec![0; self.gaps.len()];
        write_run(&path, &layout, &coverage::sections(), &self.gaps, &units, &self.context)?;
        Ok(Some(Source { path, live: None }))
    }
}

impl Counted {
    /// The file on this machine, after its content was compared with what its part says.
    pub(super) async fn fetch(&self, store: &Store, scratch: &Path) -> Result<Source, PublishError> {
        let Self { key, file, live } = self;
        let path = store.fetch(key, scratch).await?;
        let digest = digest(path.clone()).await?;
        if digest.bytes == file.bytes && digest.sha256 == file.sha256 {
            return Ok(Source { path, live: Some(live.clone()) });
        }
        Err(PublishError::Changed {
            place: store.place(key),
            bytes: digest.bytes,
            found: digest.sha256,
            expected: file.sha256.clone(),
        })
    }
}
