//! The run before: the last published one that started before this one and whose standing file is as it was published.
//!
//! It is found by the start and not by the place in the chain, so that a run that is published late neither begins where a
//! later one ended, nor lets the next one begin where it began itself. A day that is run again goes on from its first run.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::lake::{
    RunId, Table,
    publish::{self, PublishError, chain},
    store::{Store, StoreError},
};

/// The standing file of the run before, on this machine.
#[derive(Debug)]
pub(in crate::lake::publish) struct Base {
    /// Where it is.
    pub(in crate::lake::publish) path: PathBuf,
    _scratch: TempDir,
}

impl Base {
    /// Finds it. None for the first run of a lake, and for the first after a version that left no such file: then
    /// whatever fails is new.
    pub(in crate::lake::publish) async fn find(store: &Store, ours: &RunId) -> Result<Option<Self>, PublishError> {
        let stored = store.list(&Table::Standing.root()).await?;
        let mut runs = stored.iter().filter_map(|stored| Table::Standing.owner(&stored.key)).collect::<Vec<_>>();
        runs.retain(|run_id| run_id < ours);
        runs.sort_unstable();
        runs.dedup();
        while let Some(run_id) = runs.pop() {
            if let Some(base) = Self::of(store, &run_id, ours).await? {
                tracing::info!(base = %run_id, "what changed is told against this run");
                return Ok(Some(base));
            }
        }
        tracing::info!("no run before this one left what stands; whatever fails is new");
        Ok(None)
    }

    /// That of a run, if it is published and the file is as it was.
    async fn of(store: &Store, run_id: &RunId, ours: &RunId) -> Result<Option<Self>, PublishError> {
        let Some(run) = chain::published(store, run_id).await? else { return Ok(None) };
        let Some(object) = run.objects.iter().find(|object| Table::Standing.holds(run_id, &object.key)) else {
            return Ok(None);
        };
        let scratch = store.scratch(&format!("{ours}-before")).await?;
        let path = match store.fetch(&object.key, scratch.path()).await {
            Ok(path) => path,
            Err(StoreError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if publish::digest(path.clone()).await?.sha256 != object.sha256 {
            let place = store.place(&object.key);
            tracing::warn!(%place, "this is not what was published, and is passed over; `sagesweep verify` tells more");
            return Ok(None);
        }
        Ok(Some(Self { path, _scratch: scratch }))
    }
}
