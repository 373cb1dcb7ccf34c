//! Shards: a scan on several machines, each with its part of the accounts, and the word of each that it has ended.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{MadeWith, PlanError};
use crate::{
    effort::Effort,
    lake::{
        RunId, sealed,
        staging::{self, part::Part},
        store::{Put, Store, StoreError},
    },
    place::Region,
};

/// One part of a scan, written `i/n`, from `1/n` to `n/n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    number: u32,
    of: u32,
}

/// A text that is no shard.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a shard such as 1/4: a number from 1 to n, a slash, and n, which is at most {MOST}")]
pub struct InvalidShard(String);

/// Shards of one run at most; an account is not divided.
const MOST: u32 = 1_000;

impl Shard {
    /// The only shard of a scan on one machine.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// All shards of a run.
    pub fn all(of: usize) -> impl Iterator<Item = Self> {
        let of = u32::try_from(of).unwrap_or(u32::MAX);
        (1..=of).map(move |number| Self { number, of })
    }

    /// From 1 on.
    pub fn number(self) -> u32 {
        self.number
    }

    /// From 0 on.
    pub fn index(self) -> usize {
        usize::try_from(self.number.saturating_sub(1)).unwrap_or(usize::MAX)
    }

    /// How many there are.
    pub fn of(self) -> usize {
        usize::try_from(self.of).unwrap_or(usize::MAX)
    }
}

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
        let shard = text.split_once('/').and_then(|(number, of)| {
            let (number, of) = (digits(number)?, digits(of)?);
            ((1..=of).contains(&number) && of <= MOST).then_some(Self { number, of })
        });
        shard.ok_or_else(|| InvalidShard(text.to_owned()))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.of)
    }
}

/// A shard without an end that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The shard.
    pub shard: Shard,
    /// What it was made with, where that is something else; nothing that it staged counts then.
    pub other: Option<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.other {
            None => write!(formatter, "shard {} did not end", self.shard),
            Some(what) => write!(formatter, "shard {} was made with another {what}", self.shard),
        }
    }
}

/// The word of a shard that its scan has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardEnd {
    /// The number of the shard.
    pub shard: u32,
    /// With what it was made.
    pub made_with: MadeWith,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The numbers of its parts: one that is not there any more was lost.
    pub parts: BTreeSet<u32>,
    /// The regions that it looked at.
    pub regions: BTreeSet<Region>,
    /// What the attempt that ended cost.
    pub effort: Effort,
}

impl ShardEnd {
    /// A part of the shard that was there when it ended, and is not among these.
    pub fn lost<'p>(&self, parts: impl Iterator<Item = &'p Part>) -> Option<u32> {
        let there = parts.filter(|part| part.shard == self.shard).map(|part| part.number);
        self.parts.difference(&there.collect()).next().copied()
    }

    /// The end of a shard, if it has ended.
    pub async fn read(store: &Store, run_id: &RunId, shard: Shard) -> Result<Option<Self>, PlanError> {
        let key = key(run_id, shard.number);
        match store.read(&key).await {
            Ok(bytes) => sealed::unseal(&bytes)
                .map(Some)
                .map_err(|source| PlanError::Unreadable { place: store.place(&key), source }),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Says that the shard has ended.
    pub async fn write(&self, store: &Store, run_id: &RunId) -> Result<(), PlanError> {
        let key = key(run_id, self.shard);
        let json = sealed::seal(self).map_err(|source| PlanError::Unreadable { place: store.place(&key), source })?;
        Ok(store.put(&key, json, Put::Replace).await?)
    }
}

fn key(run_id: &RunId, number: u32) -> String {
    format!("{}shard-{number:04}.json", staging::folder(run_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_one_of_so_many() {
        let shard: Shard = "3/4".parse().unwrap();
        assert_eq!((shard.number(), shard.index(), shard.of(), shard.to_string()), (3, 2, 4, "3/4".to_owned()));
        for wrong in ["", "3", "0/4", "5/4", "1/0", "a/4", "1/4/4", "+1/4", "1/ 4", "-1/4", "1/1001", "1/99999999999"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        assert_eq!(Shard::all(1).collect::<Vec<_>>(), [Shard::WHOLE]);
    }
}
