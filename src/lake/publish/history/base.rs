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
    /// The run.
    pub(in crate::lake::publish) run_id: RunId,
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
        Ok(Some(Self { run_id: run_id.clone(), path, _scratch: scratch }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        coverage::Outcome,
        exception::Exceptions,
        lake::{
            publish::{Published, Scanned, Shape, publish},
            samples::{self, coverage, facts, scanned, scanned_checks, stage, start, target, units},
            store::Put,
        },
        session::Clock,
    };

    const RUNS: [&str; 3] = ["20261124T031500Z-9f3a", "20261125T031500Z-0001", "20261126T031500Z-0002"];

    fn id(text: &str) -> RunId {
        text.parse().unwrap()
    }

    async fn published(store: &Store, scanned: Scanned) -> Published {
        publish(store, scanned, Shape::default(), Clock::Fixed(start()), None).await.unwrap()
    }

    /// A run that saw nothing at all.
    async fn blind(store: &Store, run_id: &RunId) -> Published {
        let mut context = samples::context();
        context.run_id = run_id.clone();
        let mut facts = facts();
        facts.run_id = run_id.clone();
        let gaps = vec![coverage(&target(22, "eu-central-1"), Outcome::NotScanned, 0)];
        let (parts, checks, exceptions) = (Vec::new(), scanned_checks(), Exceptions::default());
        published(store, Scanned { facts, context, parts, gaps, checks, exceptions }).await
    }

    async fn found(store: &Store, ours: &str) -> Option<String> {
        let base = Base::find(store, &id(ours)).await.unwrap()?;
        Some(base.path.file_name().unwrap().to_str().unwrap()[..RUNS[0].len()].to_owned())
    }

    #[tokio::test]
    async fn the_last_published_run_that_started_before_and_left_what_stands_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        assert_eq!(found(&store, RUNS[0]).await, None, "the first run has nothing before it");
        stage(&store, units(20), 30).await;
        let first = published(&store, scanned(&store).await).await;
        let second = blind(&store, &id(RUNS[1])).await;
        let standing = |published: &Published| published.run.objects.last().unwrap().clone();
        assert_eq!(standing(&first).rows, 25);
        assert_eq!(standing(&second).rows, 25, "what was not seen is carried");

        let [one, two] = [RUNS[0], RUNS[1]].map(|run| Some(run.to_owned()));
        assert_eq!(found(&store, RUNS[2]).await, two);
        // One that is published late goes on from where it started itself.
        assert_eq!(found(&store, "20261124T235959Z-ffff").await, one);
        assert_eq!(found(&store, RUNS[0]).await, None);

        let bytes = store.read(&standing(&second).key).await.unwrap();
        store.put(&standing(&second).key, b"something else".to_vec(), Put::Replace).await.unwrap();
        assert_eq!(found(&store, RUNS[2]).await, one, "a file that is not what was published is passed over");
        store.put(&standing(&second).key, bytes, Put::Replace).await.unwrap();
        assert_eq!(found(&store, RUNS[2]).await, two);
        store.delete(&second.commit.key).await.unwrap();
        assert_eq!(found(&store, RUNS[2]).await, one, "a run that does not count is passed over");
        store.delete(&standing(&first).key).await.unwrap();
        assert_eq!(found(&store, RUNS[2]).await, None, "so is one that left nothing");
    }
}
