//! Reports on a run: the summary on the terminal, the page, lines of metrics, and the exit status.

use crate::{
    exit::ExitStatus,
    finding::Severity,
    lake::{publish::Published, runs::RunStatus},
};

mod changes;
pub mod emf;
mod exceptions;
pub mod html;
pub mod metrics;
pub mod next;
pub mod origins;
pub mod terminal;

/// The exit status of a published run. A run that saw too little says so first, whatever it found.
pub fn exit_status(published: &Published, fail_on: Option<Severity>) -> ExitStatus {
    if published.run.status == RunStatus::Incomplete {
        return ExitStatus::Incomplete;
    }
    match fail_on {
        Some(severity) if published.tally.unexcepted_failures(severity) > 0 => ExitStatus::Findings,
        _ => ExitStatus::Complete,
    }
}
