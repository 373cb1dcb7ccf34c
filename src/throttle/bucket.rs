//! A token bucket whose rate gives way to throttling answers and grows back: pure, with the time as an argument.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::{Pacing, Rate};

/// While throttled, no rate goes below this share of its ceiling.
const FLOOR: f64 = 0.02;
/// The share of the ceiling by which a rate grows after a clean period.
const STEP: f64 = 0.1;
/// From this share of the rate at which the service throttled, the rate grows by a tenth of a step: somebody else lives
/// on the rest.
const NEAR: f64 = 0.9;
const CAREFUL: f64 = 0.1;
/// Of the burst that a service grants at most so much is used: requests do not arrive in the rhythm in which they were
/// sent, and one that overtakes another must find a token too.
const STEADY: f64 = 0.75;
/// Throttling answers within this share of a period are one piece of evidence, such as a burst that was too large; but
/// not those of a longer time, however slowly the rate is to grow.
const ONE_EVENT: f64 = 0.1;
const LONGEST_EVENT: Duration = Duration::from_secs(2);
/// A whole token, but for what a sum of parts may lack of it.
const ALMOST: f64 = 1.0 - 1e-9;
/// For so many clean periods it is remembered that a service has throttled.
const MEMORY: u32 = 60;

/// What a rate moves within.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    start: f64,
    ceiling: f64,
    burst: f64,
    period: Duration,
}

impl Limits {
    /// The limits of an API by its configured rate.
    pub(super) fn new(rate: Rate, pacing: &Pacing) -> Self {
        let ceiling = (rate.quota * pacing.share).max(0.001);
        Self {
            start: rate.start.min(ceiling),
            ceiling,
            burst: (f64::from(rate.burst) * pacing.share.min(STEADY)).max(1.0),
            period: Duration::from_secs(u64::from(pacing.growth_seconds)),
        }
    }
}

/// A token bucket.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    limits: Limits,
    /// Calls a second now.
    rate: f64,
    tokens: f64,
    filled: Instant,
    /// When the rate last changed, or was confirmed.
    changed: Instant,
    /// When the service last throttled, and at which rate.
    throttled: Option<(Instant, f64)>,
}

impl Bucket {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        let Limits { start, burst, .. } = limits;
        Self { limits, rate: start, tokens: burst, filled: now, changed: now, throttled: None }
    }

    /// Takes the token of one call, or says when to ask again.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        self.fill(now);
        self.grow(now);
        if self.tokens >= ALMOST {
            self.tokens -= 1.0;
            return Ok(());
        }
        let wait = Duration::from_secs_f64((1.0 - self.tokens) / self.rate);
        Err(now + wait.max(Duration::from_micros(1)))
    }

    /// The service has throttled a call: halves the rate, and leaves no token.
    pub(super) fn slow_down(&mut self, now: Instant) {
        let event = self.limits.period.mul_f64(ONE_EVENT).min(LONGEST_EVENT);
        if self.throttled.is_some_and(|(last, _)| now.saturating_duration_since(last) < event) {
            return;
        }
        self.fill(now);
        self.throttled = Some((now, self.rate));
        self.changed = now;
        self.rate = (self.rate / 2.0).max(self.limits.ceiling * FLOOR);
        self.tokens = self.tokens.min(0.0);
    }

    /// Whether nothing would be lost with it: a new one would allow no more.
    pub(super) fn is_rested(&self, now: Instant) -> bool {
        let idle = now.saturating_duration_since(self.filled);
        let is_full = idle.as_secs_f64().mul_add(self.rate, self.tokens) >= self.limits.burst;
        is_full
            && self.throttled.is_none_or(|(last, _)| now.saturating_duration_since(last) > self.limits.period * MEMORY)
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = passed.mul_add(self.rate, self.tokens).min(self.limits.burst);
        self.filled = self.filled.max(now);
    }

    /// One step a clean period in which calls were made: idle time is no evidence that more would be borne.
    fn grow(&mut self, now: Instant) {
        let Limits { ceiling, period, .. } = self.limits;
        if self.rate >= ceiling || now.saturating_duration_since(self.changed) < period {
            return;
        }
        let step = ceiling * STEP;
        let is_near = self.throttled.is_some_and(|(_, at)| self.rate + step > at * NEAR);
        self.rate = (self.rate + if is_near { step * CAREFUL } else { step }).min(ceiling);
        if self.throttled.is_some_and(|(_, at)| self.rate > at + step) {
            self.throttled = None;
        }
        self.changed = now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(start: f64, quota: f64, burst: u32, share: f64) -> Limits {
        Limits::new(Rate { start, burst, quota }, &Pacing { share, ..Pacing::default() })
    }

    /// Takes as fast as it can until `until`, and tells how many.
    fn takes(bucket: &mut Bucket, mut now: Instant, until: Instant) -> u32 {
        let mut taken = 0;
        while now < until {
            match bucket.take(now) {
                Ok(()) => taken += 1,
                Err(later) => now = later,
            }
        }
        taken
    }

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_rate_starts_low_and_grows_to_its_share_of_the_quota() {
        let now = Instant::now();
        let mut bucket = Bucket::new(limits(1.0, 10.0, 10, 0.5), now);
        assert_eq!(takes(&mut bucket, now, now + seconds(5)), 5 + 4, "half of the burst, then one a second");
        assert_eq!(takes(&mut bucket, now + seconds(5), now + seconds(120)) / 100, 4);
        assert!((bucket.rate - 5.0).abs() < 1e-9, "{}", bucket.rate);
    }

    #[test]
    fn throttling_halves_the_rate_once_an_event_and_never_below_the_floor() {
        let now = Instant::now();
        let mut bucket = Bucket::new(limits(8.0, 8.0, 4, 1.0), now);
        bucket.slow_down(now);
        bucket.slow_down(now + Duration::from_millis(500));
        assert!((bucket.rate - 4.0).abs() < 1e-9);
        assert!(bucket.take(now).is_err(), "the burst is gone too");
        for event in 1..20 {
            bucket.slow_down(now + seconds(2 * event));
        }
        assert!((bucket.rate - 8.0 * FLOOR).abs() < 1e-9);
    }

    #[test]
    fn a_rate_that_grows_slowly_gives_way_as_fast_as_others() {
        let now = Instant::now();
        let pacing = Pacing { share: 1.0, growth_seconds: 3_600, ..Pacing::default() };
        let mut bucket = Bucket::new(Limits::new(Rate::steady(8.0, 4), &pacing), now);
        for event in 0..4 {
            bucket.slow_down(now + seconds(3 * event));
        }
        assert!((bucket.rate - 0.5).abs() < 1e-9, "{}", bucket.rate);
    }

    #[test]
    fn a_rate_that_was_throttled_comes_near_to_where_it_was_slowly() {
        let start = Instant::now();
        let mut bucket = Bucket::new(limits(10.0, 10.0, 4, 1.0), start);
        bucket.slow_down(start);
        let mut rates = Vec::new();
        for period in 1..40 {
            takes(
                &mut bucket,
                start + seconds(10 * (period - 1)),
                start + seconds(10 * period) + Duration::from_millis(1),
            );
            rates.push(bucket.rate);
        }
        let at = |rate: f64| rates.iter().position(|known| *known >= rate - 1e-9).unwrap();
        assert!(at(8.0) <= 3, "{rates:?}");
        assert!(at(10.0) >= 10, "{rates:?}");
    }

    #[test]
    fn idle_time_is_no_evidence_that_more_is_borne() {
        let now = Instant::now();
        let mut bucket = Bucket::new(limits(1.0, 10.0, 10, 1.0), now);
        bucket.take(now + seconds(3_600)).unwrap();
        assert!((bucket.rate - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_bucket_is_kept_until_a_new_one_would_allow_no_more() {
        let now = Instant::now();
        let mut bucket = Bucket::new(limits(2.0, 2.0, 8, 1.0), now);
        assert!(bucket.is_rested(now));
        bucket.take(now).unwrap();
        assert!(!bucket.is_rested(now) && bucket.is_rested(now + seconds(1)));
        bucket.slow_down(now + seconds(1));
        assert!(!bucket.is_rested(now + seconds(60)) && bucket.is_rested(now + seconds(3_600)));
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_burst_and_the_share_of_the_quota(
            start in 0.01..50.0_f64, quota in 0.1..50.0_f64, burst in 1..20_u32, share in 0.05..=1.0_f64,
            steps in prop::collection::vec((0..30_000_u64, 0..20_u32, any::<bool>()), 1..60),
        ) {
            let mut now = Instant::now();
            let mut bucket = Bucket::new(limits(start, quota, burst, share), now);
            let (began, ceiling) = (now, quota * share);
            let mut taken = 0.0;
            for (milliseconds, wanted, throttled) in steps {
                now += Duration::from_millis(milliseconds);
                for _ in 0..wanted {
                    taken += if bucket.take(now).is_ok() { 1.0 } else { 0.0 };
                }
                if throttled {
                    bucket.slow_down(now);
                }
                prop_assert!(bucket.rate <= ceiling + 1e-9 && bucket.rate >= (ceiling * FLOOR).min(start) - 1e-9);
                let most = (now - began).as_secs_f64().mul_add(ceiling, (f64::from(burst) * share.min(STEADY)).max(1.0));
                prop_assert!(taken <= most + 1e-6, "{taken} of {most}");
            }
        }

        /// The service fills its bucket by what arrives, which is late by more or less each time.
        #[test]
        fn at_the_whole_quota_nothing_is_throttled_and_the_quota_is_used(
            quota in 1.0..100.0_f64, burst in 8..40_u32, seed in any::<u64>(),
        ) {
            let limits = limits(quota, quota, burst, 1.0);
            let slack = Duration::from_secs_f64((f64::from(burst) - limits.burst) / quota);
            let mut now = Instant::now();
            let mut bucket = Bucket::new(limits, now);
            let mut random = fastrand::Rng::with_seed(seed);
            let began = now;
            let mut sent = Vec::new();
            while sent.len() < 1_000 {
                match bucket.take(now) {
                    Ok(()) => sent.push(now + slack.mul_f64(random.f64() * 0.99)),
                    Err(later) => now = later,
                }
            }
            sent.sort();
            let (mut tokens, mut filled) = (f64::from(burst), sent[0]);
            for arrived in &sent {
                tokens = (tokens + (*arrived - filled).as_secs_f64() * quota).min(f64::from(burst));
                filled = *arrived;
                prop_assert!(tokens >= 1.0 - 1e-6, "throttled with {tokens}");
                tokens -= 1.0;
            }
            let needed = (1_000.0 - f64::from(burst)) / quota;
            prop_assert!((now - began).as_secs_f64() <= needed * 1.05);
        }
    }
}
