//! The tables of a run, one after the other: what is staged of each is merged into files, which are uploaded.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use arrow_array::RecordBatch;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::task;

use super::{
    PublishError, Shape, Tally,
    files::{Files, LocalFile},
    history::{Before, Ended, History, base::Base, judged::Judged},
    posture::Posture,
    rows::Staged,
    upload::upload,
};
use crate::{
    exception::{Exceptions, usage::Usage},
    lake::{
        RunContext, RunId, Table,
        check_requirements::{self, served},
        checks::{self, Listed},
        column::{Column, batch},
        exceptions,
        merge::{Merge, Source},
        runs::Object,
        store::Store,
    },
};

/// Staged files that are fetched and verified at once.
const FETCHES: usize = 8;

/// The tables that are uploaded so far.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    store: &'a Store,
    run_id: RunId,
    staged: &'a Staged,
    shape: Shape,
    objects: BTreeMap<Table, Vec<Object>>,
    tally: Tally,
}

/// The files of a table that are on this machine, for as long as this is held.
#[derive(Debug)]
pub(super) struct Local {
    paths: Vec<PathBuf>,
    scratch: TempDir,
}

/// Finished files, by table.
type Made = Vec<(Table, Vec<LocalFile>)>;

impl Local {
    /// Files may be many: removing them blocks.
    async fn remove(self) -> Result<(), PublishError> {
        Ok(task::spawn_blocking(move || drop(self.scratch)).await?)
    }
}

impl<'a> Tables<'a> {
    pub(super) fn new(store: &'a Store, staged: &'a Staged, shape: Shape) -> Self {
        let run_id = staged.context().run_id.clone();
        Self { store, run_id, staged, shape, objects: BTreeMap::new(), tally: Tally::default() }
    }

    pub(super) async fn resources(&mut self) -> Result<(), PublishError> {
        self.merged(Table::Resources).await?.remove().await
    }

    /// The coverage comes before the findings: what is missing among these depends on what was seen.
    pub(super) async fn coverage(&mut self) -> Result<Local, PublishError> {
        self.merged(Table::Coverage).await
    }

    /// The findings, and what is told of them against the run before.
    pub(super) async fn findings(
        &mut self,
        coverage: Local,
        base: Option<Base>,
        now: Timestamp,
    ) -> Result<(), PublishError> {
        let (sources, scratch) = self.sources(Table::Findings).await?;
        let stood = base.as_ref().map(|base| base.path.clone());
        let before = Before { stood, coverage: coverage.paths.clone(), now };
        let (folder, shape, tally) = (scratch.path().to_owned(), self.shape, std::mem::take(&mut self.tally));
        let (expected_rows, context) = (self.staged.rows(Table::Findings), self.staged.context().clone());
        let merging =
            task::spawn_blocking(move || judged(sources, &folder, shape, expected_rows, before, &context, tally));
        let (made, tally) = merging.await??;
        self.tally = Tally { since: base.as_ref().map(|base| base.run_id.clone()), ..tally };
        for (table, files) in made {
            self.upload(table, &files, scratch.path()).await?;
        }
        drop(base);
        coverage.remove().await?;
        Local { paths: Vec::new(), scratch }.remove().await
    }

    /// The catalogue of checks.
    pub(super) async fn catalogue(&mut self, checks: &[Listed]) -> Result<(), PublishError> {
        self.small(Table::Checks, &checks::columns(), checks).await?;
        self.small(Table::CheckRequirements, &check_requirements::columns(), &served(checks)).await
    }

    /// The exceptions, after the findings: with what each covers of them.
    pub(super) async fn exceptions(&mut self, judged_by: &Exceptions) -> Result<Usage, PublishError> {
        let usage = Usage::of(judged_by, &self.tally.excepted);
        self.small(Table::Exceptions, &exceptions::columns(), &usage.each).await?;
        Ok(usage)
    }

    /// The objects, the rows by table, and what was counted.
    pub(super) fn finish(self) -> (Vec<Object>, BTreeMap<String, u64>, Tally) {
        let tables = self.objects.iter().filter(|(table, _)| **table != Table::Standing);
        let count = |objects: &[Object]| objects.iter().map(|object| object.rows).sum();
        let rows = tables.map(|(table, objects)| (table.as_str().to_owned(), count(objects))).collect();
        (self.objects.into_values().flatten().collect(), rows, self.tally)
    }

    /// A table that is what is staged of it.
    async fn merged(&mut self, table: Table) -> Result<Local, PublishError> {
        let (sources, scratch) = self.sources(table).await?;
        let (folder, shape, tally) = (scratch.path().to_owned(), self.shape, std::mem::take(&mut self.tally));
        let expected_rows = self.staged.rows(table);
        let merging = task::spawn_blocking(move || merge(table, sources, &folder, shape, expected_rows, tally));
        let (files, tally) = merging.await??;
        self.tally = tally;
        self.upload(table, &files, scratch.path()).await?;
        Ok(Local { paths: files.into_iter().map(|file| file.path).collect(), scratch })
    }

    /// A table of so few rows that they are held.
    async fn small<R: 'static>(&mut self, table: Table, columns: &[Column<R>], rows: &[R]) -> Result<(), PublishError> {
        let scratch = self.store.scratch(&format!("{}-{table}", self.run_id)).await?;
        let mut files = Files::new(table, scratch.path(), Shape::default(), 0);
        files.write(&batch(columns, rows, self.staged.context())?)?;
        let files = files.finish()?;
        self.upload(table, &files, scratch.path()).await
    }

    /// The sorted runs of a table on this machine.
    async fn sources(&self, table: Table) -> Result<(Vec<Source>, TempDir), PublishError> {
        let scratch = self.store.scratch(&format!("{}-{table}", self.run_id)).await?;
        let fetches = self.staged.files(table).map(|file| file.fetch(self.store, scratch.path()));
        let mut sources = stream::iter(fetches).buffered(FETCHES).try_collect::<Vec<_>>().await?;
        sources.extend(self.staged.gaps(table, scratch.path())?);
        Ok((sources, scratch))
    }

    async fn upload(&mut self, table: Table, files: &[LocalFile], scratch: &Path) -> Result<(), PublishError> {
        self.store.sweep(&table.folder(self.run_id.run_date()), self.run_id.as_str()).await?;
        let objects = upload(self.store, &self.run_id, table, files, scratch).await?;
        self.objects.insert(table, objects);
        Ok(())
    }
}

/// The work of the thread that merges a table.
fn merge(
    table: Table,
    sources: Vec<Source>,
    scratch: &Path,
    shape: Shape,
    expected_rows: u64,
    mut tally: Tally,
) -> Result<(Vec<LocalFile>, Tally), PublishError> {
    let mut files = Files::new(table, scratch, shape, expected_rows);
    each_batch(table, sources, scratch, |batch| {
        tally.add(table, batch)?;
        files.write(batch)
    })?;
    Ok((files.finish()?, tally))
}

/// The work of the thread that merges the findings, and what is made of them.
fn judged(
    sources: Vec<Source>,
    scratch: &Path,
    shape: Shape,
    expected_rows: u64,
    before: Before,
    context: &RunContext,
    mut tally: Tally,
) -> Result<(Made, Tally), PublishError> {
    let one_file = |table| Files::new(table, scratch, Shape { file_bytes: u64::MAX, ..shape }, 0);
    let mut files = Files::new(Table::Findings, scratch, shape, expected_rows);
    let mut posture = Posture::new(one_file(Table::PostureDaily), context);
    let (events, standing) = (one_file(Table::FindingEvents), one_file(Table::Standing));
    let mut history = History::open(before, events, standing, context)?;
    each_batch(Table::Findings, sources, scratch, |batch| {
        let rows = Judged::of(batch.clone())?;
        posture.add(&rows, &mut tally)?;
        tally.add_excepted(&rows);
        files.write(&history.join(&rows)?)
    })?;
    let Ended { events, standing, happened } = history.finish()?;
    tally.events = happened;
    let made = vec![
        (Table::Findings, files.finish()?),
        (Table::PostureDaily, posture.finish(&mut tally)?),
        (Table::FindingEvents, events),
        (Table::Standing, standing),
    ];
    Ok((made, tally))
}

fn each_batch(
    table: Table,
    sources: Vec<Source>,
    scratch: &Path,
    mut take: impl FnMut(&RecordBatch) -> Result<(), PublishError>,
) -> Result<(), PublishError> {
    let failed = |source| PublishError::Merge { table, source };
    let Some(layout) = table.layout().filter(|_| !sources.is_empty()) else { return Ok(()) };
    let mut merged = Merge::open(layout, sources, scratch).map_err(failed)?;
    for batch in &mut merged {
        take(&batch.map_err(failed)?)?;
    }
    if merged.duplicates() > 0 {
        tracing::info!(%table, rows = merged.duplicates(), "rows seen more than once; the latest of each was kept");
    }
    Ok(())
}
