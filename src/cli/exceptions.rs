//! What can be typed after `exceptions`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::{ConfigArg, FormatArg};
use crate::config::ExceptionsFile;

/// What to do with exceptions.
#[derive(Debug, Subcommand)]
pub enum ExceptionsCommand {
    /// Say what is wrong with a file, what has ended, ends soon or overlaps, and what each covers of the last published run.
    #[command(after_help = CHECK_NOTES)]
    Check(CheckArgs),
    /// List them in the order in which they count.
    #[command(after_help = LIST_NOTES)]
    List(ListArgs),
    /// Append one to a file, if the file holds with it; what stands there stays as it is.
    #[command(after_help = ADD_NOTES)]
    Add(AddArgs),
    /// Print what another tool leaves out as a file of exceptions, with notes on what means more than it seems to.
    #[command(after_help = CONVERT_NOTES)]
    Convert(ConvertArgs),
}

const CHECK_NOTES: &str = "Exit status: 0 the file holds, 2 it does not, is not there, or is one of this
machine that cannot be read, 4 it cannot be read from S3, or the last run cannot
be read.

Examples:
  sagesweep exceptions check --config sagesweep.toml
  sagesweep exceptions check --file exceptions.toml --offline --strict";

const LIST_NOTES: &str = "Examples:
  sagesweep exceptions list --config sagesweep.toml
  sagesweep exceptions list --file s3://audit-config/exceptions.toml --json";

const ADD_NOTES: &str = "Examples:
  sagesweep exceptions add --file exceptions.toml --check training-job-vpc \\
    --account 111111111111 --region 'eu-*' --expires 2027-03-31 \\
    --owner ml-platform --ticket RISK-204 \\
    --reason 'Public data only until the new network is there'
  sagesweep exceptions add --file exceptions.toml \\
    --check 'notebook-instance-*' --ou-path /Sandbox --ou-path '/Sandbox/*' \\
    --tag purpose=course --days 60 --owner training \\
    --reason 'Notebooks of courses hold no data'";

const CONVERT_NOTES: &str = "A mute of Prowler never ends, and an exception does: --expires is its last day.
What no exception says the same as is left out, with the reason in the place
where it would stand.

Examples:
  sagesweep exceptions convert prowler mutelist.yaml --owner security \\
    --expires 2027-03-31 > exceptions.toml
  sagesweep exceptions check --file exceptions.toml";

/// Which file.
#[derive(Debug, Args)]
pub struct FileArg {
    /// The file: a path or `s3://bucket/key`; the configured one (exceptions.file) by default.
    #[arg(long, value_name = "FILE")]
    pub file: Option<ExceptionsFile>,
}

/// Arguments of `exceptions check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Where the configuration is, which names the file, the days that one may last, and the lake.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Which file.
    #[command(flatten)]
    pub file: FileArg,
    /// Do not look at the last published run.
    #[arg(long)]
    pub offline: bool,
    /// Exit with status 2 when there is a warning, too, or an exception that covers nothing.
    #[arg(long)]
    pub strict: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}

/// Arguments of `exceptions list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Where the configuration is, which names the file.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Which file.
    #[command(flatten)]
    pub file: FileArg,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}

/// Arguments of `exceptions add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Where the configuration is, which names the file.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Which file, one of this machine; it need not be there yet.
    #[command(flatten)]
    pub file: FileArg,
    /// Its identity; by default told from what it covers.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// A check, by id or by a pattern such as `training-job-*`.
    #[arg(long, value_name = "GLOB", required = true)]
    pub check: Vec<String>,
    /// An account, or * for every account.
    #[arg(long, value_name = "ID")]
    pub account: Vec<String>,
    /// A pattern of the path of the unit that holds the account.
    #[arg(long, value_name = "GLOB")]
    pub ou_path: Vec<String>,
    /// A region or a pattern of regions.
    #[arg(long, value_name = "GLOB")]
    pub region: Vec<String>,
    /// A pattern of ARNs.
    #[arg(long, value_name = "GLOB")]
    pub resource: Vec<String>,
    /// A tag that the resource must have, with a pattern of its value; several values of one key are alternatives.
    #[arg(long, value_name = "KEY=GLOB", value_parser = tag)]
    pub tag: Vec<(String, String)>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who answers for it.
    #[arg(long, value_name = "TEXT")]
    pub owner: String,
    /// Where it was decided.
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Its last day, as in 2027-03-31.
    #[arg(long, value_name = "DAY", required_unless_present = "days", conflicts_with = "days")]
    pub expires: Option<Date>,
    /// Instead, the days that it lasts from today on.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub days: Option<u16>,
}

/// Arguments of `exceptions convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// Whose file it is.
    #[arg(value_enum)]
    pub from: Foreign,
    /// The file.
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// Where the configuration is, which says whose checks the exceptions are for and how long they may last.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The last day of each exception, as in 2027-03-31.
    #[arg(long, value_name = "DAY")]
    pub expires: Option<Date>,
    /// Who answers for them.
    #[arg(long, value_name = "TEXT")]
    pub owner: String,
    /// Why, for those that the file does not describe.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Where it was decided.
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
}

/// Whose file is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Foreign {
    /// A mute list of Prowler 5.46.
    Prowler,
}

fn tag(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not KEY=GLOB"))?;
    Ok((key.to_owned(), value.to_owned()))
}
