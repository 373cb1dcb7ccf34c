//! What no manifest accounts for: objects that somebody added, and runs whose manifest is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Kind, Problem, Verifier, VerifyError,
    chain::{self, is_staged},
};
use crate::lake::{RunId, Table, manifest};

/// What is known of a run that another object belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// Its manifest is gone or is none, which is a problem of its own: what it accounted for cannot be told.
    Broken,
    /// Its publish has not ended.
    Unfinished,
    /// It never was published, or its manifest accounts for all that is its own.
    Unknown,
}

impl Verifier<'_> {
    /// Names what no manifest accounts for, among what was listed. When only `target` was verified, other runs of its day
    /// and runs that seem to be later are looked at, too.
    pub(super) async fn strangers(&mut self, target: Option<&RunId>) -> Result<(), VerifyError> {
        let keys = self.inventory.keys().map(str::to_owned).collect::<Vec<_>>();
        let mut owners = BTreeMap::new();
        // Runs first: they tell which other objects are accounted for.
        for key in &keys {
            let Some(run_id) = Table::Runs.owner(key).filter(|_| !self.named.contains(key)) else { continue };
            let of_interest = target.is_none_or(|target| run_id.run_date() == target.run_date() || run_id > *target);
            if of_interest {
                let known = self.other_run(key, &run_id).await?;
                owners.insert(run_id, known);
            }
        }
        // Objects in `runs` are dealt with; what is left belongs to a run by its key, or to nothing.
        let left = keys.iter().filter(|key| Table::Runs.owner(key).is_none());
        let mut unfinished = BTreeSet::new();
        for key in left {
            if self.named.contains(key) {
                continue;
            }
            let run_id = Table::listed().find_map(|table| table.owner(key));
            match self.owner(run_id.as_ref(), &mut owners).await? {
                Owner::Broken => {}
                Owner::Unfinished => unfinished.extend(run_id),
                Owner::Unknown => self.report.add(Problem::beyond(key, Kind::Added, "no manifest names it", run_id)),
            }
        }
        for run_id in unfinished {
            self.report.note(format!("The publish of run {run_id} has not ended."));
        }
        Ok(())
    }

    /// What is known of the run that an object belongs to by its key, found out once for each.
    async fn owner(&self, run_id: Option<&RunId>, owners: &mut BTreeMap<RunId, Owner>) -> Result<Owner, VerifyError> {
        let Some(run_id) = run_id else { return Ok(Owner::Unknown) };
        if let Some(known) = owners.get(run_id) {
            return Ok(*known);
        }
        let found = self.unlisted_run(run_id).await?;
        owners.insert(run_id.clone(), found);
        Ok(found)
    }

    /// A run that was not verified, by its object in `runs`.
    async fn other_run(&mut self, key: &str, run_id: &RunId) -> Result<Owner, VerifyError> {
        let committed = self.committed(key).await?;
        let Some(sequence) = committed.as_ref().and_then(super::committed::Committed::sequence) else {
            let detail = "it is no row of a run that this version knows, and no manifest names it";
            self.report.add(Problem::beyond(key, Kind::Added, detail, Some(run_id.clone())));
            return Ok(Owner::Unknown);
        };
        match chain::read(self.store, sequence).await?.map(|found| found.manifest) {
            Some(Ok(manifest)) if manifest.run.facts.run_id == *run_id => {
                self.named.extend(manifest.run.objects.into_iter().map(|object| object.key));
                // What it does not name is nobody's.
                Ok(Owner::Unknown)
            }
            Some(Ok(_)) => {
                let detail = format!("it says that it is number {sequence}, which is another run");
                self.report.add(Problem::beyond(key, Kind::Added, &detail, Some(run_id.clone())));
                Ok(Owner::Unknown)
            }
            // A problem of its own, which is named when that run is verified.
            Some(Err(_)) => Ok(Owner::Broken),
            None => {
                let manifest = manifest::key(sequence);
                self.report.add(Problem::beyond(
                    manifest,
                    Kind::Removed,
                    &format!("{key} names it"),
                    Some(run_id.clone()),
                ));
                Ok(Owner::Broken)
            }
        }
    }

    /// A run that had no object in `runs` when those were listed.
    async fn unlisted_run(&self, run_id: &RunId) -> Result<Owner, VerifyError> {
        let key = Table::Runs.key(run_id, 0);
        if is_staged(self.store, run_id).await? {
            return Ok(Owner::Unfinished);
        }
        // Published since then: its time to be verified is the next.
        let published = self.inventory.size(&key).is_none() && self.store.size(&key).await?.is_some();
        Ok(if published { Owner::Unfinished } else { Owner::Unknown })
    }
}
