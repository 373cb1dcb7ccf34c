//! The summary of a run for a terminal of 80 columns: coverage first, then posture, and what to do next.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{
    changes, exceptions, next,
    origins::{self, Origin},
};
use crate::{
    check::{Check, profile::Profile},
    coverage::Outcome,
    effort::Cost,
    finding::{Severity, Status},
    lake::{
        publish::{Published, share_in_percent},
        runs::RunStatus,
    },
    place::AccountId,
    printable::is_unsafe,
};

const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const UNSURE: Style = AnsiColor::Yellow.on_default().bold();

/// Accounts that are named.
const WORST: usize = 5;
/// Checks that are named.
const CHECKS: usize = 12;

/// The summary; `place` is where the tables are, and `origins` the worst sources of what fails. Colours are escape codes, which the writer drops where nobody wants them.
pub fn summary(published: &Published, origins: &[Origin], place: &str) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _infallible = write_summary(&mut text, published, origins, place);
    text
}

fn write_summary(out: &mut String, published: &Published, origins: &[Origin], place: &str) -> std::fmt::Result {
    let run = &published.run;
    let took = took(run.published_at.duration_since(run.facts.started_at).as_secs());
    writeln!(out)?;
    writeln!(out, "{}  {DIM}{took}{DIM:#}", painted(BOLD, &format!("sagesweep {}", run.facts.run_id)))?;
    writeln!(out)?;
    coverage(out, published)?;
    posture(out, published)?;
    checks(out, published)?;
    worst(out, &published.tally.worst_accounts(WORST))?;
    origins::section(out, origins)?;
    changes::section(out, &published.tally)?;
    if run.facts.exceptions_sha256.is_some() {
        exceptions::section(out, &published.exceptions)?;
    }
    heading(out, "Calls")?;
    let Cost { calls, throttles, .. } = run.facts.effort.total();
    let share = percent(throttles, calls).unwrap_or_else(|| "-".to_owned());
    writeln!(out, "  {} to AWS, {} throttled ({share})", grouped(calls), grouped(throttles))?;
    writeln!(out)?;
    next::sections(out, published, place)
}

fn coverage(out: &mut String, published: &Published) -> std::fmt::Result {
    let (run, tally) = (&published.run, &published.tally);
    heading(out, "Coverage")?;
    let style = if run.status == RunStatus::Complete { GOOD } else { BAD };
    let share = run.coverage_percent.map_or_else(|| "none".to_owned(), |share| format!("{share:.1} %"));
    writeln!(
        out,
        "  {}  {} of {} cells (account, region, type) seen whole; floor {} %",
        painted(style, &share),
        grouped(tally.cells_complete()),
        grouped(tally.cells_counted()),
        run.facts.floor_percent
    )?;
    for (outcome, count) in tally.cells.iter().filter(|(outcome, _)| **outcome != Outcome::Complete) {
        let (style, note) = if outcome.counts() { (UNSURE, "not seen, or not whole") } else { (DIM, "not counted") };
        writeln!(
            out,
            "  {}  {:<22} {DIM}{note}{DIM:#}",
            painted(style, &format!("{:>9}", grouped(*count))),
            outcome.as_str()
        )?;
    }
    writeln!(out)
}

fn posture(out: &mut String, published: &Published) -> std::fmt::Result {
    let tally = &published.tally;
    let findings: u64 = tally.findings.values().sum();
    heading(out, "Posture")?;
    writeln!(out, "  {} findings on {} resources", grouped(findings), grouped(tally.resources))?;
    writeln!(
        out,
        "  {DIM}{:<14}{:>13}{:>13}{:>13}{:>17}{DIM:#}",
        "severity", "FAIL", "UNKNOWN", "PASS", "NOT_APPLICABLE"
    )?;
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational];
    for severity in severities {
        let count = |status| tally.with(status, severity);
        let counts = [Status::Fail, Status::Unknown, Status::Pass, Status::NotApplicable].map(count);
        if counts.iter().all(|count| *count == 0) {
            continue;
        }
        let [fail, unknown, pass, not_applicable] = counts;
        let style = if fail > 0 { BAD } else { DIM };
        writeln!(
            out,
            "  {:<14}{}{:>13}{:>13}{:>17}",
            severity.as_str(),
            painted(style, &format!("{:>13}", grouped(fail))),
            grouped(unknown),
            grouped(pass),
            grouped(not_applicable)
        )?;
    }
    writeln!(out)
}

fn checks(out: &mut String, published: &Published) -> std::fmt::Result {
    heading(out, "Checks")?;
    let by_check = published.tally.by_check();
    let judged = |check: &'static Check| {
        let counts = by_check.get(check.id)?;
        let count = |status| counts.get(&status).copied().unwrap_or(0);
        Some((check, count(Status::Fail), count(Status::Pass)))
    };
    let mut checks = Profile::Both.checks().filter_map(judged).collect::<Vec<_>>();
    // The worst first; among equals the order of the catalogue.
    checks.sort_by_key(|(check, fail, _)| std::cmp::Reverse((*fail > 0, check.severity, *fail)));
    writeln!(out, "  {DIM}{:<50}{:>10}{:>10}{:>8}{DIM:#}", "the worst, by severity and number", "FAIL", "of", "share")?;
    for (check, fail, pass) in checks.iter().take(CHECKS) {
        let (severity, judged) = (check.severity.as_str(), fail + pass);
        let share = percent(*fail, judged).unwrap_or_else(|| "-".to_owned());
        writeln!(
            out,
            "  {:<9}{:<41}{:>10}{:>10}{share:>8}",
            clipped(severity, 8),
            clipped(check.id, 41),
            grouped(*fail),
            grouped(judged)
        )?;
    }
    if let Some(others) = checks.get(CHECKS..).filter(|others| !others.is_empty()) {
        let failing = others.iter().filter(|(_, fail, _)| *fail > 0).count();
        writeln!(out, "  {DIM}and {} more checks, {failing} of them with a FAIL{DIM:#}", others.len())?;
    }
    writeln!(out)
}

fn worst(out: &mut String, accounts: &[(AccountId, &str, u64)]) -> std::fmt::Result {
    if accounts.is_empty() {
        return Ok(());
    }
    heading(out, "Most to mend")?;
    for (id, name, fail) in accounts {
        writeln!(out, "  {id}  {:<42}{:>10} FAIL", clipped(name, 40), grouped(*fail))?;
    }
    writeln!(out)
}

/// A duration of so many seconds.
fn took(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

pub(super) fn heading(out: &mut String, text: &str) -> std::fmt::Result {
    writeln!(out, "{}", painted(BOLD, text))
}

pub(super) fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A share in percent with one digit; none of nothing, since never judged is not zero.
fn percent(part: u64, whole: u64) -> Option<String> {
    share_in_percent(part, whole).map(|share| format!("{share:.1} %"))
}

/// A number in groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text without anything that a terminal would obey, cut to a width in characters.
pub(crate) fn clipped(text: &str, width: usize) -> String {
    let safe: String = text.chars().map(|letter| if is_unsafe(letter) { '\u{fffd}' } else { letter }).collect();
    if safe.chars().count() <= width {
        return safe;
    }
    safe.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_as_long_as_it_has_to_be() {
        assert_eq!([7, 67, 3_725].map(took), ["7 s", "1 min 07 s", "1 h 02 min"]);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!([0, 12, 1_234, 123_456, 1_234_567].map(grouped), ["0", "12", "1,234", "123,456", "1,234,567"]);
    }

    #[test]
    fn a_share_of_nothing_is_not_zero() {
        assert_eq!((percent(0, 0), percent(1, 3)), (None, Some("33.3 %".to_owned())));
    }

    #[test]
    fn a_hostile_name_cannot_move_the_cursor_and_is_cut() {
        assert_eq!(clipped("a\u{1b}[31m\u{202e}b", 20), "a\u{fffd}[31m\u{fffd}b");
        assert_eq!(clipped("0123456789", 5), "0123…");
    }
}
