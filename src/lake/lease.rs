//! Leases: one process at a time works on a shard of a run, or publishes into a lake.
//!
//! In a directory a lease is a lock on a file, which the system takes back with the process. In a bucket it is an
//! object that its holder writes anew while it lives. No clocks are compared: a lease that stays the same for its whole
//! period is nobody's any more. A holder that was only asleep does no harm when it wakes: what it stages is staged
//! under names of its own, the same rows twice are published once, and it stops at its next beat.

use std::{fs::File, time::Duration};

use thiserror::Error;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use super::store::{Directory, Put, Store, StoreError};

/// Something that one process at a time may do.
#[derive(Debug)]
pub struct Lease {
    store: Store,
    key: String,
    hold: Hold,
}

#[derive(Debug)]
enum Hold {
    /// Unlocked when it is dropped.
    Lock { file: File },
    /// Written anew by a task until it is dropped.
    Beat { lost: watch::Receiver<bool>, task: JoinSet<()> },
}

/// Why there is no lease.
#[derive(Debug, Error)]
pub enum LeaseError {
    /// Another process lives and holds it.
    #[error("another process holds {0}")]
    Held(String),
    /// The store refused.
    #[error("cannot tell whether another process is at work")]
    Store(#[from] StoreError),
}

impl Lease {
    /// Takes the lease `key`, unless a living process holds it. In a bucket this waits up to `period` to see whether a
    /// holder lives.
    pub async fn take(store: &Store, key: &str, period: Duration) -> Result<Self, LeaseError> {
        let (key, hold) = match store {
            Store::Directory(directory) => (key.to_owned(), lock(directory, key).await?),
            Store::S3(_) => beat(store, key, period).await?,
        };
        Ok(Self { store: store.clone(), key, hold })
    }

    /// Takes the lease, however long its holder has it.
    pub async fn wait(store: &Store, key: &str, period: Duration) -> Result<Self, StoreError> {
        loop {
            match Self::take(store, key, period).await {
                Ok(lease) => return Ok(lease),
                Err(LeaseError::Store(error)) => return Err(error),
                Err(LeaseError::Held(place)) => {
                    tracing::info!(%place, "waiting for another process");
                    sleep(WAIT).await;
                }
            }
        }
    }

    /// Waits until the lease is lost to another process, or may be because it could not be written for so long.
    pub async fn lost(&self) {
        match &self.hold {
            Hold::Lock { file: _ } => std::future::pending().await,
            Hold::Beat { lost, task: _ } => {
                if lost.clone().wait_for(|lost| *lost).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Gives the lease back, so that nobody has to wait for it.
    pub async fn release(self) {
        let Self { store, key, hold } = self;
        // A lock is given back after its file is removed, and no more is written after the object is.
        let lock = match hold {
            Hold::Lock { file } => Some(file),
            Hold::Beat { lost: _, task } => {
                drop(task);
                None
            }
        };
        if let Err(error) = store.delete(&key).await {
            tracing::debug!(%error, "a lease could not be given back; it ends by itself");
        }
        drop(lock);
    }
}

/// How long one waits before asking again for what another process holds.
const WAIT: Duration = Duration::from_secs(2);
/// A holder writes so many times in a period.
const BEATS: u32 = 3;

async fn lock(directory: &Directory, key: &str) -> Result<Hold, LeaseError> {
    match directory.lock(key).await? {
        Some(file) => Ok(Hold::Lock { file }),
        None => Err(LeaseError::Held(directory.path(key).display().to_string())),
    }
}

/// Holders are numbered: the one after a dead one has the next number, which a store gives away once.
async fn beat(store: &Store, key: &str, period: Duration) -> Result<(String, Hold), LeaseError> {
    let mut seen: Option<(u32, Vec<u8>, Instant)> = None;
    loop {
        let number = match last_holder(store, key).await? {
            None => 1,
            Some(last) => {
                let Some(content) = read(store, &numbered(key, last)).await? else { continue };
                match &seen {
                    Some((number, before, since)) if *number == last && *before == content => {
                        if since.elapsed() < period {
                            sleep(period / (2 * BEATS)).await;
                            continue;
                        }
                        tracing::warn!(lease = %store.place(&numbered(key, last)), "its holder has gone; going on in its place");
                        last + 1
                    }
                    Some((number, ..)) if *number == last => {
                        return Err(LeaseError::Held(store.place(&numbered(key, last))));
                    }
                    Some(_) | None => {
                        tracing::info!(lease = %store.place(&numbered(key, last)), seconds = period.as_secs(), "looking whether another process lives");
                        seen = Some((last, content, Instant::now()));
                        continue;
                    }
                }
            }
        };
        let ours = numbered(key, number);
        let first = content(0);
        match store.put(&ours, first.clone(), Put::IfAbsent).await {
            Err(StoreError::AlreadyExists(_)) => continue,
            other => other?,
        }
        for before in 1..number {
            store.delete(&numbered(key, before)).await?;
        }
        let (loser, lost) = watch::channel(false);
        let mut task = JoinSet::new();
        task.spawn(keep(store.clone(), ours.clone(), first, period, loser));
        return Ok((ours, Hold::Beat { lost, task }));
    }
}

/// Writes the lease anew until somebody else has it. That it is ours is told by what was written last, since a number
/// may be given away again.
async fn keep(store: Store, key: String, first: Vec<u8>, period: Duration, loser: watch::Sender<bool>) {
    let mut written = Instant::now();
    // More than one where it is not known which of them arrived.
    let mut ours = vec![first];
    for beat in 1_u64.. {
        sleep(period / BEATS).await;
        let next = content(beat);
        let renewed = async {
            let is_ours = read(&store, &key).await?.is_some_and(|content| ours.contains(&content));
            if is_ours {
                store.put(&key, next.clone(), Put::Replace).await?;
            }
            Ok::<_, StoreError>(is_ours)
        };
        // One that hangs must not outlast the lease.
        let renewed = tokio::time::timeout(period / BEATS, renewed).await;
        match renewed {
            Ok(Ok(true)) => (written, ours) = (Instant::now(), vec![next]),
            Ok(Ok(false)) => break,
            Ok(Err(_)) | Err(_) if written.elapsed() >= period => break,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a lease could not be written anew");
                ours.push(next);
            }
            Err(_elapsed) => ours.push(next),
        }
    }
    // Nobody listens any more when the lease is given back just now.
    let _heard = loser.send(true);
}

async fn last_holder(store: &Store, key: &str) -> Result<Option<u32>, StoreError> {
    let number = |stored: super::store::Stored| stored.key.rsplit('.').next()?.parse().ok();
    Ok(store.list(&format!("{key}.")).await?.into_iter().filter_map(number).max())
}

async fn read(store: &Store, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    match store.read(key).await {
        Ok(content) => Ok(Some(content)),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn numbered(key: &str, number: u32) -> String {
    format!("{key}.{number}")
}

/// What no other holder and no earlier beat has written.
fn content(beat: u64) -> Vec<u8> {
    format!("process {} beat {beat} {:016x}\n", std::process::id(), fastrand::u64(..)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_directory_gives_a_lease_to_one_and_takes_it_back_with_the_holder() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        let lease = Lease::take(&store, "_staging/x/lease/0001", Duration::ZERO).await.unwrap();
        let second = Lease::take(&store, "_staging/x/lease/0001", Duration::ZERO).await;
        assert!(matches!(second, Err(LeaseError::Held(place)) if place.ends_with("lease/0001")));
        Lease::take(&store, "_staging/x/lease/0002", Duration::ZERO).await.unwrap().release().await;
        drop(lease);
        Lease::take(&store, "_staging/x/lease/0001", Duration::ZERO).await.unwrap();
    }
}
