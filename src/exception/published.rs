//! Exceptions held against what the last run published: which of them would decide what.

use std::{collections::BTreeMap, sync::Arc};

use arrow_array::{Array as _, MapArray, RecordBatch, StringArray, cast::AsArray as _};
use thiserror::Error;
use tokio::task;

use super::{
    Exception, Exceptions,
    usage::{Usage, Used},
};
use crate::{
    finding::Status,
    lake::{
        RunId, Table,
        published::{Fetched, FindError, PublishedRun, RunName},
        read::{ReadError, View, text},
        store::Store,
    },
};

/// What exceptions would cover of a published run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The run.
    pub run_id: RunId,
    /// Its findings that fail.
    pub failing: u64,
    /// What each exception would cover of them.
    pub usage: Usage,
    /// The findings that lie in the scope of each, by its id, whether it decides about them or one before it does.
    pub in_scope: BTreeMap<String, u64>,
}

/// Why that cannot be told.
#[derive(Debug, Error)]
pub enum HeldError {
    /// The run cannot be found.
    #[error(transparent)]
    Find(#[from] FindError),
    /// Its findings cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The columns that decide.
const COLUMNS: &[&str] = &["check_id", "status", "account_id", "ou_path", "region", "resource_arn", "tags"];

impl Held {
    /// Holds exceptions against the latest published run; none where nothing is published.
    pub async fn against_last_run(store: &Store, exceptions: &Exceptions) -> Result<Option<Self>, HeldError> {
        let run = match PublishedRun::find(store, &RunName::Latest).await {
            Ok(run) => run,
            Err(FindError::NothingPublished(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let findings = run.fetch(store, Table::Findings).await?;
        let held_against = exceptions.clone();
        let counting = task::spawn_blocking(move || count(&findings, &held_against));
        let Counts { failing, covered, in_scope } = counting.await.map_err(ReadError::from)??;
        let usage = Usage::of(exceptions, &covered);
        Ok(Some(Self { run_id: run.run_id().clone(), failing, usage, in_scope }))
    }

    /// Of what lies in the scope of an exception, what one before it decides about.
    pub fn decided_before(&self, used: &Used) -> u64 {
        self.in_scope.get(&used.exception.id).copied().unwrap_or(0).saturating_sub(used.covers)
    }
}

/// What was counted of a run.
#[derive(Debug, Default)]
struct Counts {
    failing: u64,
    covered: BTreeMap<String, u64>,
    in_scope: BTreeMap<String, u64>,
}

/// The findings that fail, and what each exception decides of them.
fn count(findings: &Fetched, exceptions: &Exceptions) -> Result<Counts, ReadError> {
    let mut counts = Counts::default();
    for batch in findings.batches(COLUMNS) {
        let batch = batch?;
        let rows = Rows::of(&batch)?;
        for row in (0..batch.num_rows()).filter(|row| rows.fails(*row)) {
            counts.failing += 1;
            let taken = rows.taken(row, exceptions);
            if let Some(first) = taken.first() {
                *counts.covered.entry(first.id.clone()).or_default() += 1;
            }
            for exception in taken {
                *counts.in_scope.entry(exception.id.clone()).or_default() += 1;
            }
        }
    }
    Ok(counts)
}

/// The columns of a batch.
struct Rows<'a> {
    check_id: &'a StringArray,
    status: &'a StringArray,
    account_id: &'a StringArray,
    ou_path: &'a StringArray,
    region: &'a StringArray,
    resource_arn: &'a StringArray,
    tags: &'a MapArray,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, ReadError> {
        let view = View { table: Table::Findings, batch };
        let tags = batch.column_by_name("tags").and_then(|column| column.as_map_opt());
        Ok(Self {
            check_id: view.texts("check_id")?,
            status: view.texts("status")?,
            account_id: view.texts("account_id")?,
            ou_path: view.texts("ou_path")?,
            region: view.texts("region")?,
            resource_arn: view.texts("resource_arn")?,
            tags: tags.ok_or(ReadError::Row(Table::Findings))?,
        })
    }

    fn fails(&self, row: usize) -> bool {
        self.status.value(row) == Status::Fail.as_str()
    }

    /// The exceptions in whose scope a row lies, in the order of the file: the first decides.
    fn taken<'e>(&self, row: usize, exceptions: &'e Exceptions) -> Vec<&'e Arc<Exception>> {
        let Ok(account) = self.account_id.value(row).parse() else { return Vec::new() };
        let ou_path = text(self.ou_path, row);
        let (region, arn, check) = (self.region.value(row), self.resource_arn.value(row), self.check_id.value(row));
        let mut tags = None;
        let mut is_in = |exception: &&Arc<Exception>| {
            exception.is_for(check)
                && exception.scope.takes_place(account, ou_path, region)
                && exception.scope.takes_resource(arn, tags.get_or_insert_with(|| self.tags_of(row)))
        };
        exceptions.in_force().filter(|exception| is_in(exception)).collect()
    }

    fn tags_of(&self, row: usize) -> BTreeMap<String, String> {
        let entries = self.tags.value(row);
        let texts = |column| entries.column(column).as_string_opt::<i32>();
        let Some((keys, values)) = texts(0).zip(texts(1)) else { return BTreeMap::new() };
        (0..entries.len()).map(|tag| (keys.value(tag).to_owned(), values.value(tag).to_owned())).collect()
    }
}
