//! The night: which run somebody means who names none, and what earlier runs have left unfinished.

use std::collections::BTreeMap;

use super::{Run, RunError};
use crate::lake::{
    RunId,
    claim::{self, Claim, Night},
    publish,
    staging::FOLDER,
    store::{Store, StoreError},
};
use crate::plan::shard::Shard;

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
                    let run_id = std::mem::replace(&mut self.run_id, other.run_id.clone());
                    self.lease(Shard::WHOLE).await?.release().await;
                    self.run_id = run_id;
                    tracing::warn!(run_id = %other.run_id, "a run of this night with another configuration or version was not finished");
                    passed_over = Some(other);
                }
            }
        }
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
        let folder = crate::lake::staging::folder(&run_id);
        if publish::is_published(store, &run_id).await? {
            tracing::info!(%run_id, objects, "removing what the publish of an earlier run has left");
            store.clear(&folder).await?;
        } else {
            tracing::warn!(
                %run_id, objects, bytes, place = %store.place(&folder),
                "an earlier run was not finished; go on with its --run-id, or remove the folder"
            );
        }
    }
    Ok(())
}
