//! `[lake]`: where the tables go.

use std::{fmt, path::PathBuf, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::print::or_empty;
use crate::place::Region;

/// Where the tables go and how objects are encrypted there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lake {
    /// A directory or a place in S3.
    pub destination: Destination,
    /// The region of the bucket; `None` is the region of our own credentials' configuration.
    #[serde(serialize_with = "or_empty")]
    pub bucket_region: Option<Region>,
    /// The KMS key for objects (SSE-KMS), by id, ARN or alias; `None` is the bucket's default encryption.
    #[serde(serialize_with = "or_empty")]
    pub kms_key: Option<String>,
    /// In a bucket, seconds without a sign after which another process counts as gone.
    pub lease_seconds: u16,
    /// The asymmetric KMS key that signs the manifest of each run, by id, ARN or alias; `None` signs nothing.
    #[serde(serialize_with = "or_empty")]
    pub signing_key: Option<String>,
}

impl Default for Lake {
    fn default() -> Self {
        Self {
            destination: Destination::default(),
            bucket_region: None,
            kms_key: None,
            lease_seconds: 60,
            signing_key: None,
        }
    }
}

/// What the tables are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A local directory, relative to the working directory.
    Directory(PathBuf),
    /// A place in S3, written `s3://bucket/prefix`.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// What every object's key starts with, without slashes at its ends; empty for the whole bucket.
        prefix: String,
    },
}

impl Default for Destination {
    fn default() -> Self {
        Self::Directory(PathBuf::from("./sagesweep-out"))
    }
}

/// A text that is no destination.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidDestination {
    /// Nothing.
    #[error("a destination is a directory or s3://bucket/prefix, not an empty text")]
    Empty,
    /// A URL of something else.
    #[error("`{0}` is neither a directory nor s3://bucket/prefix")]
    Scheme(String),
    /// A bucket's name that S3 refuses.
    #[error(
        "`{0}` is no bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends"
    )]
    Bucket(String),
    /// A prefix that makes keys with empty or relative parts.
    #[error("`{0}` is no prefix: its parts between slashes must not be empty, `.` or `..`")]
    Prefix(String),
}

impl FromStr for Destination {
    type Err = InvalidDestination;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((scheme, rest)) = text.split_once("://") else {
            // A NUL cannot be in a path; the file system would say so only at the end of the night.
            return match text {
                "" => Err(InvalidDestination::Empty),
                _ if text.contains('\0') => Err(InvalidDestination::Scheme(text.to_owned())),
                _ => Ok(Self::Directory(PathBuf::from(text))),
            };
        };
        if scheme != "s3" {
            return Err(InvalidDestination::Scheme(text.to_owned()));
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket(bucket) {
            return Err(InvalidDestination::Bucket(bucket.to_owned()));
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let part = |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(char::is_control);
        // 512 of the 1,024 bytes of a key are left for what is written below the prefix.
        if prefix.is_empty() || (prefix.len() <= 512 && prefix.split('/').all(part)) {
            Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        } else {
            Err(InvalidDestination::Prefix(prefix.to_owned()))
        }
    }
}

fn is_bucket(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| letter(byte) || byte == b'.' || byte == b'-')
        && name.bytes().next().is_some_and(letter)
        && name.bytes().last().is_some_and(letter)
        && !name.contains("..")
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => write!(formatter, "{}", path.display()),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(formatter, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(formatter, "s3://{bucket}/{prefix}"),
        }
    }
}

impl Serialize for Destination {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_directory_or_a_place_in_s3() {
        let s3 = |bucket: &str, prefix: &str| Destination::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() };
        for (text, expected) in [
            ("./out", Destination::Directory("./out".into())),
            ("/var/lib/x", Destination::Directory("/var/lib/x".into())),
            ("s3://lake", s3("lake", "")),
            ("s3://lake/", s3("lake", "")),
            ("s3://lake.eu-1/a/b c/", s3("lake.eu-1", "a/b c")),
        ] {
            let read: Destination = text.parse().unwrap();
            assert_eq!(read, expected, "{text}");
            assert_eq!(read.to_string().parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_s3_would_refuse_is_refused() {
        for wrong in [
            "",
            "gs://lake",
            "S3://lake",
            "s3://",
            "s3://la",
            "s3://Lake",
            "s3://-lake",
            "s3://a..b",
            "s3://lake//a",
            "s3://lake/a/../b",
        ] {
            assert!(wrong.parse::<Destination>().is_err(), "{wrong}");
        }
    }
}
