//! The lake: whether the destination is there, takes what a run writes, and has room.

use std::path::{Path, PathBuf};

use super::{
    advice::{self, say},
    bucket,
    observation::{Advice, Answer, Consequence, Group, Level, Observation},
};
use crate::{
    check::selection::Selection,
    config::{Config, Destination},
    lake::store::{
        Store, StoreError,
        settings::Whereabouts,
        trial::{self, Trial, Tried},
    },
};

/// Less room than this, in bytes, is worth a warning: a night of a large organization takes some of it.
const LITTLE_ROOM: u64 = 1 << 30;

/// Tries the destination in a folder called `name`.
pub(super) async fn look(store: &Store, config: &Config, name: &str) -> Vec<Observation> {
    let mut observations = Vec::new();
    match (store, &config.lake.destination) {
        (Store::S3(bucket), _) => {
            let found = bucket.whereabouts().await;
            let is_there = !matches!(found, Whereabouts::Elsewhere(_) | Whereabouts::Missing);
            observations.push(bucket::whereabouts(found, bucket, config));
            if is_there {
                observations.extend(trials(store, config, name).await);
                observations.extend(bucket::settings(Box::pin(bucket.settings()).await, bucket.name(), config));
            }
            observations.push(room(&std::env::temp_dir(), "temporary space"));
        }
        (Store::Directory(_), Destination::Directory(path)) => {
            observations.extend(trials(store, config, name).await);
            observations.push(room(path, "free space"));
        }
        (Store::Directory(_), Destination::S3 { .. }) => {}
    }
    observations
}

/// Real writes, reads and removals, told one by one where they fail.
async fn trials(store: &Store, config: &Config, name: &str) -> Vec<Observation> {
    let tried = trial::try_out(store, name).await;
    let bad = tried.iter().filter_map(|(trial, tried)| match tried {
        Tried::Works => None,
        Tried::Wrong(text) => Some(wrong(*trial, text)),
        Tried::Refused(error) => Some(refused(*trial, store, error, config)),
    });
    let mut observations = bad.collect::<Vec<_>>();
    if observations.is_empty() {
        let text = format!("{}: written, written once only, read, listed and removed", store.place(trial::FOLDER));
        observations.push(Observation::ok(Group::Lake, "writes", text));
    }
    observations
}

fn wrong(trial: Trial, text: &str) -> Observation {
    let (subject, advice) = match trial {
        Trial::PutOnce => (
            "conditional writes",
            "A night becomes visible by one write that must be the first of its name (If-None-Match: *). Use a store that keeps to it, as Amazon S3 does.",
        ),
        Trial::Put | Trial::Get | Trial::List | Trial::Delete | Trial::Abort => {
            (trial.action(), "Use a store that shows what was written at once, as Amazon S3 does.")
        }
    };
    Observation::fatal(Group::Lake, subject, text).advised(vec![say(advice)])
}

fn refused(trial: Trial, store: &Store, error: &StoreError, config: &Config) -> Observation {
    let (subject, what) = match (store, trial) {
        (Store::S3(_), _) => (trial.action(), "refused"),
        (Store::Directory(_), Trial::Put | Trial::PutOnce) => ("write", "cannot be written"),
        (Store::Directory(_), Trial::Get) => ("read", "cannot be read"),
        (Store::Directory(_), Trial::List) => ("list", "cannot be listed"),
        (Store::Directory(_), Trial::Delete | Trial::Abort) => ("remove", "what was written cannot be removed"),
    };
    let answer = answer(error);
    let advice = match (store, error) {
        (Store::Directory(_), _) => vec![say("Make the directory writable for this user, or change lake.destination.")],
        (Store::S3(_), StoreError::S3 { message, .. }) if message.contains("kms:") => {
            let mut advice = vec![say("The key's own policy must allow it too. Our own policy:")];
            advice.push(Advice::Policy(crate::session::policy::task_policy(
                config,
                Selection::configured(&config.checks).checks(),
                None,
            )));
            advice
        }
        (Store::S3(_), _) => advice::task(config),
    };
    let observation = match trial {
        // The night goes well without them; what it staged stays.
        Trial::Delete | Trial::Abort => {
            let text = format!("{what}; what a run stages would stay in the bucket until a lifecycle rule removes it");
            Observation::new(Group::Lake, Level::Warn, subject, text)
        }
        Trial::Put | Trial::PutOnce | Trial::Get | Trial::List => Observation::fatal(Group::Lake, subject, what),
    };
    Observation { answer: Some(answer), advice, ..observation }
}

/// What a store said.
pub(super) fn answer(error: &StoreError) -> Answer {
    match error {
        StoreError::S3 { action, place, code, message } => {
            let message = format!("{message} ({place})");
            Answer { api: (*action).to_owned(), code: code.clone(), message }
        }
        StoreError::AlreadyExists(_)
        | StoreError::NotFound(_)
        | StoreError::File { .. }
        | StoreError::Unsettled { .. }
        | StoreError::Worker { .. } => {
            Answer { api: "store".to_owned(), code: "Failed".to_owned(), message: whole(error) }
        }
    }
}

/// An error with its cause.
fn whole(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// The room on the file system of a folder, or of what there is of the way to it.
fn room(folder: &Path, subject: &str) -> Observation {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_unknown| PathBuf::from(folder));
    let there = absolute.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    match rustix::fs::statvfs(there) {
        Ok(system) => {
            let bytes = system.f_bavail.saturating_mul(system.f_frsize);
            let text = format!("{} at {}", in_words(bytes), there.display());
            let level = if bytes < LITTLE_ROOM { Level::Warn } else { Level::Ok };
            let observation = Observation::new(Group::Lake, level, subject, text);
            let advice = vec![say("Free some space there; what is published and what is staged must both fit.")];
            if level == Level::Ok { observation } else { observation.advised(advice) }
        }
        Err(error) => {
            let text = format!("cannot be told of {}: {error}", there.display());
            Observation {
                consequence: Consequence::Nothing,
                ..Observation::new(Group::Lake, Level::Note, subject, text)
            }
        }
    }
}

/// Bytes in the largest unit of which there is one.
fn in_words(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let fitting = units.iter().find(|(shift, _)| bytes >> shift > 0);
    fitting.map_or_else(|| format!("{bytes} B"), |(shift, unit)| format!("{} {unit}", bytes >> shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_the_largest_unit_that_fits() {
        assert_eq!([12, 2048, 5 << 20, 7 << 30, 3 << 40].map(in_words), ["12 B", "2 KiB", "5 MiB", "7 GiB", "3 TiB"]);
    }

    #[test]
    fn the_room_of_a_folder_that_is_not_there_yet_is_that_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let observation = room(&folder.path().join("not/yet"), "free space");
        assert!(observation.text.ends_with(&folder.path().display().to_string()), "{}", observation.text);
    }
}
