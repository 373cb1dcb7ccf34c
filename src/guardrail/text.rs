//! The guardrail for people: the policies, and what they would have refused, in 80 columns.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::{
    Guardrail, by_reason,
    radius::{Made, Radius},
};
use crate::{
    pretty,
    printable::shown,
    wrap::{folded, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of a label, and of a count behind it.
const LABEL: usize = 66;
/// Checks that cannot be guarded and are named; more are counted by why.
const NAMED: usize = 8;
/// Rows of a list by account, role or origin.
const ROWS: usize = 10;

/// The guardrail with its blast radius, with escape codes for colours; of the refused, so many jobs.
pub fn text(guardrail: &Guardrail, radius: Option<&Radius>, limit: usize) -> String {
    let mut out = String::new();
    // Writing into a text cannot fail.
    let _infallible = write(&mut out, guardrail, radius, limit);
    out
}

fn write(out: &mut String, guardrail: &Guardrail, radius: Option<&Radius>, limit: usize) -> fmt::Result {
    let (kind, number) = (guardrail.kind, guardrail.policies.len());
    for (index, policy) in guardrail.policies.iter().enumerate() {
        let which = if number == 1 { String::new() } else { format!(" {} of {number}", index + 1) };
        let (characters, most) = (policy.characters(), kind.limit());
        writeln!(out, "{BOLD}{}{which}{BOLD:#}  {DIM}{characters} of {most} characters{DIM:#}", kind.as_str())?;
        for line in pretty::lines(&policy.document(), WIDTH) {
            writeln!(out, "{}", shown(&line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{BOLD}It guards{BOLD:#}")?;
    for check in &guardrail.checks {
        writeln!(out, "  {}", check.id)?;
    }
    if !guardrail.unguarded.is_empty() {
        writeln!(out, "{BOLD}It cannot guard{BOLD:#}")?;
    }
    if guardrail.unguarded.len() > NAMED {
        for (why, ids) in by_reason(&guardrail.unguarded) {
            let checks = if ids.len() == 1 { "1 check".to_owned() } else { format!("{} checks", ids.len()) };
            paragraph(out, 2, &format!("{checks}: {why}"))?;
        }
        writeln!(out, "  {DIM}--format json names them{DIM:#}")?;
    } else {
        for (check, why) in &guardrail.unguarded {
            writeln!(out, "  {}", check.id)?;
            paragraph(out, 4, why.0)?;
        }
    }
    match radius {
        Some(radius) => self::radius(out, radius, limit)?,
        None => writeln!(out, "\n{DIM}Without a published run there is no history to hold it against.{DIM:#}")?,
    }
    writeln!(out, "\n{BOLD}What it does not do{BOLD:#}")?;
    for limit in guardrail.limits() {
        paragraph(out, 2, &limit)?;
    }
    Ok(())
}

fn radius(out: &mut String, radius: &Radius, limit: usize) -> fmt::Result {
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M").to_string();
    let (since, until) = (day(radius.window.since), day(radius.window.until));
    writeln!(out, "\n{BOLD}Had it been in force{BOLD:#} from {since} to {until} UTC")?;
    count(out, "requests that are recorded, by what they made", radius.requests)?;
    let refused = u64::try_from(radius.refused.len()).unwrap_or(u64::MAX);
    let style = if refused > 0 { BAD } else { Style::new() };
    writeln!(out, "  {style}{:<LABEL$}{refused:>12}{style:#}", "refused")?;
    if radius.of_parents > 0 {
        count(out, "  of these made for a parent job, whose own request is refused", radius.of_parents)?;
    }
    for (sid, number) in &radius.by_statement {
        count(out, &format!("  by {sid}"), *number)?;
    }
    count(out, "of what was made, fails one of these checks", radius.failing)?;
    count(out, "  and would have been refused", radius.prevented)?;
    let harmless = radius.refused.iter().filter(|refused| !refused.fails).count();
    count(out, "refused although none of these checks fails", u64::try_from(harmless).unwrap_or(u64::MAX))?;

    by(out, "account", &radius.by(|made| Some(format!("{} {}", made.account_id, made.account_name))))?;
    by(out, "role", &radius.by(|made| made.role_arn.clone()))?;
    let origin = |made: &Made| made.origin.as_ref().map(|(kind, name)| format!("{kind} {name}"));
    by(out, "pipeline or parent job", &radius.by(origin))?;
    jobs(out, radius, limit)?;
    unseen(out, radius)
}

fn count(out: &mut String, label: &str, number: u64) -> fmt::Result {
    writeln!(out, "  {label:<LABEL$}{number:>12}")
}

/// A list, its longest texts cut into lines.
fn by(out: &mut String, what: &str, counts: &[(String, u64)]) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "{BOLD}Refused by {what}{BOLD:#}")?;
    for (key, number) in counts.iter().take(ROWS) {
        for (line, piece) in folded(key, WIDTH - 12).into_iter().enumerate() {
            match line {
                0 => writeln!(out, "  {number:>8}  {piece}")?,
                _ => writeln!(out, "{:12}{piece}", "")?,
            }
        }
    }
    match counts.len().saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "  {DIM}and {more} more: --format json has all{DIM:#}"),
    }
}

fn jobs(out: &mut String, radius: &Radius, limit: usize) -> fmt::Result {
    if radius.refused.is_empty() || limit == 0 {
        return Ok(());
    }
    writeln!(out, "{BOLD}The newest that were refused{BOLD:#}")?;
    for refused in radius.refused.iter().take(limit) {
        let at = refused.made.created_at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        let short = |sid: &String| sid.trim_start_matches("Sagesweep").to_owned();
        let line = format!("{at} {}", refused.statements.iter().map(short).collect::<Vec<_>>().join(", "));
        paragraph(out, 2, &line)?;
        let lines = folded(&refused.made.arn, WIDTH - 4);
        lines.iter().try_for_each(|line| writeln!(out, "    {line}"))?;
    }
    match radius.refused.len().saturating_sub(limit) {
        0 => Ok(()),
        more => writeln!(out, "  {DIM}and {more} more: --limit shows more, --format json all{DIM:#}"),
    }
}

fn unseen(out: &mut String, radius: &Radius) -> fmt::Result {
    writeln!(out, "{BOLD}What that does not tell{BOLD:#}")?;
    for (why, number) in &radius.untold {
        let requests = if *number == 1 { "1 request".to_owned() } else { format!("{number} requests") };
        paragraph(out, 2, &format!("{requests}: {why}."))?;
    }
    if radius.unguarded_parents > 0 {
        let text = format!(
            "{} were made by the service for a tuning, AutoML or labeling job whose request this does not guard: guard it \
             too, as in hyper-parameter-tuning-job-*.",
            radius.unguarded_parents
        );
        paragraph(out, 2, &text)?;
    }
    if radius.undated > 0 {
        paragraph(out, 2, &format!("{} resources: when they were made is not recorded.", radius.undated))?;
    }
    let unread = radius.unseen.gaps.iter().map(|gap| gap.cells).sum::<u64>();
    if unread > 0 {
        let cells = radius.unseen.cells;
        paragraph(out, 2, &format!("{unread} of {cells} cells (account, region, type) were not read whole:"))?;
        for gap in &radius.unseen.gaps {
            paragraph(
                out,
                4,
                &format!("{} {}: {}, accounts: {}", gap.resource_type, gap.outcome, gap.cells, gap.accounts),
            )?;
        }
    }
    for name in &radius.unseen.types {
        paragraph(out, 2, &format!("{name} was not looked at: no check of that type was selected for the run."))?;
    }
    if radius.has_executions() {
        paragraph(out, 2, "The name of a job tells the execution of a pipeline, and not the pipeline.")?;
    }
    let (nights, [first, last]) = (radius.nights, radius.window.dates());
    paragraph(
        out,
        2,
        &format!(
            "Published nights from {first} to {last}: {nights}. What was made and deleted between two of them is not there. \
             Requests that changed something, and those that failed, leave nothing to be recorded."
        ),
    )
}

fn paragraph(out: &mut String, indent: usize, text: &str) -> fmt::Result {
    wrapped(&shown(text), WIDTH - indent).iter().try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
}
