//! A run: scan, then publish, each on one screen.

use std::{collections::BTreeSet, pin::pin, sync::Arc};

use aws_config::SdkConfig;
use futures::future::{self, Either};
use indicatif::MultiProgress;
use thiserror::Error;

use crate::{
    check::CHECKS,
    config::Config,
    effort::Effort,
    lake::{
        RunContext, RunId,
        hash::Digest,
        publish::{self, PublishError, Published},
        runs::RunFacts,
        staging::{self, Bounds, Staged, StagingError},
        store::{Put, Store, StoreError},
    },
    limits::OpenFiles,
    organization::{self, Organization, OrganizationError},
    place::Region,
    progress,
    scan::{Progress, Scan},
    session::{Aws, Clock, ConnectError},
    throttle::{Counters, Throttle},
};

/// One run of the program.
#[derive(Debug)]
pub struct Run {
    /// Its identity.
    pub run_id: RunId,
    /// What it does.
    pub config: Arc<Config>,
    sdk: SdkConfig,
    store: Store,
    clock: Clock,
    counters: Arc<Counters>,
    display: Option<MultiProgress>,
}

/// Why a run failed. Nothing of it is visible then.
#[derive(Debug, Error)]
pub enum RunError {
    /// AWS cannot be reached as anybody.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The accounts in scope cannot be told.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The configuration leaves no region.
    #[error("no region of any account is in scope; look at the include and exclude keys of [regions]")]
    NoRegion,
    /// The destination cannot be written.
    #[error("cannot use the destination")]
    Store(#[from] StoreError),
    /// What was read cannot be staged.
    #[error("cannot stage what was read")]
    Staging(#[from] StagingError),
    /// What was staged cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The scan of the run did not end, so that there is nothing to publish.
    #[error("the scan of run {0} did not end; scan again")]
    Unfinished(RunId),
    /// What the scan left for publish cannot be understood.
    #[error("cannot understand what the scan left at {place}; scan again with this version")]
    Facts {
        /// Where it is.
        place: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl RunError {
    /// Whether the configuration is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoRegion | Self::Organization(OrganizationError::NoSuch(_) | OrganizationError::Empty))
    }
}

impl Run {
    /// A run that has not begun.
    pub fn new(sdk: SdkConfig, config: Config, run_id: RunId, clock: Clock) -> Self {
        let counters = Arc::default();
        let store = Store::open(&config.lake, &sdk, &counters);
        Self { run_id, config: Arc::new(config), sdk, store, clock, counters, display: None }
    }

    /// The same run with its progress on a display.
    #[must_use]
    pub fn with_display(self, display: MultiProgress) -> Self {
        Self { display: Some(display), ..self }
    }

    /// Reads everything in scope and stages it; nobody sees it before it is published.
    pub async fn scan(&self) -> Result<(), RunError> {
        let started_at = self.clock.now();
        let throttle = Arc::new(Throttle::within(&self.config.pacing, Arc::clone(&self.counters), OpenFiles::now()));
        let aws = Arc::new(Aws::connect(&self.sdk, &self.config, throttle).await?);
        publish::refuse_published(&self.store, &self.run_id).await?;
        let discovering = organization::discover(&aws, &self.config.organization, &self.config.role);
        let organization = progress::alive("discovering accounts", &self.counters, discovering).await?;
        let organization = Arc::new(organization);
        tracing::info!(run_id = %self.run_id, caller = aws.caller().arn, accounts = organization.members.len(), "scan begins");

        let (staged, writer) = staging::open(self.store.clone(), self.context(), 0, Bounds::default()).await?;
        let progress = Arc::new(Progress::default());
        let scan = Scan {
            aws: Arc::clone(&aws),
            config: Arc::clone(&self.config),
            organization: Arc::clone(&organization),
            clock: self.clock,
            progress: Arc::clone(&progress),
            staged,
        };
        let shown = progress::show(self.display.clone(), Arc::clone(&progress), Arc::clone(aws.counters()));
        // When staging fails the scan has nowhere to put what it reads, and ends with it.
        let both = async {
            match future::select(pin!(scan.run()), pin!(writer.run())).await {
                Either::Left((regions, writer)) => Ok((regions, writer.await?)),
                Either::Right((staged, scan)) => {
                    let staged = staged?;
                    Ok((scan.await, staged))
                }
            }
        };
        let (regions, staged): (_, Staged) = tokio::select! {
            both = both => both.map_err(|error: StagingError| RunError::Staging(error))?,
            never = shown => never,
        };
        if regions.is_empty() {
            return Err(RunError::NoRegion);
        }
        tracing::info!(run_id = %self.run_id, parts = staged.parts, rows = staged.rows, bytes = staged.bytes, "scan done");

        let facts = self.facts(&aws, &organization, &regions, started_at);
        let json = serde_json::to_vec_pretty(&facts).map_err(|source| self.unreadable(source))?;
        self.store.put(&self.facts_key(), json, Put::Replace).await?;
        Ok(())
    }

    /// Merges what was staged and makes it visible.
    pub async fn publish(&self) -> Result<Published, RunError> {
        publish::refuse_published(&self.store, &self.run_id).await?;
        let facts = match self.store.read(&self.facts_key()).await {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| self.unreadable(source))?,
            Err(StoreError::NotFound(_)) => return Err(RunError::Unfinished(self.run_id.clone())),
            Err(error) => return Err(error.into()),
        };
        let publishing = publish::publish(&self.store, &facts, publish::Shape::default(), self.clock);
        Ok(progress::alive("publishing", &self.counters, Box::pin(publishing)).await?)
    }

    /// What this process sent so far, by API.
    pub fn effort(&self) -> Effort {
        self.counters.effort()
    }

    /// Where the tables are, as a person would write it.
    pub fn place(&self) -> String {
        self.store.place("")
    }

    fn context(&self) -> RunContext {
        let owner_tag = self.config.findings.owner_tag.clone().unwrap_or_default();
        RunContext { run_id: self.run_id.clone(), owner_tag }
    }

    fn facts(
        &self,
        aws: &Aws,
        organization: &Organization,
        regions: &BTreeSet<Region>,
        started_at: jiff::Timestamp,
    ) -> RunFacts {
        RunFacts {
            run_id: self.run_id.clone(),
            started_at,
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            ruleset_version: ruleset_version(),
            config_sha256: sha256(&self.config.to_toml()),
            caller_arn: aws.caller().arn.clone(),
            org_id: organization.id.clone(),
            scope_accounts: u64::try_from(organization.members.len()).unwrap_or(u64::MAX),
            scope_regions: u64::try_from(regions.len()).unwrap_or(u64::MAX),
            effort: self.effort(),
            floor_percent: self.config.coverage.floor_percent,
        }
    }

    /// The object that says that the scan ended, and what publish has to know of it.
    fn facts_key(&self) -> String {
        format!("{}scan.json", staging::folder(&self.run_id))
    }

    fn unreadable(&self, source: serde_json::Error) -> RunError {
        RunError::Facts { place: self.store.place(&self.facts_key()), source }
    }
}

/// The version of the catalogue: it changes when a check comes, goes, or judges differently.
fn ruleset_version() -> String {
    let rules = CHECKS.iter().map(|check| format!("{}@{}", check.id, check.version)).collect::<Vec<_>>();
    sha256(&rules.join("\n")).chars().take(12).collect()
}

fn sha256(text: &str) -> String {
    Digest::of(text.as_bytes()).sha256
}
