//! Pacing: a limiter for each (account, region, API) below the quota, and a cap on what is under way at once.
//!
//! The limiter is passed before the global permit is taken, so that a place that must wait its turn does not hold one.
//! The rate of a limiter halves when the service throttles, since the account's own pipelines live on the same quota, and
//! grows back step by step while no more throttling is seen.

use std::{
    collections::BTreeMap,
    fmt,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::FinalizerInterceptorContextRef, dyn_dispatch_hint},
        orchestrator::Metadata,
        retries::RequestAttempts,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use governor::{DefaultDirectRateLimiter, Quota};
use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    config::{Pacing, Rate},
    effort::{Cost, Effort},
    limits::OpenFiles,
};

/// While throttled, no limiter goes below this share of its configured rate.
const FLOOR: f64 = 0.05;
/// After this long without throttling the rate grows by [`STEP`].
const CLEAN: Duration = Duration::from_secs(10);
/// The share of the configured rate by which it grows back.
const STEP: f64 = 0.2;

/// The pacing of a whole run.
#[derive(Debug)]
pub struct Throttle {
    rates: BTreeMap<&'static str, Rate>,
    in_flight: Semaphore,
    opening: Semaphore,
    counters: Arc<Counters>,
}

/// What was sent, over all clients of the run. The totals are there without a lock, for who watches.
#[derive(Debug, Default)]
pub struct Counters {
    /// Requests sent, retries included.
    pub calls: AtomicU64,
    /// Answers that throttled.
    pub throttles: AtomicU64,
    effort: Mutex<Effort>,
}

impl Counters {
    /// What was sent so far, by API.
    pub fn effort(&self) -> Effort {
        self.effort.lock().clone()
    }

    fn add(&self, api: &str, cost: Cost) {
        self.calls.fetch_add(cost.calls, Ordering::Relaxed);
        self.throttles.fetch_add(cost.throttles, Ordering::Relaxed);
        self.effort.lock().add(api, cost);
    }
}

/// The limiters of one (account, region).
#[derive(Default)]
pub struct Pace {
    limiters: Mutex<BTreeMap<&'static str, Limiter>>,
}

impl fmt::Debug for Pace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pace").finish_non_exhaustive()
    }
}

/// One limiter and the rate it has now.
struct Limiter {
    configured: Rate,
    per_second: f64,
    changed: Instant,
    governor: Arc<DefaultDirectRateLimiter>,
}

impl Limiter {
    fn new(configured: Rate, per_second: f64, burst: u32) -> Self {
        let period = Duration::from_secs_f64(1.0 / per_second.max(0.001));
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        Self {
            configured,
            per_second,
            changed: Instant::now(),
            governor: Arc::new(DefaultDirectRateLimiter::direct(quota)),
        }
    }

    /// Halves the rate, at most once a second, since one burst of throttling answers is one piece of evidence.
    fn slow_down(&mut self) {
        if self.per_second < self.configured.per_second && self.changed.elapsed() < Duration::from_secs(1) {
            return;
        }
        let slower = (self.per_second / 2.0).max(self.configured.per_second * FLOOR);
        *self = Self::new(self.configured, slower, 1);
    }

    /// Grows back towards the configured rate.
    fn recover(&mut self) {
        if self.per_second < self.configured.per_second && self.changed.elapsed() >= CLEAN {
            let faster = self.configured.per_second.mul_add(STEP, self.per_second).min(self.configured.per_second);
            *self = Self::new(self.configured, faster, 1);
        }
    }
}

impl Throttle {
    /// A throttle with the configured rates and cap.
    pub fn new(pacing: &Pacing) -> Self {
        let permits = pacing.max_in_flight.min(Semaphore::MAX_PERMITS);
        Self {
            rates: pacing.rates.clone(),
            in_flight: Semaphore::new(permits),
            opening: Semaphore::new(permits),
            counters: Arc::default(),
        }
    }

    /// The same with the counters of a run, and with no more under way than the limit on open files bears.
    pub fn within(pacing: &Pacing, counters: Arc<Counters>, files: OpenFiles) -> Self {
        let max_in_flight = files.requests(pacing.max_in_flight);
        if max_in_flight < pacing.max_in_flight {
            tracing::warn!(
                open_files = files.limit(),
                requests = max_in_flight,
                configured = pacing.max_in_flight,
                "the limit on open files (ulimit -n) bears fewer requests at once than configured"
            );
        }
        Self { counters, ..Self::new(&Pacing { max_in_flight, ..pacing.clone() }) }
    }

    /// What was sent so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Waits until the pace of `api` lets a call be sent.
    pub async fn pace(&self, pace: &Pace, api: &'static str) {
        let governor = {
            let mut limiters = pace.limiters.lock();
            let limiter = limiters.entry(api).or_insert_with(|| {
                let rate = self.rates.get(api).copied().unwrap_or(Rate { per_second: 1.0, burst: 1 });
                Limiter::new(rate, rate.per_second, rate.burst)
            });
            limiter.recover();
            Arc::clone(&limiter.governor)
        };
        governor.until_ready().await;
    }

    /// Waits until one more call may be under way; the permit is held until its answer, retries included.
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

impl Pace {
    fn slow_down(&self, service: &str, operation: &str) {
        let mut limiters = self.limiters.lock();
        for (api, limiter) in &mut *limiters {
            if api.split_once(':') == Some((service, operation)) {
                limiter.slow_down();
            }
        }
    }
}

/// Sees every attempt of a client: counts it, and tells the limiter when the service throttled.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The service as in `service:Operation`.
    pub service: &'static str,
    /// The limiters of the place where the client is used.
    pub pace: Arc<Pace>,
    /// The counters of the run.
    pub counters: Arc<Counters>,
}

#[dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = settings.load::<Metadata>().map_or("", |metadata| metadata.name());
        let repeated = settings.load::<RequestAttempts>().is_some_and(|attempts| attempts.attempts() > 1);
        let throttled = context.response().is_some_and(|response| {
            let status = response.status().as_u16();
            let body = response.body().bytes().unwrap_or_default();
            status == 429 || (matches!(status, 400 | 503) && mentions_throttling(body))
        });
        let cost = Cost {
            calls: 1,
            throttles: u64::from(throttled),
            retries: u64::from(repeated),
            bytes_received: bytes_received(context),
        };
        self.counters.add(&format!("{}:{operation}", self.service), cost);
        if throttled {
            self.pace.slow_down(self.service, operation);
        }
        Ok(())
    }
}

/// The size of an answer's body: of one that was read, itself; of one that is handed on as a stream, what it says to be.
/// A body that broke off counts as nothing.
fn bytes_received(context: &FinalizerInterceptorContextRef<'_>) -> u64 {
    let Some(response) = context.response() else { return 0 };
    match response.body().bytes() {
        Some(body) => u64::try_from(body.len()).unwrap_or(u64::MAX),
        None if matches!(context.output_or_error(), Some(Ok(_))) => {
            response.headers().get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default()
        }
        None => 0,
    }
}

/// Whether the beginning of an error body names one of the throttling codes.
fn mentions_throttling(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(body.get(..body.len().min(512)).unwrap_or_default());
    ["Throttl", "TooManyRequests", "SlowDown", "RequestLimitExceeded"].iter().any(|code| head.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 8.0, burst: 4 };

    #[test]
    fn throttling_halves_the_rate_once_a_second_and_never_below_the_floor() {
        let mut limiter = Limiter::new(RATE, RATE.per_second, RATE.burst);
        limiter.slow_down();
        limiter.slow_down();
        assert!((limiter.per_second - 4.0).abs() < f64::EPSILON);
        for _ in 0..20 {
            limiter.changed = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
            limiter.slow_down();
        }
        assert!((limiter.per_second - 8.0 * FLOOR).abs() < 1e-9);
    }

    #[test]
    fn a_slowed_limiter_grows_back_to_its_configured_rate() {
        let mut limiter = Limiter::new(RATE, 1.0, 1);
        for _ in 0..10 {
            limiter.changed = Instant::now().checked_sub(CLEAN).unwrap();
            limiter.recover();
        }
        assert!((limiter.per_second - 8.0).abs() < f64::EPSILON);
    }

    #[tokio::test]
    async fn places_do_not_share_a_limiter() {
        let pacing = Pacing {
            rates: [("sagemaker:Search", Rate { per_second: 0.01, burst: 1 })].into_iter().collect(),
            ..Pacing::default()
        };
        let throttle = Throttle::new(&pacing);
        for _ in 0..3 {
            throttle.pace(&Pace::default(), "sagemaker:Search").await;
        }
    }
}
