//! The text of the file of exceptions, read once: from this machine or from S3, with its hash.

use std::{io, path::Path, sync::Arc};

use aws_config::SdkConfig;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Exceptions, Terms, read};
use crate::{
    config::{Config, ConfigErrors, Destination, ExceptionsFile, Lake, problem::text_of},
    lake::{
        hash::Digest,
        store::{GET, Store, StoreError},
    },
    throttle::Counters,
};

/// The IAM actions that read the file where it is in S3.
pub const ACTIONS: &[&str] = &[GET];

/// Bytes of a file at most: all of it goes into the plan of each run.
const MOST: usize = 4 << 20;

/// A text as it was read. The plan of a run holds it, so that all shards judge by the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Where it was read.
    pub place: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    text: String,
}

/// Exceptions that cannot be told.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file of this machine cannot be read.
    #[error("cannot read the exceptions in {place}; look at {named_by}")]
    Local {
        /// Where.
        place: String,
        /// What names the file: `--file` or `exceptions.file`.
        named_by: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The file of another tool cannot be read.
    #[error("cannot read {place}")]
    Input {
        /// Where.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// The file of this machine cannot be written.
    #[error("cannot write {place}; nothing of it was changed")]
    Unwritable {
        /// Where.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// The object cannot be read.
    #[error(
        "cannot read the exceptions; look at what names them (--file, else exceptions.file), and at the policy that \
         `sagesweep iam-policy task` prints"
    )]
    Store(#[from] StoreError),
    /// There is too much.
    #[error("the exceptions in {place} are {bytes} bytes; {MOST} are the most")]
    Large {
        /// Where.
        place: String,
        /// The size.
        bytes: usize,
    },
    /// Something is wrong with what they say.
    #[error(transparent)]
    Wrong(#[from] ConfigErrors),
}

impl SourceError {
    /// Whether the configuration or the file is at fault, and not the way to it.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Local { .. } | Self::Input { .. } | Self::Large { .. } | Self::Wrong(_) => true,
            Self::Unwritable { .. } => false,
            Self::Store(error) => matches!(error, StoreError::NotFound(_)),
        }
    }

    /// The same of a file that an option named, not the configuration.
    pub(crate) fn of_option(mut self) -> Self {
        if let Self::Local { named_by, .. } = &mut self {
            *named_by = "--file";
        }
        self
    }
}

impl Source {
    /// Reads a file; one in S3 with our own credentials, in calls that are counted by `counters`.
    pub async fn fetch(
        file: &ExceptionsFile,
        config: &Config,
        sdk: &SdkConfig,
        counters: &Arc<Counters>,
    ) -> Result<Self, SourceError> {
        let (bucket, key) = match file {
            ExceptionsFile::Local(path) => return Self::local(path),
            ExceptionsFile::S3 { bucket, key } => (bucket, key),
        };
        let region = config.exceptions.bucket_region.as_ref().or(config.lake.bucket_region.as_ref());
        let bucket = Lake {
            destination: Destination::S3 { bucket: bucket.clone(), prefix: String::new() },
            bucket_region: region.cloned(),
            ..Lake::default()
        };
        let bytes = Store::open(&bucket, sdk, counters).read(key).await?;
        Self::of(file.to_string(), bytes)
    }

    /// Reads a file of this machine.
    pub fn local(path: &Path) -> Result<Self, SourceError> {
        let place = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => Self::of(place, bytes),
            Err(source) => Err(SourceError::Local { place, named_by: "exceptions.file", source }),
        }
    }

    /// The text of a place.
    pub fn of(place: String, bytes: Vec<u8>) -> Result<Self, SourceError> {
        if bytes.len() > MOST {
            return Err(SourceError::Large { place, bytes: bytes.len() });
        }
        let sha256 = Digest::of(&bytes).sha256;
        let text = text_of(Path::new(&place), bytes).map_err(|problem| ConfigErrors::new(vec![problem]))?;
        Ok(Self { place, sha256, text })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub fn exceptions(&self, terms: Terms) -> Result<Exceptions, SourceError> {
        Ok(read(Path::new(&self.place), &self.text, terms)?)
    }
}
