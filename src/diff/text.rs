//! The comparison for people, on 80 columns: how many findings became what, and the worst of them.

use std::{
    collections::BinaryHeap,
    fmt::{self, Write as _},
};

use anstyle::{AnsiColor, Style};

use super::{Change, Gap, Kind, Ruling, Side, Summary};
use crate::{finding::Severity, lake::runs::RunRow, printable::shown, report::terminal::share_text};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The width of a terminal.
const WIDTH: usize = 80;

/// Keeps the worst changes while they are found.
#[derive(Debug)]
pub struct Text {
    /// The least bad of them first.
    worst: BinaryHeap<Change>,
    limit: usize,
}

impl Text {
    /// Of so many changes.
    pub fn of(limit: usize) -> Self {
        Self { worst: BinaryHeap::new(), limit }
    }

    /// Keeps a change, if it is bad enough.
    pub fn change(&mut self, change: Change) {
        if self.worst.len() >= self.limit {
            match self.worst.peek() {
                Some(least) if change < *least => drop(self.worst.pop()),
                _ => return,
            }
        }
        self.worst.push(change);
    }

    /// What was kept, the worst first.
    pub(super) fn worst(self) -> Vec<Change> {
        self.worst.into_sorted_vec()
    }

    /// The text, with escape codes for colours.
    pub fn end(self, before: &RunRow, after: &RunRow, summary: &Summary) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _infallible = self.write(&mut text, before, after, summary);
        text
    }

    fn write(self, out: &mut String, before: &RunRow, after: &RunRow, summary: &Summary) -> fmt::Result {
        run(out, "before", before)?;
        run(out, "after", after)?;
        writeln!(out)?;
        counts(out, summary)?;
        let (all, shown) = (summary.changes.values().sum::<u64>(), self.worst.len());
        if shown > 0 {
            writeln!(out, "\n{BOLD}The worst{BOLD:#}")?;
        }
        for change in self.worst() {
            row(out, &change)?;
        }
        match all.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX)) {
            0 => Ok(()),
            more => writeln!(out, "\n{DIM}and {more} more: --limit shows more of them, --format json all{DIM:#}"),
        }
    }
}

fn run(out: &mut String, side: &str, run: &RunRow) -> fmt::Result {
    let coverage = share_text(run.coverage_percent);
    let started = run.facts.started_at.strftime("%Y-%m-%d %H:%M UTC");
    writeln!(out, "{side:<7} {BOLD}{}{BOLD:#}  {started}, coverage {coverage}", run.facts.run_id)
}

fn counts(out: &mut String, summary: &Summary) -> fmt::Result {
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational];
    write!(out, "{DIM}{:<15}", "findings")?;
    for severity in severities {
        write!(out, "{:>11}", if severity == Severity::Informational { "info" } else { severity.as_str() })?;
    }
    writeln!(out, "{:>10}{DIM:#}", "all")?;
    for kind in Kind::ALL {
        let count = |severity| summary.changes.get(&(kind, severity)).copied().unwrap_or_default();
        let all = severities.iter().map(|severity| count(*severity)).sum::<u64>();
        let style = if kind == Kind::NewFail && all > 0 { BAD } else { Style::new() };
        write!(out, "{style}{:<15}", kind.words())?;
        for severity in severities {
            write!(out, "{:>11}", count(severity))?;
        }
        writeln!(out, "{all:>10}{style:#}")?;
    }
    writeln!(out, "{DIM}{:<15}{:>65}{DIM:#}", "unchanged", summary.unchanged)
}

/// A change in two lines: what, and of which resource; a third says why it cannot be compared.
fn row(out: &mut String, change: &Change) -> fmt::Result {
    let status = |ruling: &Option<Ruling>| ruling.as_ref().map_or("-", |ruling| ruling.status.as_str());
    let style = if change.kind == Kind::NewFail { BAD } else { BOLD };
    let statuses = format!("{} > {}", status(&change.before), status(&change.after));
    let head = format!("{:<14} {:<13}", change.kind.words(), change.severity().as_str());
    writeln!(out, "{style}{head}{style:#} {}", change.check_id())?;
    let reason = change.latest().map_or("", |ruling| &ruling.reason_code);
    folded(out, &format!("{statuses}  {reason}{}", rule(change)))?;
    folded(out, &change.resource.arn)?;
    match &change.gap {
        None => Ok(()),
        Some(Gap::CheckNotPut { missing_in }) => {
            folded(out, &format!("the run {} did not put this check to it", side(*missing_in)))
        }
        Some(Gap::CellNotComplete { missing_in, outcome }) => {
            let outcome = outcome.as_deref().unwrap_or("not in scope");
            folded(out, &format!("the run {} did not see all there: {outcome}", side(*missing_in)))
        }
    }
}

/// What is to be known where the rule is another one: the resource may be as it was.
fn rule(change: &Change) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.check_version != after.check_version => {
            format!("  (by version {} of the check, was {})", after.check_version, before.check_version)
        }
        _ => String::new(),
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Before => "before",
        Side::After => "after",
    }
}

/// An indented text without anything that a terminal would obey, cut into lines of the width.
fn folded(out: &mut String, text: &str) -> fmt::Result {
    const INDENT: usize = 4;
    let letters = shown(text.trim_end()).chars().collect::<Vec<_>>();
    for line in letters.chunks(WIDTH - INDENT) {
        writeln!(out, "{:INDENT$}{}", "", line.iter().collect::<String>())?;
    }
    Ok(())
}
