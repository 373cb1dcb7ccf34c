//! The way of a finished file to its key, and of what an earlier publish has left there.

use std::path::Path;

use super::{PublishError, digest, files::LocalFile, refuse_published};
use crate::lake::{
    RunId, Table,
    hash::Digest,
    runs::Object,
    store::{Put, Store, StoreError},
};

/// Puts the files of a table under their keys, and removes what is there beyond them.
pub(super) async fn upload(
    store: &Store,
    run_id: &RunId,
    table: Table,
    files: &[LocalFile],
    scratch: &Path,
) -> Result<Vec<Object>, PublishError> {
    let mut objects = Vec::new();
    for (number, LocalFile { path, rows, digest }) in files.iter().enumerate() {
        let key = table.key(run_id, number);
        put(store, run_id, &key, path, digest, scratch).await?;
        tracing::info!(%table, object = %store.place(&key), rows, bytes = digest.bytes, "file written");
        objects.push(Object { key, bytes: digest.bytes, rows: *rows, sha256: digest.sha256.clone() });
    }
    remove_leftovers(store, run_id, table, &objects).await?;
    Ok(objects)
}

/// Puts a file under its key. What a publish that did not end has left there is kept when it is the same, and else
/// replaced: without the object in `runs` nobody reads it.
async fn put(
    store: &Store,
    run_id: &RunId,
    key: &str,
    path: &Path,
    digest: &Digest,
    scratch: &Path,
) -> Result<(), PublishError> {
    match store.put_file(key, path, Put::IfAbsent).await {
        Err(StoreError::AlreadyExists(place)) => {
            let left = self::digest(store.fetch(key, scratch).await?).await?;
            if left != *digest {
                refuse_published(store, run_id).await?;
                tracing::warn!(%place, "replacing what a publish that did not end has left");
                store.put_file(key, path, Put::Replace).await?;
            }
        }
        other => other?,
    }
    match store.size(key).await? {
        Some(bytes) if bytes == digest.bytes => Ok(()),
        found => Err(PublishError::Size { place: store.place(key), found, expected: digest.bytes }),
    }
}

/// Removes what a publish that did not end has left beyond the files of this one.
async fn remove_leftovers(store: &Store, run_id: &RunId, table: Table, ours: &[Object]) -> Result<(), PublishError> {
    let folder = table.folder(run_id.run_date());
    let prefix = format!("{folder}{run_id}-");
    for stored in store.list(&folder).await? {
        if stored.key.starts_with(&prefix) && ours.iter().all(|object| object.key != stored.key) {
            tracing::warn!(object = %store.place(&stored.key), "removing what a publish that did not end has left");
            store.delete(&stored.key).await?;
        }
    }
    Ok(())
}
