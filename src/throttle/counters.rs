//! What was sent, over all clients of the run.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::effort::{Cost, Effort};

/// The counts of a run. The totals are there without a lock, for who watches.
#[derive(Debug, Default)]
pub struct Counters {
    /// Requests sent, retries included.
    pub calls: AtomicU64,
    /// Answers that throttled.
    pub throttles: AtomicU64,
    /// By service and operation: so few that looking through them is quicker than to spell a name.
    costs: Mutex<Vec<(&'static str, Box<str>, Cost)>>,
}

impl Counters {
    /// What was sent so far, by API.
    pub fn effort(&self) -> Effort {
        let mut effort = Effort::default();
        for (service, operation, cost) in &*self.costs.lock() {
            effort.add(&format!("{service}:{operation}"), *cost);
        }
        effort
    }

    pub(super) fn add(&self, service: &'static str, operation: &str, cost: Cost) {
        self.calls.fetch_add(cost.calls, Ordering::Relaxed);
        self.throttles.fetch_add(cost.throttles, Ordering::Relaxed);
        let mut costs = self.costs.lock();
        match costs.iter_mut().find(|(of, name, _)| **name == *operation && *of == service) {
            Some((_, _, sum)) => sum.add(cost),
            None => costs.push((service, operation.into(), cost)),
        }
    }
}
