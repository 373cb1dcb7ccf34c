//! A store tried out: real writes in a folder of their own, each told apart, and nothing left behind.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{
    Put, Store, StoreError, multipart,
    s3::{Bucket, DELETE, GET, LIST, PUT},
};

/// The folder of everything that is tried; query engines pass over names that begin so.
pub const FOLDER: &str = "_doctor/";

/// One thing that a lake needs its store to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trial {
    /// An object is put.
    Put,
    /// An object that must be the first of its key is put, and a second one is refused: a run commits like that.
    PutOnce,
    /// The object comes back as it was.
    Get,
    /// Both are listed.
    List,
    /// They are removed.
    Delete,
    /// An upload in parts is taken back.
    Abort,
}

impl Trial {
    /// The IAM action on a bucket.
    pub fn action(self) -> &'static str {
        match self {
            Self::Put | Self::PutOnce => PUT,
            Self::Get => GET,
            Self::List => LIST,
            Self::Delete => DELETE,
            Self::Abort => multipart::ABORT,
        }
    }
}

/// How a trial went.
#[derive(Debug)]
pub enum Tried {
    /// As it has to.
    Works,
    /// The store answered, and did something else: what.
    Wrong(&'static str),
    /// The store refused.
    Refused(StoreError),
}

impl From<Result<(), StoreError>> for Tried {
    fn from(result: Result<(), StoreError>) -> Self {
        result.map_or_else(Self::Refused, |()| Self::Works)
    }
}

/// Tries a store in a folder called `name`, which must be nobody else's, and removes what it wrote.
pub async fn try_out(store: &Store, name: &str) -> Vec<(Trial, Tried)> {
    let folder = format!("{FOLDER}{name}/");
    let (object, once) = (format!("{folder}object"), format!("{folder}once"));
    let missing = match store {
        Store::Directory(directory) => missing_folders(&directory.path(FOLDER)),
        Store::S3(_) => Vec::new(),
    };
    let content = name.as_bytes().to_vec();
    let put = Tried::from(store.put(&object, content.clone(), Put::Replace).await);
    let written = matches!(put, Tried::Works);
    let mut trials = vec![(Trial::Put, put)];
    if written {
        trials.push((Trial::PutOnce, put_once(store, &once).await));
        trials.push((Trial::Get, get(store, &object, &content).await));
    }
    trials.push((Trial::List, list(store, &folder, &object, written).await));
    let removed = match (store.delete(&object).await, store.delete(&once).await) {
        (Ok(()), other) => other,
        (refused, _) => refused,
    };
    trials.push((Trial::Delete, removed.into()));
    match store {
        Store::Directory(directory) => {
            // Empty by now; what is not, or cannot be removed, does no harm.
            drop(std::fs::remove_dir(directory.path(&folder)));
            for folder in missing {
                drop(std::fs::remove_dir(folder));
            }
        }
        Store::S3(bucket) => trials.push((Trial::Abort, abort(bucket, &object).await)),
    }
    trials
}

/// The first write of a key goes, the second must not.
async fn put_once(store: &Store, key: &str) -> Tried {
    match store.put(key, b"first".to_vec(), Put::IfAbsent).await {
        Ok(()) => {}
        // A service that does not know the condition.
        Err(StoreError::S3 { code, .. }) if matches!(code.as_str(), "NotImplemented" | "InvalidRequest") => {
            return Tried::Wrong("it does not know conditional writes");
        }
        Err(error) => return Tried::Refused(error),
    }
    match store.put(key, b"second".to_vec(), Put::IfAbsent).await {
        Ok(()) => Tried::Wrong("a second write replaced the first, although it had to be refused"),
        Err(StoreError::AlreadyExists(_)) => Tried::Works,
        Err(error) => Tried::Refused(error),
    }
}

async fn get(store: &Store, key: &str, content: &[u8]) -> Tried {
    match store.read(key).await {
        Ok(bytes) if bytes == content => Tried::Works,
        Ok(_) => Tried::Wrong("an object came back with another content"),
        Err(error) => Tried::Refused(error),
    }
}

async fn list(store: &Store, folder: &str, object: &str, written: bool) -> Tried {
    match store.list(folder).await {
        Ok(found) if written && !found.iter().any(|stored| stored.key == object) => {
            Tried::Wrong("an object that was just written is not listed")
        }
        Ok(_) => Tried::Works,
        Err(error) => Tried::Refused(error),
    }
}

/// Takes back an upload that never was: who may not do that is denied, who may is told that there is none.
async fn abort(bucket: &Bucket, key: &str) -> Tried {
    let request = bucket.client.abort_multipart_upload().bucket(&*bucket.name).key(bucket.full(key));
    match request.upload_id("never-begun").send().await {
        Ok(_) => Tried::Works,
        Err(error) => {
            let refused = bucket.refused(multipart::ABORT, key, &error);
            let code = if let StoreError::S3 { code, .. } = &refused { code.as_str() } else { "" };
            let is_allowed =
                matches!(code, "NoSuchUpload" | "InvalidArgument") || matches!(refused, StoreError::NotFound(_));
            if is_allowed { Tried::Works } else { Tried::Refused(refused) }
        }
    }
}

/// The folders on the way to `path` that are not there yet, innermost first.
fn missing_folders(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    above.map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn a_good_directory_passes_every_trial_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::directory(folder.path().join("not/yet/there"));
        let trials = try_out(&store, "a1").await;
        assert!(trials.iter().all(|(_, tried)| matches!(tried, Tried::Works)), "{trials:?}");
        assert_eq!(trials.len(), 5);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_stood_in_a_directory_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("v1")).unwrap();
        try_out(&Store::directory(folder.path()), "a1").await;
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        assert_eq!(left, ["v1"]);
    }

    #[tokio::test]
    async fn a_directory_that_cannot_be_made_refuses_the_write() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let trials = try_out(&Store::directory(folder.path().join("file/lake")), "a1").await;
        assert!(matches!(&trials[0], (Trial::Put, Tried::Refused(StoreError::File { .. }))), "{trials:?}");
        assert!(!trials.iter().any(|(trial, _)| *trial == Trial::PutOnce));
    }

    #[test]
    fn every_action_of_the_lake_is_tried() {
        let all = [Trial::Put, Trial::PutOnce, Trial::Get, Trial::List, Trial::Delete, Trial::Abort];
        let tried = all.map(Trial::action).into_iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(tried, super::super::ACTIONS.iter().copied().collect());
    }
}
