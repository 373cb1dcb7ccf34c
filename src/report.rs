//! Reports on a published run: for now the summary on the terminal, and the exit status.

use crate::{
    exit::ExitStatus,
    finding::Severity,
    lake::{publish::Published, runs::RunStatus},
};

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
