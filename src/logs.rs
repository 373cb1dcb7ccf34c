//! Logs: text on a terminal, JSON otherwise, always on the standard error, and never through a progress display.

use std::io::{self, IsTerminal as _, Write};

use indicatif::MultiProgress;
use tracing_subscriber::{
    EnvFilter, Layer as _, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{cli::LogFormat, progress};

/// The form that log lines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging, and tells in which form. `RUST_LOG` overrides the level, which is `info` for ourselves and `warn` for the libraries.
pub fn start(format: LogFormat, quiet: bool, display: MultiProgress) -> Form {
    let level = match (quiet, progress::is_in_task()) {
        (false, _) => "warn,sagesweep=info",
        (true, false) => "warn",
        // Nobody watches a task: without its heartbeat a long run and a stuck one look the same.
        (true, true) => "warn,sagesweep::progress=info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let text = match format {
        LogFormat::Auto => io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let writer = Above(display);
    let layer = if text {
        let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_target(false).compact();
        layer.with_ansi(io::stderr().is_terminal() && !no_color()).without_time().boxed()
    } else {
        tracing_subscriber::fmt::layer().with_writer(writer).json().flatten_event(true).boxed()
    };
    // A second start, as in tests, keeps the first.
    let _already = tracing_subscriber::registry().with(filter).with(layer).try_init();
    if text { Form::Text } else { Form::Json }
}

/// Whether the user asked for no colour (<https://no-color.org>).
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Writes above the progress display instead of through it.
#[derive(Debug, Clone)]
struct Above(MultiProgress);

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
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
