//! The prompt of `query`: what is typed is answered at once, until whoever types leaves.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::Arc,
    time::Instant,
};

use anstyle::Style;
use tokio::task;

use super::{Failure, Form, unless, unwritten};
use crate::{
    command::print,
    exit::ExitStatus,
    lake::{Table, view::VIEWS},
    query::{
        Session,
        output::Writer,
        prompt::{Prompt, Typed, history},
        statement::questions,
    },
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Columns of the longest name and the space behind it.
const NAME: usize = 24;

/// Answers until nothing more is asked.
pub(super) async fn converse(
    session: &Arc<Session>,
    form: Form,
    remember: bool,
    quiet: bool,
) -> Result<ExitStatus, Failure> {
    session.look().await.map_err(Failure::Query)?;
    let mut prompt = Prompt::open(remember.then(remembered).flatten()).map_err(Failure::Output)?;
    if !quiet {
        let version = env!("CARGO_PKG_VERSION");
        print(&format!(
            "sagesweep {version} on {}\n{DIM}A statement ends with `;`. `help` says what can be asked; Ctrl-D leaves.{DIM:#}\n",
            session.place()
        ))?;
    }
    loop {
        match task::block_in_place(|| prompt.read()).map_err(Failure::Output)? {
            Typed::Leave => return Ok(ExitStatus::Complete),
            Typed::Nothing => {}
            Typed::Help => {
                print(&help())?;
            }
            Typed::Statements(text) => {
                let session = Arc::clone(session);
                let answering = async move { answer(&session, form, &text, quiet).await };
                // While something is typed Ctrl-C is a key, and every other signal ends the program.
                let stopped = async { drop(tokio::signal::ctrl_c().await) };
                match unless(stopped, answering).await {
                    Ok(()) => {}
                    Err(failure) if failure.is_of_no_reader() => return Err(failure),
                    Err(failure) => writeln!(anstream::stderr(), "{}", failure.text()).map_err(Failure::Output)?,
                }
            }
        }
    }
}

/// The file of what was typed, where there can be one.
fn remembered() -> Option<std::path::PathBuf> {
    let file = history::place(|name| std::env::var_os(name))?;
    match history::prepare(&file) {
        Ok(()) => Some(file),
        Err(error) => {
            tracing::warn!(path = %file.display(), %error, "cannot remember what is typed; --no-history does without");
            None
        }
    }
}

async fn answer(session: &Session, form: Form, text: &str, quiet: bool) -> Result<(), Failure> {
    for question in questions(text).map_err(Failure::Query)? {
        let begun = Instant::now();
        let mut answer = session.ask(&question).await.map_err(Failure::Query)?;
        let out = io::stdout();
        let mut writer = Writer::begin(form.format, &answer.schema(), out, form.layout()).map_err(unwritten)?;
        while let Some(batch) = answer.next().await.map_err(Failure::Query)? {
            task::block_in_place(|| writer.write(&batch)).map_err(unwritten)?;
        }
        let (_, rows) = writer.end().map_err(unwritten)?;
        if !quiet {
            let (rows, took) = (if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }, begun.elapsed());
            print(&format!("{DIM}{rows}, {:.2} s{DIM:#}\n", took.as_secs_f64()))?;
        }
    }
    Ok(())
}

/// What can be asked, with what it answers.
fn help() -> String {
    let mut out = format!("{BOLD}Views{BOLD:#}\n");
    for view in VIEWS {
        let meaning = view.meaning();
        let question = meaning.split_inclusive("? ").next().unwrap_or_default().trim_end();
        // Writing to a String does not fail.
        let _infallible = writeln!(out, "  {:NAME$}{question}", view.name);
    }
    let _infallible = writeln!(out, "{BOLD}Tables{BOLD:#}");
    for table in Table::ALL {
        let _infallible = writeln!(out, "  {:NAME$}{}", table.as_str(), table.meaning());
    }
    out.push_str("DESCRIBE name; shows the columns, EXPLAIN SELECT …; how an answer is found.\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_has_a_line_for_each_view_and_table() {
        let text = help();
        assert_eq!(text.lines().count(), VIEWS.len() + Table::ALL.len() + 3);
        for name in VIEWS.iter().map(|view| view.name).chain(Table::ALL.map(Table::as_str)) {
            assert!(name.len() < NAME && text.lines().any(|line| line.trim_start().starts_with(name)), "{name}");
        }
    }
}
