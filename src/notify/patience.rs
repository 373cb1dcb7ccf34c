//! How often something is tried, and how long one waits in between: bounded, and at random so that many do not come at once.

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use tokio::time::sleep;

/// How often something is tried, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Attempts, one at the least.
    pub attempts: u32,
    /// How long an answer is waited for.
    pub answer: Duration,
    /// The longest pause after the first attempt; it doubles with each.
    pub pause: Duration,
    /// The longest pause of all, also where the other side asks for more.
    pub longest: Duration,
}

impl Default for Patience {
    /// Two minutes and a half, if it has to be.
    fn default() -> Self {
        Self {
            attempts: 5,
            answer: Duration::from_secs(10),
            pause: Duration::from_secs(1),
            longest: Duration::from_secs(20),
        }
    }
}

/// How an attempt failed.
#[derive(Debug)]
pub(super) enum Miss<E> {
    /// In a way that may pass, after so long if the other side says so.
    Passing(E, Option<Duration>),
    /// In a way that stays.
    Lasting(E),
}

impl Patience {
    /// Tries until it works, is refused for good, or was tried often enough. An attempt is told its number, from one.
    pub(super) async fn keep_trying<T, E>(
        &self,
        mut attempt: impl AsyncFnMut(u32) -> Result<T, Miss<E>>,
    ) -> Result<T, E> {
        let mut number = 1;
        loop {
            match attempt(number).await {
                Ok(done) => return Ok(done),
                Err(Miss::Lasting(error)) => return Err(error),
                Err(Miss::Passing(error, _)) if number >= self.attempts => return Err(error),
                Err(Miss::Passing(_, asked)) => sleep(self.before(number + 1, asked)).await,
            }
            number += 1;
        }
    }

    /// The same for a client of AWS, which tries again by itself.
    pub(super) fn retries(&self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.pause)
            .with_max_backoff(self.longest)
    }

    /// How long a client of AWS waits for an answer to an attempt.
    pub(super) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.answer)
            .read_timeout(self.answer)
            .operation_attempt_timeout(self.answer)
            .build()
    }

    /// The pause before an attempt: as long as was asked for, else at random up to a bound that doubles.
    fn before(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        let bound = self.pause.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(2)).unwrap_or(u32::MAX));
        asked.unwrap_or_else(|| bound.min(self.longest).mul_f64(fastrand::f64())).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASTY: Patience =
        Patience { attempts: 3, answer: Duration::ZERO, pause: Duration::ZERO, longest: Duration::ZERO };

    #[tokio::test]
    async fn what_may_pass_is_tried_so_often_and_what_stays_once() {
        let tried = async |miss: fn() -> Miss<()>| {
            let mut count = 0;
            let ended = HASTY
                .keep_trying(async |number| {
                    count = number;
                    Err::<(), _>(miss())
                })
                .await;
            assert!(ended.is_err());
            count
        };
        assert_eq!(tried(|| Miss::Passing((), None)).await, 3);
        assert_eq!(tried(|| Miss::Lasting(())).await, 1);
        let second = async |number| if number == 2 { Ok(number) } else { Err(Miss::Passing((), None)) };
        assert_eq!(HASTY.keep_trying(second).await, Ok(2));
    }

    #[test]
    fn a_client_of_aws_has_the_same_patience() {
        let patience = Patience::default();
        assert_eq!(patience.retries().max_attempts(), 5);
        assert_eq!(patience.timeouts().operation_attempt_timeout(), Some(Duration::from_secs(10)));
    }

    #[test]
    fn pauses_grow_are_drawn_and_have_a_bound_that_nobody_moves() {
        let patience = Patience::default();
        for _ in 0..100 {
            assert!(patience.before(2, None) <= Duration::from_secs(1));
            assert!(patience.before(5, None) <= Duration::from_secs(8));
            assert!(patience.before(40, None) <= patience.longest);
        }
        assert_eq!(patience.before(2, Some(Duration::from_secs(3))), Duration::from_secs(3));
        assert_eq!(patience.before(2, Some(Duration::from_hours(1))), patience.longest);
    }
}
