//! The exceptions of a run: read once, by the process that plans it, and told from its plan by all others.

use jiff::{Timestamp, tz::TimeZone};

use super::{Run, RunError};
use crate::{
    exception::{Exceptions, Terms, source::Source},
    plan::Plan,
};

/// Warnings that are told one by one.
const MOST: usize = 20;

impl Run {
    /// Reads the configured file, and says what is odd about it. What is wrong with it ends the run.
    pub(super) async fn read_exceptions(&self, started_at: Timestamp) -> Result<Option<Source>, RunError> {
        let Some(file) = &self.config.exceptions.file else { return Ok(None) };
        let source = Box::pin(Source::fetch(file, &self.config, &self.sdk, &self.counters)).await?;
        let exceptions = source.exceptions(self.terms(started_at))?;
        let (all, in_force) = (exceptions.all().len(), exceptions.in_force().count());
        tracing::info!(place = source.place, sha256 = source.sha256, all, in_force, "exceptions read");
        let warnings = exceptions.warnings();
        for problem in warnings.iter().take(MOST) {
            tracing::warn!(place = %problem.place, "{}", problem.message);
        }
        if let more @ 1.. = warnings.len().saturating_sub(MOST) {
            tracing::warn!(more, "more is odd about the exceptions; `sagesweep exceptions check` tells all");
        }
        Ok(Some(source))
    }

    /// The exceptions that a run was planned with, as they stand on the day on which it started.
    pub(super) fn exceptions(&self, plan: &Plan) -> Result<Exceptions, RunError> {
        let exceptions = plan.exceptions.as_ref().map(|source| source.exceptions(self.terms(plan.started_at)));
        Ok(exceptions.transpose()?.unwrap_or_default())
    }

    fn terms(&self, started_at: Timestamp) -> Terms {
        let today = TimeZone::UTC.to_datetime(started_at).date();
        Terms { today, max_days: self.config.exceptions.max_days }
    }
}
