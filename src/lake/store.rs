//! Where the lake lives: a directory or a prefix of an S3 bucket, with the few operations that it needs of either.

use std::{
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, config::timeout::TimeoutConfig};
use tempfile::TempDir;
use thiserror::Error;
use tokio::task::JoinError;

mod directory;
mod multipart;
mod s3;
pub mod settings;
pub mod trial;

pub use directory::Directory;
pub(crate) use s3::GET;
pub use s3::{ACTIONS, Bucket, KEY_ACTIONS};

use crate::{
    config,
    place::Partition,
    throttle::{Counters, Watch},
};

/// A place for objects, by key. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Store {
    /// A directory of this machine.
    Directory(Directory),
    /// A prefix of a bucket.
    S3(Bucket),
}

/// Whether an object may take the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It may.
    Replace,
    /// It must be the first of its key, else [`StoreError::AlreadyExists`].
    IfAbsent,
}

/// An object that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a store could not do.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is such an object, and it must not be replaced.
    #[error("{0} exists already, from another process or an earlier attempt")]
    AlreadyExists(String),
    /// There is no such object.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The file system refused.
    #[error("cannot {doing} {}; {}", path.display(), advice(doing, source))]
    File {
        /// The operation.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// S3 refused, or could not be asked.
    #[error("{action} on {place} failed with {code}: {message}; {}", advice_of_s3(code))]
    S3 {
        /// The IAM action.
        action: &'static str,
        /// Bucket and key.
        place: String,
        /// The error code, or a word of ours where no answer came.
        code: String,
        /// The message, or the chain of causes.
        message: String,
    },
    /// A write failed, and whether it took effect all the same cannot be told.
    #[error("{write}; whether it took effect cannot be told, since {look}")]
    Unsettled {
        /// How the write failed.
        write: Box<Self>,
        /// How the look at the object failed.
        look: Box<Self>,
    },
    /// A worker thread died.
    #[error("a worker thread of the store ended early at {}; try again, and report it with the log if it stays", path.display())]
    Worker {
        /// Where it worked.
        path: PathBuf,
        /// Why.
        source: JoinError,
    },
}

/// What a person can do about a refusal of the file system.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds of I/O errors are many, and more come")]
fn advice(doing: &str, error: &io::Error) -> &'static str {
    let only_reads = matches!(doing, "list" | "read" | "look at");
    match error.kind() {
        io::ErrorKind::PermissionDenied if only_reads => "give this user read permission there",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space there or choose another destination"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "give this user write permission there or choose another destination"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "something that is no directory is in the way",
        _ if only_reads => "check that it exists and can be read",
        _ => "check that the directory exists and can be written",
    }
}

/// What a person can do about a refusal of S3, by its code.
fn advice_of_s3(code: &str) -> &'static str {
    match code {
        "AccessDenied" | "AllAccessDisabled" | "Forbidden" => {
            "`sagesweep iam-policy task` prints what is needed, and the bucket's own policy and key must allow it, too"
        }
        "NoSuchBucket" => "look at lake.destination",
        "PermanentRedirect" | "IllegalLocationConstraintException" | "AuthorizationHeaderMalformed" => {
            "look at lake.bucket_region"
        }
        "ExpiredToken" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" => "renew the credentials",
        "RequestTimeTooSkewed" => "set the clock of this machine",
        "SlowDown" | "InternalError" | "ServiceUnavailable" | "Timeout" => "try again later",
        _ => "`sagesweep doctor` tells more of the bucket",
    }
}

/// How long one upload of a part may take: 16 MiB over a slow line.
const PART_TIMEOUT: Duration = Duration::from_mins(5);

impl Store {
    /// The store that the configuration names, reached with our own credentials; its calls are counted by `counters`.
    pub fn open(lake: &config::Lake, sdk: &SdkConfig, counters: &Arc<Counters>) -> Self {
        match &lake.destination {
            config::Destination::Directory(root) => Self::directory(root),
            config::Destination::S3 { bucket, prefix } => {
                let mut settings = aws_sdk_s3::config::Builder::from(sdk)
                    .timeout_config(
                        TimeoutConfig::builder()
                            .connect_timeout(Duration::from_secs(5))
                            .read_timeout(Duration::from_mins(1))
                            .operation_attempt_timeout(PART_TIMEOUT)
                            .build(),
                    )
                    .interceptor(Watch { service: "s3", counters: Arc::clone(counters) })
                    // An endpoint of one's own seldom has a name for each bucket.
                    .force_path_style(sdk.endpoint_url().is_some());
                if let Some(region) = &lake.bucket_region {
                    settings = settings.region(aws_sdk_s3::config::Region::new(region.to_string()));
                } else if sdk.region().is_none() {
                    settings = settings.region(aws_sdk_s3::config::Region::new(Partition::Aws.home_region()));
                }
                Self::s3(Client::from_conf(settings.build()), bucket, prefix, lake.kms_key.clone())
            }
        }
    }

    /// A directory, made when the first object is put.
    pub fn directory(root: impl Into<PathBuf>) -> Self {
        Self::Directory(Directory::new(root.into()))
    }

    /// A prefix of a bucket, through `client`, whose region is the bucket's; objects are encrypted with `kms_key`, or
    /// as the bucket does by default.
    pub fn s3(client: Client, bucket: &str, prefix: &str, kms_key: Option<String>) -> Self {
        Self::S3(Bucket::new(client, bucket, prefix, kms_key))
    }

    /// Where an object is, for people.
    pub fn place(&self, key: &str) -> String {
        match self {
            Self::Directory(directory) => directory.path(key).display().to_string(),
            Self::S3(bucket) => bucket.place(key),
        }
    }

    /// Puts a small object.
    pub async fn put(&self, key: &str, bytes: Vec<u8>, put: Put) -> Result<(), StoreError> {
        match self {
            Self::Directory(directory) => directory.put(key, bytes, put).await,
            Self::S3(bucket) => bucket.put(key, bytes, put).await,
        }
    }

    /// Puts a file, which must not change afterwards: a directory may link to it. Large files go to S3 in parts.
    pub async fn put_file(&self, key: &str, file: &Path, put: Put) -> Result<(), StoreError> {
        match self {
            Self::Directory(directory) => directory.put_file(key, file, put).await,
            Self::S3(bucket) => bucket.put_file(key, file, put).await,
        }
    }

    /// The content of a small object.
    pub async fn read(&self, key: &str) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Directory(directory) => directory.read(key).await,
            Self::S3(bucket) => bucket.read(key).await,
        }
    }

    /// A part of an object; `bytes` must lie inside it.
    pub async fn read_range(&self, key: &str, bytes: Range<u64>) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Directory(directory) => directory.read_range(key, bytes).await,
            Self::S3(bucket) => bucket.read_range(key, bytes).await,
        }
    }

    /// An object as a file: from S3 in `folder`, from a directory where it stands.
    pub async fn fetch(&self, key: &str, folder: &Path) -> Result<PathBuf, StoreError> {
        match self {
            Self::Directory(directory) => directory.fetch(key).await,
            Self::S3(bucket) => bucket.fetch(key, folder).await,
        }
    }

    /// The objects below `folder`, which ends with a slash, by key.
    pub async fn list(&self, folder: &str) -> Result<Vec<Stored>, StoreError> {
        match self {
            Self::Directory(directory) => directory.list(folder).await,
            Self::S3(bucket) => bucket.list(folder).await,
        }
    }

    /// The size of an object in bytes; none when there is no such object.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        match self {
            Self::Directory(directory) => directory.size(key).await,
            Self::S3(bucket) => bucket.size(key).await,
        }
    }

    /// Removes an object, if there is one.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self {
            Self::Directory(directory) => directory.delete(key).await,
            Self::S3(bucket) => bucket.delete(key).await,
        }
    }

    /// Removes everything below `folder`, which ends with a slash.
    pub async fn clear(&self, folder: &str) -> Result<(), StoreError> {
        match self {
            Self::Directory(directory) => directory.clear(folder).await,
            Self::S3(bucket) => bucket.clear(folder).await,
        }
    }

    /// A temporary directory for files on their way, removed when dropped: on the file system of a directory, so that
    /// files need no copy, else where the system keeps temporary files. What a process that was killed has left under
    /// the same `name` is removed first: only one at a time may use it.
    pub async fn scratch(&self, name: &str) -> Result<TempDir, StoreError> {
        match self {
            Self::Directory(directory) => directory.scratch(name).await,
            Self::S3(_) => directory::system_scratch(name).await,
        }
    }

    /// A temporary directory for objects of a bucket that are read, where the system keeps such: of its own for each call,
    /// so that any number may read at once, and a directory that is only read stays as it is.
    pub async fn reading() -> Result<TempDir, StoreError> {
        directory::reading().await
    }

    /// Removes what a process that was killed has left unfinished of objects in `folder` whose names start with
    /// `name`. A bucket keeps nothing unfinished but uploads in parts, which a lifecycle rule ends.
    pub async fn sweep(&self, folder: &str, name: &str) -> Result<(), StoreError> {
        match self {
            Self::Directory(directory) => directory.sweep(folder, name).await,
            Self::S3(_) => Ok(()),
        }
    }
}
