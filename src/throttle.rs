//! Pacing: a limiter for each (account, region, API) below the quota, and a cap on what is under way at once.
//!
//! The limiter is passed before the global permit is taken, so that a place that must wait its turn does not hold one.
//! A rate starts low, grows to a polite share of the quota while nothing throttles, and halves when the service does,
//! since the account's own pipelines live on the same quota. A throttled call passes the limiter again before it is
//! repeated; everything else that passes is repeated by the SDK.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

mod bucket;
mod counters;
mod pace;
mod watch;

pub use counters::Counters;
pub use pace::Pace;
pub(crate) use watch::LeaveThrottles;
pub use watch::Watch;

use bucket::Limits;
use pace::Paces;

use crate::{
    config::{Pacing, Rate},
    effort::Cost,
    limits::{Memory, OpenFiles},
    place::{AccountId, Region},
};

/// The pacing of a whole run.
#[derive(Debug)]
pub struct Throttle {
    limits: BTreeMap<&'static str, Limits>,
    /// Of an API that the configuration does not know.
    unknown: Limits,
    in_flight: Semaphore,
    opening: Semaphore,
    paces: Mutex<Paces>,
    counters: Arc<Counters>,
}

impl Throttle {
    /// A throttle with the configured rates and cap.
    pub fn new(pacing: &Pacing) -> Self {
        let permits = pacing.max_in_flight.min(Semaphore::MAX_PERMITS);
        Self {
            limits: pacing.rates.iter().map(|(name, rate)| (*name, Limits::new(*rate, pacing))).collect(),
            unknown: Limits::new(Rate::steady(1.0, 1), pacing),
            in_flight: Semaphore::new(permits),
            opening: Semaphore::new(permits),
            paces: Mutex::default(),
            counters: Arc::default(),
        }
    }

    /// The same with the counters of a run, and with no more under way than open files and memory bear.
    pub fn within(pacing: &Pacing, counters: Arc<Counters>, files: OpenFiles, memory: Memory) -> Self {
        let by_files = files.requests(pacing.max_in_flight);
        let max_in_flight = memory.requests(by_files);
        if by_files < pacing.max_in_flight {
            tracing::warn!(
                open_files = files.limit(),
                requests = by_files,
                configured = pacing.max_in_flight,
                "the limit on open files (ulimit -n) bears fewer requests at once than configured"
            );
        }
        if max_in_flight < by_files {
            tracing::warn!(
                requests = max_in_flight,
                configured = pacing.max_in_flight,
                "the memory of the task or the container bears fewer requests at once than configured"
            );
        }
        Self { counters, ..Self::new(&Pacing { max_in_flight, ..pacing.clone() }) }
    }

    /// What was sent so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// The pace of an account in a region, the same for all who ask.
    pub fn pace_of(&self, account: AccountId, region: &Region) -> Arc<Pace> {
        self.paces.lock().of(account, region, Instant::now())
    }

    /// Waits until the pace of `api` lets a call be sent.
    pub async fn pace(&self, pace: &Pace, api: &'static str) {
        let (name, limits) = self.limits_of(api);
        pace.ready(name, || limits).await;
    }

    /// The limits of an API: its own, or those that all of its service share (`service:*`).
    fn limits_of(&self, api: &'static str) -> (&'static str, Limits) {
        let own = self.limits.get_key_value(api);
        let shared = || {
            let service = api.split_once(':').map_or(api, |(service, _)| service);
            self.limits.iter().find(|(name, _)| name.strip_suffix(":*") == Some(service))
        };
        own.or_else(shared).map_or((api, self.unknown), |(name, limits)| (*name, *limits))
    }

    /// Counts that a call is sent again although its answer was one.
    pub(crate) fn repeated(&self, api: &'static str) {
        if let Some((service, operation)) = api.split_once(':') {
            self.counters.add(service, operation, Cost { retries: 1, ..Cost::default() });
        }
    }

    /// Waits until one more call may be under way; the permit is held until its answer, retries of the SDK included.
    ///
    /// None only if the semaphore were closed, which it never is.
    pub async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        self.in_flight.acquire().await.ok()
    }

    /// Waits until one more session may be opened. Such calls hold no [`Throttle::permit`], since calls that hold one
    /// wait for them; each has a connection of its own all the same.
    pub async fn opening(&self) -> Option<SemaphorePermit<'_>> {
        self.opening.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_has_limits_of_its_own_or_those_of_its_service() {
        let (own, shared) = (Rate::steady(3.0, 4), Rate::steady(5.0, 6));
        let rates = [("sagemaker:Search", own), ("organizations:*", shared)].into_iter().collect();
        let pacing = Pacing { rates, ..Pacing::default() };
        let throttle = Throttle::new(&pacing);
        let (own, shared) = (Limits::new(own, &pacing), Limits::new(shared, &pacing));
        assert_eq!(throttle.limits_of("sagemaker:Search"), ("sagemaker:Search", own));
        assert_eq!(throttle.limits_of("organizations:ListRoots"), ("organizations:*", shared));
        assert_eq!(throttle.limits_of("ec2:DescribeRegions"), ("ec2:DescribeRegions", throttle.unknown));
    }

    #[test]
    fn a_place_has_one_pace_and_others_have_others() {
        let throttle = Throttle::new(&Pacing::default());
        let pace = |account: &str, region: &str| throttle.pace_of(account.parse().unwrap(), &region.parse().unwrap());
        let one = pace("111111111111", "eu-west-1");
        assert!(Arc::ptr_eq(&one, &pace("111111111111", "eu-west-1")));
        assert!(!Arc::ptr_eq(&one, &pace("222222222222", "eu-west-1")));
        assert!(!Arc::ptr_eq(&one, &pace("111111111111", "eu-west-2")));
    }
}
