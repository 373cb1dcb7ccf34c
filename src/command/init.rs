//! `init`: from options and answers to a file that is written once.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use super::{Failure, print};
use crate::{
    cli::InitArgs,
    exit::ExitStatus,
    init::{Answers, QUESTIONS, ask, file},
    lake::store::StoreError,
    outcome::causes,
    output::{Output, Unnamed},
    printable::{escaped, shown},
    report::next::{command_line, quoted},
};

/// Writes the configuration, and says what comes next.
pub(super) fn run(args: &InitArgs) -> Result<ExitStatus, Failure> {
    if !args.force && args.output.exists() {
        return Err(there(&args.output));
    }
    let answers = answers(args)?;
    let text = file(&answers).map_err(Failure::Config)?;
    write(args, &text)?;
    let mut next = format!("Wrote {}\n\nNext\n", shown(&args.output.display().to_string()));
    let option = format!("--config {}", quoted(&args.output.display().to_string()));
    for (what, command) in [
        ("What is in effect:", "sagesweep config"),
        ("What the role in each account must be allowed:", "sagesweep iam-policy member"),
        ("What the one who runs it must be allowed:", "sagesweep iam-policy task"),
        ("What would fail:", "sagesweep doctor"),
        ("The first run:", "sagesweep run"),
    ] {
        // Writing into a text cannot fail.
        let _infallible = writeln!(next, "  {what}").and_then(|()| command_line(&mut next, command, &option));
    }
    print(&next)
}

/// The answers: those of the options, and of the terminal unless it is not to be asked.
fn answers(args: &InitArgs) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    for question in QUESTIONS {
        let Some(answer) = question.given(args) else { continue };
        if let Some(fault) = question.fault(&answer) {
            return Err(Failure::Init(format!("{}: {fault}", question.option)));
        }
        answers.insert(question.key, answer);
    }
    if args.defaults {
        return Ok(answers);
    }
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let asked = ask(answers, &mut io::stdin().lock(), &mut anstream::stderr());
        return asked.map_err(|error| Failure::Init(escaped(&causes(&error)).into_owned()));
    }
    let missing = QUESTIONS.iter().filter(|one| !answers.contains_key(one.key) && one.is_due(&answers));
    let missing = missing.map(|question| question.option).collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(answers);
    }
    Err(Failure::Init(format!(
        "there is no terminal to ask at; give {}, or --defaults for all that is not given",
        missing.join(", ")
    )))
}

/// The file gets its name once it is whole: a new one only where there is none, whoever makes one in the meantime.
fn write(args: &InitArgs, text: &str) -> Result<(), Failure> {
    let path = &args.output;
    let failed = |source| Failure::Written(StoreError::File { doing: "write", path: path.clone(), source });
    if args.force {
        let mut out = Output::open(Some(path)).map_err(Failure::Written)?;
        return out.write_all(text.as_bytes()).and_then(|()| out.finish()).map_err(failed);
    }
    let mut file = Unnamed::create(path).map_err(Failure::Written)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.finish_new().map_err(
        |error| {
            if error.kind() == io::ErrorKind::AlreadyExists { there(path) } else { failed(error) }
        },
    )
}

fn there(path: &Path) -> Failure {
    let place = shown(&path.display().to_string());
    Failure::Init(format!("{place} is there already; --force replaces it, and --output names another file"))
}
