//! `query`: from the arguments to the answer in a form, or to the prompt.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _, Write as _},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::tz::TimeZone;
use tokio::{
    signal::unix::{SignalKind, signal},
    task,
};

use super::{FILE_SIZE_EXCEEDED, Failure, Screen, load_with, stops::Stops, store};
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

mod prompt;

/// How long an answer that is given up is waited for.
const PAUSE: Duration = Duration::from_millis(500);

/// Answers what was asked, or begins to converse.
pub(super) async fn run(args: QueryArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let form = Form::of(&args)?;
    let lake = args.lake.as_ref().map(|place| ("SAGESWEEP_LAKE_DESTINATION", place.as_str()));
    let config = load_with(&args.config, lake)?;
    let text = text(&args)?;
    let asked = text.as_deref().map(questions).transpose().map_err(Failure::Query)?;
    if let Some(asked) = &asked {
        refuse_number(asked.len(), form.format)?;
    }
    // Listened to, a limit on the size of files is an error of the write that names the file, and not a sudden death.
    let _listening = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
    let limits = Limits { memory: args.memory, disk: args.disk };
    let session = Session::new(store(&config).await, limits, clock(&args, screen)?).map_err(Failure::Query)?;
    match asked {
        Some(asked) => {
            let mut stops = Stops::listened_to();
            let answering = async move { form.answer(&session, &asked, args.output.as_deref()).await };
            unless(stops.next(), answering).await.map(|()| ExitStatus::Complete)
        }
        None => prompt::converse(&Arc::new(session), form, !args.no_history, screen.quiet).await,
    }
}

/// Waits for an answer, unless somebody asks to stop. The answer has a task of its own, for the engine may compute for long
/// without a pause, and nothing else of its task is looked at meanwhile.
async fn unless(
    stopped: impl Future<Output = ()>,
    answering: impl Future<Output = Result<(), Failure>> + Send + 'static,
) -> Result<(), Failure> {
    let mut answering = task::spawn(answering);
    tokio::select! {
        answered = &mut answering => {
            answered.unwrap_or_else(|lost| Err(Failure::Query(QueryError::Engine(lost.to_string()))))
        }
        () = stopped => {
            answering.abort();
            // It ends at its next pause, which may be far; who asked does not wait for that.
            let _ended = tokio::time::timeout(PAUSE, answering).await;
            Err(Failure::Interrupted)
        }
    }
}

/// The clock of the answer: ours, or the last moment of a day.
fn clock(args: &QueryArgs, screen: &Screen) -> Result<Clock, Failure> {
    let Some(day) = args.as_of else { return Ok(screen.clock) };
    let evening = TimeZone::UTC.to_timestamp(day.at(23, 59, 59, 0));
    evening.map(Clock::Fixed).map_err(|_no_instant| Failure::Usage("there is no such day as of --as-of"))
}

/// The SQL that is asked; none when it is to be typed.
fn text(args: &QueryArgs) -> Result<Option<String>, Failure> {
    if let Some(name) = &args.view {
        return Ok(Some(format!("SELECT * FROM {name}")));
    }
    if let Some(file) = &args.file {
        let place = file.display();
        let text = fs::read_to_string(file);
        return text.map(Some).map_err(|error| Failure::Sql(format!("cannot read {place}: {error}")));
    }
    if args.sql.is_some() || io::stdin().is_terminal() {
        return Ok(args.sql.clone());
    }
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::Sql(format!("cannot read the standard input: {error}")))?;
    Ok(Some(text))
}

/// Only a table is read from the top to the bottom; the other forms hold one answer.
fn refuse_number(questions: usize, format: Format) -> Result<(), Failure> {
    match (questions, format) {
        (0, _) => Err(Failure::Usage("there is no SQL to answer")),
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
    fn layout(&self) -> Layout {
        let columns = self.layout.columns.and_then(|_| columns());
        Layout { columns, ..self.layout }
    }

    fn of(args: &QueryArgs) -> Result<Self, Failure> {
        let by_name = args.output.as_deref().and_then(Format::of);
        let format = args.format.or(by_name).unwrap_or(Format::Table);
        let is_shown = args.output.is_none() && io::stdout().is_terminal();
        if is_shown && format == Format::Parquet {
            return Err(Failure::Usage("Parquet is nothing for a terminal; name a file with --output"));
        }
        let layout = if is_shown {
            let styled = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
            Layout { columns: columns(), styled }
        } else {
            Layout::default()
        };
        Ok(Self { format, layout })
    }

    /// Writes the answers one after the other.
    async fn answer(self, session: &Session, asked: &[Question], path: Option<&Path>) -> Result<(), Failure> {
        let mut out: Option<Output> = None;
        for question in asked {
            let mut answer = session.ask(question).await.map_err(Failure::Query)?;
            // Nothing is begun for a question that has no answer.
            let target = match out.take() {
                Some(mut out) => {
                    writeln!(out).map_err(Failure::Output)?;
                    out
                }
                None => Output::open(path).map_err(|error| Failure::Query(QueryError::Store(error)))?,
            };
            let mut writer = Writer::begin(self.format, &answer.schema(), target, self.layout).map_err(unwritten)?;
            while let Some(batch) = answer.next().await.map_err(Failure::Query)? {
                task::block_in_place(|| writer.write(&batch)).map_err(unwritten)?;
            }
            out = Some(writer.end().map_err(unwritten)?.0);
        }
        out.map_or(Ok(()), Output::finish).map_err(Failure::Output)
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
        error @ WriteError::Form(_) => Failure::Query(QueryError::Engine(error.to_string())),
    }
}
