//! The scan of one shard: what reads and what stages, side by side, until both end, one fails, or somebody stops them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    pin::pin,
    sync::{Arc, atomic::Ordering},
};

use futures::future::{self, Either};

use super::{Run, RunError};
use crate::{
    exception::applied::Applied,
    lake::{
        last_night::LastNight,
        lease::Lease,
        publish,
        staging::{self, Bounds, Staged, ledger::Ledger},
    },
    outcome::causes,
    place::{AccountId, Region},
    plan::{
        Plan,
        shard::{Shard, ShardEnd},
    },
    progress,
    scan::{Progress, Scan},
    session::Aws,
};

impl Run {
    /// Reads these accounts and stages what it reads, but for what an earlier attempt has staged.
    pub(super) async fn scan_accounts(
        &self,
        aws: Arc<Aws>,
        plan: &Plan,
        shard: Shard,
        accounts: &BTreeSet<AccountId>,
        lease: &Lease,
    ) -> Result<(), RunError> {
        let mut parts = staging::parts(&self.store, &self.run_id).await?;
        parts.retain(|part| part.shard == shard.number());
        let ledger = Arc::new(Ledger::of(&parts));
        let (run_id, resumed) = (&self.run_id, ledger.ends().count());
        drop(parts);
        tracing::info!(%run_id, %shard, caller = aws.caller().arn, accounts = accounts.len(), resumed, "scan begins");

        let weights = self.weights(shard).await;
        let last_night = self.last_night(plan, shard, accounts, &weights.files).await;
        let (staged, writer) =
            staging::open(self.store.clone(), self.context(), shard.number(), Bounds::default()).await?;
        let members = plan.organization.members.iter().filter(|member| accounts.contains(&member.account.id));
        let progress = Arc::new(Progress::default());
        let scan = Scan {
            aws: Arc::clone(&aws),
            config: Arc::clone(&self.config),
            members: members.cloned().collect(),
            weights: weights.calls.clone(),
            exceptions: Arc::new(Applied::from(&self.exceptions(plan)?)),
            organization: Arc::new(plan.organization.clone()),
            clock: self.clock,
            progress: Arc::clone(&progress),
            staged,
            ledger,
            started_at: plan.started_at,
            last_night,
        };
        let shown = progress::show(self.display.clone(), Arc::clone(&progress), Arc::clone(aws.counters()));
        let (regions, staged) = tokio::select! {
            both = self.scan_and_stage(scan, writer, lease) => both?,
            never = shown => never,
        };
        let Some(regions) = regions else {
            return Err(RunError::Stopped { run_id: run_id.clone(), left: left(&progress, run_id, shard) });
        };
        if regions.is_empty() && !accounts.is_empty() {
            return Err(RunError::NoRegion);
        }
        tracing::info!(%run_id, %shard, parts = staged.parts, rows = staged.rows, bytes = staged.bytes, "scan done");
        if let Err(error) = publish::refuse_published(&self.store, run_id).await {
            // Published without this shard in the meantime: nobody will read what it staged.
            self.store.clear(&staging::folder(run_id)).await?;
            return Err(error.into());
        }
        let parts = staging::parts(&self.store, run_id).await?;
        let ours = parts.iter().filter(|part| part.shard == shard.number());
        let staged_parts = ours.map(|part| part.number).collect();
        let end = ShardEnd {
            shard: shard.number(),
            made_with: self.made_with.clone(),
            ended_at: self.clock.now(),
            parts: staged_parts,
            regions,
            effort: self.effort(),
        };
        Ok(end.write(&self.store, run_id).await?)
    }

    /// What the run builds on. When it cannot be read back, everything is read anew.
    /// Files that are on this machine already are not fetched again.
    async fn last_night(
        &self,
        plan: &Plan,
        shard: Shard,
        accounts: &BTreeSet<AccountId>,
        here: &BTreeMap<String, PathBuf>,
    ) -> Option<Arc<LastNight>> {
        let base = plan.base.as_ref()?;
        let scratch = format!("{}-last-night", staging::scratch_name(&self.run_id, shard.number()));
        match LastNight::open(&self.store, base, accounts, here, &scratch).await {
            Ok(night) => Some(Arc::new(night)),
            Err(error) => {
                tracing::warn!(error = causes(&error), base = %base.run_id, "everything is read anew");
                None
            }
        }
    }

    /// The regions that were scanned, none when the scan was stopped; what is complete is staged in either case.
    async fn scan_and_stage(
        &self,
        scan: Scan,
        writer: staging::Writer,
        lease: &Lease,
    ) -> Result<(Option<BTreeSet<Region>>, Staged), RunError> {
        let scan = async {
            tokio::select! {
                regions = scan.run() => Ok(Some(regions)),
                () = self.stopped() => Ok(None),
                () = lease.lost() => Err(RunError::TakenOver(self.run_id.clone())),
            }
        };
        // The scan is dropped when it ends, and with it the last sender: so the writer ends too.
        match future::select(Box::pin(scan), pin!(writer.run())).await {
            Either::Left((scanned, writer)) => {
                let staged = writer.await;
                // Why the scan ended says more than what that did to the staging.
                let regions = scanned?;
                Ok((regions, staged?))
            }
            // When staging fails the scan has nowhere to put what it reads, and ends with it.
            Either::Right((staged, scan)) => {
                let staged = staged?;
                Ok((scan.await?, staged))
            }
        }
    }
}

/// What a stopped scan has done, what is left, and how to go on.
fn left(progress: &Progress, run_id: &crate::lake::RunId, shard: Shard) -> String {
    let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let (accounts, done) = (load(&progress.accounts), load(&progress.accounts_done));
    let (cells, cells_done) = (load(&progress.cells), load(&progress.cells_done));
    let shard = if shard == Shard::WHOLE { String::new() } else { format!(" --shard {shard}") };
    format!(
        "{done} of {accounts} accounts are done, {} known cells are open; --run-id {run_id}{shard} goes on from there",
        cells.saturating_sub(cells_done)
    )
}
