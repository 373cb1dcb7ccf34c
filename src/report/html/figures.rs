//! The figures that are told without a script, and how they are written: what was never seen is unknown, and not zero.

use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;

use super::{super::terminal::grouped, PageError, questions};
use crate::{
    printable::escaped,
    query::{Session, rows},
};

/// A number of things, if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Count(pub(super) Option<i64>);

/// A share in percent, if there is anything to take it of.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Percent(pub(super) Option<f64>);

/// A change in percentage points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Points(pub(super) f64);

/// What stands where nothing is known.
const UNKNOWN: &str = "unknown";

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(number) = self.0 else { return formatter.write_str(UNKNOWN) };
        let sign = if number < 0 { "\u{2212}" } else { "" };
        write!(formatter, "{sign}{}", grouped(number.unsigned_abs()))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // What is not whole is not rounded up to it, as on the terminal.
            Some(percent) if percent < 100.0 => write!(formatter, "{:.1} %", (percent * 10.0).floor() / 10.0),
            Some(_) => formatter.write_str("100 %"),
            None => formatter.write_str(UNKNOWN),
        }
    }
}

impl fmt::Display for Points {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0.0 { "\u{2212}" } else { "+" };
        write!(formatter, "{sign}{:.1}", self.0.abs())
    }
}

impl Count {
    /// The number, if it is known and there is any.
    pub(super) fn is_some(self) -> bool {
        self.0.is_some_and(|number| number > 0)
    }

    fn plus(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or_default().saturating_add(other.unwrap_or_default())),
        })
    }
}

/// A night; what began to fail and what was mended is that of all runs of its day.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Night {
    pub(super) run_date: Date,
    pub(super) passed: Count,
    pub(super) failed: Count,
    pub(super) excepted: Count,
    pub(super) failed_critical: Count,
    pub(super) failed_high: Count,
    pub(super) failed_medium: Count,
    pub(super) failed_low: Count,
    pub(super) unknown: Count,
    pub(super) score_percent: Percent,
    score_change: Option<f64>,
    pub(super) coverage_percent: Percent,
    pub(super) new: Count,
    pub(super) reopened: Count,
    pub(super) resolved: Count,
    pub(super) resource_deleted: Count,
}

impl Night {
    /// What the score is of.
    pub(super) fn judged(&self) -> Count {
        self.passed.plus(self.failed)
    }

    /// Whether nothing was judged, so that what fails of it is not known.
    pub(super) fn is_unjudged(&self) -> bool {
        self.judged().0.is_none_or(|judged| judged == 0 && self.unknown.is_some())
    }

    /// How the score differs from the night before; none where the two cannot be compared.
    pub(super) fn change(&self) -> Option<Points> {
        self.score_change.map(Points)
    }
}

/// What changed in the run, against the run before.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Changes {
    runs_before: Count,
    pub(super) new: Count,
    pub(super) reopened: Count,
    pub(super) resolved: Count,
    pub(super) resource_deleted: Count,
}

impl Changes {
    /// Whether no run of the lake began before this one.
    pub(super) fn is_first(&self) -> bool {
        !self.runs_before.is_some()
    }

    /// Whether anything changed.
    fn is_any(&self) -> bool {
        [self.new, self.reopened, self.resolved, self.resource_deleted].into_iter().any(Count::is_some)
    }
}

/// The posture of a severity.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SeverityRow {
    pub(super) severity: String,
    pub(super) passed: Count,
    pub(super) failed: Count,
    pub(super) excepted: Count,
    pub(super) unknown: Count,
    pub(super) not_applicable: Count,
}

/// A way in which cells ended.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct OutcomeRow {
    pub(super) outcome: String,
    pub(super) is_counted: bool,
    pub(super) is_complete: bool,
    pub(super) cells: Count,
    pub(super) accounts: Count,
}

impl OutcomeRow {
    /// What it means for the coverage.
    pub(super) fn meaning(&self) -> &'static str {
        match (self.is_complete, self.is_counted) {
            (true, _) => "seen whole",
            (false, true) => "not seen, or not whole",
            (false, false) => "not counted: nothing could be there to see",
        }
    }
}

/// An organizational unit.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Unit {
    ou_path: Option<String>,
    pub(super) accounts: Count,
    pub(super) resources: Count,
    pub(super) passed: Count,
    pub(super) failed: Count,
    pub(super) failed_critical: Count,
    pub(super) failed_high: Count,
    pub(super) unknown: Count,
    pub(super) score_percent: Percent,
    pub(super) coverage_percent: Percent,
}

impl Unit {
    /// Its path.
    pub(super) fn path(&self) -> String {
        self.ou_path.as_deref().map_or_else(|| "(no unit)".to_owned(), |path| escaped(path).into_owned())
    }

    /// What the score is of.
    pub(super) fn judged(&self) -> Count {
        self.passed.plus(self.failed)
    }
}

/// Open findings of a severity and an age.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Age {
    pub(super) severity: String,
    pub(super) bucket_id: i64,
    pub(super) bucket: String,
    pub(super) sla_days: Count,
    pub(super) findings: Count,
    pub(super) findings_past_sla: Count,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) nights: Vec<Night>,
    pub(super) changes: Option<Changes>,
    pub(super) severities: Vec<SeverityRow>,
    pub(super) outcomes: Vec<OutcomeRow>,
    pub(super) units: Vec<Unit>,
    pub(super) ages: Vec<Age>,
}

impl Figures {
    /// Asks for them.
    pub(super) async fn ask(session: &Session) -> Result<Self, PageError> {
        Ok(Self {
            nights: rows::all(session, questions::NIGHTS).await?,
            changes: rows::all(session, questions::CHANGES).await?.into_iter().next(),
            severities: rows::all(session, questions::SEVERITIES).await?,
            outcomes: rows::all(session, questions::OUTCOMES).await?,
            units: rows::all(session, questions::UNITS).await?,
            ages: rows::all(session, questions::AGES).await?,
        })
    }

    /// The night of the run itself.
    pub(super) fn tonight(&self) -> Option<&Night> {
        self.nights.last()
    }

    /// Whether the run judged nothing.
    pub(super) fn is_unjudged(&self) -> bool {
        self.tonight().is_none_or(Night::is_unjudged)
    }

    /// Whether the run knows nothing of changes: it judged nothing, and saw nothing go.
    pub(super) fn is_change_unknown(&self) -> bool {
        self.is_unjudged() && !self.changes.as_ref().is_some_and(Changes::is_any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_what_is_not_known_is_no_zero() {
        let of = |number| Count(number).to_string();
        assert_eq!([of(Some(0)), of(Some(1_234_567)), of(Some(-1_000))], ["0", "1,234,567", "\u{2212}1,000"]);
        assert_eq!(of(None), "unknown");
        assert_eq!(Count(None).plus(Count(Some(2))), Count(Some(2)));
        assert_eq!(Count(None).plus(Count(None)), Count(None));
    }

    #[test]
    fn a_night_that_judged_nothing_is_told_from_one_in_which_there_was_nothing() {
        let night = |passed, failed, unknown| Night {
            run_date: Date::constant(2026, 11, 24),
            passed: Count(passed),
            failed: Count(failed),
            excepted: Count(None),
            failed_critical: Count(None),
            failed_high: Count(None),
            failed_medium: Count(None),
            failed_low: Count(None),
            unknown: Count(unknown),
            score_percent: Percent(None),
            score_change: None,
            coverage_percent: Percent(None),
            new: Count(None),
            reopened: Count(None),
            resolved: Count(None),
            resource_deleted: Count(None),
        };
        assert!(night(None, None, None).is_unjudged());
        assert!(night(Some(0), Some(0), Some(5)).is_unjudged(), "what decides could not be read");
        assert!(!night(Some(0), Some(0), Some(0)).is_unjudged(), "all was seen, and nothing is there");
        assert!(!night(Some(1), Some(0), Some(5)).is_unjudged());
    }

    #[test]
    fn a_share_is_not_rounded_up_to_the_whole() {
        let of = |percent| Percent(percent).to_string();
        assert_eq!([of(Some(99.99)), of(Some(100.0)), of(None)], ["99.9 %", "100 %", "unknown"]);
        assert_eq!([Points(-0.25).to_string(), Points(3.0).to_string()], ["\u{2212}0.2", "+3.0"]);
    }
}
