//! A run: scan, then publish, each on one screen.

use std::{
    collections::BTreeSet,
    slice,
    sync::Arc,
    time::{Duration, Instant},
};

use aws_config::SdkConfig;
use indicatif::MultiProgress;
use tokio::sync::{OnceCell, watch};

mod beginning;
mod done;
mod error;
mod exceptions;
mod holds;
mod night;
mod page;
mod shard_scan;

pub use error::RunError;

use crate::{
    config::Config,
    effort::Effort,
    lake::{
        RunContext, RunId, checks, claim,
        lease::Lease,
        publish::{self, PublishError, Published, Scanned},
        runs::RunFacts,
        staging::{self, FOLDER, ledger::Ledger, part},
        store::Store,
        weights::Weights,
    },
    limits::{Memory, OpenFiles},
    plan::{
        MadeWith, Plan, PlanError,
        gaps::gaps,
        shard::{Missing, Shard, ShardEnd},
    },
    progress,
    report::{
        emf::{Done, Part},
        metrics,
    },
    session::{Aws, Clock},
    signing::Signer,
    throttle::{Counters, Throttle},
};

/// One run of the program.
#[derive(Debug)]
pub struct Run {
    /// Its identity.
    pub run_id: RunId,
    /// What it does.
    pub config: Arc<Config>,
    made_with: MadeWith,
    sdk: SdkConfig,
    store: Store,
    clock: Clock,
    counters: Arc<Counters>,
    display: Option<MultiProgress>,
    stop: watch::Sender<bool>,
    /// Whether it is another's run that this one joined, because it was not finished.
    joined: bool,
    aws: OnceCell<Arc<Aws>>,
    weights: OnceCell<Weights>,
}

/// What publish does about shards that are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incomplete {
    /// It refuses, and names them.
    Refused,
    /// It publishes what there is, and coverage names what is not.
    Published,
}

impl Run {
    /// A run of this id, which may have begun already.
    pub fn new(sdk: SdkConfig, config: Config, run_id: RunId, clock: Clock) -> Self {
        let counters = Arc::default();
        let store = Store::open(&config.lake, &sdk, &counters);
        let made_with = MadeWith::now(&config);
        let stop = watch::Sender::new(false);
        Self {
            run_id,
            config: Arc::new(config),
            made_with,
            sdk,
            store,
            clock,
            counters,
            display: None,
            stop,
            joined: false,
            aws: OnceCell::new(),
            weights: OnceCell::new(),
        }
    }

    /// The same run with its progress on a display.
    #[must_use]
    pub fn with_display(self, display: MultiProgress) -> Self {
        Self { display: Some(display), ..self }
    }

    /// Asks the run to come to an end soon, keeping what is complete.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    async fn stopped(&self) {
        if self.stop.subscribe().wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Scans and publishes, alone on the run from beginning to end.
    pub async fn scan_and_publish(&self) -> Result<Published, RunError> {
        let lease = self.lease(Shard::WHOLE).await?;
        let published = async {
            Box::pin(self.scan(&lease, Shard::WHOLE)).await?;
            self.publish(Incomplete::Refused).await
        };
        let published = Box::pin(published).await;
        lease.release().await;
        published
    }

    /// Scans one shard, alone on it.
    pub async fn scan_shard(&self, shard: Shard) -> Result<(), RunError> {
        let lease = self.lease(shard).await?;
        let scanned = Box::pin(self.scan(&lease, shard)).await;
        lease.release().await;
        scanned
    }

    /// The way to AWS. It is looked for before anything is written, so that a run by nobody leaves nothing.
    async fn aws(&self) -> Result<Arc<Aws>, RunError> {
        let connect = async {
            let counters = Arc::clone(&self.counters);
            let throttle = Arc::new(Throttle::within(&self.config.pacing, counters, OpenFiles::now(), Memory::now()));
            Ok::<_, RunError>(Arc::new(Aws::connect(&self.sdk, &self.config, throttle).await?))
        };
        Ok(Arc::clone(self.aws.get_or_try_init(|| Box::pin(connect)).await?))
    }

    /// Makes this process the only one on a shard, or says that another one is.
    pub async fn lease(&self, shard: Shard) -> Result<Lease, RunError> {
        self.aws().await?;
        let key = format!("{}{:04}", staging::lease_folder(&self.run_id), shard.number());
        let taking = Box::pin(async {
            let lease = Lease::take(&self.store, &key, self.lease_period()).await;
            lease.map_err(|error| RunError::from_lease(error, &self.run_id))
        });
        self.unless_stopped(taking).await
    }

    /// What comes before the scan, or before publishing, and needs no closing.
    async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T, RunError>> + Unpin) -> Result<T, RunError> {
        tokio::select! {
            done = work => done,
            () = self.stopped() => {
                let left = format!("--run-id {} goes on", self.run_id);
                Err(RunError::Stopped { run_id: self.run_id.clone(), left })
            }
        }
    }

    fn lease_period(&self) -> Duration {
        Duration::from_secs(u64::from(self.config.lake.lease_seconds))
    }

    /// Reads the accounts of one shard and stages what it reads; nobody sees it before it is published. What an earlier
    /// attempt has staged is not read again.
    async fn scan(&self, lease: &Lease, shard: Shard) -> Result<(), RunError> {
        let began = Instant::now();
        let scanned = Box::pin(self.scan_alone(lease, shard)).await;
        let failed = scanned.as_ref().is_err_and(RunError::is_failure);
        self.report(Part::Scan { seconds: began.elapsed().as_secs_f64() }, failed, self.effort());
        scanned
    }

    async fn scan_alone(&self, lease: &Lease, shard: Shard) -> Result<(), RunError> {
        if self.joined
            && publish::is_published(&self.store, &self.run_id).await?
            && let Some(done) = self.done().await
        {
            return Err(done);
        }
        publish::refuse_published(&self.store, &self.run_id).await?;
        let planned = Plan::read(&self.store, &self.run_id, &self.made_with).await?;
        if let Some(plan) = &planned {
            plan.accounts_of(shard)?;
            if let Some(end) = ShardEnd::read(&self.store, &self.run_id, shard).await? {
                let parts = staging::parts(&self.store, &self.run_id).await?;
                if self.whole(slice::from_ref(&end), &parts).is_ok() {
                    tracing::info!(run_id = %self.run_id, %shard, "scanned already");
                    return Ok(());
                }
                tracing::warn!(run_id = %self.run_id, %shard, "parts of it were removed; what is missing is read again");
            }
        } else {
            night::report_orphans(&self.store, &self.run_id).await?;
        }
        let aws = self.aws().await?;
        let plan = match planned {
            Some(plan) => plan,
            None => self.unless_stopped(Box::pin(self.begin(&aws, shard))).await?.settle(&self.store).await?,
        };
        let accounts = plan.accounts_of(shard)?.iter().copied().collect::<BTreeSet<_>>();
        Box::pin(self.scan_accounts(aws, &plan, shard, &accounts, lease)).await
    }

    /// Merges what was staged and makes it visible; one process at a time does so in a lake.
    pub async fn publish(&self, incomplete: Incomplete) -> Result<Published, RunError> {
        let before = self.effort();
        let published = Box::pin(self.publish_in_turn(incomplete)).await;
        let effort = self.effort().since(&before);
        let failed = published.as_ref().is_err_and(RunError::is_failure);
        self.report(Part::Publish(published.as_ref().ok()), failed, effort);
        if let Ok(published) = &published {
            Box::pin(self.leave_page(published)).await;
        }
        published
    }

    fn report(&self, part: Part<'_>, failed: bool, effort: Effort) {
        let done = Done { run_id: &self.run_id, part, failed, effort, ended_at: self.clock.now() };
        metrics::write(&self.config.metrics, &done);
    }

    async fn publish_in_turn(&self, incomplete: Incomplete) -> Result<Published, RunError> {
        let key = format!("{FOLDER}publish-lease");
        let taking = async { Ok(Lease::wait(&self.store, &key, self.lease_period()).await?) };
        let lease = self.unless_stopped(Box::pin(taking)).await?;
        let left = format!("`sagesweep publish --run-id {}` goes on", self.run_id);
        let mut publishing = Box::pin(self.publish_alone(incomplete));
        let published = tokio::select! {
            published = &mut publishing => published,
            () = lease.lost() => Err(RunError::TakenOver(self.run_id.clone())),
            () = self.stopped() => {
                // After the commit there is only clearing away, and a result to tell.
                match publish::is_published(&self.store, &self.run_id).await {
                    Ok(true) => publishing.await,
                    Ok(false) | Err(_) => Err(RunError::Stopped { run_id: self.run_id.clone(), left }),
                }
            }
        };
        lease.release().await;
        match published {
            // Committed before, or broken off after the commit, which counts.
            Err(
                error @ (RunError::TakenOver(_)
                | RunError::Stopped { .. }
                | RunError::Publish(PublishError::AlreadyPublished { .. })),
            ) => Err(self.done().await.unwrap_or(error)),
            published => published,
        }
    }

    async fn publish_alone(&self, incomplete: Incomplete) -> Result<Published, RunError> {
        publish::refuse_published(&self.store, &self.run_id).await?;
        let plan = Plan::read(&self.store, &self.run_id, &self.made_with).await?;
        let plan = plan.ok_or_else(|| RunError::NotPlanned(self.run_id.clone()))?;
        let (ends, missing) = plan.ends(&self.store).await?;
        if incomplete == Incomplete::Refused && !missing.is_empty() {
            return Err(PlanError::Missing { run_id: self.run_id.clone(), missing }.into());
        }
        let mut parts = staging::parts(&self.store, &self.run_id).await?;
        parts.retain(|part| counts(part, &missing));
        self.whole(&ends, &parts)?;
        // The ledger of a large run is large, and made only where something is missing.
        let is_whole = missing.is_empty();
        let gaps = if is_whole { Vec::new() } else { gaps(&plan, &self.config, &missing, &Ledger::of(&parts)) };
        let checks = checks::listed(&self.config.checks);
        let exceptions = self.exceptions(&plan)?;
        let scanned =
            Scanned { facts: self.facts(&plan, &ends), context: self.context(), parts, gaps, checks, exceptions };
        let signer = Signer::open(&self.config.lake, &self.sdk);
        let shape = publish::Shape::default();
        let publishing = publish::publish(&self.store, scanned, shape, self.clock, signer.as_ref());
        let published =
            progress::alive("publishing", self.display.as_ref(), &self.counters, Box::pin(publishing)).await?;
        published.exceptions.log();
        if let Err(error) = claim::settle(&self.store, &self.run_id).await {
            tracing::warn!(%error, "the claim of the published run could not be removed");
        }
        Ok(published)
    }

    /// Refuses what was staged when not all of it is there any more.
    fn whole(&self, ends: &[ShardEnd], parts: &[part::Part]) -> Result<(), PlanError> {
        for end in ends {
            let ours = parts.iter().filter(|part| part.shard == end.shard);
            if end.lost(ours.clone()).is_some() || Ledger::of(ours).lost().is_some() {
                return Err(PlanError::Lost { run_id: self.run_id.clone(), shard: end.shard });
            }
        }
        Ok(())
    }

    fn context(&self) -> RunContext {
        let owner_tag = self.config.findings.owner_tag.clone().unwrap_or_default();
        RunContext { run_id: self.run_id.clone(), owner_tag }
    }

    fn facts(&self, plan: &Plan, ends: &[ShardEnd]) -> RunFacts {
        let regions = ends.iter().flat_map(|end| &end.regions).collect::<BTreeSet<_>>();
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let mut effort = Effort::default();
        for end in ends {
            effort.merge(&end.effort);
        }
        RunFacts {
            run_id: self.run_id.clone(),
            started_at: plan.started_at,
            engine_version: plan.made_with.engine_version.clone(),
            ruleset_version: plan.made_with.ruleset_version.clone(),
            config_sha256: plan.made_with.config_sha256.clone(),
            exceptions_sha256: plan.exceptions.as_ref().map(|source| source.sha256.clone()),
            caller_arn: plan.caller_arn.clone(),
            org_id: plan.organization.id.clone(),
            scope_accounts: count(plan.organization.members.len()),
            scope_regions: count(regions.len()),
            effort,
            floor_percent: self.config.coverage.floor_percent,
        }
    }
}

/// Whether a part counts: not when its shard was made with something else.
fn counts(part: &part::Part, missing: &[Missing]) -> bool {
    !missing.iter().any(|missing| missing.other.is_some() && missing.shard.number() == part.shard)
}
