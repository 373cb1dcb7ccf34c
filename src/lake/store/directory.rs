//! A directory as a store: files appear whole or not at all, and stay after a power cut.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::{Builder, TempDir, TempPath};
use tokio::task;

use super::{Put, StoreError, Stored};

/// The beginning of the names of what is not finished; listings pass over it, as query engines do.
const UNFINISHED: &str = ".unfinished-";

/// The operation that tells what is not there from what cannot be read.
const READ: &str = "read";

/// A directory of this machine.
#[derive(Debug, Clone)]
pub struct Directory {
    root: Arc<Path>,
}

impl Directory {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root: root.into() }
    }

    /// Where an object is.
    pub fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// Locks a file, made if it is not there, until the handle is dropped or the process ends; none when another
    /// handle has it locked.
    pub async fn lock(&self, key: &str) -> Result<Option<File>, StoreError> {
        on_worker(self.path(key), |path| {
            let folder = path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(failed("create", folder))?;
            loop {
                let file = File::options().create(true).truncate(false).write(true).open(path);
                let file = file.map_err(failed("open", path))?;
                match file.try_lock() {
                    // One that was removed since it was opened is nobody's lock any more.
                    Ok(()) if is_at(&file, path) => return Ok(Some(file)),
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => return Ok(None),
                    Err(TryLockError::Error(error)) => return Err(failed("lock", path)(error)),
                }
            }
        })
        .await
    }

    pub(super) async fn put(&self, key: &str, bytes: Vec<u8>, put: Put) -> Result<(), StoreError> {
        on_worker(self.path(key), move |target| {
            let (folder, unfinished) = unfinished(target)?;
            let write = || {
                let mut file = File::create(&unfinished)?;
                file.write_all(&bytes)?;
                file.sync_all()
            };
            write().map_err(failed("write", &unfinished))?;
            finish(unfinished, target, &folder, put)
        })
        .await
    }

    pub(super) async fn put_file(&self, key: &str, file: &Path, put: Put) -> Result<(), StoreError> {
        let file = file.to_owned();
        on_worker(self.path(key), move |target| {
            let (folder, unfinished) = unfinished(target)?;
            fs::remove_file(&unfinished).map_err(failed("prepare", &unfinished))?;
            // Another file system, or one without links: then a copy.
            if fs::hard_link(&file, &unfinished).is_err() {
                fs::copy(&file, &unfinished).map_err(failed("write", &unfinished))?;
            }
            File::open(&unfinished).and_then(|file| file.sync_all()).map_err(failed("write", &unfinished))?;
            finish(unfinished, target, &folder, put)
        })
        .await
    }

    pub(super) async fn read(&self, key: &str) -> Result<Vec<u8>, StoreError> {
        on_worker(self.path(key), |path| fs::read(path).map_err(failed(READ, path))).await
    }

    pub(super) async fn read_range(&self, key: &str, bytes: Range<u64>) -> Result<Vec<u8>, StoreError> {
        on_worker(self.path(key), move |path| {
            let read = || {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(bytes.start))?;
                let mut content = Vec::new();
                file.take(bytes.end.saturating_sub(bytes.start)).read_to_end(&mut content)?;
                Ok(content)
            };
            read().map_err(failed(READ, path))
        })
        .await
    }

    pub(super) async fn fetch(&self, key: &str) -> Result<PathBuf, StoreError> {
        on_worker(self.path(key), |path| {
            fs::metadata(path).map_err(failed(READ, path))?;
            Ok(path.to_owned())
        })
        .await
    }

    pub(super) async fn list(&self, folder: &str) -> Result<Vec<Stored>, StoreError> {
        let root = Arc::clone(&self.root);
        on_worker(self.path(folder), move |path| {
            let mut found = Vec::new();
            walk(path, &root, &mut found)?;
            found.sort_by(|one, other| one.key.cmp(&other.key));
            Ok(found)
        })
        .await
    }

    pub(super) async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        on_worker(self.path(key), |path| match fs::metadata(path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("look at", path)(error)),
        })
        .await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        on_worker(self.path(key), |path| gone(fs::remove_file(path)).map_err(failed("remove", path))).await
    }

    pub(super) async fn clear(&self, folder: &str) -> Result<(), StoreError> {
        on_worker(self.path(folder), |path| gone(fs::remove_dir_all(path)).map_err(failed("remove", path))).await
    }

    pub(super) async fn scratch(&self, name: &str) -> Result<TempDir, StoreError> {
        scratch_in(self.root.to_path_buf(), format!("{UNFINISHED}{name}.")).await
    }

    pub(super) async fn sweep(&self, folder: &str, name: &str) -> Result<(), StoreError> {
        let prefix = format!("{UNFINISHED}{name}");
        on_worker(self.path(folder), move |folder| sweep(folder, &prefix)).await
    }
}

/// A temporary directory where the system keeps such.
pub(super) async fn system_scratch(name: &str) -> Result<TempDir, StoreError> {
    scratch_in(std::env::temp_dir(), format!("sagesweep-{name}.")).await
}

/// One of its own for each call, in the same place.
pub(super) async fn reading() -> Result<TempDir, StoreError> {
    let make = |root: &Path| Builder::new().prefix("sagesweep-").tempdir_in(root);
    on_worker(std::env::temp_dir(), move |root| make(root).map_err(failed("create a directory in", root))).await
}

async fn scratch_in(root: PathBuf, prefix: String) -> Result<TempDir, StoreError> {
    on_worker(root, move |root| {
        fs::create_dir_all(root).map_err(failed("create", root))?;
        sweep(root, &prefix)?;
        Builder::new().prefix(&prefix).tempdir_in(root).map_err(failed("create a directory in", root))
    })
    .await
}

/// Whether an open file is the one that has this name.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let same = |one: &fs::Metadata, other: &fs::Metadata| (one.dev(), one.ino()) == (other.dev(), other.ino());
        file.metadata().ok().zip(fs::metadata(path).ok()).is_some_and(|(one, other)| same(&one, &other))
    }
    // An open file cannot be removed elsewhere.
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}

/// Removes files and directories in `folder` whose names start with `prefix`.
fn sweep(folder: &Path, prefix: &str) -> Result<(), StoreError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed("list", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(failed("list", folder))?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let path = entry.path();
            let is_folder = entry.file_type().map_err(failed("look at", &path))?.is_dir();
            let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone(removed).map_err(failed("remove", &path))?;
        }
    }
    Ok(())
}

/// An empty file of a name of its own beside `target`, removed unless it is finished, and its folder.
fn unfinished(target: &Path) -> Result<(PathBuf, TempPath), StoreError> {
    let folder = target.parent().unwrap_or(Path::new(".")).to_owned();
    fs::create_dir_all(&folder).map_err(failed("create", &folder))?;
    let prefix = format!("{UNFINISHED}{}.", target.file_name().unwrap_or_default().display());
    let mut builder = Builder::new();
    builder.prefix(&prefix);
    // Readable as the user's umask allows, unlike files that are meant to stay temporary.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(&folder).map_err(failed("create a file in", &folder))?;
    Ok((folder, file.into_temp_path()))
}

/// Gives a written file its name, at once, and makes the name durable.
fn finish(unfinished: TempPath, target: &Path, folder: &Path, put: Put) -> Result<(), StoreError> {
    let renamed = match put {
        Put::Replace => unfinished.persist(target),
        Put::IfAbsent => unfinished.persist_noclobber(target),
    };
    match renamed.map_err(io::Error::from) {
        Err(error) if put == Put::IfAbsent && error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(StoreError::AlreadyExists(target.display().to_string()));
        }
        Err(error) => return Err(failed("write", target)(error)),
        Ok(()) => {}
    }
    // Only Unix can open a directory, and only there does it need this.
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("write", folder))?;
    Ok(())
}

fn walk(folder: &Path, root: &Path, found: &mut Vec<Stored>) -> Result<(), StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("list", folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed("list", folder))?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            continue;
        }
        let path = entry.path();
        let metadata = match entry.metadata() {
            // Removed since it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata.map_err(failed("look at", &path))?,
        };
        if metadata.is_dir() {
            walk(&path, root, found)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            let parts = relative.components().map(|part| part.as_os_str().to_string_lossy());
            let key = parts.collect::<Vec<_>>().join("/");
            found.push(Stored { key, bytes: metadata.len() });
        }
    }
    Ok(())
}

/// What is gone already need not be removed.
fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| {
        if doing == READ && source.kind() == io::ErrorKind::NotFound {
            StoreError::NotFound(path.display().to_string())
        } else {
            StoreError::File { doing, path, source }
        }
    }
}

/// File systems block; the threads of the runtime must not.
async fn on_worker<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let at = path.clone();
    let work = task::spawn_blocking(move || work(&path)).await;
    work.unwrap_or_else(|source| Err(StoreError::Worker { path: at, source }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::store::Store;

    #[tokio::test]
    async fn a_key_is_written_once_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::directory(folder.path().join("not/yet/there"));
        store.put("a/b.txt", b"one".to_vec(), Put::IfAbsent).await.unwrap();
        let second = store.put("a/b.txt", b"two".to_vec(), Put::IfAbsent).await;
        assert!(matches!(second, Err(StoreError::AlreadyExists(place)) if place.ends_with("a/b.txt")));
        assert_eq!(store.read("a/b.txt").await.unwrap(), b"one");
        store.put("a/b.txt", b"two".to_vec(), Put::Replace).await.unwrap();
        assert_eq!(store.read("a/b.txt").await.unwrap(), b"two");
        let scratch = store.scratch("x").await.unwrap();
        let file = scratch.path().join("three");
        fs::write(&file, "three").unwrap();
        assert!(matches!(store.put_file("a/b.txt", &file, Put::IfAbsent).await, Err(StoreError::AlreadyExists(_))));
        store.put_file("a/c.txt", &file, Put::IfAbsent).await.unwrap();
        drop(scratch);
        assert_eq!(store.read("a/c.txt").await.unwrap(), b"three");
        let listed = store.list("a/").await.unwrap();
        assert_eq!(listed.iter().map(|stored| stored.key.as_str()).collect::<Vec<_>>(), ["a/b.txt", "a/c.txt"]);
        store.clear("a/").await.unwrap();
        assert_eq!(store.list("").await.unwrap(), []);
        let left = fs::read_dir(folder.path().join("not/yet/there")).unwrap().count();
        assert_eq!(left, 0, "nothing unfinished stays");
    }

    #[tokio::test]
    async fn what_is_not_there_is_named_and_needs_no_removing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::directory(folder.path());
        assert!(matches!(store.read("x").await, Err(StoreError::NotFound(place)) if place.ends_with('x')));
        assert!(matches!(store.fetch("x", folder.path()).await, Err(StoreError::NotFound(_))));
        assert_eq!(store.size("x").await.unwrap(), None);
        store.delete("x").await.unwrap();
        store.clear("y/").await.unwrap();
    }

    #[tokio::test]
    async fn a_file_in_the_way_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("v1"), "").unwrap();
        let error = Store::directory(folder.path()).put("v1/x", Vec::new(), Put::Replace).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("v1") && text.contains("in the way"), "{text}");
    }
}
