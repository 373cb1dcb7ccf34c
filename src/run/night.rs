//! The night: which run somebody means who names none, and what earlier runs have left unfinished.

use std::collections::{BTreeMap, BTreeSet};

use super::{Run, RunError};
use crate::lake::{
    RunId,
    claim::{self, Claim, Night},
    lease::Lease,
    publish,
    staging::{self, FOLDER},
    store::{Store, StoreError},
};

impl Run {
    /// The same run, or the one that was claimed this night with the same configuration and is not published.
    pub async fn of_this_night(mut self) -> Result<Self, RunError> {
        self.aws().await?;
        let claim = Claim {
            run_id: self.run_id.clone(),
            claimed_at: self.clock.now(),
            config_sha256: self.made_with.config_sha256.clone(),
            engine_version: self.made_with.engine_version.clone(),
        };
        let mut passed_over = None;
        loop {
            match claim.clone().make(&self.store, passed_over.as_ref()).await? {
                Night::Begun => return Ok(self),
                Night::Unpublished(ours) => {
                    tracing::info!(run_id = %ours.run_id, "going on with the run of this night");
                    self.run_id = ours.run_id;
                    self.joined = true;
                    return Ok(self);
                }
                Night::Other(other) => {
                    // Only one that nobody works on is passed over.
                    self.refuse_if_at_work(&other.run_id).await?;
                    tracing::warn!(run_id = %other.run_id, "a run of this night with another configuration or version was not finished");
                    passed_over = Some(other);
                }
            }
        }
    }

    /// Refuses when a process is at work on a shard of a run.
    async fn refuse_if_at_work(&self, run_id: &RunId) -> Result<(), RunError> {
        let leases = self.store.list(&staging::lease_folder(run_id)).await?;
        // In a bucket a number stands behind the shard.
        let shards = leases.iter().map(|lease| lease.key.split('.').next().unwrap_or_default().to_owned());
        for key in shards.collect::<BTreeSet<_>>() {
            let lease = Lease::take(&self.store, &key, self.lease_period()).await;
            lease.map_err(|error| RunError::from_lease(error, run_id))?.release().await;
        }
        Ok(())
    }

    /// The run that was claimed last and is not published.
    pub async fn to_publish(mut self) -> Result<Self, RunError> {
        match claim::last(&self.store).await? {
            Some((_, claim)) if !publish::is_published(&self.store, &claim.run_id).await? => {
                self.run_id = claim.run_id;
                Ok(self)
            }
            Some(_) | None => Err(RunError::NothingToPublish),
        }
    }
}

/// Says what other runs have left in staging. What is left of a run that is published is removed.
pub(super) async fn report_orphans(store: &Store, ours: &RunId) -> Result<(), StoreError> {
    let mut orphans = BTreeMap::<RunId, (u64, u64)>::new();
    for stored in store.list(FOLDER).await? {
        let run_id = stored.key.strip_prefix(FOLDER).and_then(|rest| rest.split('/').next()?.parse().ok());
        if let Some(run_id) = run_id.filter(|run_id| run_id != ours) {
            let (objects, bytes) = orphans.entry(run_id).or_default();
            *objects += 1;
            *bytes += stored.bytes;
        }
    }
    for (run_id, (objects, bytes)) in orphans {
        let folder = staging::folder(&run_id);
        if publish::is_published(store, &run_id).await? {
            tracing::info!(%run_id, objects, "removing what the publish of an earlier run has left");
            if let Err(error) = store.clear(&folder).await {
                tracing::warn!(%run_id, %error, "what the publish of an earlier run has left could not be removed");
            }
        } else {
            tracing::warn!(
                %run_id, objects, bytes, place = %store.place(&folder),
                "another run is not finished; if no process works on it, go on with its --run-id, or remove the folder"
            );
        }
    }
    Ok(())
}
