//! Claims: of all who start a run in the same night, the first names it, and the others find its name.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    RunId, publish,
    staging::FOLDER,
    store::{Put, Store, StoreError},
};

/// The name of a run that somebody has set out to do, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claim {
    /// The run.
    pub run_id: RunId,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// SHA-256 of the configuration.
    pub config_sha256: String,
    /// The version of the program.
    pub engine_version: String,
}

/// How long after its claim a run that was not published counts as this night's.
const NIGHT: SignedDuration = SignedDuration::from_hours(12);

/// What the claims of a lake say to somebody who wants to start a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Night {
    /// The run is ours to begin: nobody has claimed the night.
    Begun,
    /// The run was claimed with the same configuration and version, and is not published.
    Unpublished(Claim),
    /// A run was claimed with another configuration or version, and is not published.
    Other(Claim),
}

impl Claim {
    /// Makes this claim, unless there is one of the same night whose run is not published. `passed_over` is a claim
    /// that does not count.
    pub async fn make(self, store: &Store, passed_over: Option<&Self>) -> Result<Night, StoreError> {
        // Four texts, which always are JSON.
        let json = serde_json::json!({
            "run_id": self.run_id,
            "claimed_at": self.claimed_at,
            "config_sha256": self.config_sha256,
            "engine_version": self.engine_version,
        });
        let json = format!("{json:#}\n").into_bytes();
        loop {
            let last = last(store).await?;
            let next = match last {
                None => 1,
                Some((number, claim)) => {
                    let old = self.claimed_at.duration_since(claim.claimed_at) > NIGHT;
                    if !old && passed_over != Some(&claim) && !publish::is_published(store, &claim.run_id).await? {
                        let same =
                            claim.config_sha256 == self.config_sha256 && claim.engine_version == self.engine_version;
                        return Ok(if same { Night::Unpublished(claim) } else { Night::Other(claim) });
                    }
                    number + 1
                }
            };
            match store.put(&key(next), json.clone(), Put::IfAbsent).await {
                Ok(()) => return Ok(Night::Begun),
                Err(StoreError::AlreadyExists(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The last claim with its number. One that cannot be understood, of another version, is nobody's.
pub async fn last(store: &Store) -> Result<Option<(u64, Claim)>, StoreError> {
    let number = |key: &str| key.strip_prefix(&claims())?.strip_suffix(".json")?.parse::<u64>().ok();
    let numbers = store.list(&claims()).await?;
    let mut numbers = numbers.iter().filter_map(|stored| number(&stored.key)).collect::<Vec<_>>();
    numbers.sort_unstable();
    for number in numbers.into_iter().rev() {
        match store.read(&key(number)).await {
            Ok(bytes) => {
                if let Ok(claim) = serde_json::from_slice(&bytes) {
                    return Ok(Some((number, claim)));
                }
            }
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Removes the claims up to that of a run that is published, so that the folder does not grow.
pub async fn settle(store: &Store, run_id: &RunId) -> Result<(), StoreError> {
    let Some((number, claim)) = last(store).await? else { return Ok(()) };
    let until = if claim.run_id == *run_id { number + 1 } else { number };
    for stored in store.list(&claims()).await? {
        if stored.key < key(until) {
            store.delete(&stored.key).await?;
        }
    }
    Ok(())
}

fn claims() -> String {
    format!("{FOLDER}claims/")
}

fn key(number: u64) -> String {
    format!("{}{number:08}.json", claims())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::samples::start;

    fn claim(suffix: u16, config: &str, hours: i64) -> Claim {
        let claimed_at = start() + SignedDuration::from_hours(hours);
        let run_id = RunId::new(claimed_at, suffix);
        Claim { run_id, claimed_at, config_sha256: config.to_owned(), engine_version: "1".to_owned() }
    }

    #[tokio::test]
    async fn the_first_of_a_night_names_the_run_and_the_others_find_it() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        let first = claim(1, "a", 0);
        assert_eq!(first.clone().make(&store, None).await.unwrap(), Night::Begun);
        assert_eq!(claim(2, "a", 1).make(&store, None).await.unwrap(), Night::Unpublished(first.clone()));
        assert_eq!(claim(3, "b", 1).make(&store, None).await.unwrap(), Night::Other(first.clone()));
        assert_eq!(claim(3, "b", 1).make(&store, Some(&first)).await.unwrap(), Night::Begun);
        assert_eq!(claim(4, "b", 20).make(&store, None).await.unwrap(), Night::Begun, "another night");
        assert_eq!(last(&store).await.unwrap().unwrap().1, claim(4, "b", 20));
        settle(&store, &claim(4, "b", 20).run_id).await.unwrap();
        assert_eq!(last(&store).await.unwrap(), None);
    }
}
