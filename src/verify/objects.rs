//! The objects of a run: each is read once, a few at a time, and none stays on this machine.

use std::path::PathBuf;

use futures::{StreamExt as _, stream};
use tokio::task;

use super::{
    Kind, Verifier, VerifyError,
    problem::{Step, Subject, differing},
};
use crate::lake::{
    RunId, Table,
    hash::Digest,
    manifest::{self, Manifest},
    runs::Object,
    store::StoreError,
};

/// Objects that are read at once. They are hashed as they come, so this bounds the space on the disk, not memory.
const READS: usize = 8;

/// An object on this machine.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) path: PathBuf,
    /// Whether it is a copy that has to go.
    copy: bool,
}

impl Verifier<'_> {
    /// Holds every object of a manifest against what it says.
    pub(super) async fn objects(&mut self, subject: &Subject, manifest: &Manifest) -> Result<(), VerifyError> {
        let (mut problems, mut reads) = (Vec::new(), Vec::new());
        for (index, object) in manifest.run.objects.iter().enumerate() {
            let problem = |kind, detail| subject.problem(Step::Object(index), &object.key, kind, detail);
            if !belongs(object, &manifest.run.facts.run_id) {
                let detail = vec![format!("it names {}, which is no object of its run", object.key)];
                problems.push(subject.problem(Step::Manifest, manifest::key(subject.sequence), Kind::Changed, detail));
                continue;
            }
            let listed = match self.inventory.size(&object.key) {
                // A directory is not listed in one instant, and its run may have been published meanwhile.
                None => self.store.size(&object.key).await?,
                listed => listed,
            };
            match listed {
                None => problems.push(problem(Kind::Removed, Vec::new())),
                Some(bytes) if bytes != object.bytes => {
                    let detail = vec![format!("expected {} bytes, found {bytes}", object.bytes)];
                    problems.push(problem(Kind::Changed, detail));
                }
                Some(_) => reads.push((index, object)),
            }
        }
        let this = &*self;
        let digests =
            reads.into_iter().map(|(index, object)| async move { (index, object, this.digest(&object.key).await) });
        let mut digests = stream::iter(digests).buffered(READS);
        let mut as_published = Vec::new();
        while let Some((index, object, digest)) = digests.next().await {
            let problem = |kind, detail| subject.problem(Step::Object(index), &object.key, kind, detail);
            match digest? {
                None => problems.push(problem(Kind::Removed, Vec::new())),
                Some(digest) if digest.sha256 != object.sha256 => {
                    problems.push(problem(Kind::Changed, differing(&object.sha256, &digest.sha256)));
                }
                Some(digest) => as_published.push(digest.bytes),
            }
        }
        drop(digests);
        for bytes in as_published {
            self.report.as_published(bytes);
        }
        for problem in problems {
            self.report.add(problem);
        }
        Ok(())
    }

    /// Size and hash of an object, if it is there.
    pub(super) async fn digest(&self, key: &str) -> Result<Option<Digest>, VerifyError> {
        match self.fetch(key).await? {
            Some(file) => Ok(Some(self.hashed(file).await?)),
            None => Ok(None),
        }
    }

    /// An object on this machine, if it is there.
    pub(super) async fn fetch(&self, key: &str) -> Result<Option<Fetched>, VerifyError> {
        match self.store.fetch(key, self.scratch.path()).await {
            Ok(path) => Ok(Some(Fetched { copy: path.starts_with(self.scratch.path()), path })),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Hashes what was fetched, and lets it go.
    pub(super) async fn hashed(&self, file: Fetched) -> Result<Digest, VerifyError> {
        let Fetched { path, copy } = file;
        let work = move || {
            let digest = Digest::of_file(&path);
            let removed = if copy { std::fs::remove_file(&path) } else { Ok(()) };
            digest.and_then(|digest| removed.map(|()| digest)).map_err(|source| VerifyError::File { path, source })
        };
        task::spawn_blocking(work).await?
    }
}

/// Whether a key is one that a run gives to its own objects. A manifest that somebody made up could name any file.
fn belongs(object: &Object, run_id: &RunId) -> bool {
    Table::listed().any(|table| table.owner(&object.key).is_some_and(|owner| owner == *run_id))
}
