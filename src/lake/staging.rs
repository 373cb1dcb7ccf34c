//! Staging: complete units come in over a bounded channel and become sorted runs, so that nothing of a night has to be
//! held in memory and nothing that was complete is lost with the process.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::Fuse};
use tempfile::TempDir;
use thiserror::Error;
use tokio::{
    sync::mpsc,
    task::{self, JoinError},
    time::Instant,
};

pub(super) mod encode;
pub mod ledger;
pub mod part;
pub mod unit;

use part::{Part, Rows};
use unit::Delivery;

use super::{
    RunContext, RunId,
    column::ColumnError,
    merge::MergeError,
    store::{Put, Store, StoreError},
};

/// How much is held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Units that wait in the channel.
    pub channel: usize,
    /// Findings, or rows of coverage, at which a part is closed.
    pub findings: usize,
    /// Resources at which a part is closed.
    pub resources: usize,
    /// How long a part may stay open: what is in it would be lost with the process.
    pub open: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { channel: 2, findings: 16 * 1024, resources: 4 * 1024, open: Duration::from_secs(20) }
    }
}

/// What was staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Staged {
    /// Parts.
    pub parts: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Units that cannot be staged, or parts that cannot be read back.
#[derive(Debug, Error)]
pub enum StagingError {
    /// The store refused.
    #[error("cannot stage rows")]
    Store(#[from] StoreError),
    /// Rows do not become columns.
    #[error("cannot encode rows for staging")]
    Columns(#[from] ColumnError),
    /// A sorted run cannot be written.
    #[error("cannot write a sorted run for staging")]
    Run(#[from] MergeError),
    /// The description of a part cannot be written.
    #[error("cannot describe a staged part")]
    Describe(#[source] serde_json::Error),
    /// The description of a part cannot be read.
    #[error("cannot understand the staged part {place}; remove the staging folder of the run and scan again")]
    Part {
        /// Where it is.
        place: String,
        /// Why.
        source: serde_json::Error,
    },
    /// A part of another version.
    #[error(
        "the staged part {place} has schema version {found}, and this version writes {expected}; scan and publish with one version"
    )]
    Version {
        /// Where it is.
        place: String,
        /// Its version.
        found: i32,
        /// Ours.
        expected: i32,
    },
    /// The thread that encodes died.
    #[error("a worker thread of staging ended early; try again, and report it with the log if it stays")]
    Worker(#[from] JoinError),
}

/// The folder of the staged parts of a run.
pub fn folder(run_id: &RunId) -> String {
    format!("{FOLDER}{run_id}/")
}

/// The folder of the leases on the shards of a run.
pub fn lease_folder(run_id: &RunId) -> String {
    format!("{}lease/", folder(run_id))
}

/// The folder of all that is on its way.
pub const FOLDER: &str = "_staging/";

/// The name of temporary files of one shard, by which a later attempt knows what an earlier one has left.
pub fn scratch_name(run_id: &RunId, shard: u32) -> String {
    format!("{run_id}-{shard:04}")
}

/// Opens staging for one shard of a run: what goes into the sender is staged by [`Writer::run`], which has to be
/// driven beside the scan. Parts of an earlier attempt stay and count.
pub async fn open(
    store: Store,
    context: RunContext,
    shard: u32,
    bounds: Bounds,
) -> Result<(mpsc::Sender<Delivery>, Writer), StagingError> {
    let number = part::next_number(&store.list(&folder(&context.run_id)).await?, shard);
    let scratch = store.scratch(&scratch_name(&context.run_id, shard)).await?;
    let (sender, units) = mpsc::channel(bounds.channel.max(1));
    Ok((sender, Writer { store, context: Arc::new(context), shard, number, bounds, units, scratch }))
}

/// The end of the channel that turns units into parts.
#[derive(Debug)]
pub struct Writer {
    store: Store,
    context: Arc<RunContext>,
    shard: u32,
    number: u32,
    bounds: Bounds,
    units: mpsc::Receiver<Delivery>,
    scratch: TempDir,
}

impl Writer {
    /// Stages units until every sender is gone. An error closes the channel, which the scan sees at its next unit.
    ///
    /// One part after the other becomes durable, in the order of their numbers, while the next one fills.
    pub async fn run(mut self) -> Result<Staged, StagingError> {
        let mut staged = Staged::default();
        let mut rows = Rows::default();
        let mut opened = Instant::now();
        let mut closing = pin!(Fuse::terminated());
        let mut is_closing = false;
        loop {
            // The channel is drained while a part is encoded and uploaded; only when the next is full meanwhile does
            // it fill, and the scan waits.
            let is_full = rows.reach(self.bounds);
            let is_due = is_full || opened.elapsed() >= self.bounds.open;
            if !is_closing && is_due && !rows.is_empty() {
                closing.set(Box::pin(self.close(std::mem::take(&mut rows))).fuse());
                is_closing = true;
                continue;
            }
            tokio::select! {
                part = &mut closing, if is_closing => {
                    staged.add(&part?);
                    is_closing = false;
                }
                delivery = self.units.recv(), if !is_full => {
                    if rows.is_empty() {
                        opened = Instant::now();
                    }
                    match delivery {
                        Some(Delivery::Unit(unit)) => rows.add(unit),
                        Some(Delivery::AccountEnded(account, cells)) => rows.account_ended(account, cells),
                        None => break,
                    }
                }
                () = tokio::time::sleep_until(opened + self.bounds.open), if !is_closing && !rows.is_empty() => {}
            }
        }
        if is_closing {
            staged.add(&closing.await?);
        }
        if !rows.is_empty() {
            staged.add(&Box::pin(self.close(rows)).await?);
        }
        Ok(staged)
    }

    /// The work of making one part durable.
    fn close(&mut self, rows: Rows) -> impl Future<Output = Result<Part, StagingError>> + use<> {
        let number = self.number;
        self.number += 1;
        let (store, context, shard) = (self.store.clone(), Arc::clone(&self.context), self.shard);
        let scratch = self.scratch.path().to_owned();
        async move {
            let encode = move || rows.encode(&context, shard, number, &scratch);
            let (part, files) = task::spawn_blocking(encode).await??;
            for (staged, path) in part.files.iter().zip(&files) {
                store.put_file(&part.key_of(staged), path, Put::Replace).await?;
                // Only room is lost when this fails: the folder goes at the end.
                drop(tokio::fs::remove_file(path).await);
            }
            // The part counts from here on. Where one that was thought dead has taken the number, the next is free.
            let mut part = part;
            loop {
                match store.put(&part.key(), part.to_json()?, Put::IfAbsent).await {
                    Err(StoreError::AlreadyExists(_)) => part.number += 1,
                    other => break other?,
                }
            }
            tracing::debug!(part = %part.key(), rows = part.rows(), "part staged");
            Ok(part)
        }
    }
}

impl Staged {
    fn add(&mut self, part: &Part) {
        self.parts += 1;
        self.rows += part.rows();
        self.bytes += part.files.iter().map(|file| file.bytes).sum::<u64>();
    }
}

/// The parts of a run that count, in a stable order.
pub async fn parts(store: &Store, run_id: &RunId) -> Result<Vec<Part>, StagingError> {
    let mut parts = Vec::new();
    for stored in store.list(&folder(run_id)).await? {
        if part::is_part(&stored.key) {
            let bytes = store.read(&stored.key).await?;
            parts.push(Part::from_json(&bytes, || store.place(&stored.key))?);
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::samples::{context, stage, units};

    fn unit() -> Delivery {
        Delivery::Unit(units(1).remove(0))
    }

    #[tokio::test]
    async fn parts_hold_whole_units_and_are_numbered_on_after_a_restart() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        let staged = stage(&store, units(40), 30).await;
        let first = parts(&store, &context().run_id).await.unwrap();
        assert_eq!(u64::try_from(first.len()).unwrap(), staged.parts);
        assert_eq!(staged.rows, 5 * 40 * 3 + 6);
        for part in &first {
            for file in part.files.iter().filter(|file| file.rows > 30) {
                // Units have 20 findings: a part is closed at the first unit with which it reaches 30.
                assert_eq!(file.rows, 40, "{}", file.name);
            }
        }
        // The files of a part that was never finished do not count, and their number is not used again.
        let orphan = format!("{}findings-0001-00099-00000000.arrow", folder(&context().run_id));
        store.put(&orphan, b"torn".to_vec(), Put::Replace).await.unwrap();
        stage(&store, units(1), 30).await;
        let second = parts(&store, &context().run_id).await.unwrap();
        assert_eq!(second.last().unwrap().number, 100);
        assert_eq!(second.len(), first.len() + 1);
    }

    #[tokio::test]
    async fn an_error_of_the_writer_closes_the_channel_of_the_scan() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        let bounds = Bounds { findings: 1, ..Bounds::default() };
        let (sender, writer) = open(store.clone(), context(), 1, bounds).await.unwrap();
        std::fs::write(root.path().join("_staging"), "in the way").unwrap();
        let scan = async {
            let mut units = units(400).into_iter();
            while let Some(unit) = units.next() {
                if sender.send(Delivery::Unit(unit)).await.is_err() {
                    return units.count();
                }
            }
            0
        };
        let (result, unsent) = futures::join!(writer.run(), scan);
        assert!(matches!(result, Err(StagingError::Store(StoreError::File { .. }))), "{result:?}");
        assert!(unsent > 0);
    }

    #[tokio::test]
    async fn two_scans_of_one_shard_do_not_mix() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        let (sender, late) = open(store.clone(), context(), 1, Bounds::default()).await.unwrap();
        stage(&store, units(1), 30).await;
        let send = async move { sender.send(unit()).await.unwrap() };
        let (result, ()) = futures::join!(late.run(), send);
        // The one that was there first finds its scratch swept away, or its number taken.
        assert!(result.is_err(), "{result:?}");
        assert_eq!(parts(&store, &context().run_id).await.unwrap().len(), 1);
    }
}
