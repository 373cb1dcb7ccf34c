//! What the simulator counted, and the shortest time in which so many calls can be made.

use std::{collections::BTreeMap, time::Duration};

use sagesweep::demo::Quotas;
use serde::Deserialize;

use super::{
    row::number,
    simulator::{FASTER, LATENCY_MS, LATENCY_SIGMA},
};

/// All counts.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Counts {
    calls: Vec<Line>,
}

#[derive(Debug, Clone, Deserialize)]
struct Line {
    account: String,
    region: String,
    operation: String,
    requests: u64,
    throttled: u64,
}

impl Counts {
    /// Requests of all operations that a test accepts.
    pub(super) fn requests(&self, counts: impl Fn(&str) -> bool) -> u64 {
        self.calls.iter().filter(|line| counts(&line.operation)).map(|line| line.requests).sum()
    }

    /// All requests.
    pub(super) fn all(&self) -> u64 {
        self.requests(|_| true)
    }

    /// The share of throttling answers, in percent.
    pub(super) fn throttled_percent(&self) -> f64 {
        let throttled = self.calls.iter().map(|line| line.throttled).sum::<u64>();
        100.0 * number(throttled) / number(self.all().max(1))
    }

    /// Requests by operation, for people.
    pub(super) fn by_operation(&self) -> String {
        let mut sums = BTreeMap::<&str, (u64, u64)>::new();
        for line in &self.calls {
            let sum = sums.entry(line.operation.as_str()).or_default();
            sum.0 += line.requests;
            sum.1 += line.throttled;
        }
        let text = |(operation, (requests, throttled)): (&str, (u64, u64))| {
            let name = operation.split_once(':').map_or(operation, |(_, name)| name);
            if throttled > 0 {
                format!("{name} {requests} ({throttled} throttled)")
            } else {
                format!("{name} {requests}")
            }
        };
        sums.into_iter().map(text).collect::<Vec<_>>().join(", ")
    }

    /// The shortest time in which these calls can be made: that of the bucket which needs longest, or that of all of
    /// them under the cap on what is under way at once, at the simulator's mean latency. What was throttled need not
    /// have been sent.
    pub(super) fn bound(&self, in_flight: u64) -> Duration {
        let quotas = Quotas::realistic().scaled(FASTER);
        let rates = quotas.rates().collect::<BTreeMap<_, _>>();
        let mut buckets = BTreeMap::<(&str, &str, &str), u64>::new();
        for line in &self.calls {
            let shared = line.operation.starts_with("organizations:");
            let bucket = if shared { "organizations:*" } else { line.operation.as_str() };
            *buckets.entry((&line.account, &line.region, bucket)).or_default() += line.requests - line.throttled;
        }
        let needed = buckets.into_iter().filter_map(|((_, _, bucket), calls)| {
            let rate = rates.get(bucket)?;
            Some((number(calls) - rate.burst) / rate.per_second)
        });
        let answered = self.calls.iter().map(|line| line.requests - line.throttled).sum::<u64>();
        let mean = LATENCY_MS / 1_000.0 / FASTER * (LATENCY_SIGMA * LATENCY_SIGMA / 2.0).exp();
        let together = number(answered) * mean / number(in_flight);
        Duration::from_secs_f64(needed.fold(together, f64::max))
    }
}
