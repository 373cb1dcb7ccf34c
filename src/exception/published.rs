//! Exceptions held against what the last run published: which of them would decide what.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::{Array as _, MapArray, RecordBatch, StringArray};
use parquet::{
    arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder},
    errors::ParquetError,
};
use thiserror::Error;
use tokio::task::{self, JoinError};

use super::{Exception, Exceptions, usage::Usage};
use crate::{
    finding::Status,
    lake::{
        RunId, Table,
        hash::Digest,
        publish::{ChainError, last_run},
        runs::Object,
        store::{Store, StoreError},
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
}

/// Why that cannot be told.
#[derive(Debug, Error)]
pub enum HeldError {
    /// The store refused.
    #[error("cannot read the findings of the last run")]
    Store(#[from] StoreError),
    /// The chain of manifests cannot be read.
    #[error("cannot find the last run")]
    Chain(#[from] ChainError),
    /// A file is not what was published, or cannot be read.
    #[error("{place} is not what was published; `sagesweep verify` tells more")]
    Changed {
        /// Where it is.
        place: String,
        /// Why it cannot be read, where that is known.
        source: Option<ParquetError>,
    },
    /// The thread that reads died.
    #[error("a worker thread ended early")]
    Worker(#[from] JoinError),
}

/// The columns that decide.
const COLUMNS: [&str; 7] = ["check_id", "status", "account_id", "ou_path", "region", "resource_arn", "tags"];

impl Held {
    /// Holds exceptions against the run that was published last; none where no run was.
    pub async fn against_last_run(store: &Store, exceptions: &Exceptions) -> Result<Option<Self>, HeldError> {
        let Some(run) = last_run(store).await? else { return Ok(None) };
        let run_id = run.facts.run_id;
        let scratch = store.scratch(&format!("{run_id}-exceptions")).await?;
        let (mut failing, mut covered) = (0, BTreeMap::new());
        for object in run.objects.iter().filter(|object| Table::Findings.holds(&run_id, &object.key)) {
            let path = store.fetch(&object.key, scratch.path()).await?;
            let (object, exceptions, place) = (object.clone(), exceptions.clone(), store.place(&object.key));
            let count = move || count(&path, &object, &exceptions);
            let counted = task::spawn_blocking(count).await?;
            let (more, of_each) = counted.map_err(|source| HeldError::Changed { place, source })?;
            failing += more;
            for (id, count) in of_each {
                *covered.entry(id).or_default() += count;
            }
        }
        Ok(Some(Self { run_id, failing, usage: Usage::of(exceptions, &covered) }))
    }
}

/// The findings of a file that fail, and what each exception decides of them.
fn count(
    path: &PathBuf,
    object: &Object,
    exceptions: &Exceptions,
) -> Result<(u64, BTreeMap<String, u64>), Option<ParquetError>> {
    let digest = Digest::of_file(path).map_err(|error| Some(error.into()))?;
    if (digest.bytes, &digest.sha256) != (object.bytes, &object.sha256) {
        return Err(None);
    }
    let (mut failing, mut covered) = (0, BTreeMap::new());
    for batch in batches(path)? {
        let batch = batch.map_err(ParquetError::from)?;
        let Some(findings) = Findings::of(&batch) else { return Err(None) };
        for row in (0..batch.num_rows()).filter(|row| findings.fails(*row)) {
            failing += 1;
            if let Some(exception) = findings.covering(row, exceptions) {
                *covered.entry(exception.id.clone()).or_default() += 1;
            }
        }
    }
    Ok((failing, covered))
}

type Batches = parquet::arrow::arrow_reader::ParquetRecordBatchReader;

fn batches(path: &Path) -> Result<Batches, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let columns = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    builder.with_projection(columns).build()
}

/// The columns of a batch.
struct Findings<'a> {
    check_id: &'a StringArray,
    status: &'a StringArray,
    account_id: &'a StringArray,
    ou_path: &'a StringArray,
    region: &'a StringArray,
    resource_arn: &'a StringArray,
    tags: &'a MapArray,
}

impl<'a> Findings<'a> {
    fn of(batch: &'a RecordBatch) -> Option<Self> {
        let text = |name| batch.column_by_name(name)?.as_any().downcast_ref::<StringArray>();
        Some(Self {
            check_id: text("check_id")?,
            status: text("status")?,
            account_id: text("account_id")?,
            ou_path: text("ou_path")?,
            region: text("region")?,
            resource_arn: text("resource_arn")?,
            tags: batch.column_by_name("tags")?.as_any().downcast_ref()?,
        })
    }

    fn fails(&self, row: usize) -> bool {
        self.status.value(row) == Status::Fail.as_str()
    }

    /// The exception that decides about a row.
    fn covering<'e>(&self, row: usize, exceptions: &'e Exceptions) -> Option<&'e Arc<Exception>> {
        let account = self.account_id.value(row).parse().ok()?;
        let ou_path = self.ou_path.is_valid(row).then(|| self.ou_path.value(row));
        let (region, arn, check) = (self.region.value(row), self.resource_arn.value(row), self.check_id.value(row));
        let mut tags = None;
        let mut is_it = |exception: &&Arc<Exception>| {
            exception.is_for(check)
                && exception.scope.takes_place(account, ou_path, region)
                && exception.scope.takes_resource(arn, tags.get_or_insert_with(|| self.tags_of(row)))
        };
        exceptions.in_force().find(|exception| is_it(exception))
    }

    fn tags_of(&self, row: usize) -> BTreeMap<String, String> {
        let entries = self.tags.value(row);
        let texts = |column| entries.column(column).as_any().downcast_ref::<StringArray>();
        let Some((keys, values)) = texts(0).zip(texts(1)) else { return BTreeMap::new() };
        (0..entries.len()).map(|tag| (keys.value(tag).to_owned(), values.value(tag).to_owned())).collect()
    }
}
