//! The scan: accounts, their regions and the cells in them, read side by side within bounds.
//!
//! Each account and each region is a task of its own, so that none stands
//! still, with requests under way, while another is waited for.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::{self, JoinError, JoinSet},
};

pub mod cell;
pub mod neighbours;
pub mod past;
mod places;
mod reach;
mod region;
pub mod seen;

use cell::{Means, Told};
use places::Places;

use crate::{
    check::selection::Selection,
    config::Config,
    coverage::{Coverage, Outcome},
    exception::applied::Applied,
    kms::Keys,
    lake::{
        last_night::{Known, LastNight},
        staging::{
            ledger::Ledger,
            unit::{CellKey, Delivery, End, Extent, Unit},
        },
    },
    organization::{self, Account, Member, Organization, Standing, Target},
    outcome::{Refusal, causes},
    place::{AccountId, Region},
    resource::ResourceType,
    session::{
        Aws, Clock, Session,
        regions::{self, RegionsInScope},
    },
};

/// How far a scan is, for people who watch it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Accounts in scope.
    pub accounts: AtomicU64,
    /// Accounts that are done.
    pub accounts_done: AtomicU64,
    /// Cells that are known of.
    pub cells: AtomicU64,
    /// Cells that are done.
    pub cells_done: AtomicU64,
    /// Resources that were judged.
    pub resources: AtomicU64,
}

/// What every task of a scan needs.
#[derive(Debug)]
pub struct Scan {
    /// The way to AWS.
    pub aws: Arc<Aws>,
    /// The configuration.
    pub config: Arc<Config>,
    /// The exceptions that apply.
    pub exceptions: Arc<Applied>,
    /// The organization.
    pub organization: Arc<Organization>,
    /// The accounts to scan.
    pub members: Vec<Member>,
    /// The calls, roughly, that each account cost last time: the heaviest begin first. Those that are not in it come
    /// before all, since they may be anything.
    pub weights: BTreeMap<AccountId, u64>,
    /// The clock.
    pub clock: Clock,
    /// How far it is.
    pub progress: Arc<Progress>,
    /// Where units go.
    pub staged: mpsc::Sender<Delivery>,
    /// What an earlier attempt of the run has staged, which is not asked again.
    pub ledger: Arc<Ledger>,
    /// When the run started, by which all attempts and shards decide what they take over.
    pub started_at: Timestamp,
    /// What the last published run has.
    pub last_night: Option<Arc<LastNight>>,
}

/// A scan as its tasks see it.
#[derive(Debug)]
struct Running {
    scan: Scan,
    means: Means,
    places: Places,
    /// What is audited, in the order in which it is read.
    types: Vec<ResourceType>,
    seen: Mutex<BTreeSet<Region>>,
}

impl Scan {
    /// Scans every account in scope, and tells the regions that were. It always ends, and each cell in scope has its
    /// coverage row then, unless the receiver of the units is gone.
    pub async fn run(mut self) -> BTreeSet<Region> {
        let mut members = std::mem::take(&mut self.members);
        let weights = std::mem::take(&mut self.weights);
        members.sort_by_key(|member| Reverse(weights.get(&member.account.id).copied().unwrap_or(u64::MAX)));
        self.progress.accounts.store(u64::try_from(members.len()).unwrap_or(0), Ordering::Relaxed);
        let most = self.config.pacing.max_targets.min(Semaphore::MAX_PERMITS);
        let keys = Arc::new(Keys::new(Arc::clone(&self.aws), Arc::clone(&self.organization)));
        let slice = u64::from(self.config.pacing.slice_jobs);
        let selection = Arc::new(Selection::configured(&self.config.checks));
        let mut types = selection.resource_types().collect::<Vec<_>>();
        // First what matters most: a region counts as denied once its first types are.
        types.sort_by_key(|resource_type| *resource_type != ResourceType::TrainingJob);
        let running = Arc::new(Running {
            means: Means {
                slice,
                clock: self.clock,
                keys,
                looks_back: types.iter().any(|resource_type| resource_type.is_read_last()),
                selection,
                parameters: self.config.parameters.clone().into(),
                exceptions: Arc::clone(&self.exceptions),
                organization: Arc::clone(&self.organization),
                staged: self.staged.clone(),
                ledger: Arc::clone(&self.ledger),
                room: Means::room(),
                judged: Means::judged(),
            },
            places: Places::new(most),
            types,
            seen: Mutex::new(self.ledger.ends().map(|(cell, _)| cell.region.clone()).collect()),
            scan: self,
        });
        let begun = Arc::new(Semaphore::new(most));
        let mut accounts = JoinSet::new();
        let mut under_way = HashMap::new();
        for member in members {
            // An account whose cells are done, or heavy, makes way for the next.
            let begun = loop {
                tokio::select! {
                    biased;
                    begun = Arc::clone(&begun).acquire_owned() => break begun,
                    Some(joined) = accounts.join_next_with_id() => running.account_ended(joined, &mut under_way).await,
                }
            };
            let Ok(begun) = begun else { break };
            let account = member.account.clone();
            under_way.insert(accounts.spawn(Arc::clone(&running).account(member, Arc::new(begun))).id(), account);
        }
        while let Some(joined) = accounts.join_next_with_id().await {
            running.account_ended(joined, &mut under_way).await;
        }
        std::mem::take(&mut *running.seen.lock())
    }
}

impl Running {
    fn types(&self) -> &[ResourceType] {
        &self.types
    }

    /// An account whose task panicked, before its regions were known, has its rows too.
    async fn account_ended(
        self: &Arc<Self>,
        joined: Result<(task::Id, ()), JoinError>,
        under_way: &mut HashMap<task::Id, Account>,
    ) {
        match joined {
            Ok((id, ())) => drop(under_way.remove(&id)),
            Err(error) => {
                if let Some(account) = under_way.remove(&error.id()) {
                    let refusal = Refusal::new(Outcome::Error, "sagesweep:Scan", "Internal", error.to_string());
                    let scope = regions::without_asking(&self.scan.config.regions, self.scan.aws.caller().partition);
                    self.refused_account(account, &scope, &refusal, &[]).await;
                }
            }
        }
    }

    /// One account: its tags, role and regions, then the cells in them.
    async fn account(self: Arc<Self>, member: Member, begun: Arc<OwnedSemaphorePermit>) {
        let (aws, config) = (&self.scan.aws, &self.scan.config);
        let id = member.account.id;
        if self.scan.ledger.account_ended(id) {
            self.scan.progress.accounts_done.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut account = member.account;
        let partition = aws.caller().partition;
        let mut notes = self.scan.organization.notes.clone();

        if let Standing::Inactive(state) = &member.standing {
            let message = format!("the account is {state}");
            let refusal = Refusal::new(Outcome::AccountSuspended, organization::LIST_ACCOUNTS, state.as_str(), message);
            let scope = regions::without_asking(&config.regions, partition);
            self.refused_account(account, &scope, &refusal, &notes).await;
            return;
        }
        let read_tags = config.organization.account_tags && !member.tags_read;
        let tags =
            async { if read_tags { organization::account_tags(aws.home(), id).await.map(Some) } else { Ok(None) } };
        let (tags, session) = tokio::join!(tags, aws.session(id, member.directly));
        match tags {
            Ok(Some(tags)) => account.tags = tags,
            Ok(None) => {}
            Err(refusal) => notes.push(format!("no account tags: {} failed with {}", refusal.api, refusal.code)),
        }
        let session = match session {
            Ok(session) => session,
            Err(refusal) => {
                let scope = regions::without_asking(&config.regions, partition);
                self.refused_account(account, &scope, &refusal, &notes).await;
                return;
            }
        };
        let scope = regions::in_scope(&aws.global_gate(&session), &config.regions, partition).await;
        if let Some(refusal) = &scope.refusal {
            let from = scope.from.as_str();
            notes.push(format!("regions are {from}, since {} failed with {}", refusal.api, refusal.code));
        }
        self.regions(Arc::new(account), session, scope, notes, begun).await;
    }

    /// The regions of an account, each a task.
    async fn regions(
        self: &Arc<Self>,
        account: Arc<Account>,
        session: Arc<Session>,
        scope: RegionsInScope,
        notes: Vec<String>,
        begun: Arc<OwnedSemaphorePermit>,
    ) {
        let notes: Arc<[String]> = notes.into();
        let known = Arc::new(self.known(account.id).await);
        let cells = scope.regions.len() * self.types().len();
        self.scan.progress.cells.fetch_add(u64::try_from(cells).unwrap_or(0), Ordering::Relaxed);
        let mut tasks = JoinSet::new();
        let mut places = HashMap::new();
        for (region, standing) in &scope.regions {
            let target = self.target(&account, region, &scope);
            let (session, notes, known) = (Arc::clone(&session), Arc::clone(&notes), Arc::clone(&known));
            let task =
                Arc::clone(self).region(Arc::clone(&target), session, *standing, notes, known, Arc::clone(&begun));
            places.insert(tasks.spawn(task).id(), target);
        }
        drop(begun);
        let (mut complete, mut evaluated, mut is_final) = (0_usize, 0, true);
        while let Some(joined) = tasks.join_next_with_id().await {
            match joined {
                Ok((_, (outcomes, resources))) => {
                    complete += outcomes.iter().filter(|outcome| **outcome == Outcome::Complete).count();
                    evaluated += resources;
                    is_final &= outcomes.iter().all(|outcome| outcome.is_final());
                }
                // A task that panicked is a fault of ours; its cells are not seen, and coverage says so.
                Err(error) if error.is_panic() => {
                    if let Some(target) = places.get(&error.id()) {
                        let refusal = Refusal::new(Outcome::Error, "sagesweep:Scan", "Internal", error.to_string());
                        self.refused_region(target, &refusal, &notes).await;
                    }
                    is_final = false;
                }
                Err(_cancelled) => is_final = false,
            }
        }
        if is_final {
            let cells = u64::try_from(cells).unwrap_or(u64::MAX);
            self.hand_over(Delivery::AccountEnded(account.id, cells)).await;
        }
        self.scan.progress.accounts_done.fetch_add(1, Ordering::Relaxed);
        tracing::info!(account = %account.id, name = account.name, cells, complete, resources = evaluated, "account done");
    }

    /// What the last night says of an account. Nothing when it cannot be told: then everything is read anew.
    async fn known(&self, account: AccountId) -> HashMap<CellKey, Known> {
        let Some(night) = &self.scan.last_night else { return HashMap::new() };
        night.account(account).await.unwrap_or_else(|error| {
            tracing::warn!(%account, error = causes(&error), "the last night cannot be read back; the account is read whole");
            HashMap::new()
        })
    }

    async fn refused_account(
        self: &Arc<Self>,
        account: Account,
        scope: &RegionsInScope,
        refusal: &Refusal,
        notes: &[String],
    ) {
        tracing::warn!(account = %account.id, name = account.name, outcome = %refusal.outcome, %refusal, "account not audited");
        let account = Arc::new(account);
        for (region, _) in &scope.regions {
            self.scan.progress.cells.fetch_add(u64::try_from(self.types().len()).unwrap_or(0), Ordering::Relaxed);
            self.refused_region(&self.target(&account, region, scope), refusal, notes).await;
        }
        if refusal.outcome.is_final() {
            let cells = u64::try_from(scope.regions.len() * self.types().len()).unwrap_or(u64::MAX);
            self.hand_over(Delivery::AccountEnded(account.id, cells)).await;
        }
        self.scan.progress.accounts_done.fetch_add(1, Ordering::Relaxed);
    }

    async fn refused_region(&self, target: &Arc<Target>, refusal: &Refusal, notes: &[String]) -> Vec<Outcome> {
        for resource_type in self.types().iter().copied() {
            let unseen = Coverage::unseen(target, resource_type, refusal.outcome, self.scan.clock.now());
            let coverage = Coverage { refusal: Some(refusal.clone()), detail: joined(notes), ..unseen };
            self.cover(coverage, Told::default()).await;
        }
        self.types().iter().map(|_| refusal.outcome).collect()
    }

    async fn cover(&self, coverage: Coverage, told: Told) {
        let Told { reading, adopted, resources: delivered, seen } = told;
        self.scan.progress.cells_done.fetch_add(1, Ordering::Relaxed);
        let (target, resource_type) = (Arc::clone(&coverage.target), coverage.resource_type);
        let extent = Extent::End(Box::new(End { coverage, adopted, resources: delivered, seen }));
        let (resources, findings) = (Vec::new(), Vec::new());
        self.hand_over(Delivery::Unit(Unit { target, resource_type, reading, resources, findings, extent })).await;
    }

    async fn hand_over(&self, delivery: Delivery) {
        // When the receiver is gone the run fails, and says why where it was lost.
        if self.scan.staged.send(delivery).await.is_err() {
            tracing::debug!("a row of coverage came after staging had failed");
        }
    }

    fn target(&self, account: &Arc<Account>, region: &Region, scope: &RegionsInScope) -> Arc<Target> {
        self.seen.lock().insert(region.clone());
        Arc::new(Target {
            account: Arc::clone(account),
            region: region.clone(),
            partition: self.scan.aws.caller().partition,
            regions_from: scope.from,
        })
    }
}

/// What a reader should know besides, if there is anything.
fn joined(notes: &[String]) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join("; "))
}
