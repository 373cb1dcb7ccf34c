//! After publish: one digest of the run, told to a topic, an event bus or a webhook, once to each.
//!
//! ```text
//! published tables ──► figures ──► digest ──► target: sns, event_bus, webhook ──► marker
//!                      SQL         shortened  retried, bounded                     in the lake, after it was sent
//!                                  to fit
//! ```
//!
//! The digest says what the tables say, so that it can be made again at any time from any machine. Whether it was sent is an
//! object under `_notified/`, which is written after the send: a process that dies between the two sends twice, and what is
//! sent carries the id of the run, by which a receiver can tell.

use aws_config::SdkConfig;
use thiserror::Error;

mod before;
pub mod digest;
mod event_bus;
pub mod figures;
mod marker;
pub mod patience;
mod send_error;
mod sns;
mod target;
mod text;
pub mod url;
pub mod webhook;

pub use digest::Digest;
pub use event_bus::PUT_EVENTS;
pub use patience::Patience;
pub use send_error::SendError;
pub use sns::PUBLISH;
pub use target::Target;
pub use url::GET_SECRET_VALUE;

use crate::{
    config::Config,
    lake::{
        RunId,
        lease::{Lease, LeaseError},
        publish::ChainError,
        store::{Store, StoreError},
    },
    query::QueryError,
    session::Clock,
};

/// The environment of this process.
pub fn environment(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}

/// The environment, as far as it is asked.
pub type Environment<'e> = &'e (dyn Fn(&str) -> Option<String> + Sync);

/// What is needed to tell somebody.
pub struct Notifier<'n> {
    /// What is told, and whom.
    pub config: &'n Config,
    /// The lake.
    pub store: &'n Store,
    /// Our own way to AWS.
    pub sdk: &'n SdkConfig,
    /// The clock of the run.
    pub clock: Clock,
    /// Where the URL of a webhook may be.
    pub environment: Environment<'n>,
    /// How often and how long a target is tried.
    pub patience: Patience,
}

impl std::fmt::Debug for Notifier<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Notifier").field("store", self.store).finish_non_exhaustive()
    }
}

/// What became of the digest at one target.
#[derive(Debug)]
pub enum Told {
    /// It was sent now.
    Sent,
    /// It was sent before.
    Before,
    /// It could not be sent.
    Failed(SendError),
    /// Whether it was sent before cannot be told, so it was not sent.
    Unknown(StoreError),
    /// It was sent, and that it was could not be written down: the next time it is sent again.
    Unmarked(StoreError),
}

/// What became of the digest.
#[derive(Debug)]
pub enum Outcome {
    /// There is nobody to tell.
    Off,
    /// There is nothing to tell, and quiet runs are not told of.
    Quiet,
    /// Another process is telling.
    Elsewhere,
    /// Each target with what became of it.
    Told(Vec<(Target, Told)>),
}

/// Why there is no digest.
#[derive(Debug, Error)]
pub enum NotifyError {
    /// The tables cannot be asked.
    #[error("cannot make the digest from the published tables")]
    Figures(#[from] QueryError),
    /// There is no such run.
    #[error("run {0} is not published; `sagesweep query --view run_health` lists those that are")]
    NotPublished(RunId),
    /// The store refused.
    #[error("cannot tell whether the digest was sent before")]
    Store(#[from] StoreError),
    /// The chain of manifests cannot be read.
    #[error("cannot look for the run before")]
    Chain(#[from] ChainError),
}

/// Whether what is sent is sent again, where it was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Each target is told once.
    No,
    /// Each target is told now.
    Yes,
}

impl Notifier<'_> {
    /// The digest of a published run.
    pub async fn digest(&self, run_id: &RunId) -> Result<Digest, NotifyError> {
        Digest::of(self.store, run_id, &self.config.notify, self.clock).await
    }

    /// Tells each target of a published run, unless it was told.
    pub async fn tell(&self, run_id: &RunId, again: Again) -> Result<Outcome, NotifyError> {
        let targets = Target::configured(&self.config.notify);
        if targets.is_empty() {
            return Ok(Outcome::Off);
        }
        let mut told = Vec::new();
        for target in targets {
            let before = self.told_before(run_id, &target, again).await;
            told.push((target, before));
        }
        if told.iter().all(|(_, before)| before.is_some()) {
            let told = told.into_iter().filter_map(|(target, before)| Some((target, before?)));
            return Ok(Outcome::Told(told.collect()));
        }
        let digest = self.digest(run_id).await?;
        if digest.is_quiet() && !self.config.notify.quiet_runs {
            return Ok(Outcome::Quiet);
        }
        let period = std::time::Duration::from_secs(u64::from(self.config.lake.lease_seconds));
        let lease = match Lease::take(self.store, &marker::lease(run_id), period).await {
            Ok(lease) => lease,
            Err(LeaseError::Held(_)) => return Ok(Outcome::Elsewhere),
            Err(LeaseError::Store(error)) => return Err(error.into()),
        };
        let mut all = Vec::new();
        for (target, before) in told {
            let told = match before {
                Some(before) => before,
                None => self.tell_one(&target, &digest, again).await,
            };
            all.push((target, told));
        }
        lease.release().await;
        Ok(Outcome::Told(all))
    }

    /// Tells one target. What goes wrong with it is no matter of the others.
    async fn tell_one(&self, target: &Target, digest: &Digest, again: Again) -> Told {
        let run_id = &digest.run.run_id;
        // Another process may have told it while this one waited.
        if let Some(before) = self.told_before(run_id, target, again).await {
            return before;
        }
        let receipt = match Box::pin(target.send(self, digest, &self.key(run_id, again))).await {
            Ok(receipt) => receipt,
            Err(error) => return Told::Failed(error),
        };
        let marked = marker::put(self.store, digest, target, self.clock.now(), receipt.as_deref()).await;
        marked.map_or_else(Told::Unmarked, |()| Told::Sent)
    }

    /// What keeps a target from being told: that it was, or that nobody knows.
    async fn told_before(&self, run_id: &RunId, target: &Target, again: Again) -> Option<Told> {
        if again == Again::Yes {
            return None;
        }
        match marker::stands(self.store, run_id, target).await {
            Ok(true) => Some(Told::Before),
            Ok(false) => None,
            Err(error) => Some(Told::Unknown(error)),
        }
    }

    /// By what a receiver tells a digest from what it has seen. What is sent again on purpose has another one, since it would
    /// be passed over by it.
    fn key(&self, run_id: &RunId, again: Again) -> String {
        match again {
            Again::No => run_id.to_string(),
            Again::Yes => format!("{run_id}-{}", self.clock.now().as_second()),
        }
    }
}
