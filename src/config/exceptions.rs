//! `[exceptions]`: where the file of exceptions is, and how long one may last.

use std::{fmt, path::PathBuf, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::{
    lake::{Destination, InvalidDestination},
    print::or_empty,
};
use crate::place::Region;

/// Where the file of exceptions is, and how long one may last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exceptions {
    /// The file; `None` is no exception at all.
    #[serde(serialize_with = "or_empty")]
    pub file: Option<ExceptionsFile>,
    /// The region of its bucket; `None` is that of the lake's bucket.
    #[serde(serialize_with = "or_empty")]
    pub bucket_region: Option<Region>,
    /// The days from the day on which an exception was granted to its last one, at most.
    pub max_days: u16,
}

impl Default for Exceptions {
    fn default() -> Self {
        Self { file: None, bucket_region: None, max_days: 365 }
    }
}

/// The place of the file of exceptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExceptionsFile {
    /// A file of this machine, relative to the working directory.
    Local(PathBuf),
    /// An object in S3, written `s3://bucket/key`.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The object's key.
        key: String,
    },
}

/// A text that is no place of a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidFile {
    /// Neither a path nor a place in S3.
    #[error(transparent)]
    Place(#[from] InvalidDestination),
    /// A bucket or a folder.
    #[error("`{0}` names no object: s3://bucket/key")]
    NoObject(String),
}

impl FromStr for ExceptionsFile {
    type Err = InvalidFile;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            Destination::Directory(path) => Ok(Self::Local(path)),
            Destination::S3 { prefix, .. } if prefix.is_empty() || text.ends_with('/') => {
                Err(InvalidFile::NoObject(text.to_owned()))
            }
            Destination::S3 { bucket, prefix } => Ok(Self::S3 { bucket, key: prefix }),
        }
    }
}

impl fmt::Display for ExceptionsFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => write!(formatter, "{}", path.display()),
            Self::S3 { bucket, key } => write!(formatter, "s3://{bucket}/{key}"),
        }
    }
}

impl Serialize for ExceptionsFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_path_or_an_object_in_s3() {
        for (text, expected) in [
            ("exceptions.toml", ExceptionsFile::Local("exceptions.toml".into())),
            ("s3://audit/a/b.toml", ExceptionsFile::S3 { bucket: "audit".to_owned(), key: "a/b.toml".to_owned() }),
        ] {
            assert_eq!(text.parse(), Ok(expected.clone()));
            assert_eq!(expected.to_string(), text);
        }
        for wrong in ["", "s3://audit", "s3://audit/", "s3://audit/a/", "https://x/y", "s3://Audit/x"] {
            assert!(wrong.parse::<ExceptionsFile>().is_err(), "{wrong}");
        }
    }
}
