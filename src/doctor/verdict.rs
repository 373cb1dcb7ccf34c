//! The verdict: what the first night would see, from everything that was looked at.

use serde::Serialize;

use super::{
    fold::missed,
    observation::{Consequence, Group, Level, Observation},
};
use crate::exit::ExitStatus;

/// What the first night would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// It would see everything, as far as was looked.
    Complete,
    /// It would miss something.
    Incomplete,
    /// It would fail.
    Failed,
}

impl Verdict {
    /// The verdict on what was seen.
    pub fn of(observations: &[Observation]) -> Self {
        match observations.iter().map(|observation| observation.consequence).max() {
            Some(Consequence::RunFails) => Self::Failed,
            Some(Consequence::PartsMissed | Consequence::AccountsMissed) => Self::Incomplete,
            Some(Consequence::Nothing) | None => Self::Complete,
        }
    }

    /// The exit status that says the same.
    pub fn exit_status(self) -> ExitStatus {
        match self {
            Self::Complete => ExitStatus::Complete,
            Self::Incomplete => ExitStatus::Incomplete,
            Self::Failed => ExitStatus::Failed,
        }
    }

    /// The verdict in one sentence; `looked` accounts of `active` were looked at.
    pub fn sentence(self, observations: &[Observation], looked: usize, active: usize) -> String {
        let reach =
            if looked < active { format!(", as far as {looked} of {active} accounts tell") } else { String::new() };
        match self {
            Self::Complete => {
                let warnings = observations.iter().filter(|observation| observation.level == Level::Warn).count();
                let warnings = match warnings {
                    0 => String::new(),
                    1 => "; there is 1 warning".to_owned(),
                    count => format!("; there are {count} warnings"),
                };
                format!("the first night would see everything{reach}{warnings}")
            }
            Self::Incomplete => {
                let (whole, parts) = missed(observations);
                let mut texts = Vec::new();
                if !whole.is_empty() {
                    texts.push(accounts(whole.len()));
                }
                if !parts.is_empty() {
                    texts.push(format!("a part of {}", accounts(parts.len())));
                }
                let all = if looked < active {
                    format!(" of the {looked} looked at, out of {active}")
                } else {
                    format!(" of {looked}")
                };
                format!("the first night would miss {}{all}", texts.join(" and "))
            }
            Self::Failed => {
                let fatal = |observation: &&Observation| observation.consequence == Consequence::RunFails;
                let groups =
                    Group::ALL.into_iter().filter(|group| observations.iter().filter(fatal).any(|o| o.group == *group));
                let groups = groups.map(|group| group.title().to_lowercase()).collect::<Vec<_>>();
                format!("the first night would fail; see {}", groups.join(", "))
            }
        }
    }
}

fn accounts(count: usize) -> String {
    if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") }
}
