//! The digest for people: coverage first, 80 columns but for what is copied, and nothing in it that a terminal would obey.

use std::fmt::{self, Write as _};

use super::Digest;
use crate::{
    lake::runs::RunStatus,
    printable::shown,
    report::{
        next::{command_line, quoted},
        terminal::share_text,
    },
    wrap::folded,
};

/// The width of a line.
const WIDTH: usize = 80;
/// Rows of a list that are shown.
const ROWS: usize = 20;

impl Digest {
    /// The digest in one line of ASCII, below the 100 letters of a subject of SNS.
    pub fn subject(&self) -> String {
        let coverage = share_text(self.coverage.percent);
        let (new, due) = (self.new_failures.total, self.expiring_exceptions.total);
        let date = self.run.run_date;
        format!("sagesweep {date}: {new} new FAIL, coverage {coverage}, exceptions due: {due}")
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
        whole(out, "", &format!("Tables: {}", run.lake))?;
        writeln!(out)?;
        self.coverage(out)?;
        self.new_failures(out)?;
        self.posture(out)?;
        self.exceptions(out)?;
        writeln!(out)?;
        self.commands(out)
    }

    /// The commands, whole as they are typed, also by who has no configuration.
    fn commands(&self, out: &mut String) -> fmt::Result {
        let run = &self.run;
        let place = quoted(run.lake.trim_end_matches('/'));
        let lake = format!("--lake {place}");
        writeln!(out, "Next")?;
        if let Some(before) = &self.coverage.previous_run_id {
            let least = self.new_failures.minimum_severity.as_str();
            writeln!(out, "  What changed since the run before:")?;
            writeln!(out, "    SAGESWEEP_LAKE_DESTINATION={place} \\")?;
            command_line(out, &format!("sagesweep diff {before} {}", run.run_id), &format!("--severity {least}"))?;
        }
        if run.status != RunStatus::Complete || self.coverage.percent.is_none_or(|percent| percent < 100.0) {
            writeln!(out, "  What was not seen, and why:")?;
            command_line(out, "sagesweep query --view coverage_gaps", &lake)?;
        }
        writeln!(out, "  All of it, as a page:")?;
        command_line(out, &format!("sagesweep report {} --output report.html", run.run_id), &lake)
    }

    fn coverage(&self, out: &mut String) -> fmt::Result {
        let coverage = &self.coverage;
        let seen =
            coverage.percent.map_or_else(|| "nothing was in scope".to_owned(), |percent| share_text(Some(percent)));
        let before = match (&coverage.previous_run_id, coverage.previous_percent, coverage.dropped_points) {
            (None, ..) => "the first run of this lake".to_owned(),
            (Some(run_id), share @ Some(_), Some(lost)) => {
                format!("LOST {lost:.1} points of the {} in {run_id}", share_text(share))
            }
            (Some(run_id), share @ Some(_), None) => format!("{run_id} saw {}", share_text(share)),
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
            whole(out, "    ", &finding.resource_arn)?;
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

    fn exceptions(&self, out: &mut String) -> fmt::Result {
        let due = &self.expiring_exceptions;
        let (ended, days, unused) = (due.ended, due.within_days, due.unused);
        let ending = due.total.saturating_sub(ended);
        line(out, "", &format!("Exceptions: {ended} ended, {ending} end within {days} days, {unused} unused"))?;
        for exception in due.exceptions.iter().take(ROWS) {
            let owner = exception.owner.as_deref().unwrap_or("nobody");
            let (id, last, covers) = (&exception.exception_id, exception.expires_on, exception.findings);
            let stands = if exception.days_left < 0 {
                format!("ended {last}, is not applied")
            } else {
                format!("ends {last}, covers {covers} findings")
            };
            line(out, "  ", &format!("{id} of {owner}: {stands}"))?;
        }
        more(out, "exceptions", due.exceptions.len(), due.omitted)
    }
}

/// Says how many rows are not shown.
fn more(out: &mut String, what: &str, listed: usize, omitted: u64) -> fmt::Result {
    let unseen = u64::try_from(listed.saturating_sub(ROWS)).unwrap_or(u64::MAX).saturating_add(omitted);
    if unseen > 0 { writeln!(out, "  and {unseen} more {what}") } else { Ok(()) }
}

/// A text behind an indent on a line of its own, however long it is: what is copied must not be cut.
fn whole(out: &mut String, indent: &str, text: &str) -> fmt::Result {
    writeln!(out, "{indent}{}", shown(text))
}

/// A text behind an indent, folded to the width; a word that is longer than a line is cut into lines.
fn line(out: &mut String, indent: &str, text: &str) -> fmt::Result {
    let room = WIDTH - indent.len() - 2;
    for (number, part) in folded(text, room).into_iter().enumerate() {
        writeln!(out, "{indent}{}{part}", if number == 0 { "" } else { "  " })?;
    }
    Ok(())
}
