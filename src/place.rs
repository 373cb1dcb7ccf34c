//! Where a resource lives: partition, account and region, each a type of its own.

use std::{collections::BTreeSet, fmt, str::FromStr, sync::Arc};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An AWS account id: twelve digits, leading zeros kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId([u8; 12]);

/// A text that is no AWS account id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an account id, which has twelve digits")]
pub struct InvalidAccountId(String);

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 12]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
            _ => Err(InvalidAccountId(text.to_owned())),
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = InvalidAccountId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Regions that are remembered: more than AWS has, so that no input fills the memory.
const MOST_KNOWN: usize = 256;

/// A region code such as `eu-central-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(Arc<str>);

/// A text that cannot be a region code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a region code such as `eu-central-1`")]
pub struct InvalidRegion(String);

impl Region {
    /// The region code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let shaped = text.len() <= 32
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.split('-').count() >= 3
            && text.split('-').all(|part| !part.is_empty());
        if shaped && text.bytes().all(legal) { Ok(Self(shared(text))) } else { Err(InvalidRegion(text.to_owned())) }
    }
}

/// The text as all regions of that code have it: what is staged names one for each cell.
fn shared(text: &str) -> Arc<str> {
    static KNOWN: Mutex<BTreeSet<Arc<str>>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock();
    known.get(text).cloned().unwrap_or_else(|| {
        let region = Arc::from(text);
        if known.len() < MOST_KNOWN {
            known.insert(Arc::clone(&region));
        }
        region
    })
}

impl TryFrom<String> for Region {
    type Error = InvalidRegion;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.as_str().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The AWS partition, which is the second part of every ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Partition {
    /// The commercial regions, `aws`.
    Aws,
    /// The regions in China, `aws-cn`.
    AwsCn,
    /// AWS GovCloud (US), `aws-us-gov`.
    AwsUsGov,
}

/// An ARN whose partition this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown partition `{0}`; this version knows aws, aws-cn and aws-us-gov")]
pub struct UnknownPartition(String);

impl Partition {
    /// The partition as ARNs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// The region whose endpoints serve what is global in the partition (Organizations, Account Management).
    pub fn home_region(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-northwest-1",
            Self::AwsUsGov => "us-gov-west-1",
        }
    }
}

impl FromStr for Partition {
    type Err = UnknownPartition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "aws" => Ok(Self::Aws),
            "aws-cn" => Ok(Self::AwsCn),
            "aws-us-gov" => Ok(Self::AwsUsGov),
            other => Err(UnknownPartition(other.to_owned())),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_has_twelve_digits_and_keeps_its_zeros() {
        assert_eq!("000123456789".parse::<AccountId>().unwrap().to_string(), "000123456789");
        for wrong in ["", "123", "12345678901a", "1234567890123", "１２３４"] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_region_code_has_three_parts_of_lower_case_and_digits() {
        for right in ["eu-central-1", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1"] {
            assert_eq!(right.parse::<Region>().unwrap().as_str(), right);
        }
        for wrong in ["", "eu", "eu-central", "EU-central-1", "eu--1", "eu-central-1/", "-eu-central-1"] {
            assert!(wrong.parse::<Region>().is_err(), "{wrong}");
        }
    }
}
