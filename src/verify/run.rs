//! One run: its manifest, its object in `runs`, its signature, and through the manifest all its other objects.

use super::{
    Kind, Problem, Verifier, VerifyError,
    chain::{Found, is_staged, read, skips},
    committed::Committed,
    problem::{Step, Subject, differing},
};
use crate::lake::{
    RunId, Table,
    manifest::{self, Manifest, Previous},
    runs::Link,
};

impl Verifier<'_> {
    /// Verifies a run; `following` is the next manifest that can be read.
    pub(super) async fn run(&mut self, found: &Found, following: Option<&Manifest>) -> Result<(), VerifyError> {
        let key = manifest::key(found.sequence);
        self.named.extend([key.clone(), manifest::signature_key(found.sequence)]);
        let follows = following.and_then(|following| following.previous.as_ref());
        let next = follows.filter(|previous| previous.sequence == found.sequence);
        let manifest = match &found.manifest {
            Ok(manifest) => manifest,
            Err(why) => return self.unreadable(found, why, next).await,
        };
        let run_id = &manifest.run.facts.run_id;
        let subject = Subject { sequence: found.sequence, run_id: Some(run_id.clone()) };
        let commit_key = Table::Runs.key(run_id, 0);
        self.named.insert(commit_key.clone());
        let skipped = following.is_some_and(|following| following.passed_over.contains(&found.sequence));

        let committed = self.committed(&commit_key).await?;
        let elsewhere = match &committed {
            Some(committed) if next.is_none() => self.names_another(committed, found.sequence, run_id).await?,
            Some(_) => false,
            None => skipped,
        };
        if elsewhere {
            let number = found.sequence;
            self.report.note(format!("Number {number} was never published: its publish died or was overtaken."));
            return Ok(());
        }
        self.named.extend(manifest.run.objects.iter().map(|object| object.key.clone()));
        let Some(committed) = committed else {
            if next.is_none() && is_staged(self.store, run_id).await? {
                self.report.note(format!("The publish of run {run_id} has not ended."));
                return Ok(());
            }
            let detail = vec!["it made the run count".to_owned()];
            self.report.add(subject.problem(Step::Commit, &commit_key, Kind::Removed, detail));
            return self.contents(&subject, found, manifest).await;
        };
        if let Some(following) = following.filter(|_| follows.is_none_or(|it| it.sequence < found.sequence)) {
            self.report.add(skips(following, found.sequence));
        }
        if let Some(next) = next {
            self.hold_commit(&subject, next, Some(&committed.digest));
        }
        let problem = match next.filter(|next| next.manifest_sha256 != found.sha256) {
            Some(next) => {
                let detail = differing(&next.manifest_sha256, &found.sha256);
                Some(subject.problem(Step::Manifest, &key, Kind::Changed, detail))
            }
            None => disagreement(&subject, found, manifest, &committed, next.is_some())?,
        };
        if let Some(problem) = problem {
            self.report.add(problem);
        } else {
            self.report.as_published(committed.digest.bytes);
            self.report.as_published(found.size());
        }
        self.contents(&subject, found, manifest).await
    }

    /// Whether the object of a run names another manifest of the same run, so that this one never counted.
    pub(super) async fn names_another(
        &self,
        committed: &Committed,
        sequence: u64,
        run_id: &RunId,
    ) -> Result<bool, VerifyError> {
        let Some(named) = committed.sequence().filter(|named| *named != sequence) else { return Ok(false) };
        let Some(other) = read(self.store, named).await? else { return Ok(false) };
        let of_this_run = other.manifest.as_ref().is_ok_and(|manifest| manifest.run.facts.run_id == *run_id);
        Ok(of_this_run && committed.manifest_sha256() == Some(other.sha256.as_str()))
    }

    async fn contents(&mut self, subject: &Subject, found: &Found, manifest: &Manifest) -> Result<(), VerifyError> {
        self.report.looked_at(found.sequence);
        self.objects(subject, manifest).await?;
        self.signature(subject, found).await
    }

    /// A manifest that is none: of its run there is only what the next one says.
    async fn unreadable(&mut self, found: &Found, why: &str, next: Option<&Previous>) -> Result<(), VerifyError> {
        let subject = Subject { sequence: found.sequence, run_id: next.map(|next| next.run_id.clone()) };
        let key = manifest::key(found.sequence);
        self.report.add(subject.problem(Step::Manifest, key, Kind::Changed, vec![why.to_owned()]));
        self.report.looked_at(found.sequence);
        if let Some(next) = next {
            let commit = self.digest(&Table::Runs.key(&next.run_id, 0)).await?;
            self.hold_commit(&subject, next, commit.as_ref());
        }
        Ok(())
    }
}

/// Holds manifest and object in `runs` against each other; `sealed` when the next manifest confirms this one.
fn disagreement(
    subject: &Subject,
    found: &Found,
    manifest: &Manifest,
    committed: &Committed,
    sealed: bool,
) -> Result<Option<Problem>, VerifyError> {
    let commit_key = Table::Runs.key(&manifest.run.facts.run_id, 0);
    // Which of the two was changed cannot be told from them alone, when both speak of this place in the chain.
    let of_this_run = committed.sequence() == Some(found.sequence);
    let doubtful = |named: &&str| !sealed && of_this_run && *named != found.sha256;
    if let Some(named) = committed.manifest_sha256().filter(doubtful) {
        let key = manifest::key(found.sequence);
        let mut detail = differing(named, &found.sha256);
        detail.push(format!("unless what was changed is {commit_key}, which expects it"));
        return Ok(Some(subject.problem(Step::Manifest, key, Kind::Changed, detail)));
    }
    let mut run = manifest.run.clone();
    run.link = Link {
        sequence: found.sequence,
        manifest_sha256: found.sha256.clone(),
        previous_manifest_sha256: manifest.previous.as_ref().map(|previous| previous.manifest_sha256.clone()),
    };
    let difference = committed.difference(run)?;
    Ok(difference.map(|difference| subject.problem(Step::Commit, commit_key, Kind::Changed, vec![difference])))
}
