//! The benchmark of scale: the real program against a simulated organization in a process of its own, measured from
//! outside and held against its targets.
//!
//! `cargo bench --bench scale` makes all cases, `-- makespan startup` those alone, and `-- --quick` a small one of each.

use std::{collections::BTreeSet, fs, io::Write as _, path::PathBuf, process::ExitCode};

mod audit;
mod binary;
mod breadth;
mod calls;
mod columns;
mod counts;
mod empty;
mod findings;
mod here;
mod lake;
mod makespan;
mod memory;
mod process;
mod published;
mod row;
mod simulator;
mod startup;
mod table;
mod tls;

use row::Row;

/// That of the program, for the cases that are measured in this process.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Why a case cannot be measured.
type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A group of rows that are measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Case {
    Makespan,
    NightTwo,
    Calls,
    Memory,
    Empty,
    Breadth,
    Findings,
    Startup,
    Binary,
}

impl Case {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Makespan, "makespan"),
        (Self::NightTwo, "night-two"),
        (Self::Calls, "calls"),
        (Self::Memory, "memory"),
        (Self::Empty, "empty"),
        (Self::Breadth, "breadth"),
        (Self::Findings, "findings"),
        (Self::Startup, "startup"),
        (Self::Binary, "binary"),
    ];
}

/// What is asked for.
#[derive(Debug)]
struct Wanted {
    cases: BTreeSet<Case>,
    quick: bool,
}

impl Wanted {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, Trouble> {
        let mut wanted = Self { cases: BTreeSet::new(), quick: false };
        for argument in arguments {
            match (argument.as_str(), Case::ALL.iter().find(|(_, name)| *name == argument)) {
                (_, Some((case, _))) => drop(wanted.cases.insert(*case)),
                ("--quick", None) => wanted.quick = true,
                // What cargo adds.
                ("--bench", None) => {}
                (other, None) => {
                    let names = Case::ALL.map(|(_, name)| name).join(", ");
                    return Err(format!("unknown argument `{other}`; there are --quick and {names}").into());
                }
            }
        }
        if wanted.cases.is_empty() {
            wanted.cases.extend(Case::ALL.map(|(case, _)| case));
        }
        Ok(wanted)
    }

    fn has(&self, case: Case) -> bool {
        self.cases.contains(&case)
    }
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            drop(writeln!(std::io::stderr(), "error: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Trouble> {
    let wanted = Wanted::read(std::env::args().skip(1))?;
    let mut rows: Vec<Row> = Vec::new();
    // The cheap ones first, so that a mistake shows soon.
    if wanted.has(Case::Startup) {
        rows.extend(startup::rows()?);
    }
    if wanted.has(Case::Binary) {
        rows.extend(binary::rows()?);
    }
    if wanted.has(Case::Findings) {
        rows.extend(lake::rows(wanted.quick)?);
    }
    if wanted.has(Case::Breadth) {
        rows.extend(breadth::rows(wanted.quick)?);
    }
    if wanted.has(Case::Empty) {
        rows.extend(empty::rows(wanted.quick)?);
    }
    if wanted.has(Case::Memory) {
        rows.extend(memory::rows(wanted.quick)?);
    }
    if wanted.has(Case::Calls) {
        rows.extend(calls::rows(wanted.quick)?);
    }
    if wanted.has(Case::Makespan) || wanted.has(Case::NightTwo) {
        rows.extend(makespan::rows(wanted.quick, wanted.has(Case::NightTwo))?);
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("scale.json");
    fs::write(&path, table::json(&rows, wanted.quick)?)?;
    let mut out = std::io::stdout().lock();
    write!(out, "\n{}", table::text(&rows))?;
    if wanted.quick {
        writeln!(out, "Quick: small organizations, which show that the benchmark works and not what the program can.")?;
    }
    writeln!(out, "{}", path.display())?;
    Ok(())
}

/// Says what is being measured.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}
