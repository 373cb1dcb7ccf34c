//! A region: its cells, one after the other, each within its deadline, and its row of coverage.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Running,
    cell::{Cell, Collected, Told},
    joined,
    neighbours::Neighbours,
    past::{self, Past},
    seen::{Before, Seen},
};
use crate::{
    coverage::{Coverage, History, Method, Outcome, RegionsFrom},
    lake::{
        last_night::Known,
        staging::{ledger::Ended, unit::CellKey},
    },
    organization::Target,
    outcome::{Refusal, Refusals},
    region,
    resource::ResourceType,
    session::{
        Session,
        regions::{self, Standing as RegionStanding},
    },
};

impl Running {
    /// The cells of one region, one after the other: what is denied for the first is denied for all.
    pub(super) async fn region(
        self: Arc<Self>,
        target: Arc<Target>,
        session: Arc<Session>,
        standing: RegionStanding,
        notes: Arc<[String]>,
        known: Arc<HashMap<CellKey, Known>>,
        account: Arc<OwnedSemaphorePermit>,
    ) -> (Vec<Outcome>, u64) {
        let code = match standing {
            RegionStanding::Enabled => None,
            RegionStanding::Disabled => {
                Some((Outcome::RegionDisabled, "DISABLED", "the region is not enabled in the account"))
            }
            RegionStanding::WithoutService => {
                Some((Outcome::ServiceNotInRegion, "NoEndpoint", "SageMaker is not in the region"))
            }
            RegionStanding::NotListed => Some((
                Outcome::Error,
                "UnknownRegion",
                "the account knows no such region; is the configuration misspelt?",
            )),
        };
        if let Some((outcome, code, message)) = code {
            let refusal = Refusal::new(outcome, regions::LIST_REGIONS, code, message);
            return (self.refused_region(&target, &refusal, &notes).await, 0);
        }
        let mut account = Some(account);
        let (mut outcomes, mut resources) = (Vec::new(), 0);
        let mut refusal: Option<Refusal> = None;
        let neighbours = Arc::new(Neighbours::default());
        let mut is_as_it_was = true;
        for resource_type in self.types().iter().copied() {
            let is_read_last = resource_type.is_read_last();
            let ended = self.scan.ledger.ended(&CellKey::new(&target, resource_type));
            // What is told from other cells is told anew when one of them was read again.
            let ended = ended.filter(|ended| ended.outcome.is_final() && (is_as_it_was || !is_read_last));
            if let Some(Ended { outcome, seen, .. }) = ended {
                outcomes.push(*outcome);
                neighbours.ended(Before { resource_type, outcome: *outcome, seen: seen.clone() });
                self.scan.progress.cells_done.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            is_as_it_was = false;
            let started_at = self.scan.clock.now();
            // Such a type asks nothing of its own, so that it is never idle, and takes nothing over.
            let known = known.get(&CellKey::new(&target, resource_type));
            let earlier = known.filter(|_| !is_read_last);
            if let Some(history) = earlier.and_then(|known| self.idle(&target, resource_type, known)) {
                outcomes.push(Outcome::NotAsked);
                neighbours.ended(Before { resource_type, outcome: Outcome::NotAsked, seen: Seen::default() });
                self.not_asked(&target, resource_type, history, &notes).await;
                continue;
            }
            let past = earlier.and_then(|known| self.past(&target, resource_type, known));
            let read_whole_at = past.as_ref().map(|past| past.read_whole_at);
            let is_asked = refusal.is_none();
            let Read { collected, evaluated, unknown, refusals, reading } = match &refusal {
                Some(refusal) => Read::refused(refusal.clone()),
                None => self.cell(&target, &session, resource_type, past, &neighbours, &mut account).await,
            };
            if collected.outcome != Outcome::Complete && collected.method.is_none() {
                refusal = collected.refusal.clone().filter(Refusal::is_about_the_target);
            }
            outcomes.push(collected.outcome);
            neighbours.ended(Before { resource_type, outcome: collected.outcome, seen: reading.seen.clone() });
            resources += evaluated;
            let history = history(&collected, known, read_whole_at, is_asked.then_some(started_at));
            let (refusal_told, others) = refusals.told(collected.refusal);
            let mut detail = notes.to_vec();
            detail.extend(collected.notes);
            detail.extend(others);
            let coverage = Coverage {
                target: Arc::clone(&target),
                resource_type,
                outcome: collected.outcome,
                refusal: refusal_told,
                method: collected.method,
                listed: collected.listed,
                evaluated,
                checks_unknown: unknown,
                history,
                window_start: collected.window_start,
                window_end: collected.window_end,
                started_at,
                duration_ms: milliseconds(started_at, self.scan.clock.now()),
                detail: joined(&detail),
            };
            self.cover(coverage, reading).await;
        }
        (outcomes, resources)
    }

    /// The past of a cell, when tonight may build on it.
    fn past(&self, target: &Target, resource_type: ResourceType, known: &Known) -> Option<Past> {
        let night = self.scan.last_night.as_ref()?;
        let cell = CellKey::new(target, resource_type);
        Past::of(&cell, known, night, &self.scan.config.incremental, self.scan.started_at)
    }

    fn idle(&self, target: &Target, resource_type: ResourceType, known: &Known) -> Option<History> {
        let cell = CellKey::new(target, resource_type);
        past::idle(&cell, known, &self.scan.config.incremental, self.scan.started_at)
    }

    /// The row of a cell that is not asked tonight.
    async fn not_asked(&self, target: &Arc<Target>, resource_type: ResourceType, history: History, notes: &[String]) {
        let unseen = Coverage::unseen(target, resource_type, Outcome::NotAsked, self.scan.clock.now());
        let coverage = Coverage { history, detail: joined(notes), ..unseen };
        self.cover(coverage, Told::default()).await;
    }

    /// One cell, within its deadline.
    async fn cell(
        &self,
        target: &Arc<Target>,
        session: &Session,
        resource_type: ResourceType,
        past: Option<Past>,
        neighbours: &Arc<Neighbours>,
        account: &mut Option<Arc<OwnedSemaphorePermit>>,
    ) -> Read {
        let Some(seat) = self.places.sit(account.take()).await else {
            let stopped = Refusal::new(Outcome::Error, "sagesweep:Scan", "Stopped", "the run is being stopped");
            return Read::refused(stopped);
        };
        let gate = self.scan.aws.gate(session, &target.region);
        let cell = Arc::new(Cell::new(
            Arc::clone(target),
            resource_type,
            gate,
            past,
            Arc::clone(neighbours),
            self.means.clone(),
            seat,
        ));
        let deadline = Duration::from_secs(u64::from(self.scan.config.pacing.unit_deadline_seconds));
        let mut collected = within(deadline, &cell, resource_type.collect(&cell)).await;
        *account = cell.account();
        let evaluated = cell.tally.evaluated.load(Ordering::Relaxed);
        let unknown = cell.tally.unknown.load(Ordering::Relaxed);
        self.scan.progress.resources.fetch_add(evaluated, Ordering::Relaxed);
        if evaluated > 0 && !matches!(collected.outcome, Outcome::Complete | Outcome::Partial) {
            collected.outcome = Outcome::Partial;
        }
        collected.listed = collected.listed.max(evaluated);
        as_enabled(target, &mut collected);
        let refusals = cell.tally.refusals.lock().clone();
        Read { collected, evaluated, unknown, refusals, reading: cell.reading() }
    }
}

/// What a cell has to do with earlier nights; `asked_at` says when it was asked tonight, if it was.
fn history(
    collected: &Collected,
    known: Option<&Known>,
    read_whole_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
) -> History {
    let is_complete = collected.outcome == Outcome::Complete;
    let asked_at = asked_at.filter(|_| collected.outcome != Outcome::NotAsked);
    let is_whole = is_complete && collected.method != Some(Method::Incremental);
    let earlier = known.filter(|known| known.listed == 0).and_then(|known| known.empty_since);
    History {
        carried: collected.carried,
        last_asked_at: asked_at.or(known.and_then(|known| known.last_asked_at)),
        last_read_whole_at: if is_whole { asked_at } else { read_whole_at },
        empty_since: if is_complete && collected.listed == 0 { earlier.or(asked_at) } else { None },
    }
}

/// How the reading of a cell went, with what came of its resources.
struct Read {
    collected: Collected,
    evaluated: u64,
    unknown: u64,
    /// Refusals that left something unknown.
    refusals: Refusals,
    reading: Told,
}

impl Read {
    fn refused(refusal: Refusal) -> Self {
        let collected = Collected::refused(refusal);
        let refusals = Refusals::default();
        Self { collected, evaluated: 0, unknown: 0, refusals, reading: Told::default() }
    }
}

/// Waits for a cell as long as it gets on: each call that is answered starts the deadline anew.
async fn within(deadline: Duration, cell: &Cell, mut collect: impl Future<Output = Collected> + Unpin) -> Collected {
    loop {
        let steps = cell.steps();
        match tokio::time::timeout(deadline, &mut collect).await {
            Ok(collected) => return collected,
            Err(_elapsed) if cell.steps() > steps || cell.is_waiting() => {}
            Err(_elapsed) => {
                let message = format!("nothing more came for {} s", deadline.as_secs());
                return Collected::refused(Refusal::new(Outcome::Timeout, cell.last_api(), "UnitDeadline", message));
            }
        }
    }
}

/// A token that is refused where the region is known to be on is not about the region: nobody can disable it, or the
/// account said that it is enabled.
fn as_enabled(target: &Target, collected: &mut Collected) {
    let always_on = region::lookup(&target.region).is_some_and(|known| known.enabled_by_default);
    let is_on = always_on || target.regions_from == RegionsFrom::ListRegions;
    if collected.outcome == Outcome::RegionDisabled && is_on {
        collected.outcome = Outcome::Error;
        if let Some(refusal) = &mut collected.refusal {
            refusal.outcome = Outcome::Error;
        }
    }
}

fn milliseconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}
