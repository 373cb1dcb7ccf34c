//! The summary of a run for a terminal of 80 columns: coverage first, then posture, and what to do next.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{
    changes, exceptions,
    next::{self, Tables},
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
    width::{column, fitted},
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
/// Letters of an id that fit beside its numbers.
const ID: usize = 41;

/// The summary; `origins` are the worst sources of what fails. Colours are escape codes, which the writer drops where nobody wants them.
pub fn summary(published: &Published, origins: &[Origin], tables: Tables<'_>) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _infallible = write_summary(&mut text, published, origins, tables);
    text
}

fn write_summary(out: &mut String, published: &Published, origins: &[Origin], tables: Tables<'_>) -> std::fmt::Result {
    let run = &published.run;
    let took = took(run.published_at.duration_since(run.facts.started_at).as_secs().try_into().unwrap_or_default());
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
    next::sections(out, published, tables)
}

fn coverage(out: &mut String, published: &Published) -> std::fmt::Result {
    let (run, tally) = (&published.run, &published.tally);
    heading(out, "Coverage")?;
    let style = if run.status == RunStatus::Complete { GOOD } else { BAD };
    let share = share_text(run.coverage_percent);
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
    if findings == 0 {
        return writeln!(out);
    }
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
    let by_check = published.tally.by_check();
    let judged = |check: &'static Check| {
        let counts = by_check.get(check.id)?;
        let count = |status| counts.get(&status).copied().unwrap_or(0);
        Some((check, count(Status::Fail), count(Status::Pass)))
    };
    let checks = Profile::Both.checks().filter_map(judged).collect::<Vec<_>>();
    let mut failing = checks.iter().filter(|(_, fail, _)| *fail > 0).collect::<Vec<_>>();
    // The worst first; among equals the order of the catalogue.
    failing.sort_by_key(|(check, fail, _)| std::cmp::Reverse((check.severity, *fail)));
    heading(out, "Checks")?;
    if failing.is_empty() {
        let words = if checks.is_empty() { "nothing was judged" } else { "nothing fails of what was judged" };
        writeln!(out, "  {DIM}{words}{DIM:#}")?;
        return writeln!(out);
    }
    writeln!(out, "  {DIM}{:<50}{:>10}{:>10}{:>8}{DIM:#}", "the worst, by severity and number", "FAIL", "of", "share")?;
    for (check, fail, pass) in failing.iter().take(CHECKS) {
        let (severity, judged) = (clipped(check.severity.as_str(), 8), fail + pass);
        let share = percent(*fail, judged).unwrap_or_else(|| "-".to_owned());
        // An id is never cut, since it can be given to `explain`.
        if check.id.len() > ID {
            writeln!(out, "  {severity:<9}{}", check.id)?;
            write!(out, "  {:<50}", "")?;
        } else {
            write!(out, "  {severity:<9}{:<ID$}", check.id)?;
        }
        writeln!(out, "{:>10}{:>10}{share:>8}", grouped(*fail), grouped(judged))?;
    }
    let named = failing.len().min(CHECKS);
    if checks.len() > named {
        let (others, more) = (checks.len() - named, failing.len() - named);
        writeln!(out, "  {DIM}and {others} more checks, {more} of them with a FAIL{DIM:#}")?;
    }
    writeln!(out)
}

fn worst(out: &mut String, accounts: &[(AccountId, &str, u64)]) -> std::fmt::Result {
    if accounts.is_empty() {
        return Ok(());
    }
    heading(out, "Most to mend")?;
    for (id, name, fail) in accounts {
        writeln!(out, "  {id}  {}  {:>10} FAIL", cell(name, 40), grouped(*fail))?;
    }
    writeln!(out)
}

/// A duration of so many seconds.
pub(crate) fn took(seconds: u64) -> String {
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
    share_in_percent(part, whole).map(|share| share_text(Some(share)))
}

/// A share in percent with one digit, rounded down: only all of it is 100 %.
pub(crate) fn share_text(share: Option<f64>) -> String {
    share.map_or_else(|| "none".to_owned(), |share| format!("{:.1} %", (share * 10.0).floor() / 10.0))
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

/// A text without anything that a terminal would obey, cut to a width in columns.
pub(crate) fn clipped(text: &str, width: usize) -> String {
    fitted(&safe(text), width)
}

/// The same in exactly so many columns.
pub(crate) fn cell(text: &str, columns: usize) -> String {
    column(&safe(text), columns)
}

fn safe(text: &str) -> String {
    text.chars().map(|letter| if is_unsafe(letter) { '\u{fffd}' } else { letter }).collect()
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
        assert_eq!([Some(99.99), Some(100.0), None].map(share_text), ["99.9 %", "100.0 %", "none"]);
    }

    #[test]
    fn a_hostile_name_cannot_move_the_cursor_and_is_cut() {
        assert_eq!(clipped("a\u{1b}[31m\u{202e}b", 20), "a\u{fffd}[31m\u{fffd}b");
        assert_eq!([clipped("0123456789", 5), cell("漢字", 5)], ["0123…", "漢字 "]);
    }
}
