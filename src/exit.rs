//! The exit statuses, which schedulers and pipelines act on.

use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// The run is complete, or the question was answered.
    Complete,
    /// A check at or above `--fail-on` failed, and no exception covers it.
    Findings,
    /// The command line, the configuration or the SQL of a question is wrong; nothing was done.
    Usage,
    /// The run was published, and coverage is below the configured floor.
    Incomplete,
    /// The run itself failed and nothing was published, or what was published is not as it was, or cannot be verified, or a
    /// question has no answer.
    Failed,
}

impl ExitStatus {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Failed => 4,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
