//! The digest for people: coverage first, 80 columns, and nothing in it that a terminal would obey.

use std::fmt::{self, Write as _};

use super::Digest;
use crate::{printable::shown, wrap::wrapped};

/// The width of a line.
const WIDTH: usize = 80;
/// Rows of a list that are shown.
const ROWS: usize = 20;

impl Digest {
    /// The digest in one line of ASCII, below the 100 letters of a subject of SNS.
    pub fn subject(&self) -> String {
        let coverage = self.coverage.percent.map_or_else(|| "none".to_owned(), |percent| format!("{percent:.1} %"));
        let (new, ending) = (self.new_failures.total, self.expiring_exceptions.total);
        let date = self.run.run_date;
        format!("sagesweep {date}: {new} new FAIL, coverage {coverage}, exceptions ending: {ending}")
    }

    /// The digest for people.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _infallible = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        let run = &self.run;
        writeln!(out, "sagesweep {} of {}: {}", run.run_id, run.run_date, run.status.as_str())?;
        line(out, "", &format!("Tables: {}", run.lake))?;
        writeln!(out)?;
        self.coverage(out)?;
        self.new_failures(out)?;
        self.posture(out)?;
        self.expiring(out)?;
        writeln!(out)?;
        writeln!(out, "Next")?;
        if let Some(before) = &self.coverage.previous_run_id {
            let least = self.new_failures.minimum_severity.as_str();
            line(out, "  ", &format!("sagesweep diff {before} {} --severity {least}", run.run_id))?;
        }
        writeln!(out, "  sagesweep query --view coverage_gaps")
    }

    fn coverage(&self, out: &mut String) -> fmt::Result {
        let coverage = &self.coverage;
        let seen =
            coverage.percent.map_or_else(|| "nothing was in scope".to_owned(), |percent| format!("{percent:.1} %"));
        let before = match (&coverage.previous_run_id, coverage.previous_percent, coverage.dropped_points) {
            (None, ..) => "the first run of this lake".to_owned(),
            (Some(run_id), Some(percent), Some(lost)) => {
                format!("LOST {lost:.1} points of the {percent:.1} % in {run_id}")
            }
            (Some(run_id), Some(percent), None) => format!("{run_id} saw {percent:.1} %"),
            (Some(run_id), None, _) => format!("{run_id} had nothing in scope"),
        };
        line(out, "", &format!("Coverage: {seen}; {before}"))
    }

    fn new_failures(&self, out: &mut String) -> fmt::Result {
        let new = &self.new_failures;
        let (least, total) = (new.minimum_severity.as_str(), new.total);
        writeln!(out, "New FAIL, {least} or worse: {total}; resolved: {}", self.resolved)?;
        for check in new.by_check.iter().take(ROWS) {
            let noun = if check.accounts == 1 { "account" } else { "accounts" };
            let (severity, findings, accounts) = (check.severity.as_str(), check.findings, check.accounts);
            line(out, "  ", &format!("{severity} {}: {findings} in {accounts} {noun}", check.check_id))?;
        }
        more(out, "checks", new.by_check.len(), new.by_check_omitted)?;
        if !new.findings.is_empty() {
            writeln!(out, "The worst of them")?;
        }
        for finding in new.findings.iter().take(ROWS) {
            line(out, "  ", &format!("{} {}", finding.severity.as_str(), finding.check_id))?;
            let account = finding.account_name.as_deref().unwrap_or("unnamed");
            line(out, "    ", &format!("{} {account} {}", finding.account_id, finding.region))?;
            line(out, "    ", &finding.resource_arn)?;
        }
        more(out, "findings", new.findings.len(), new.findings_omitted)
    }

    fn posture(&self, out: &mut String) -> fmt::Result {
        let counts = self.posture.iter().filter(|row| row.fail > 0).map(|row| match row.excepted {
            0 => format!("{} {}", row.severity.as_str(), row.fail),
            excepted => format!("{} {} ({excepted} excepted)", row.severity.as_str(), row.fail),
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        line(out, "", &format!("FAIL in all: {}", if counts.is_empty() { "none" } else { &counts }))
    }

    fn expiring(&self, out: &mut String) -> fmt::Result {
        let ending = &self.expiring_exceptions;
        writeln!(out, "Exceptions that end within {} days: {}", ending.within_days, ending.total)?;
        for exception in ending.exceptions.iter().take(ROWS) {
            let owner = exception.owner.as_deref().unwrap_or("nobody");
            let (ends, covers) = (exception.expires_on, exception.findings);
            line(out, "  ", &format!("{} of {owner}: ends {ends}, covers {covers} findings", exception.exception_id))?;
        }
        more(out, "exceptions", ending.exceptions.len(), ending.omitted)
    }
}

/// Says how many rows are not shown.
fn more(out: &mut String, what: &str, listed: usize, omitted: u64) -> fmt::Result {
    let unseen = u64::try_from(listed.saturating_sub(ROWS)).unwrap_or(u64::MAX).saturating_add(omitted);
    if unseen > 0 { writeln!(out, "  and {unseen} more {what}") } else { Ok(()) }
}

/// A text behind an indent, folded to the width; a word that is longer than a line is cut into lines.
fn line(out: &mut String, indent: &str, text: &str) -> fmt::Result {
    let room = WIDTH - indent.len() - 2;
    let mut further = "";
    for folded in wrapped(&shown(text), room) {
        let letters = folded.chars().collect::<Vec<_>>();
        for part in letters.chunks(room) {
            writeln!(out, "{indent}{further}{}", part.iter().collect::<String>())?;
            further = "  ";
        }
    }
    Ok(())
}
