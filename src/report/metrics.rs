//! The figures of scan and publish as lines of metrics on the standard output, where the configuration asks for them.

use std::io::{self, IsTerminal as _, Write as _};

use super::emf::{self, Done};
use crate::config::{Config, Metrics};

/// Whether the standard output belongs to the lines of metrics, so that nothing for people may stand between them: a
/// pipeline of logs takes each line for an event.
pub fn own_the_output(config: &Config) -> bool {
    config.metrics.emf && !io::stdout().is_terminal()
}

/// Writes the figures of what was done, if they are asked for.
pub fn write(metrics: &Metrics, done: &Done<'_>) {
    if !metrics.emf {
        return;
    }
    let lines = emf::lines(&metrics.namespace, done);
    // All at once under the lock, so that no line is torn.
    let mut output = io::stdout().lock();
    if let Err(error) = output.write_all(lines.as_bytes()).and_then(|()| output.flush()) {
        tracing::warn!(%error, "the lines of metrics could not be written");
    }
}
