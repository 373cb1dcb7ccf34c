//! `query`: from the arguments to the answer in a form, or to the prompt.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _, Write},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use jiff::tz::TimeZone;
use tokio::{
    signal::unix::{SignalKind, signal},
    task,
};

use super::{FILE_SIZE_EXCEEDED, Failure, Screen, load_of, stops::Stops, store};
use crate::{
    cli::QueryArgs,
    exit::ExitStatus,
    output::Output,
    query::{
        QueryError, Session,
        limits::Limits,
        output::{Format, Layout, WriteError, Writer},
        statement::{Question, questions},
    },
    session::Clock,
};

mod engine;
mod prompt;

use engine::Engine;

/// Answers what was asked, or begins to converse.
pub(super) async fn run(args: QueryArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let form = Form::of(&args)?;
    let config = load_of(&args.lake)?;
    let text = text(&args)?;
    let asked = text.as_deref().map(questions).transpose().map_err(Failure::Query)?;
    if let Some(asked) = &asked {
        refuse_number(asked.len(), form.format)?;
    }
    // Listened to, a limit on the size of files is an error of the write that names the file, and not a sudden death.
    let _listening = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
    let limits = Limits { memory: args.memory, disk: args.disk };
    let session = Session::new(store(&config).await, limits, clock(&args, screen)?).map_err(Failure::Query)?;
    if asked.is_none() && args.output.is_some() {
        return Err(Failure::Usage("a file takes the answer to one question: give it as SQL, --view or --file"));
    }
    match asked {
        Some(asked) => {
            let mut stops = Stops::listened_to();
            let unfinished = Arc::new(OnceLock::new());
            let begun = Arc::clone(&unfinished);
            let answering = async move { form.answer(&session, &asked, args.output.as_deref(), &begun).await };
            let engine = Engine::start().map_err(Failure::Output)?;
            let answered = engine.unless(stops.next(), answering).await;
            if let (Err(Failure::Interrupted), Some(path)) = (&answered, unfinished.get()) {
                // Whoever writes it may be at work still, and will not be waited for.
                let _already_gone = fs::remove_file(path);
            }
            answered.map(|()| ExitStatus::Complete)
        }
        None => prompt::converse(&Arc::new(session), form, !args.no_history, screen.quiet).await,
    }
}

/// The clock of the answer: ours, or the last moment of a day.
fn clock(args: &QueryArgs, screen: &Screen) -> Result<Clock, Failure> {
    let Some(day) = args.as_of else { return Ok(screen.clock) };
    // The engine counts instants in nanoseconds, which end in that year.
    if day.year() >= 2262 {
        return Err(Failure::Usage("--as-of takes days before 2262"));
    }
    let evening = TimeZone::UTC.to_timestamp(day.at(23, 59, 59, 0));
    evening
        .map(Clock::Fixed)
        .map_err(|_no_instant| Failure::Usage("there is no such day as that of --as-of; give one such as 2026-11-24"))
}

/// The SQL that is asked; none when it is to be typed.
fn text(args: &QueryArgs) -> Result<Option<String>, Failure> {
    if let Some(name) = &args.view {
        return Ok(Some(format!("SELECT * FROM {name}")));
    }
    if let Some(file) = &args.file {
        let place = file.display();
        let text = fs::read_to_string(file);
        // Some editors begin a file with a mark.
        let text = text.map(|text| text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text));
        return text.map(Some).map_err(|error| Failure::Sql(format!("cannot read {place}: {error}; look at --file")));
    }
    if args.sql.is_some() || io::stdin().is_terminal() {
        return Ok(args.sql.clone());
    }
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    read.map_err(|error| {
        Failure::Sql(format!("cannot read the standard input: {error}; give the SQL as an argument or with --file"))
    })?;
    Ok(Some(text))
}

/// Only a table is read from the top to the bottom; the other forms hold one answer.
fn refuse_number(questions: usize, format: Format) -> Result<(), Failure> {
    match (questions, format) {
        (0, _) => Err(Failure::Usage(
            "there is no SQL to answer; give some as an argument, with --file or on the standard input, or name a view with --view",
        )),
        (1, _) | (_, Format::Table) => Ok(()),
        (_, Format::Csv | Format::Json | Format::Parquet) => {
            Err(Failure::Usage("in this form there is one answer; ask one question at a time, or ask for a table"))
        }
    }
}

/// How answers look.
#[derive(Debug, Clone, Copy)]
struct Form {
    format: Format,
    layout: Layout,
}

impl Form {
    /// The layout of a table; a terminal may have another width by now.
    fn layout(&self, question: &Question) -> Layout {
        let columns = self.layout.columns.and_then(|_| columns());
        Layout { columns, lines: question.is_of_lines(), ..self.layout }
    }

    fn of(args: &QueryArgs) -> Result<Self, Failure> {
        let by_name = args.output.as_deref().and_then(Format::of);
        // Devices and pipes have no ending.
        if args.format.is_none() && by_name.is_none() && args.output.as_deref().and_then(Path::extension).is_some() {
            return Err(Failure::Usage(
                "the ending of --output names no form: it is .txt, .csv, .json, .jsonl, .ndjson or .parquet, or else say --format",
            ));
        }
        let format = args.format.or(by_name).unwrap_or(Format::Table);
        let is_shown = args.output.is_none() && io::stdout().is_terminal();
        if is_shown && format == Format::Parquet {
            return Err(Failure::Usage("Parquet is nothing for a terminal; name a file with --output"));
        }
        let layout = if is_shown {
            let styled = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
            Layout { columns: columns(), styled, ..Layout::default() }
        } else {
            Layout::default()
        };
        Ok(Self { format, layout })
    }

    /// Writes the answers one after the other; tells the file that is `begun`, which has no name yet.
    async fn answer(
        self,
        session: &Session,
        asked: &[Question],
        path: Option<&Path>,
        begun: &OnceLock<PathBuf>,
    ) -> Result<(), Failure> {
        let mut out: Option<Output> = None;
        for question in asked {
            let before = out.take();
            let place = || {
                if let Some(mut out) = before {
                    return writeln!(out).map_err(Failure::Output).map(|()| out);
                }
                let out = Output::open(path).map_err(|error| Failure::Query(QueryError::Store(error)))?;
                if let Some(path) = out.unfinished() {
                    let _only_one = begun.set(path.to_owned());
                }
                Ok(out)
            };
            out = Some(self.write(session, question, place).await?.0);
        }
        out.map_or(Ok(()), Output::finish).map_err(Failure::Output)
    }

    /// Writes the answer to a question; where it was written to, and how many rows it has. `begin` is asked for that place
    /// once there is an answer.
    async fn write<W: Write + Send>(
        self,
        session: &Session,
        question: &Question,
        begin: impl FnOnce() -> Result<W, Failure> + Send,
    ) -> Result<(W, usize), Failure> {
        let mut answer = session.ask(question).await.map_err(Failure::Query)?;
        let layout = self.layout(question);
        let mut writer = Writer::begin(self.format, &answer.schema(), begin()?, layout).map_err(unwritten)?;
        while let Some(batch) = answer.next().await.map_err(Failure::Query)? {
            task::block_in_place(|| writer.write(&batch)).map_err(unwritten)?;
            // A pause, in which it can be given up.
            task::yield_now().await;
        }
        writer.end().map_err(unwritten)
    }
}

/// The columns of the terminal.
fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

fn unwritten(error: WriteError) -> Failure {
    match error {
        WriteError::Output(error) => Failure::Output(error),
        error @ WriteError::SameName(_) => Failure::Query(QueryError::Statement(error.to_string())),
        error @ WriteError::Form(_) => Failure::Query(QueryError::Engine(error.to_string())),
    }
}
