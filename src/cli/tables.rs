//! What can be typed after `diff` and `export`.

use std::path::PathBuf;

use clap::Args;

use super::{ConfigArg, FormatArg};
use crate::{
    check::selection::Pattern,
    export::{Format, ocsf::Version},
    finding::{Severity, Status},
    lake::published::RunName,
    place::{AccountId, Region},
};

pub(super) const DIFF_NOTES: &str = "A run is called `latest`, `previous` (the one before it), a day such as
2026-11-24 (its last run, UTC), or by its id.

Examples:
  sagesweep diff --config sagesweep.toml
  sagesweep diff 2026-11-01 latest --severity high
  sagesweep diff previous latest --check 'training-job-*' --format json \\
    > changes.json";

pub(super) const EXPORT_NOTES: &str = "A run is called `latest`, `previous` (the one before it), a day such as
2026-11-24 (its last run, UTC), or by its id.

Examples:
  sagesweep export --format csv --status FAIL --output failing.csv
  sagesweep export --format ocsf --ocsf-version 1.6 --severity high \\
    > findings.jsonl
  sagesweep export --format security-lake --security-lake-region eu-central-1 \\
    --output lake
  sagesweep export --format asff --run 2026-11-24 --status FAIL | while read \\
    -r input; do
    aws securityhub batch-import-findings --cli-input-json \"$input\"; done";

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The first run.
    #[arg(value_name = "BEFORE", default_value_t = RunName::Previous)]
    pub before: RunName,
    /// The second run.
    #[arg(value_name = "AFTER", default_value_t)]
    pub after: RunName,
    /// Where the configuration is, which names the destination.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Only findings of these accounts.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub account: Vec<AccountId>,
    /// Only those of these checks: ids, or patterns such as `training-job-*`.
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub check: Vec<Pattern>,
    /// Only those of this severity or a higher one.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Severity::Informational, hide_default_value = true)]
    pub severity: Severity,
    /// How many changes the text shows, the worst first. JSON has all of them.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The form.
    #[arg(long, value_enum)]
    pub format: Format,
    /// Where the configuration is, which names the destination.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The run.
    #[arg(long, value_name = "RUN", default_value_t)]
    pub run: RunName,
    /// The version of OCSF: 1.8 by default, 1.3 for Security Lake, which takes none after it.
    #[arg(long, value_name = "VERSION", value_enum, hide_possible_values = true)]
    pub ocsf_version: Option<Version>,
    /// Only findings of these statuses: FAIL, UNKNOWN, PASS, `NOT_APPLICABLE`. By default all in CSV and JSON, all but
    /// `NOT_APPLICABLE` in OCSF and ASFF, FAIL for Security Lake.
    #[arg(long, value_name = "STATUS,…", value_delimiter = ',', value_parser = status)]
    pub status: Vec<Status>,
    /// Only those of this severity or a higher one.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Severity::Informational, hide_default_value = true)]
    pub severity: Severity,
    /// The file, which gets its name once it is whole; the standard output by default. For Security Lake a directory.
    #[arg(long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// The region of the Security Lake that the files are for.
    #[arg(long, value_name = "REGION")]
    pub security_lake_region: Option<Region>,
    /// The name of the custom source in Security Lake.
    #[arg(long, value_name = "NAME", default_value = "sagesweep", value_parser = source_name)]
    pub source_name: String,
}

fn status(text: &str) -> Result<Status, String> {
    Status::spelt(&text.to_ascii_uppercase().replace('-', "_")).ok_or_else(|| {
        let all = Status::ALL.map(Status::as_str).join(", ");
        format!("no status is called `{text}`; they are {all}")
    })
}

/// Security Lake takes 20 characters; it becomes the name of a folder.
fn source_name(text: &str) -> Result<String, String> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=20).contains(&text.len()) && text.bytes().all(is_legal) {
        Ok(text.to_owned())
    } else {
        Err("the name of a custom source has up to 20 letters, digits, hyphens and underscores".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_known_in_any_case_and_the_name_of_a_source_leaves_no_folder() {
        assert_eq!(status("not-applicable"), Ok(Status::NotApplicable));
        assert!(status("failed").unwrap_err().contains("FAIL, UNKNOWN"));
        assert!(source_name("sagesweep_1").is_ok());
        for wrong in ["", "../x", "a/b", "123456789012345678901"] {
            assert!(source_name(wrong).is_err(), "{wrong}");
        }
    }
}
