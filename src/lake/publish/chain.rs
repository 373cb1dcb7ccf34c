//! The link of a run in the chain of manifests: its number, its manifest, and its signature where one is asked for.

use std::io;

use thiserror::Error;
use tokio::task;

use super::commit;
use crate::{
    lake::{
        RunId, Table,
        hash::Digest,
        manifest::{self, FORMAT, Manifest, Previous},
        runs::{Link, Object, RunRow, RunStatus},
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
    /// Another process has published the run in the meantime.
    #[error("another process has published the run in the meantime; its manifest is {0}")]
    Published(String),
    /// Others publish faster than we can count.
    #[error("other runs are publishing at the same time and took every number up to {0}; publish again")]
    Contended(u64),
    /// The object of the run before cannot be read.
    #[error("cannot read {place} of the run before")]
    Commit {
        /// Where it is.
        place: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// The signature that the configuration asks for cannot be made.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The end of the chain as it stands.
#[derive(Debug)]
struct Head {
    /// The number for the next manifest, which none has had.
    next: u64,
    /// The last run that counts.
    previous: Option<Previous>,
    /// Numbers after it whose publish died.
    passed_over: Vec<u64>,
}

/// Writes the manifest of a run, which counts only once the object in `runs` names its hash, and signs it.
pub(super) async fn link(store: &Store, run: &RunRow, signer: Option<&Signer>) -> Result<Link, ChainError> {
    let mut taken = 0;
    for _ in 0..ATTEMPTS {
        let Head { next: sequence, previous, passed_over } = head(store, &run.facts.run_id).await?;
        let manifest = Manifest { format: FORMAT, sequence, previous, passed_over, run: run.clone() };
        let bytes = manifest.to_json()?;
        let manifest_sha256 = Digest::of(&bytes).sha256;
        // Signed first: a refusal leaves nothing at all.
        let signature = match signer {
            Some(signer) => Some(signer.sign(&bytes).await?),
            None => None,
        };
        match store.put(&manifest::key(sequence), bytes, Put::IfAbsent).await {
            Err(StoreError::AlreadyExists(place)) => {
                if super::is_published(store, &run.facts.run_id).await? {
                    return Err(ChainError::Published(place));
                }
                tracing::warn!(%place, "another run took this number in the chain; trying the next");
                taken = sequence;
                continue;
            }
            other => other?,
        }
        if let Some(signature) = signature {
            let json = serde_json::to_vec_pretty(&signature)?;
            store.put(&manifest::signature_key(sequence), json, Put::IfAbsent).await?;
        }
        tracing::info!(object = %store.place(&manifest::key(sequence)), sequence, "manifest written");
        let previous_manifest_sha256 = manifest.previous.map(|previous| previous.manifest_sha256);
        return Ok(Link { sequence, manifest_sha256, previous_manifest_sha256 });
    }
    Err(ChainError::Contended(taken))
}

/// Finds the end of the chain. A manifest that no object in `runs` made count was left by a publish that died, or its
/// object was removed after it had been published: either way it stays as it is, and the next one follows that before it.
/// It says which died, as far as their runs still have staged parts or are this one, so that the others can be missed.
async fn head(store: &Store, ours: &RunId) -> Result<Head, ChainError> {
    let sequences = newest_first(store).await?;
    let last = sequences.first().copied().unwrap_or_default();
    let mut head = Head { next: last.saturating_add(1), previous: None, passed_over: Vec::new() };
    for sequence in sequences {
        let Some((found, manifest_sha256)) = read(store, sequence).await? else { continue };
        let run_id = found.run.facts.run_id;
        match committed(store, &run_id).await? {
            Some((commit, named)) if named.manifest_sha256.as_ref() == Some(&manifest_sha256) => {
                head.previous = Some(Previous { sequence, run_id, manifest_sha256, commit });
                return Ok(head);
            }
            // Its run counts with another manifest, which stands for itself.
            Some(_) => {}
            None if run_id == *ours || !store.list(&staging::folder(&run_id)).await?.is_empty() => {
                head.passed_over.push(sequence);
            }
            None => {
                tracing::warn!(%run_id, "a published run lost its object in `runs`; `sagesweep verify --all` tells more");
            }
        }
    }
    Ok(head)
}

/// The last run that counts, as its manifest tells it.
pub async fn last_run(store: &Store) -> Result<Option<RunRow>, ChainError> {
    for sequence in newest_first(store).await? {
        let Some((found, sha256)) = read(store, sequence).await? else { continue };
        let commit = committed(store, &found.run.facts.run_id).await?;
        if commit.is_some_and(|(_, named)| named.manifest_sha256.as_ref() == Some(&sha256)) {
            return Ok(Some(found.run));
        }
    }
    Ok(None)
}

/// A run, as the manifest tells it that its object in `runs` names; none when the run does not count.
pub async fn published(store: &Store, run_id: &RunId) -> Result<Option<RunRow>, ChainError> {
    let Some((_, named)) = committed(store, run_id).await? else { return Ok(None) };
    let (Some(sequence), Some(named)) = (named.sequence, named.manifest_sha256) else { return Ok(None) };
    let found = read(store, sequence).await?.filter(|(_, sha256)| *sha256 == named);
    Ok(found.map(|(manifest, _)| manifest.run).filter(|run| run.facts.run_id == *run_id))
}

/// Whether a published run saw enough, as its object in `runs` says; none where it is not published, or cannot be read.
pub async fn status(store: &Store, run_id: &RunId) -> Result<Option<RunStatus>, ChainError> {
    Ok(committed(store, run_id).await?.and_then(|(_, named)| named.status))
}

/// The numbers of all manifests, the last one first.
async fn newest_first(store: &Store) -> Result<Vec<u64>, StoreError> {
    let listed = store.list(manifest::FOLDER).await?;
    let mut sequences = listed.iter().filter_map(|stored| manifest::sequence_of(&stored.key)).collect::<Vec<_>>();
    sequences.sort_unstable_by_key(|sequence| std::cmp::Reverse(*sequence));
    Ok(sequences)
}

/// A manifest with the SHA-256 of its bytes; none when it is gone or cannot be read.
async fn read(store: &Store, sequence: u64) -> Result<Option<(Manifest, String)>, StoreError> {
    let key = manifest::key(sequence);
    let bytes = match store.read(&key).await {
        Ok(bytes) => bytes,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Ok(found) = Manifest::from_json(&bytes) else {
        tracing::warn!(object = %store.place(&key), "this manifest cannot be read; `sagesweep verify --all` tells more");
        return Ok(None);
    };
    Ok(Some((found, Digest::of(&bytes).sha256)))
}

/// The manifest that an object in `runs` names, and how its run ended.
#[derive(Debug, Default)]
struct Named {
    status: Option<RunStatus>,
    sequence: Option<u64>,
    manifest_sha256: Option<String>,
}

/// The object in `runs` of a run, if it is there, and the manifest that it names.
async fn committed(store: &Store, run_id: &RunId) -> Result<Option<(Object, Named)>, ChainError> {
    let key = Table::Runs.key(run_id, 0);
    let scratch = Store::reading().await?;
    let path = match store.fetch(&key, scratch.path()).await {
        Ok(path) => path,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let read = move || {
        let Digest { bytes, sha256 } = Digest::of_file(&path)?;
        // One that cannot be read names nothing; `verify` says so.
        let named = commit::one_row(&path).map_or_else(
            |_unreadable| Named::default(),
            |row| Named {
                status: commit::status(&row),
                sequence: commit::sequence(&row),
                manifest_sha256: commit::named_manifest(&row).map(ToOwned::to_owned),
            },
        );
        Ok((Object { key, bytes, rows: 1, sha256 }, named))
    };
    let read = task::spawn_blocking(read).await.map_err(io::Error::other).and_then(|read| read);
    read.map(Some).map_err(|error| ChainError::Commit { place: store.place(&Table::Runs.key(run_id, 0)), error })
}
