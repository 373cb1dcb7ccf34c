//! Logs: text on a terminal, JSON otherwise, always on the standard error, and never through a progress display.
//!
//! Names and messages come from outside, so whatever a terminal would obey is spelt out, and an event is one line. The
//! libraries are never heard below `info`, whatever `RUST_LOG` says: on `trace` the AWS SDK writes session tokens and
//! whole answers, in which environments and hyperparameters of jobs stand.

use std::io::{self, IsTerminal as _, Write};

use indicatif::MultiProgress;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    field::MakeExt as _,
    filter::filter_fn,
    fmt::{MakeWriter, format::debug_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{
    cli::LogFormat,
    printable::{escaped, escaped_json},
    progress,
};

/// The form that log lines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging, and tells in which form. `RUST_LOG` overrides the level, which is `info` for ourselves and `warn` for the
/// libraries, but for the search for credentials, of which our own errors say where it ended.
pub fn start(format: LogFormat, quiet: bool, display: MultiProgress) -> Form {
    let level = match (quiet, progress::is_in_task()) {
        (false, _) => "warn,aws_config=error,sagesweep=info",
        (true, false) => "warn,aws_config=error",
        // Nobody watches a task: without its heartbeat a long run and a stuck one look the same.
        (true, true) => "warn,aws_config=error,sagesweep::progress=info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let form = match format {
        LogFormat::Auto if io::stderr().is_terminal() => Form::Text,
        LogFormat::Text => Form::Text,
        LogFormat::Auto | LogFormat::Json => Form::Json,
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(Above { display, form });
    let layer = match form {
        Form::Text => {
            let colours = io::stderr().is_terminal() && !no_color();
            let fields = debug_fn(|out, field, value| {
                let value = format!("{value:?}");
                match field.name() {
                    "message" => write!(out, "{}", escaped(&value)),
                    name => write!(out, "{name}={}", escaped(&value)),
                }
            });
            let layer = layer.with_target(false).compact().fmt_fields(fields.delimited(" "));
            layer.with_ansi(colours).without_time().boxed()
        }
        Form::Json => layer.json().flatten_event(true).boxed(),
    };
    // A second start, as in tests, keeps the first.
    let _already =
        tracing_subscriber::registry().with(filter).with(layer.with_filter(filter_fn(is_discreet))).try_init();
    // A panic of a task is told as an event, one line and spelt out like all others.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a task ended in a panic")));
    form
}

/// Whether an event comes from ourselves, or is of a level at which the libraries tell nothing that is nobody's business.
fn is_discreet(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next() == Some("sagesweep") || *metadata.level() <= Level::INFO
}

/// Whether the user asked for no colour (<https://no-color.org>).
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Writes above the progress display instead of through it.
#[derive(Debug, Clone)]
struct Above {
    display: MultiProgress,
    form: Form,
}

impl Write for Above {
    /// Takes a whole line, as the layers hand it over.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let write = |bytes: &[u8]| self.display.suspend(|| io::stderr().write_all(bytes));
        match self.form {
            Form::Text => write(bytes)?,
            Form::Json => {
                let text = String::from_utf8_lossy(bytes);
                write(format!("{}\n", escaped_json(text.trim_end_matches('\n'))).as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for Above {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}
