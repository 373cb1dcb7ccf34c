//! `init`: from options and answers to a file that is written once.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use super::{Failure, print};
use crate::{
    cli::InitArgs,
    exit::ExitStatus,
    init::{Answers, AskError, QUESTIONS, ask, file},
    lake::store::StoreError,
    output::Output,
};

/// Writes the configuration, and says what comes next.
pub(super) fn run(args: &InitArgs) -> Result<ExitStatus, Failure> {
    let place = args.output.display();
    if !args.force && args.output.exists() {
        return Err(there(&args.output));
    }
    let answers = answers(args)?;
    let text = file(&answers).map_err(Failure::Config)?;
    write(args, &text)?;
    let mut next = format!("Wrote {place}\n\nNext\n");
    for (what, command) in [
        ("What is in effect:", "sagesweep config"),
        ("What the role in each account must be allowed:", "sagesweep iam-policy member"),
        ("What the one who runs it must be allowed:", "sagesweep iam-policy task"),
        ("What would fail:", "sagesweep doctor"),
        ("The first run:", "sagesweep run"),
    ] {
        // Writing into a text cannot fail.
        let _infallible = writeln!(next, "  {what}\n    {command} --config {place}");
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
        return ask(answers, &mut io::stdin().lock(), &mut anstream::stderr()).map_err(|error| match error {
            AskError::Ended => Failure::Init(error.to_string()),
            AskError::Terminal(source) => Failure::Output(source),
        });
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

/// A new file is made only where there is none, whoever makes one in the meantime; another is replaced as a whole.
fn write(args: &InitArgs, text: &str) -> Result<(), Failure> {
    let path = &args.output;
    let failed = |source| Failure::Written(StoreError::File { doing: "write", path: path.clone(), source });
    if args.force {
        let mut out = Output::open(Some(path)).map_err(Failure::Written)?;
        return out.write_all(text.as_bytes()).and_then(|()| out.finish()).map_err(failed);
    }
    match File::create_new(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(there(path)),
        Err(source) => Err(failed(source)),
    }
}

fn there(path: &Path) -> Failure {
    Failure::Init(format!("{} is there already; --force replaces it, and --output names another file", path.display()))
}
