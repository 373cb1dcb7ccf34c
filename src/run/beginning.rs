//! How a run begins: whom it audits, on which run it builds, and whether what ends it can be done.

use super::{Run, RunError};
use crate::{
    lake::{
        last_night::Base,
        staging,
        weights::{self, Weights},
    },
    organization,
    outcome::causes,
    place::AccountId,
    plan::{Plan, balance, shard::Shard},
    progress,
    session::Aws,
    signing::Signer,
};

impl Run {
    /// The plan of a run that begins, if what ends it can be done: a key that cannot sign is no news for the morning, and
    /// neither are exceptions that cannot be read.
    pub(super) async fn begin(&self, aws: &Aws, shard: Shard) -> Result<Plan, RunError> {
        let started_at = self.clock.now();
        let exceptions = self.read_exceptions(started_at).await?;
        if let Some(signer) = Signer::open(&self.config.lake, &self.sdk) {
            signer.sign(self.run_id.as_str().as_bytes()).await?;
        }
        let plan = self.plan(aws, shard).await?;
        Ok(Plan { started_at, exceptions, ..plan })
    }

    /// Finds the accounts in scope and divides them.
    async fn plan(&self, aws: &Aws, shard: Shard) -> Result<Plan, RunError> {
        let discovering = organization::discover(aws, &self.config.organization, &self.config.role);
        let organization =
            progress::alive("discovering accounts", self.display.as_ref(), &self.counters, discovering).await?;
        let accounts = organization.members.iter().map(|member| member.account.id).collect::<Vec<AccountId>>();
        let weights = self.weights(shard).await;
        Ok(Plan {
            run_id: self.run_id.clone(),
            started_at: self.clock.now(),
            made_with: self.made_with.clone(),
            caller_arn: aws.caller().arn.clone(),
            partition: aws.caller().partition,
            shards: balance(&accounts, &weights.calls, shard.of()),
            base: self.base().await,
            exceptions: None,
            organization,
        })
    }

    /// The published run on which this one builds.
    async fn base(&self) -> Option<Base> {
        if self.config.incremental.refresh_days == 1 {
            return None;
        }
        Base::find(&self.store, &self.made_with.engine_version).await.unwrap_or_else(|error| {
            tracing::warn!(
                error = causes(&error),
                "everything is read anew, since the last published run cannot be told"
            );
            None
        })
    }

    /// The calls that each account cost last night, as far as that can be read.
    pub(super) async fn weights(&self, shard: Shard) -> &Weights {
        let read = || async {
            let scratch = format!("{}-weights", staging::scratch_name(&self.run_id, shard.number()));
            weights::last_night(&self.store, &scratch).await.unwrap_or_else(|error| {
                tracing::warn!(
                    error = causes(&error),
                    "the accounts go by their number, since last night cannot be read"
                );
                Weights::default()
            })
        };
        self.weights.get_or_init(read).await
    }
}
