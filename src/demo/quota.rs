//! Quotas and counts: a token bucket and two counters for each account, region and operation.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::operation::{Operation, Service};
use crate::place::{AccountId, Region};

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Calls a second in the long run.
    pub per_second: f64,
    /// Calls at once after a rest.
    pub burst: f64,
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `RATE/BURST`.
    fn from_str(text: &str) -> Result<Self, String> {
        let positive = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
        let parts = text.split_once('/').and_then(|(rate, burst)| positive(rate).zip(positive(burst)));
        parts
            .map(|(per_second, burst)| Self { per_second, burst })
            .ok_or_else(|| format!("`{text}` is no rate, such as 5/10: calls a second, and at once"))
    }
}

/// Rates by operation, each for one account and region; all operations of Organizations share one bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quotas {
    rates: BTreeMap<String, Rate>,
}

impl Quotas {
    /// What has been observed or published for AWS, and a guess where nothing has.
    pub fn realistic() -> Self {
        let table = [
            ("account:ListRegions", 5.0, 5.0),
            ("kms:DescribeKey", 50.0, 50.0),
            ("organizations:*", 4.0, 20.0),
            ("sagemaker:DescribeTrainingJob", 10.0, 20.0),
            ("sagemaker:ListTags", 10.0, 20.0),
            ("sagemaker:ListTrainingJobs", 2.0, 10.0),
            ("sagemaker:Search", 5.0, 10.0),
            ("sts:AssumeRole", 100.0, 200.0),
        ];
        Self {
            rates: table
                .into_iter()
                .map(|(name, per_second, burst)| (name.to_owned(), Rate { per_second, burst }))
                .collect(),
        }
    }

    /// The same quotas with every rate multiplied, for time that runs faster; bursts stay.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for rate in self.rates.values_mut() {
            rate.per_second *= factor;
        }
        self
    }

    /// The same quotas with another rate for `service:Operation`, or `organizations:*`.
    #[must_use]
    pub fn with(mut self, operation: &str, rate: Rate) -> Self {
        self.rates.insert(operation.to_owned(), rate);
        self
    }

    /// Every rate, by `service:Operation` or `organizations:*`.
    pub fn rates(&self) -> impl Iterator<Item = (&str, Rate)> {
        self.rates.iter().map(|(name, rate)| (name.as_str(), *rate))
    }

    fn of(&self, bucket: &str) -> Option<Rate> {
        self.rates.get(bucket).copied()
    }
}

/// How often an operation was called in an account and region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// All calls, those that were throttled among them.
    pub requests: u64,
    /// Calls that a quota refused.
    pub throttled: u64,
    /// Calls that were admitted and made before in the same words, where that is watched: [`super::Behaviour::watches_repeats`].
    pub repeated: u64,
}

type Key = (AccountId, Region, Operation);
type Shard = Mutex<HashMap<Key, Entry>>;

/// Every bucket and counter, in shards so that no call waits for another account's.
#[derive(Debug)]
pub(super) struct Ledger {
    quotas: Option<Quotas>,
    hasher: RandomState,
    shards: Vec<Shard>,
}

#[derive(Debug, Default)]
struct Entry {
    count: Count,
    bucket: Option<Bucket>,
    /// Hashes of what was asked.
    asked: HashSet<u64>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Ledger {
    pub(super) fn new(quotas: Option<Quotas>) -> Self {
        let shards = (0..64).map(|_| Shard::default()).collect();
        Self { quotas, hasher: RandomState::new(), shards }
    }

    /// Counts a call and takes a token for it; false where there is none.
    pub(super) fn admit(&self, account: AccountId, region: &Region, operation: Operation) -> bool {
        let shared = operation.service() == Service::Organizations;
        let rate = self
            .quotas
            .as_ref()
            .and_then(|quotas| quotas.of(if shared { "organizations:*" } else { operation.action() }));
        let key = (account, region.clone(), operation);
        let admitted = match rate {
            None => true,
            Some(rate) if shared => {
                self.entry((account, region.clone(), Operation::DescribeOrganization), |entry| entry.take(rate))
            }
            Some(rate) => self.entry(key.clone(), |entry| entry.take(rate)),
        };
        self.entry(key, |entry| {
            entry.count.requests += 1;
            entry.count.throttled += u64::from(!admitted);
        });
        admitted
    }

    /// Counts a call that was made before in the same words.
    pub(super) fn watch(&self, account: AccountId, region: &Region, operation: Operation, body: &[u8]) {
        let words = self.hasher.hash_one(body);
        self.entry((account, region.clone(), operation), |entry| {
            entry.count.repeated += u64::from(!entry.asked.insert(words));
        });
    }

    /// All counts.
    pub(super) fn counts(&self) -> BTreeMap<(AccountId, Region, &'static str), Count> {
        let mut counts = BTreeMap::new();
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let called: BTreeMap<_, _> =
                shard.iter().map(|(key, entry)| (key, entry.count)).filter(|(_, count)| count.requests > 0).collect();
            for ((account, region, operation), count) in called {
                // Operations of S3 share actions.
                let sum: &mut Count = counts.entry((*account, region.clone(), operation.action())).or_default();
                sum.requests += count.requests;
                sum.throttled += count.throttled;
                sum.repeated += count.repeated;
            }
        }
        counts
    }

    fn entry<T: Default>(&self, key: Key, work: impl FnOnce(&mut Entry) -> T) -> T {
        let length = u64::try_from(self.shards.len()).unwrap_or(1);
        let chosen = usize::try_from(self.hasher.hash_one(&key) % length).unwrap_or_default();
        let Some(shard) = self.shards.get(chosen) else {
            return T::default();
        };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        work(shard.entry(key).or_default())
    }
}

impl Entry {
    fn take(&mut self, rate: Rate) -> bool {
        let now = Instant::now();
        let bucket = self.bucket.get_or_insert(Bucket { tokens: rate.burst, filled: now });
        let earned = now.duration_since(bucket.filled).as_secs_f64() * rate.per_second;
        bucket.tokens = (bucket.tokens + earned).min(rate.burst);
        bucket.filled = now;
        let enough = bucket.tokens >= 1.0;
        if enough {
            bucket.tokens -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_from_calls_a_second_and_at_once() {
        assert_eq!("2.5/10".parse(), Ok(Rate { per_second: 2.5, burst: 10.0 }));
        for wrong in ["", "5", "5/", "0/1", "-1/1", "inf/1", "1/nan"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_burst_is_answered_and_what_follows_is_not() {
        let ledger = Ledger::new(Some(Quotas::realistic()));
        let (account, region) = ("123456789012".parse().unwrap(), "eu-central-1".parse().unwrap());
        let admitted = (0..30).filter(|_| ledger.admit(account, &region, Operation::Search)).count();
        assert!((10..13).contains(&admitted), "{admitted}");
        assert!(
            ledger.admit(account, &"us-east-1".parse().unwrap(), Operation::Search),
            "other regions have buckets of their own"
        );
        let count = ledger.counts()[&(account, region, "sagemaker:Search")];
        assert_eq!((count.requests, count.throttled), (30, 30 - u64::try_from(admitted).unwrap()));
    }

    #[test]
    fn the_operations_of_organizations_share_a_bucket() {
        let ledger = Ledger::new(Some(Quotas::realistic()));
        let (account, region) = ("123456789012".parse().unwrap(), "us-east-1".parse().unwrap());
        let calls = [Operation::ListAccounts, Operation::ListTagsForResource].into_iter().cycle().take(40);
        let admitted = calls.filter(|operation| ledger.admit(account, &region, *operation)).count();
        assert!((20..23).contains(&admitted), "{admitted}");
        assert_eq!(ledger.counts().values().map(|count| count.requests).sum::<u64>(), 40);
    }
}
