//! The plan of a run: what it was set out to do, written down once by the shard that is first, and read by all others,
//! by a later attempt and by publish. So they agree on the accounts and on who scans which.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

mod balance;
pub mod gaps;
pub mod shard;

pub use balance::balance;
use shard::{Missing, Shard, ShardEnd};

use crate::{
    check::selection::Selection,
    config::Config,
    exception::source::Source,
    lake::{
        RunId,
        hash::Digest,
        last_night::Base,
        sealed, staging,
        store::{Put, Store, StoreError},
    },
    organization::Organization,
    place::{AccountId, Partition},
};

/// What a run was set out to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    /// The run.
    pub run_id: RunId,
    /// When it started.
    pub started_at: Timestamp,
    /// With what it is made.
    pub made_with: MadeWith,
    /// Who planned it.
    pub caller_arn: String,
    /// The partition that it runs in.
    pub partition: Partition,
    /// The accounts of each shard.
    pub shards: Vec<Vec<AccountId>>,
    /// The published run on which it builds; none when it reads everything anew.
    pub base: Option<Base>,
    /// The exceptions, word for word; none where no file is configured. What their file says later counts for later runs.
    pub exceptions: Option<Source>,
    /// The accounts.
    pub organization: Organization,
}

/// What decides about the answers of a run, besides what there is: shards that differ in it are not of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeWith {
    /// The version of this program.
    pub engine_version: String,
    /// The version of the catalogue of checks.
    pub ruleset_version: String,
    /// SHA-256 of the effective configuration, in hexadecimal.
    pub config_sha256: String,
}

/// A plan that does not fit who wants to follow it.
#[derive(Debug, Error)]
pub enum PlanError {
    /// Another configuration or version.
    #[error("run {run_id} was planned with another {what}; use the same, or start a new run")]
    Other {
        /// The run.
        run_id: RunId,
        /// What differs, with both values.
        what: String,
    },
    /// Another number of shards.
    #[error(
        "run {run_id} was planned for {planned} shards, so its shards are 1/{planned} to {planned}/{planned}, and not {asked}; scan those, or start a run with a new --run-id"
    )]
    Shards {
        /// The run.
        run_id: RunId,
        /// The number that was planned.
        planned: usize,
        /// What was asked for.
        asked: Shard,
    },
    /// Shards that did not end, or are not of this run.
    #[error("run {run_id} cannot be published: {}; scan them, or publish with --incomplete", listed(.missing))]
    Missing {
        /// The run.
        run_id: RunId,
        /// Each shard with what is the matter.
        missing: Vec<Missing>,
    },
    /// Parts that were staged and are not there any more.
    #[error(
        "a part of shard {shard} of run {run_id} was removed after it was staged; scan the run again, which reads what is missing"
    )]
    Lost {
        /// The run.
        run_id: RunId,
        /// The number of the shard.
        shard: u32,
    },
    /// A file of the plan that cannot be understood.
    #[error("cannot understand {place}; remove the staging folder of the run and scan again with this version")]
    Unreadable {
        /// Where it is.
        place: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The store refused.
    #[error("cannot use the destination")]
    Store(#[from] StoreError),
}

fn listed(missing: &[Missing]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl MadeWith {
    /// This program with a configuration.
    pub fn now(config: &Config) -> Self {
        Self {
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            ruleset_version: ruleset_version(&Selection::configured(&config.checks)),
            config_sha256: sha256(&config.to_toml()),
        }
    }

    /// What differs in another, for people; none when nothing does.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let parts = [
            ("configuration", &self.config_sha256, &other.config_sha256),
            ("version", &self.engine_version, &other.engine_version),
            ("catalogue of checks", &self.ruleset_version, &other.ruleset_version),
        ];
        let short = |text: &str| text.chars().take(12).collect::<String>();
        let (what, ours, theirs) = parts.iter().find(|(_, ours, theirs)| ours != theirs)?;
        Some(format!("{what} ({}, here {})", short(ours), short(theirs)))
    }
}

/// The version of the selected checks: it changes when one comes, goes, or judges differently.
fn ruleset_version(selection: &Selection) -> String {
    let rules = selection.checks().iter().map(|check| format!("{}@{}", check.id, check.version)).collect::<Vec<_>>();
    sha256(&rules.join("\n")).chars().take(12).collect()
}

fn sha256(text: &str) -> String {
    Digest::of(text.as_bytes()).sha256
}

impl Plan {
    /// The plan of a run, if it was made, and made with the same.
    pub async fn read(store: &Store, run_id: &RunId, made_with: &MadeWith) -> Result<Option<Self>, PlanError> {
        let key = key(run_id);
        let plan: Self = match store.read(&key).await {
            Ok(bytes) => {
                sealed::unseal(&bytes).map_err(|source| PlanError::Unreadable { place: store.place(&key), source })?
            }
            Err(StoreError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match plan.made_with.difference(made_with) {
            Some(what) => Err(PlanError::Other { run_id: run_id.clone(), what }),
            None => Ok(Some(plan)),
        }
    }

    /// Writes the plan down, unless another shard was first; the plan that counts.
    pub async fn settle(self, store: &Store) -> Result<Self, PlanError> {
        let key = key(&self.run_id);
        let json = sealed::seal(&self).map_err(|source| PlanError::Unreadable { place: store.place(&key), source })?;
        match store.put(&key, json, Put::IfAbsent).await {
            Ok(()) => Ok(self),
            Err(StoreError::AlreadyExists(place)) => {
                let (run_id, made_with) = (self.run_id, self.made_with);
                // Removed in between: somebody cleared the run away.
                let gone = || StoreError::NotFound(place).into();
                Self::read(store, &run_id, &made_with).await?.ok_or_else(gone)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The accounts of a shard.
    pub fn accounts_of(&self, shard: Shard) -> Result<&[AccountId], PlanError> {
        let accounts = self.shards.get(shard.index()).filter(|_| shard.of() == self.shards.len());
        accounts.map(Vec::as_slice).ok_or_else(|| PlanError::Shards {
            run_id: self.run_id.clone(),
            planned: self.shards.len(),
            asked: shard,
        })
    }

    /// The ends of all shards, and those shards that have none that counts, with what is the matter.
    pub async fn ends(&self, store: &Store) -> Result<(Vec<ShardEnd>, Vec<Missing>), PlanError> {
        let (mut ends, mut missing) = (Vec::new(), Vec::new());
        for shard in Shard::all(self.shards.len()) {
            match ShardEnd::read(store, &self.run_id, shard).await? {
                None => missing.push(Missing { shard, other: None }),
                Some(end) => match self.made_with.difference(&end.made_with) {
                    Some(what) => missing.push(Missing { shard, other: Some(what) }),
                    None => ends.push(end),
                },
            }
        }
        Ok((ends, missing))
    }
}

/// The key of the plan of a run.
fn key(run_id: &RunId) -> String {
    format!("{}plan.json", staging::folder(run_id))
}
