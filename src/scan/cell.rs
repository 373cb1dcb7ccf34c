//! A cell: one resource type in one (account, region), and the way its resources take to their verdicts.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

mod attempt;

pub use attempt::Attempt;

use super::{neighbours::Neighbours, past::Past, places::Seat, seen::Seen};
use crate::{
    check::{Evidence, selection::Selection},
    config::Parameters,
    coverage::{Method, Outcome},
    exception::applied::Applied,
    kms::Keys,
    lake::staging::{
        ledger::{self, Ledger},
        unit::{CellKey, Delivery, Reading, Slice, Span},
    },
    organization::{Belongs, Organization, Target},
    outcome::{Refusal, Refusals},
    place::AccountId,
    resource::{Resource, ResourceType},
    session::{Clock, gate::Gate},
};

/// Resources that wait in memory, over all cells, for the rest of their unit: some 2 KB each. What is read page by page
/// needs no room.
pub(super) const ROOM: u32 = 6_000;
/// Units that wait, judged, to be staged: some 4 KB for each of their resources.
const JUDGED: usize = 16;

/// What all cells of a scan share.
#[derive(Debug, Clone)]
pub(super) struct Means {
    /// The most resources of one slice.
    pub(super) slice: u64,
    pub(super) clock: Clock,
    pub(super) keys: Arc<Keys>,
    /// The checks that are put to resources.
    pub(super) selection: Arc<Selection>,
    /// Whether a type is read last, out of what the others see.
    pub(super) looks_back: bool,
    /// What these take from the configuration.
    pub(super) parameters: Arc<Parameters>,
    /// What need not hold.
    pub(super) exceptions: Arc<Applied>,
    /// Whose accounts are.
    pub(super) organization: Arc<Organization>,
    /// Where units go.
    pub(super) staged: mpsc::Sender<Delivery>,
    /// What an earlier attempt of the run has staged.
    pub(super) ledger: Arc<Ledger>,
    pub(super) room: Arc<Semaphore>,
    pub(super) judged: Arc<Semaphore>,
}

impl Means {
    /// Room for resources that wait for the rest of their unit.
    pub(super) fn room() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(usize::try_from(ROOM).unwrap_or(Semaphore::MAX_PERMITS)))
    }

    /// Places for units that wait to be staged.
    pub(super) fn judged() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(JUDGED))
    }
}

/// One cell while it is read.
#[derive(Debug)]
pub struct Cell {
    /// Where it is.
    pub target: Arc<Target>,
    /// What is looked for.
    pub resource_type: ResourceType,
    /// The way to make calls there.
    pub gate: Gate,
    past: Option<Past>,
    neighbours: Arc<Neighbours>,
    means: Means,
    pub(super) tally: Tally,
    expected: Mutex<HashMap<String, Option<Timestamp>>>,
    /// The reading of what counts only with the end, and those of the attempts that were closed.
    reading: Mutex<(Reading, Vec<Reading>)>,
    steps: AtomicU64,
    last_api: Mutex<&'static str>,
    waiting: AtomicU64,
    client: aws_sdk_sagemaker::Client,
    seat: Seat,
}

/// What a cell has delivered so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) evaluated: AtomicU64,
    /// Resources in its units and in the slices that it counts on.
    pub(super) delivered: AtomicU64,
    pub(super) unknown: AtomicU64,
    /// Refusals that left something unknown.
    pub(super) refusals: Mutex<Refusals>,
    /// What its resources show of something else.
    seen: Mutex<Seen>,
}

/// A reading, for its end: the others that it counts on, the resources in all their units, and what these show.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) reading: Reading,
    pub(super) adopted: Vec<Reading>,
    pub(super) resources: u64,
    pub(super) seen: Seen,
}

/// How the reading of a cell went.
#[derive(Debug, Clone)]
pub struct Collected {
    /// How it ended.
    pub outcome: Outcome,
    /// The refusal that decided the outcome, or that made another way be taken.
    pub refusal: Option<Refusal>,
    /// The way that was taken.
    pub method: Option<Method>,
    /// Resources that exist, as far as is known.
    pub listed: u64,
    /// Of them, those that were taken over from the last published run.
    pub carried: u64,
    /// The creation time from which was looked; none for all.
    pub window_start: Option<Timestamp>,
    /// The creation time, exclusive, up to which was looked; none for all.
    pub window_end: Option<Timestamp>,
    /// What a reader should know besides.
    pub notes: Vec<String>,
}

impl Collected {
    /// Everything was read.
    pub fn complete(listed: u64) -> Self {
        Self {
            outcome: Outcome::Complete,
            refusal: None,
            method: None,
            listed,
            carried: 0,
            window_start: None,
            window_end: None,
            notes: Vec::new(),
        }
    }

    /// Not everything was read: why.
    pub fn partial(&mut self, why: String) {
        self.outcome = Outcome::Partial;
        self.notes.push(why);
    }

    /// So many lines of a listing named no resource, so that these are missing.
    pub fn nameless(&mut self, lines: u64) {
        if lines > 0 {
            self.listed += lines;
            self.partial(format!("{lines} lines of the listing do not name a resource"));
        }
    }

    /// Nothing could be read.
    pub fn refused(refusal: Refusal) -> Self {
        Self { outcome: refusal.outcome, refusal: Some(refusal), ..Self::complete(0) }
    }
}

impl Cell {
    pub(super) fn new(
        target: Arc<Target>,
        resource_type: ResourceType,
        gate: Gate,
        past: Option<Past>,
        neighbours: Arc<Neighbours>,
        means: Means,
        seat: Seat,
    ) -> Self {
        let client = gate.sagemaker();
        let (tally, expected, reading) = (Tally::default(), Mutex::default(), Mutex::default());
        let (steps, waiting) = (AtomicU64::new(0), AtomicU64::new(0));
        let last_api = Mutex::new(resource_type.first_api());
        Self {
            target,
            resource_type,
            gate,
            past,
            neighbours,
            means,
            tally,
            expected,
            reading,
            steps,
            last_api,
            waiting,
            client,
            seat,
        }
    }

    /// Whether a check that is put to its resources looks at this.
    pub fn needs(&self, evidence: Evidence) -> bool {
        self.means.selection.needs(self.resource_type, evidence)
    }

    /// The keys of the run.
    pub(crate) fn keys(&self) -> &Keys {
        &self.means.keys
    }

    /// Where an account stands to the organization.
    pub(crate) fn belongs(&self, account: AccountId) -> Belongs {
        self.means.organization.belongs(account)
    }

    /// The most resources of one slice.
    pub fn slice(&self) -> u64 {
        self.means.slice
    }

    /// What the last night has of the cell, when it can be built on.
    pub fn past(&self) -> Option<&Past> {
        self.past.as_ref()
    }

    /// What the other types of its place found out that it looks at, and what it found out for them.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// The one client of the cell.
    pub fn sagemaker(&self) -> &aws_sdk_sagemaker::Client {
        &self.client
    }

    /// The clock of the run.
    pub fn clock(&self) -> Clock {
        self.means.clock
    }

    /// The time now, by the clock of the run.
    pub fn now(&self) -> Timestamp {
        self.means.clock.now()
    }

    /// Waits until there is room for so many resources in memory, of all that the whole run may hold; it is given back
    /// when the permit is dropped. Ask once for all that is needed, since two who each hold a part would wait for ever.
    pub async fn room(&self, resources: u64) -> Option<OwnedSemaphorePermit> {
        let resources = u32::try_from(resources).unwrap_or(u32::MAX).min(ROOM);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let permit = Arc::clone(&self.means.room).acquire_many_owned(resources).await.ok();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        permit
    }

    /// Says that so many calls are left, in all likelihood. A cell with many gives its place to small ones, and goes on
    /// when it is the one with the most left of those that wait for a place among the heavy ones.
    pub async fn weighs(&self, calls: u64) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.seat.weighs(calls).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// What its account holds while it is small.
    pub(super) fn account(&self) -> Option<Arc<OwnedSemaphorePermit>> {
        self.seat.account()
    }

    /// Says that the cell gets on, with a call of this API.
    pub fn step(&self, api: &'static str) {
        self.steps.fetch_add(1, Ordering::Relaxed);
        *self.last_api.lock() = api;
    }

    /// The API with which it last got on.
    pub(super) fn last_api(&self) -> &'static str {
        *self.last_api.lock()
    }

    /// Forgets what was delivered, which then leaves no row: the cell is read again in another way.
    pub fn restart(&self) {
        self.tally.evaluated.store(0, Ordering::Relaxed);
        self.tally.delivered.store(0, Ordering::Relaxed);
        self.tally.unknown.store(0, Ordering::Relaxed);
        *self.tally.refusals.lock() = Refusals::default();
        *self.tally.seen.lock() = Seen::default();
        self.expected.lock().clear();
        *self.reading.lock() = (Reading::new(), Vec::new());
    }

    /// Counts on what an earlier attempt of the run has read whole in this way, and tells what that is.
    pub fn adopt(&self, method: Method) -> Vec<Slice> {
        let staged = self.means.ledger.slices(&CellKey::new(&self.target, self.resource_type));
        let ours = staged.iter().filter(|(_, slice)| slice.span.method() == method);
        self.reading.lock().1 = ledger::readings(ours.clone());
        let slices = ours.map(|(_, slice)| slice.clone()).collect::<Vec<_>>();
        for slice in &slices {
            self.tally.evaluated.fetch_add(slice.evaluated, Ordering::Relaxed);
            self.tally.delivered.fetch_add(slice.listed, Ordering::Relaxed);
            self.tally.unknown.fetch_add(slice.unknown, Ordering::Relaxed);
            self.note(&slice.refusals);
            self.tally.seen.lock().add(&slice.seen);
        }
        slices
    }

    /// The reading that the cell is in.
    pub(super) fn reading(&self) -> Told {
        let (reading, adopted) = self.reading.lock().clone();
        let (resources, seen) = (self.tally.delivered.load(Ordering::Relaxed), self.tally.seen.lock().clone());
        Told { reading, adopted, resources, seen }
    }

    /// How often it got on.
    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Whether it only waits for room or for its turn, which is no fault of the service.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0 || self.gate.is_waiting()
    }

    /// Names resources that have to be delivered, with their creation time.
    pub fn expect(&self, names: impl Iterator<Item = (String, Option<Timestamp>)>) {
        self.expected.lock().extend(names);
    }

    /// The names of the expected resources that were not delivered yet.
    pub fn still_expected(&self) -> HashSet<String> {
        self.expected.lock().keys().cloned().collect()
    }

    /// An attempt at a part of the cell, which is delivered as it comes and counts when it is closed.
    pub fn attempt(&self) -> Attempt<'_> {
        Attempt::new(self, Reading::new())
    }

    /// Judges the resources of a unit and hands them on; tells how many they were. With a span they are all that are in
    /// it, and a later attempt of the run need not ask for them again. An error means that the run is stopping.
    pub async fn deliver(&self, resources: Vec<Resource>, span: Option<Span>) -> Result<u64, Refusal> {
        let reading = self.reading.lock().0;
        let mut attempt = if span.is_some() { self.attempt() } else { Attempt::new(self, reading) };
        attempt.deliver(resources).await?;
        attempt.close(span).await
    }

    /// Remembers refusals that left something unknown.
    pub(crate) fn note(&self, refusals: &Refusals) {
        self.tally.refusals.lock().extend(Vec::from(refusals.clone()));
    }
}
