//! The form of an answer, for people or for programs, asked for in one way by every command that has both.

use clap::{Args, ValueEnum};

/// The form of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people, at 80 columns.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Which form.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct FormatArg {
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl FormatArg {
    /// The form that is asked for.
    pub fn asked(self) -> ReportFormat {
        if self.json { ReportFormat::Json } else { self.format }
    }

    /// Whether that is JSON.
    pub fn is_json(self) -> bool {
        self.asked() == ReportFormat::Json
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        form: FormatArg,
    }

    fn asked(arguments: &[&str]) -> Option<ReportFormat> {
        Line::try_parse_from(["x"].iter().chain(arguments)).ok().map(|line| line.form.asked())
    }

    #[test]
    fn json_is_asked_for_in_two_ways_and_not_in_both_at_once() {
        assert_eq!(asked(&[]), Some(ReportFormat::Text));
        assert_eq!(asked(&["--format", "text"]), Some(ReportFormat::Text));
        assert_eq!(asked(&["--format", "json"]), Some(ReportFormat::Json));
        assert_eq!(asked(&["--json"]), Some(ReportFormat::Json));
        assert_eq!(asked(&["--json", "--format", "text"]), None);
    }
}
