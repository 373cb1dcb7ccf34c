//! The pace of one (account, region): a limiter for each API there, shared by all who call it, and its retry budget.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_smithy_runtime::client::retries::RetryPartition;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

use super::bucket::{Bucket, Limits};
use crate::place::{AccountId, Region};

/// The limiters of one (account, region), and its part of the retry budget.
#[derive(Debug)]
pub struct Pace {
    limiters: Mutex<Vec<(&'static str, Arc<Limiter>)>>,
    retries: RetryPartition,
    /// Calls that wait for their turn.
    waiting: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        // By default one throttled account would drain the retries of every other account in its region.
        Self {
            limiters: Mutex::default(),
            retries: RetryPartition::custom("place").build(),
            waiting: AtomicU64::new(0),
        }
    }
}

tokio::task_local! {
    static HERE: Arc<Pace>;
}

impl Pace {
    /// Does work, which is one call, in this place: what watches the call finds its pace, and its retry budget.
    pub(crate) async fn within<F: Future>(self: &Arc<Self>, call: F) -> F::Output {
        HERE.scope(Arc::clone(self), call).await
    }

    /// The place of the call that is being made; none of a call that has no pace, such as the lake's.
    pub(super) fn here<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        HERE.try_with(|pace| look(pace)).ok()
    }

    /// The retry budget of the place, for all who call there.
    pub(super) fn retries(&self) -> &RetryPartition {
        &self.retries
    }

    fn limiter(&self, name: &'static str, limits: impl FnOnce() -> Limits) -> Arc<Limiter> {
        let mut limiters = self.limiters.lock();
        if let Some((_, limiter)) = limiters.iter().find(|(known, _)| *known == name) {
            return Arc::clone(limiter);
        }
        let limiter = Arc::new(Limiter::new(limits()));
        limiters.push((name, Arc::clone(&limiter)));
        limiter
    }

    /// Waits for the token of one call.
    pub(super) async fn ready(&self, name: &'static str, limits: impl FnOnce() -> Limits) {
        let limiter = self.limiter(name, limits);
        let _waiting = Waiting::new(&self.waiting);
        limiter.ready().await;
    }

    /// Whether a call waits for its turn.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// An answer of `service:operation` throttled.
    pub(super) fn slow_down(&self, service: &str, operation: &str) {
        let is_of = |name: &str| {
            name.split_once(':').is_some_and(|(of, name)| of == service && (name == operation || name == "*"))
        };
        let limiters = self.limiters.lock();
        limiters.iter().filter(|(name, _)| is_of(name)).for_each(|(_, limiter)| limiter.slow_down());
    }

    fn is_rested(&self, now: Instant) -> bool {
        self.limiters.lock().iter().all(|(_, limiter)| limiter.bucket.lock().is_rested(now))
    }
}

/// Counts one that waits, also when it is given up.
struct Waiting<'a>(&'a AtomicU64);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicU64) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One bucket, and whose turn it is: who came first goes first.
#[derive(Debug)]
struct Limiter {
    turn: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
}

impl Limiter {
    fn new(limits: Limits) -> Self {
        Self { turn: tokio::sync::Mutex::default(), bucket: Mutex::new(Bucket::new(limits, Instant::now())) }
    }

    /// Waits for the token of one call.
    async fn ready(&self) {
        let _turn = self.turn.lock().await;
        loop {
            // The rate may have changed meanwhile, so that even who was told a time asks again.
            let taken = self.bucket.lock().take(Instant::now());
            match taken {
                Ok(()) => return,
                Err(later) => sleep_until(later).await,
            }
        }
    }

    fn slow_down(&self) {
        self.bucket.lock().slow_down(Instant::now());
    }
}

/// The paces of all places. One that nobody uses is kept until a new one would allow no more, or else whoever comes
/// again and again, as for a key that many accounts name, would have the whole burst each time.
#[derive(Debug)]
pub(super) struct Paces {
    known: HashMap<(AccountId, Region), Arc<Pace>>,
    /// So many are looked through for what can be dropped.
    swept_at: usize,
}

/// Fewer places than this are not looked through.
const FEW: usize = 1_024;

impl Default for Paces {
    fn default() -> Self {
        Self { known: HashMap::new(), swept_at: FEW }
    }
}

impl Paces {
    pub(super) fn of(&mut self, account: AccountId, region: &Region, now: Instant) -> Arc<Pace> {
        if self.known.len() >= self.swept_at {
            self.known.retain(|_, pace| Arc::strong_count(pace) > 1 || !pace.is_rested(now));
            self.swept_at = FEW.max(2 * self.known.len());
        }
        Arc::clone(self.known.entry((account, region.clone())).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{Pacing, Rate};

    fn slow() -> Limits {
        Limits::new(Rate::steady(1.0, 1), &Pacing { share: 1.0, ..Pacing::default() })
    }

    /// Takes a token where there is one.
    fn takes(pace: &Pace, api: &'static str, now: Instant) -> bool {
        pace.limiter(api, slow).bucket.lock().take(now).is_ok()
    }

    #[test]
    fn all_who_call_an_api_in_a_place_share_its_bucket_and_other_apis_do_not() {
        let (pace, now) = (Pace::default(), Instant::now());
        assert!(takes(&pace, "sagemaker:Search", now) && !takes(&pace, "sagemaker:Search", now));
        assert!(takes(&pace, "sagemaker:ListTrainingJobs", now));
    }

    #[test]
    fn throttling_slows_the_api_that_it_was_about_or_the_bucket_that_it_shares() {
        let (pace, now) = (Pace::default(), Instant::now());
        let apis = ["kms:DescribeKey", "organizations:*", "sagemaker:Search"];
        for api in apis {
            drop(pace.limiter(api, slow));
        }
        pace.slow_down("organizations", "ListAccounts");
        pace.slow_down("kms", "DescribeKeys");
        assert_eq!(apis.map(|api| takes(&pace, api, now)), [true, false, true]);
    }

    #[tokio::test]
    async fn a_call_knows_its_place_also_while_it_makes_another_one() {
        let (outer, inner) = (Arc::new(Pace::default()), Arc::new(Pace::default()));
        let is = |pace: &Arc<Pace>| Pace::here(|here| std::ptr::eq(here, &raw const **pace));
        assert_eq!(is(&outer), None);
        let nested = async {
            assert_eq!((is(&outer), inner.within(async { is(&inner) }).await), (Some(true), Some(true)));
            is(&outer)
        };
        assert_eq!(outer.within(nested).await, Some(true));
    }

    #[tokio::test]
    async fn a_token_is_waited_for_by_whoever_does_not_give_up() {
        let fast = || Limits::new(Rate::steady(1_000.0, 1), &Pacing::default());
        let pace = Pace::default();
        let ready = || pace.ready("sts:AssumeRole", fast);
        ready().await;
        let (mut first, mut given_up) = (Box::pin(ready()), Box::pin(ready()));
        assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut given_up).is_pending());
        assert!(pace.is_waited_for());
        drop(given_up);
        tokio::join!(first, ready(), ready());
        assert!(!pace.is_waited_for());
    }

    #[test]
    fn a_place_is_remembered_while_it_was_just_used_and_forgotten_later() {
        let region: Region = "eu-west-1".parse().unwrap();
        let account = |number: usize| format!("{number:012}").parse::<AccountId>().unwrap();
        let (mut paces, now) = (Paces::default(), Instant::now());
        for number in 0..FEW {
            assert!(takes(&paces.of(account(number), &region, now), "kms:DescribeKey", now));
        }
        paces.of(account(FEW), &region, now);
        assert_eq!(paces.known.len(), FEW + 1, "none is rested");
        assert!(!takes(&paces.of(account(0), &region, now), "kms:DescribeKey", now));
        let later = now + Duration::from_secs(5);
        let in_use = paces.of(account(7), &region, later);
        for number in FEW..=3 * FEW {
            paces.of(account(number), &region, later);
        }
        assert!(paces.known.len() <= 2 * FEW + 1, "{}", paces.known.len());
        assert!(Arc::ptr_eq(&in_use, &paces.of(account(7), &region, later)));
    }
}
