//! The link of a run in the chain of manifests: its number, its manifest, and its signature where one is asked for.

use thiserror::Error;

use crate::{
    lake::{
        Table,
        hash::Digest,
        manifest::{self, FORMAT, Manifest, Previous},
        runs::{Link, Object, RunRow},
        staging,
        store::{Put, Store, StoreError},
    },
    signing::{SignError, Signer},
};

/// How often another publish may take a number before us.
const ATTEMPTS: usize = 5;

/// Why a run gets no link, and so is not published.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A manifest cannot be written down.
    #[error("cannot write the manifest as JSON")]
    Json(#[from] serde_json::Error),
    /// Others publish faster than we can count.
    #[error("other runs are publishing at the same time and took every number up to {0}; publish again")]
    Contended(u64),
    /// The signature that the configuration asks for cannot be made.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The end of the chain as it stands.
#[derive(Debug)]
struct Head {
    /// The number for the next manifest.
    next: u64,
    /// Whether a manifest that never came to count stands there.
    put: Put,
    /// The last run that counts.
    previous: Option<Previous>,
}

/// Writes the manifest of a run, which counts only once the object in `runs` names its hash, and signs it.
pub(super) async fn link(store: &Store, run: &RunRow, signer: Option<&Signer>) -> Result<Link, ChainError> {
    let mut taken = 0;
    for _ in 0..ATTEMPTS {
        let Head { next: sequence, put, previous } = head(store, run).await?;
        let manifest = Manifest { format: FORMAT, sequence, previous, run: run.clone() };
        let bytes = manifest.to_json()?;
        let manifest_sha256 = Digest::of(&bytes).sha256;
        // Signed first: a refusal leaves nothing at all.
        let signature = match signer {
            Some(signer) => Some(signer.sign(&bytes).await?),
            None => None,
        };
        match store.put(&manifest::key(sequence), bytes, put).await {
            Err(StoreError::AlreadyExists(place)) => {
                tracing::warn!(%place, "another run took this number in the chain; trying the next");
                taken = sequence;
                continue;
            }
            other => other?,
        }
        let signature_key = manifest::signature_key(sequence);
        match signature {
            Some(signature) => store.put(&signature_key, serde_json::to_vec_pretty(&signature)?, Put::Replace).await?,
            // That of the manifest which stood there would belong to nothing.
            None if put == Put::Replace => store.delete(&signature_key).await?,
            None => {}
        }
        tracing::info!(object = %store.place(&manifest::key(sequence)), sequence, "manifest written");
        let previous_manifest_sha256 = manifest.previous.map(|previous| previous.manifest_sha256);
        return Ok(Link { sequence, manifest_sha256, previous_manifest_sha256 });
    }
    Err(ChainError::Contended(taken))
}

/// Whether the manifest of a run is still the one that was written: another publish, which took this one for dead, may
/// have used its number.
pub(super) async fn still_stands(store: &Store, link: &Link) -> Result<(), ChainError> {
    match store.read(&manifest::key(link.sequence)).await {
        Ok(bytes) if Digest::of(&bytes).sha256 == link.manifest_sha256 => Ok(()),
        Ok(_) | Err(StoreError::NotFound(_)) => Err(ChainError::Contended(link.sequence)),
        Err(error) => Err(error.into()),
    }
}

/// Finds the end of the chain. A manifest that no object in `runs` made count was left by a publish that died, and its
/// number is free again, if its run still has staged parts or is this one. Else its object in `runs` was removed after
/// it had been published: that manifest is evidence and stays.
async fn head(store: &Store, run: &RunRow) -> Result<Head, ChainError> {
    let listed = store.list(manifest::FOLDER).await?;
    let mut sequences = listed.iter().filter_map(|stored| manifest::sequence_of(&stored.key)).collect::<Vec<_>>();
    sequences.sort_unstable();
    let last = sequences.last().copied().unwrap_or_default();
    let mut head = Head { next: last.saturating_add(1), put: Put::IfAbsent, previous: None };
    for sequence in sequences.into_iter().rev() {
        let key = manifest::key(sequence);
        let bytes = match store.read(&key).await {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let Ok(found) = Manifest::from_json(&bytes) else {
            tracing::warn!(object = %store.place(&key), "this manifest cannot be read; `sagesweep verify --all` tells more");
            continue;
        };
        let run_id = found.run.facts.run_id;
        let commit_key = Table::Runs.key(&run_id, 0);
        match store.read(&commit_key).await {
            Ok(commit) => {
                let Digest { bytes: size, sha256 } = Digest::of(&commit);
                let commit = Object { key: commit_key, bytes: size, rows: 1, sha256 };
                let manifest_sha256 = Digest::of(&bytes).sha256;
                head.previous = Some(Previous { sequence, run_id, manifest_sha256, commit });
                return Ok(head);
            }
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let unfinished = run_id == run.facts.run_id || !store.list(&staging::folder(&run_id)).await?.is_empty();
        if unfinished && sequence == last {
            head = Head { next: sequence, put: Put::Replace, previous: None };
        } else if !unfinished {
            tracing::warn!(%run_id, "a published run lost its object in `runs`; `sagesweep verify --all` tells more");
        }
    }
    Ok(head)
}
