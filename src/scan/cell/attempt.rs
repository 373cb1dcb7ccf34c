//! An attempt at a part of a cell: judged and handed on piece by piece, and counted when it is closed. One that is
//! dropped before leaves no row, so that it can be made again.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
};

use jiff::Timestamp;

use super::Cell;
use crate::{
    check::{Context, Evidence},
    coverage::Outcome,
    finding::{Finding, Status},
    kms::{DESCRIBE_KEY, Key},
    lake::staging::unit::{Delivery, Extent, Reading, Slice, Span, Unit},
    outcome::{Refusal, Refusals},
    resource::{Facts, Resource, is_same_time},
    scan::seen::Seen,
};

/// What was delivered of one attempt so far.
#[derive(Debug)]
pub struct Attempt<'a> {
    cell: &'a Cell,
    reading: Reading,
    delivered: u64,
    evaluated: u64,
    unknown: u64,
    refusals: Refusals,
    /// What its resources show of something else.
    seen: Seen,
    /// Names that the cell expects.
    found: HashSet<String>,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(cell: &'a Cell, reading: Reading) -> Self {
        let (refusals, seen, found) = (Refusals::default(), Seen::default(), HashSet::new());
        Self { cell, reading, delivered: 0, evaluated: 0, unknown: 0, refusals, seen, found }
    }

    /// Judges resources and hands them on. An error means that the run is stopping.
    pub async fn deliver(&mut self, resources: Vec<Resource>) -> Result<(), Refusal> {
        let (resources, refusal) = self.cell.resource_type.confirm(self.cell, resources).await;
        self.refusals.extend(refusal);
        if resources.is_empty() {
            return Ok(());
        }
        self.notice(&resources);
        if self.cell.means.looks_back {
            self.seen.add(&Seen::of(resources.iter().map(|resource| &resource.facts)));
        }
        self.delivered += u64::try_from(resources.len()).unwrap_or(u64::MAX);
        let keys = self.keys(&resources).await;
        // Judged, a resource takes most memory: few are before staging takes them.
        self.cell.waiting.fetch_add(1, Ordering::Relaxed);
        let judged = Arc::clone(&self.cell.means.judged).acquire_owned().await;
        self.cell.waiting.fetch_sub(1, Ordering::Relaxed);
        let unit = self.judge(resources, &keys);
        let sent = self.send(unit).await;
        drop(judged);
        sent
    }

    /// Whether all that the cell expects of this time was delivered.
    pub fn is_all_of(&self, time: impl Fn(Timestamp) -> bool) -> bool {
        let expected = self.cell.expected.lock();
        expected.iter().all(|(name, created)| !created.is_some_and(&time) || self.found.contains(name))
    }

    /// Makes what was delivered count, and tells how many resources that are. With a span they are all that are in it,
    /// and a later attempt of the run need not ask for them again. An error means that the run is stopping.
    pub async fn close(self, span: Option<Span>) -> Result<u64, Refusal> {
        let Self { cell, reading, delivered, evaluated, unknown, .. } = self;
        if let Some(span) = span {
            let refusals = self.refusals.clone();
            let slice = Slice { span, listed: delivered, evaluated, unknown, refusals, seen: self.seen.clone() };
            let unit = Unit { extent: Extent::Slice(slice), ..self.unit() };
            self.send(unit).await?;
        }
        {
            let mut readings = cell.reading.lock();
            if readings.0 != reading {
                readings.1.push(reading);
            }
        }
        cell.tally.delivered.fetch_add(delivered, Ordering::Relaxed);
        cell.tally.evaluated.fetch_add(evaluated, Ordering::Relaxed);
        cell.tally.unknown.fetch_add(unknown, Ordering::Relaxed);
        cell.note(&self.refusals);
        cell.tally.seen.lock().add(&self.seen);
        cell.expected.lock().retain(|name, _| !self.found.contains(name));
        Ok(delivered)
    }

    fn unit(&self) -> Unit {
        Unit {
            target: Arc::clone(&self.cell.target),
            resource_type: self.cell.resource_type,
            reading: self.reading,
            resources: Vec::new(),
            findings: Vec::new(),
            extent: Extent::Piece,
        }
    }

    async fn send(&self, unit: Unit) -> Result<(), Refusal> {
        let stopped = |_| Refusal::new(Outcome::Error, "lake:Stage", "Stopped", "the run is being stopped");
        // Staging that is slow is no fault of the service.
        self.cell.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = self.cell.means.staged.send(Delivery::Unit(unit)).await;
        self.cell.waiting.fetch_sub(1, Ordering::Relaxed);
        sent.map_err(stopped)
    }

    fn notice(&mut self, resources: &[Resource]) {
        let expected = self.cell.expected.lock();
        for resource in resources {
            let created = expected.get(&resource.name).copied();
            if created.is_some_and(|listed| is_same_time(listed, resource.created_at)) {
                self.found.insert(resource.name.clone());
            }
        }
    }

    /// The keys that these resources name.
    async fn keys(&mut self, resources: &[Resource]) -> HashMap<String, Arc<Key>> {
        let mut keys = HashMap::new();
        if !self.cell.needs(Evidence::Keys) {
            return keys;
        }
        for text in resources.iter().flat_map(|resource| resource.facts.keys()) {
            if !keys.contains_key(text) {
                let (key, refusal) = self.cell.means.keys.look_up(&self.cell.target, text).await;
                self.cell.step(DESCRIBE_KEY);
                self.refusals.extend(refusal);
                keys.insert(text.to_owned(), key);
            }
        }
        keys
    }

    /// The unit of these resources.
    fn judge(&mut self, resources: Vec<Resource>, keys: &HashMap<String, Arc<Key>>) -> Unit {
        let (parameters, tags) = (Arc::clone(&self.cell.means.parameters), BTreeMap::new());
        let organization = Arc::clone(&self.cell.means.organization);
        let context = Context { keys, tags: &tags, parameters: &parameters, organization: Some(&organization) };
        let checks = self.cell.means.selection.of_type(self.cell.resource_type);
        let exceptions = self.cell.means.exceptions.here(&self.cell.target, checks);
        let mut unit = self.unit();
        for resource in resources.into_iter().map(Arc::new) {
            self.evaluated += u64::from(!matches!(resource.facts, Facts::Unreadable { .. }));
            for check in checks.iter().copied() {
                let Some(verdict) = check.evaluate(&resource.facts, context.about(&resource)) else { continue };
                self.unknown += u64::from(verdict.status == Status::Unknown);
                let excepted = || exceptions.covers(check, &resource);
                let exception = (verdict.status == Status::Fail).then(excepted).flatten();
                let (target, resource) = (Arc::clone(&self.cell.target), Arc::clone(&resource));
                unit.findings.push(Finding { target, resource, check, verdict, exception });
            }
            unit.resources.push(resource);
        }
        unit
    }
}
