//! What is in the store: keys and sizes, listed once, so that nothing is asked for object by object.

use std::collections::BTreeMap;

use crate::lake::store::{Store, StoreError};

/// Objects by key, with their sizes.
#[derive(Debug, Default)]
pub(super) struct Inventory(BTreeMap<String, u64>);

impl Inventory {
    /// Takes in what is below a folder.
    pub(super) async fn add(&mut self, store: &Store, folder: &str) -> Result<(), StoreError> {
        let listed = store.list(folder).await?;
        self.0.extend(listed.into_iter().map(|stored| (stored.key, stored.bytes)));
        Ok(())
    }

    /// The size of an object; none when it is not there.
    pub(super) fn size(&self, key: &str) -> Option<u64> {
        self.0.get(key).copied()
    }

    /// Every key but those of empty objects that stand for folders, which consoles make.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(key, bytes)| **bytes > 0 || !key.ends_with('/')).map(|(key, _)| key.as_str())
    }
}
