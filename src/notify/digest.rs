//! The digest: what is told of a run, as a value whose JSON is stable. Members are only added.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{
    NotifyError,
    figures::{Expiring, FailedCheck, FailedFinding, Figures, Posture, Tables},
};
use crate::{
    config::Notify,
    finding::Severity,
    lake::{RunId, runs::RunStatus, store::Store},
    printable::escaped_json,
    session::Clock,
};

/// The version of the members.
const FORMAT: u32 = 1;

/// What is told of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Digest {
    /// The version of the members; it is raised when one changes its meaning.
    pub format: u32,
    /// The run.
    pub run: DigestRun,
    /// What it saw.
    pub coverage: Coverage,
    /// What it found, the worst severity first.
    pub posture: Vec<Posture>,
    /// What fails anew.
    pub new_failures: NewFailures,
    /// Findings that failed and do so no more.
    pub resolved: u64,
    /// Findings that failed and whose resource is gone.
    pub resource_deleted: u64,
    /// Exceptions that have ended or end soon.
    pub expiring_exceptions: ExpiringExceptions,
}

/// The run that is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestRun {
    /// Its id.
    pub run_id: RunId,
    /// Its day.
    pub run_date: Date,
    /// Whether it saw enough.
    pub status: RunStatus,
    /// When it was published.
    pub published_at: Timestamp,
    /// Where its tables are.
    pub lake: String,
}

/// What a run saw, beside the run before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// The share of what is in scope that was seen, in percent; none when nothing was in scope.
    pub percent: Option<f64>,
    /// The run before; none for the first one.
    pub previous_run_id: Option<RunId>,
    /// The share that it saw.
    pub previous_percent: Option<f64>,
    /// Percentage points that were lost since, where they are as many as the configuration asks for.
    pub dropped_points: Option<f64>,
}

/// What fails anew: for the first time, again, or not excepted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewFailures {
    /// From this severity on.
    pub minimum_severity: Severity,
    /// How many there are.
    pub total: u64,
    /// By check, the worst first.
    pub by_check: Vec<FailedCheck>,
    /// Checks that are left out.
    pub by_check_omitted: u64,
    /// The worst of them.
    pub findings: Vec<FailedFinding>,
    /// Findings that are left out.
    pub findings_omitted: u64,
}

/// Exceptions that end soon, or have ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpiringExceptions {
    /// Within so many days of the run.
    pub within_days: u16,
    /// How many there are, those that have ended among them.
    pub total: u64,
    /// Those that have ended, which are not applied any more.
    pub ended: u64,
    /// Those of all that apply and cover nothing; they are not listed here.
    pub unused: u64,
    /// The first to end first.
    pub exceptions: Vec<Expiring>,
    /// Exceptions that are left out.
    pub omitted: u64,
}

impl Digest {
    /// The digest of a published run.
    pub async fn of(store: &Store, run_id: &RunId, notify: &Notify, clock: Clock) -> Result<Self, NotifyError> {
        let tables = Tables::of(store, run_id, clock)?;
        let figures = tables.figures(notify.minimum_severity, notify.expiring_days).await?;
        Ok(Self::from_figures(figures, notify, store.place("")))
    }

    pub(super) fn from_figures(figures: Figures, notify: &Notify, lake: String) -> Self {
        let Figures {
            run,
            previous,
            posture,
            new_failures,
            changes,
            checks,
            findings,
            expiring,
            checks_in_all,
            exceptions,
        } = figures;
        let over_or_soon = exceptions.ended.saturating_add(exceptions.ending);
        let before = previous.as_ref().and_then(|previous| previous.coverage_percent);
        // Two digits: more would be the error of the subtraction.
        let lost = before.zip(run.coverage_percent).map(|(before, now)| ((before - now) * 100.0).round() / 100.0);
        Self {
            format: FORMAT,
            coverage: Coverage {
                percent: run.coverage_percent,
                previous_run_id: previous.map(|previous| previous.run_id),
                previous_percent: before,
                dropped_points: lost.filter(|lost| *lost >= notify.coverage_drop_points),
            },
            posture,
            new_failures: NewFailures {
                minimum_severity: notify.minimum_severity,
                total: new_failures,
                by_check_omitted: left(checks_in_all, &checks),
                by_check: checks,
                findings_omitted: left(new_failures, &findings),
                findings,
            },
            resolved: changes.resolved,
            resource_deleted: changes.resource_deleted,
            expiring_exceptions: ExpiringExceptions {
                within_days: notify.expiring_days,
                total: over_or_soon,
                ended: exceptions.ended,
                unused: exceptions.unused,
                omitted: left(over_or_soon, &expiring),
                exceptions: expiring,
            },
            run: DigestRun {
                run_id: run.run_id,
                run_date: run.run_date,
                status: run.status,
                published_at: run.published_at,
                lake,
            },
        }
    }

    /// Whether there is nothing that somebody has to hear.
    pub fn is_quiet(&self) -> bool {
        self.new_failures.total == 0
            && self.expiring_exceptions.total == 0
            && self.coverage.dropped_points.is_none()
            && self.run.status == RunStatus::Complete
    }

    /// The digest as JSON in which nothing is obeyed by a terminal: names come from outside.
    pub fn to_json(&self) -> String {
        // Texts, numbers and dates always are JSON.
        let json = serde_json::to_string(self).unwrap_or_default();
        escaped_json(&json).into_owned()
    }

    /// The same with the text for people as one more member, `text`, in which a chat system finds no command: to Slack and
    /// what understands the same, `<!channel>` calls everybody and `<https://…|name>` is a link; to Mattermost and Teams,
    /// `@channel` and `[name](https://…)` are; and names come from outside. All but the first line, which has none, is code.
    pub(super) fn to_json_with_text(&self) -> String {
        #[derive(Serialize)]
        struct WithText<'d> {
            text: String,
            #[serde(flatten)]
            digest: &'d Digest,
        }
        let text = self.to_text().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "'");
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let text = format!("{first}\n```\n{rest}```\n");
        let json = serde_json::to_string(&WithText { text, digest: self }).unwrap_or_default();
        escaped_json(&json).into_owned()
    }

    /// The digest in a form of at most so many bytes: lists are cut, and say how much of them is left out.
    pub(super) fn shortened(&self, limit: usize, form: impl Fn(&Self) -> String) -> String {
        let mut digest = self.clone();
        loop {
            let text = form(&digest);
            if text.len() <= limit || !digest.halve() {
                return text;
            }
        }
    }

    /// Halves the longest list; says whether there was one.
    fn halve(&mut self) -> bool {
        let new = &mut self.new_failures;
        let ending = &mut self.expiring_exceptions;
        let lengths = [new.findings.len(), new.by_check.len(), ending.exceptions.len()];
        let longest = lengths.into_iter().max().unwrap_or_default();
        if longest == 0 {
            return false;
        }
        if new.findings.len() == longest {
            new.findings_omitted += halve(&mut new.findings);
        } else if new.by_check.len() == longest {
            new.by_check_omitted += halve(&mut new.by_check);
        } else {
            ending.omitted += halve(&mut ending.exceptions);
        }
        true
    }
}

/// How many of a number a list does not have.
fn left<T>(all: u64, list: &[T]) -> u64 {
    all.saturating_sub(u64::try_from(list.len()).unwrap_or(u64::MAX))
}

/// Cuts a list to its first half, and says how much that was.
fn halve<T>(list: &mut Vec<T>) -> u64 {
    let kept = list.len() / 2;
    let cut = u64::try_from(list.len() - kept).unwrap_or(u64::MAX);
    list.truncate(kept);
    cut
}

#[cfg(test)]
pub(super) mod tests;
