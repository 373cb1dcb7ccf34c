//! `doctor`: before the first night, what would fail and what mends it, by the same calls that a night makes.
//!
//! ```text
//! identity ──► organization ──► sample ──► account: role, regions, asks ──► fold ──┐
//! lake: real writes in `_doctor/<random>`, settings of the bucket ─────────────────┴─► observations ─► verdict
//! ```
//!
//! Nothing is changed anywhere but in that folder of the lake, which is empty again afterwards. What was seen are
//! [`observation::Observation`]s; [`terminal`] shows them to people, and as JSON they are what they are.

use std::sync::Arc;

use aws_config::SdkConfig;
use futures::{StreamExt as _, stream};
use serde::Serialize;

mod account;
mod advice;
mod ask;
mod bucket;
mod clock;
mod configuration;
mod exceptions;
mod fold;
mod identity;
mod lake;
pub mod observation;
mod organization;
pub mod sample;
mod signing_key;
mod symptom;
pub mod terminal;
mod told;
pub mod verdict;

use observation::{Group, Level, Named, Observation};
use sample::Sample;
use verdict::Verdict;

use crate::{
    config::Config,
    lake::store::Store,
    organization::{Organization, Standing},
    place::AccountId,
    session::{Aws, Clock},
};

/// Accounts that are looked at side by side.
const SIDE_BY_SIDE: usize = 16;

/// Who we are, where that could be found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caller {
    /// Our account.
    pub account: AccountId,
    /// Our ARN.
    pub arn: String,
    /// The partition.
    pub partition: String,
}

/// Everything that doctor found. Its JSON is for programs: members are added, and none changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The version of the program.
    pub version: &'static str,
    /// What the first night would come to.
    pub verdict: Verdict,
    /// The same in one sentence.
    pub sentence: String,
    /// Who we are; none when AWS could not be reached as anybody.
    pub caller: Option<Caller>,
    /// Accounts in scope.
    pub in_scope: usize,
    /// Of these, the ones that can be audited at all.
    pub active: usize,
    /// Of these, the ones that were looked at.
    pub examined: usize,
    /// What was seen, group by group.
    pub observations: Vec<Observation>,
}

/// Looks at everything that a night needs. `source` says where the configuration comes from.
pub async fn examine(sdk: &SdkConfig, config: &Config, source: &str, sample: Sample, clock: Clock) -> Examination {
    let mut observations = configuration::look(config, source);
    let (aws, seen) = identity::look(sdk, config, clock).await;
    observations.extend(seen);
    let mut scope = None;
    let mut examined = 0;
    if let Some(aws) = &aws {
        let (organization, seen) = organization::look(aws, config).await;
        observations.extend(seen);
        if let Some(organization) = organization {
            let (count, seen) = accounts(aws, config, &organization, sample).await;
            examined = count;
            observations.extend(seen);
            scope = Some(organization);
        }
    }
    let store = Store::open(&config.lake, sdk, &Arc::default());
    // Without credentials a bucket can tell nothing new.
    let is_lake_asked = aws.is_some() || matches!(store, Store::Directory(_));
    let lake = is_lake_asked.then_some(&store);
    observations.extend(Box::pin(exceptions::look(sdk, config, clock, aws.is_some(), lake)).await);
    if is_lake_asked {
        let name = format!("{:032x}", fastrand::u128(..));
        observations.extend(Box::pin(lake::look(&store, config, &name)).await);
    }
    if aws.is_some() {
        observations.extend(signing_key::look(sdk, config).await);
    }
    observations.extend(told::look(sdk, config).await);
    let members = scope.as_ref().map(|organization| organization.members.as_slice()).unwrap_or_default();
    let active = members.iter().filter(|member| member.standing == Standing::Active).count();
    let verdict = Verdict::of(&observations);
    Examination {
        version: env!("CARGO_PKG_VERSION"),
        sentence: verdict.sentence(&observations, examined, active),
        verdict,
        caller: aws.map(|aws| {
            let caller = aws.caller();
            Caller { account: caller.account, arn: caller.arn.clone(), partition: caller.partition.to_string() }
        }),
        in_scope: members.len(),
        active,
        examined,
        observations,
    }
}

/// Looks at some accounts, a bounded number of them at once; how many they were, and what was seen.
async fn accounts(
    aws: &Arc<Aws>,
    config: &Config,
    organization: &Organization,
    sample: Sample,
) -> (usize, Vec<Observation>) {
    let chosen = sample::choose(organization, aws.caller().account, sample);
    let looks = chosen.iter().map(|member| account::look(aws, config, member)).collect::<Vec<_>>();
    let mut looked = stream::iter(looks).buffer_unordered(SIDE_BY_SIDE).collect::<Vec<_>>().await;
    looked.sort_by(|one, other| one.account.cmp(&other.account));
    if looked.is_empty() {
        return (0, vec![Observation::new(Group::Accounts, Level::Warn, "accounts", "none in scope is active")]);
    }
    (looked.len(), fold::fold(&looked, config, aws.caller(), organization.management))
}

impl Named {
    /// An account by id and name.
    pub fn new(id: AccountId, name: impl Into<String>) -> Self {
        Self { id, name: name.into() }
    }
}
