//! `exceptions check`: what is odd about a file, and what each exception covers of the last published run.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{Read, WIDTH, harmless_json, load, read};
use crate::{
    cli::CheckArgs,
    command::{Failure, Screen, checks::written, print, store},
    config::{Place, Problem},
    exception::{
        SOON, Standing, in_days,
        published::Held,
        source::SourceError,
        usage::{States, Usage},
    },
    exit::ExitStatus,
    printable::shown,
    report::terminal::{clipped, grouped},
    wrap::folded,
};

const BOLD: Style = Style::new().bold();
const UNSURE: Style = AnsiColor::Yellow.on_default().bold();

/// Columns before the text of a warning: the word and a space.
const BEFORE: usize = 8;

/// Reads, holds against the last run, and prints.
pub(super) async fn run(args: CheckArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let config = load(&args.config)?;
    let read = match read(&config, args.file.file, screen).await {
        // A program that asks for JSON gets what is wrong as such, and the same status as everybody.
        Err(Failure::Exceptions(SourceError::Wrong(errors))) if args.form.is_json() => {
            print(&harmless_json(&Refused { errors: remarks(errors.problems()) }))?;
            return Ok(ExitStatus::Usage);
        }
        read => read?,
    };
    let held = if args.offline {
        None
    } else {
        let store = store(&config).await;
        Held::against_last_run(&store, &read.exceptions).await.map_err(Failure::Held)?
    };
    let checked = Checked { read, held, is_offline: args.offline };
    print(&if args.form.is_json() { harmless_json(&checked.told()) } else { written(|out| checked.text(out)) })?;
    let is_odd = !checked.read.exceptions.warnings().is_empty()
        || checked.held.as_ref().is_some_and(|held| held.usage.unused().next().is_some());
    Ok(if args.strict && is_odd { ExitStatus::Usage } else { ExitStatus::Complete })
}

struct Checked {
    read: Read,
    held: Option<Held>,
    is_offline: bool,
}

/// The same for programs. Members are added, and none changes its meaning.
#[derive(Serialize)]
struct Told<'a> {
    file: &'a str,
    sha256: &'a str,
    today: String,
    exceptions: usize,
    in_force: u64,
    expiring: u64,
    expired: u64,
    errors: Vec<Remark<'a>>,
    warnings: Vec<Remark<'a>>,
    run: Option<Against<'a>>,
}

/// The same of a file that does not hold.
#[derive(Serialize)]
struct Refused<'a> {
    errors: Vec<Remark<'a>>,
}

#[derive(Serialize)]
struct Remark<'a> {
    line: usize,
    column: usize,
    message: &'a str,
}

#[derive(Serialize)]
struct Against<'a> {
    run_id: &'a str,
    failing: u64,
    covered: u64,
    exceptions: Vec<Counted<'a>>,
}

#[derive(Serialize)]
struct Counted<'a> {
    id: &'a str,
    standing: Standing,
    covers: u64,
    /// The same with what those before it in the file decide about.
    in_scope: u64,
}

fn remarks(problems: &[Problem]) -> Vec<Remark<'_>> {
    let position = |place: &Place| match place {
        Place::Position { line, column, .. } => (*line, *column),
        Place::File(_) | Place::Variable(_) => (0, 0),
    };
    let all = problems.iter().map(|problem| (position(&problem.place), problem.message.as_str()));
    all.map(|((line, column), message)| Remark { line, column, message }).collect()
}

impl Checked {
    fn told(&self) -> Told<'_> {
        let Read { source, exceptions } = &self.read;
        let run = self.held.as_ref().map(|held| Against {
            run_id: held.run_id.as_str(),
            failing: held.failing,
            covered: held.usage.covered(),
            exceptions: held
                .usage
                .each
                .iter()
                .map(|used| Counted {
                    id: &used.exception.id,
                    standing: used.standing(),
                    covers: used.covers,
                    in_scope: used.covers + held.decided_before(used),
                })
                .collect(),
        });
        let States { in_force, expiring, expired, unused: _ } = Usage::of(exceptions, &BTreeMap::new()).states();
        Told {
            file: &source.place,
            sha256: &source.sha256,
            today: exceptions.today().to_string(),
            exceptions: exceptions.all().len(),
            in_force,
            expiring,
            expired,
            errors: Vec::new(),
            warnings: remarks(exceptions.warnings()),
            run,
        }
    }

    fn text(&self, out: &mut String) -> fmt::Result {
        let Told { file, exceptions, in_force, expiring, expired, .. } = self.told();
        writeln!(out, "{BOLD}{}{BOLD:#}", shown(file))?;
        let noun = if exceptions == 1 { "exception" } else { "exceptions" };
        write!(out, "  {exceptions} {noun}: {in_force} in force")?;
        if expiring > 0 {
            let verb = if expiring == 1 { "ends" } else { "end" };
            write!(out, ", of which {expiring} {verb} within {}", in_days(SOON))?;
        }
        if expired > 0 {
            write!(out, "; {expired} ended")?;
        }
        writeln!(out)?;
        for problem in self.read.exceptions.warnings() {
            let mut before = format!("{UNSURE}{:<BEFORE$}{UNSURE:#}", "warning");
            for line in folded(&problem.to_string(), WIDTH - BEFORE) {
                writeln!(out, "{before}{line}")?;
                before = " ".repeat(BEFORE);
            }
        }
        match &self.held {
            Some(held) => covers(out, held),
            None if self.is_offline => Ok(()),
            None => writeln!(out, "\nNothing is published in the lake, so that what each covers cannot be told."),
        }
    }
}

fn covers(out: &mut String, held: &Held) -> fmt::Result {
    let Held { run_id, failing, usage, in_scope: _ } = held;
    writeln!(out, "\n{BOLD}Run {run_id}{BOLD:#}")?;
    writeln!(out, "  {} of {} findings that fail are covered", grouped(usage.covered()), grouped(*failing))?;
    let mut some_are_needless = false;
    for used in &usage.each {
        let note = match used.standing() {
            Standing::Expired => "  ended",
            Standing::InForce | Standing::Expiring if !used.is_unused() => "",
            Standing::InForce | Standing::Expiring if held.decided_before(used) == 0 => "  unused",
            Standing::InForce | Standing::Expiring => {
                some_are_needless = true;
                "  needless"
            }
        };
        let (count, id) = (grouped(used.covers), clipped(&used.exception.id, 44));
        writeln!(out, "  {count:>10}  {id:<44}  {}{UNSURE}{note}{UNSURE:#}", used.exception.expires)?;
    }
    if some_are_needless {
        writeln!(out, "  needless: those before it in the file decide about all that it is for")?;
    }
    Ok(())
}
