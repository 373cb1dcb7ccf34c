//! That a target was told of a run: an object in the lake, written after the send, under a name that no table has.

use jiff::Timestamp;
use serde_json::json;

use super::{Digest, Target};
use crate::lake::{
    RunId, hash,
    staging::FOLDER as STAGING,
    store::{Put, Store, StoreError},
};

/// The folder of the markers.
const FOLDER: &str = "_notified/";

/// Letters of the hash that tells targets of one kind apart.
const LETTERS: usize = 16;

/// Whether a target was told.
pub(super) async fn stands(store: &Store, run_id: &RunId, target: &Target) -> Result<bool, StoreError> {
    Ok(store.size(&key(run_id, target)).await?.is_some())
}

/// Writes down that a target was told; `receipt` is what it calls the message.
pub(super) async fn put(
    store: &Store,
    digest: &Digest,
    target: &Target,
    sent_at: Timestamp,
    receipt: Option<&str>,
) -> Result<(), StoreError> {
    let marker = json!({
        "run_id": digest.run.run_id,
        "target": target.kind(),
        "name": target.name(),
        "sent_at": sent_at,
        "receipt": receipt,
    });
    store.put(&key(&digest.run.run_id, target), format!("{marker:#}\n").into_bytes(), Put::Replace).await
}

/// The lease of the one process that tells of a run.
pub(super) fn lease(run_id: &RunId) -> String {
    format!("{STAGING}notify-{run_id}")
}

/// The key of a marker. It names the target as the configuration does, which holds no secret.
fn key(run_id: &RunId, target: &Target) -> String {
    let name = hash::Digest::of(target.name().as_bytes()).sha256;
    let name = name.get(..LETTERS).unwrap_or(&name);
    format!("{FOLDER}{run_id}/{}-{name}.json", target.kind())
}
