//! The walk along the chain of manifests: which runs are looked at, and what each is held against.

use std::ops::RangeInclusive;

use super::{
    Kind, Verifier, VerifyError,
    problem::{Problem, Step, Subject, differing},
};
use crate::lake::{
    RunId, Table,
    hash::Digest,
    manifest::{self, FORMAT, Manifest, Previous},
    staging,
    store::{Store, StoreError},
};

/// A manifest as it stands.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) sequence: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: String,
    /// Its content, or why there is none.
    pub(super) manifest: Result<Manifest, String>,
}

/// The numbers of the manifests among these keys, ascending.
fn numbers<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let mut numbers = keys.filter_map(manifest::sequence_of).collect::<Vec<_>>();
    numbers.sort_unstable();
    numbers
}

/// Reads a manifest, if it is there.
pub(super) async fn read(store: &Store, sequence: u64) -> Result<Option<Found>, VerifyError> {
    let key = manifest::key(sequence);
    let bytes = match store.read(&key).await {
        Ok(bytes) => bytes,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let manifest = match Manifest::from_json(&bytes) {
        Ok(manifest) if manifest.format > FORMAT => {
            return Err(VerifyError::Newer { place: store.place(&key), format: manifest.format });
        }
        Ok(manifest) if manifest.sequence != sequence => {
            Err(format!("it says that it is number {}", manifest.sequence))
        }
        Ok(manifest) => Ok(manifest),
        Err(error) => Err(format!("it is no manifest: {error}")),
    };
    Ok(Some(Found { sequence, sha256: Digest::of(&bytes).sha256, bytes, manifest }))
}

/// Whether there is still something staged of a run: it waits to be published, or is being published.
pub(super) async fn is_staged(store: &Store, run_id: &RunId) -> Result<bool, StoreError> {
    Ok(!store.list(&staging::folder(run_id)).await?.is_empty())
}

impl Found {
    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

impl Verifier<'_> {
    /// Every run there is, and everything else.
    pub(super) async fn all(&mut self) -> Result<(), VerifyError> {
        self.inventory.add(self.store, "v1/").await?;
        // Of the same listing as everything else: a run that is published meanwhile is the next one's.
        self.sequences = numbers(self.inventory.keys());
        match (self.sequences.first(), self.sequences.last()) {
            (Some(first), Some(last)) => self.walk(*first..=*last).await?,
            _ if self.inventory.keys().next().is_none() => return Err(self.nothing()),
            _ => {}
        }
        self.strangers(None).await
    }

    /// The run that was published last, and those that only seem to have been published after it.
    pub(super) async fn last(&mut self) -> Result<(), VerifyError> {
        self.list_manifests().await?;
        self.inventory.add(self.store, "v1/runs/").await?;
        let mut target = None;
        for sequence in self.sequences.clone().into_iter().rev() {
            let Some(found) = read(self.store, sequence).await? else { continue };
            // A broken manifest is worth looking at; one that waits for its commit is not the last run.
            let Ok(manifest) = &found.manifest else {
                target = Some((sequence, None));
                break;
            };
            let run_id = &manifest.run.facts.run_id;
            if self.inventory.size(&Table::Runs.key(run_id, 0)).is_none() && is_staged(self.store, run_id).await? {
                self.report.note(format!("The publish of run {run_id} has not ended."));
                continue;
            }
            let commit = self.committed(&Table::Runs.key(run_id, 0)).await?;
            if let Some(committed) = commit
                && self.names_another(&committed, sequence, run_id).await?
            {
                continue;
            }
            target = Some((sequence, Some(run_id.clone())));
            break;
        }
        match target {
            Some((sequence, run_id)) => self.single(sequence, run_id).await,
            None if self.inventory.keys().next().is_none() => Err(self.nothing()),
            None => self.strangers(None).await,
        }
    }

    /// One run.
    pub(super) async fn one(&mut self, run_id: &RunId) -> Result<(), VerifyError> {
        self.list_manifests().await?;
        for sequence in self.sequences.clone().into_iter().rev() {
            let found = read(self.store, sequence).await?.and_then(|found| found.manifest.ok());
            if found.is_some_and(|manifest| manifest.run.facts.run_id == *run_id) {
                if self.store.size(&Table::Runs.key(run_id, 0)).await?.is_none()
                    && is_staged(self.store, run_id).await?
                {
                    return Err(VerifyError::NotPublished(run_id.clone()));
                }
                let commit = self.committed(&Table::Runs.key(run_id, 0)).await?;
                if let Some(committed) = commit
                    && self.names_another(&committed, sequence, run_id).await?
                {
                    continue;
                }
                return self.single(sequence, Some(run_id.clone())).await;
            }
        }
        if self.store.size(&Table::Runs.key(run_id, 0)).await?.is_some() {
            self.inventory.add(self.store, &Table::Runs.folder(run_id.run_date())).await?;
            return self.strangers(Some(run_id)).await;
        }
        if is_staged(self.store, run_id).await? {
            return Err(VerifyError::NotPublished(run_id.clone()));
        }
        Err(VerifyError::NoSuchRun { run_id: run_id.clone(), place: self.store.place("") })
    }

    async fn single(&mut self, sequence: u64, run_id: Option<RunId>) -> Result<(), VerifyError> {
        if let Some(run_id) = &run_id {
            for table in Table::with_hidden() {
                self.inventory.add(self.store, &table.folder(run_id.run_date())).await?;
            }
        }
        self.walk(sequence..=sequence).await?;
        self.strangers(run_id.as_ref()).await
    }

    async fn list_manifests(&mut self) -> Result<(), VerifyError> {
        let listed = self.store.list(manifest::FOLDER).await?;
        self.sequences = numbers(listed.iter().map(|stored| stored.key.as_str()));
        Ok(())
    }

    fn nothing(&self) -> VerifyError {
        VerifyError::NothingPublished(self.store.place(""))
    }

    async fn walk(&mut self, range: RangeInclusive<u64>) -> Result<(), VerifyError> {
        let sequences = self.sequences.clone();
        let mut ahead: Option<Found> = None;
        for sequence in sequences.iter().copied().filter(|sequence| range.contains(sequence)) {
            let found = match ahead.take().filter(|found| found.sequence == sequence) {
                Some(found) => Some(found),
                None => read(self.store, sequence).await?,
            };
            for later in sequences.iter().copied().filter(|later| *later > sequence) {
                ahead = read(self.store, later).await?;
                if ahead.as_ref().is_some_and(|found| found.manifest.is_ok()) {
                    break;
                }
            }
            let Some(found) = found else {
                let subject = Subject { sequence, run_id: None };
                let detail = vec!["it went while it was being verified".to_owned()];
                self.report.add(subject.problem(Step::Manifest, manifest::key(sequence), Kind::Removed, detail));
                continue;
            };
            let following = ahead.as_ref().and_then(|found| found.manifest.as_ref().ok());
            self.run(&found, following).await?;
            if let Ok(manifest) = &found.manifest
                && let Some(previous) = &manifest.previous
            {
                self.previous(previous, *range.start()).await?;
            }
        }
        Ok(())
    }

    /// Looks at the run before one, as far as that was not done already: it lies before the first that is verified.
    async fn previous(&mut self, previous: &Previous, first_verified: u64) -> Result<(), VerifyError> {
        let subject = Subject { sequence: previous.sequence, run_id: Some(previous.run_id.clone()) };
        let key = manifest::key(previous.sequence);
        let is_there = self.sequences.contains(&previous.sequence);
        if !is_there && self.sequences.first().is_some_and(|first| previous.sequence < *first) {
            let number = previous.sequence.saturating_add(1);
            self.report.note(format!("The chain before number {number} is not there: it expired, or was removed."));
            return Ok(());
        }
        if is_there && previous.sequence >= first_verified {
            return Ok(());
        }
        match read(self.store, previous.sequence).await? {
            None => {
                let detail = vec![NAMED_BY_NEXT.to_owned()];
                self.report.add(subject.problem(Step::Manifest, key, Kind::Removed, detail));
            }
            Some(found) if found.sha256 != previous.manifest_sha256 => {
                let detail = differing(&previous.manifest_sha256, &found.sha256);
                self.report.add(subject.problem(Step::Manifest, key, Kind::Changed, detail));
            }
            Some(_) => {}
        }
        let commit = self.digest(&Table::Runs.key(&previous.run_id, 0)).await?;
        self.hold_commit(&subject, previous, commit.as_ref());
        Ok(())
    }

    /// Holds the object in `runs` of a run against what the next manifest says of it.
    pub(super) fn hold_commit(&mut self, subject: &Subject, previous: &Previous, found: Option<&Digest>) {
        let expected = &previous.commit.sha256;
        let (kind, detail) = match found {
            None => (Kind::Removed, vec![NAMED_BY_NEXT.to_owned()]),
            Some(found) if found.sha256 != *expected => (Kind::Changed, differing(expected, &found.sha256)),
            Some(_) => return,
        };
        // By the run and not by the key in the manifest, which could be that of anything.
        self.report.add(subject.problem(Step::Commit, Table::Runs.key(&previous.run_id, 0), kind, detail));
    }
}

const NAMED_BY_NEXT: &str = "the next manifest names it";

/// The problem of a manifest that does not follow the run before it.
pub(super) fn skips(following: &Manifest, skipped: u64) -> Problem {
    let subject = Subject { sequence: following.sequence, run_id: Some(following.run.facts.run_id.clone()) };
    let follows =
        following.previous.as_ref().map_or_else(|| "nothing".to_owned(), |it| format!("number {}", it.sequence));
    let detail = vec![format!("it follows {follows} in the chain, and number {skipped} was published before it")];
    subject.problem(Step::Manifest, manifest::key(following.sequence), Kind::Changed, detail)
}
