//! The command line: what can be typed, and nothing of what it does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
#[cfg(feature = "demo")]
use jiff::Timestamp;

#[cfg(feature = "demo")]
use crate::demo;
use crate::{
    check::{profile::Profile, selection::Pattern},
    config,
    finding::Severity,
    lake::RunId,
    plan::shard::Shard,
};

mod checks;
mod query;
mod report;
mod tables;

pub use checks::{ChecksArgs, ExplainArgs, ResourceArn};
pub use query::QueryArgs;
pub use report::ReportArgs;
pub use tables::{DiffArgs, ExportArgs};

/// Audits every SageMaker resource of an AWS Organization into Parquet, and says what it did not see.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Log form: text on a terminal and JSON otherwise, unless told.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Auto)]
    pub log_format: LogFormat,
    /// Show no progress, no summary, and of the logs only warnings and errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Hours by which the clock of the run is ahead, so that a later night of a simulated organization can be audited now.
    #[cfg(feature = "demo")]
    #[arg(long, global = true, hide = true, value_name = "HOURS", default_value_t = 0)]
    pub clock_ahead: u16,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// Text.
    Text,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit the organization and publish the result: `scan`, then `publish`.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Audit the organization and stage the result, which nobody sees before `publish`.
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(ScanArgs),
    /// Merge what was staged and make it visible.
    Publish(PublishArgs),
    /// Hold what was published against its manifests: nothing changed, removed or added.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Say what changed between two published runs, and what cannot be compared.
    #[command(after_help = tables::DIFF_NOTES)]
    Diff(DiffArgs),
    /// Write the findings of a published run as OCSF, ASFF, CSV, JSON, or for Security Lake.
    #[command(after_help = tables::EXPORT_NOTES)]
    Export(ExportArgs),
    /// Ask the tables and the views in SQL, on this machine.
    #[command(after_help = query::QUERY_NOTES)]
    Query(QueryArgs),
    /// Write a published run as a page: one HTML file that needs no network.
    #[command(after_help = report::REPORT_NOTES)]
    Report(ReportArgs),
    /// Print the configuration in effect, with all defaults filled in.
    Config(ConfigArg),
    /// List the checks.
    #[command(after_help = checks::notes())]
    Checks(ChecksArgs),
    /// Say what a check judges, why it matters, and what mends a FAIL.
    #[command(after_help = checks::EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Print the IAM policy that the program needs.
    IamPolicy(PolicyArgs),
    /// Say what would fail before the first night, and what mends it.
    #[command(after_help = DOCTOR_NOTES)]
    Doctor(DoctorArgs),
    /// Audit a simulated organization on this machine; no AWS account is needed.
    #[cfg(feature = "demo")]
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(DemoArgs),
    /// Serve the simulated organization until the standard input ends.
    #[cfg(feature = "demo")]
    #[command(hide = true)]
    Simulate(SimulateArgs),
}

const RUN_EXAMPLES: &str = "Examples:
  sagesweep run --config sagesweep.toml
  sagesweep run --config sagesweep.toml --fail-on high
  SAGESWEEP_LAKE_DESTINATION=s3://audit/sagesweep sagesweep run";

const SCAN_EXAMPLES: &str = "Examples:
  sagesweep scan --config sagesweep.toml
  sagesweep scan --config sagesweep.toml --run-id 20261124T031500Z-9f3a --shard 2/8
  sagesweep publish --config sagesweep.toml --run-id 20261124T031500Z-9f3a";

const VERIFY_EXAMPLES: &str = "Examples:
  sagesweep verify --config sagesweep.toml
  sagesweep verify --config sagesweep.toml --all --public-key audit-key.pem";

const DOCTOR_NOTES: &str = "It reads, and writes only below _doctor/ in the lake, which it empties again.

Exit status: 0 nothing would fail, 2 the configuration is wrong, 3 something would be missed, 4 the run would fail.

Examples:
  sagesweep doctor --config sagesweep.toml
  sagesweep doctor --config sagesweep.toml --all --format json";

#[cfg(feature = "demo")]
const DEMO_EXAMPLES: &str = "Examples:
  sagesweep demo
  sagesweep demo --accounts 200 --regions 17 --jobs 1000000 --seed 7";

/// Where the configuration is.
#[derive(Debug, Clone, Args)]
pub struct ConfigArg {
    /// The configuration file; without one the defaults and the environment decide.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Whose judgement: ours, that of Prowler 5.46, or both; the configured one (checks.profile) by default.
    #[arg(long, value_name = "PROFILE", value_enum)]
    pub profile: Option<Profile>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The id of the run, as YYYYMMDDThhmmssZ-xxxx; by default the unfinished run of this night, else a new one.
    #[arg(long, value_name = "ID")]
    pub run_id: Option<RunId>,
    /// Exit with status 1 when a check of this severity or a higher one fails.
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub fail_on: Option<Severity>,
}

/// Arguments of `scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The id of the run, as YYYYMMDDThhmmssZ-xxxx; by default the unfinished run of this night, else a new one.
    #[arg(long, value_name = "ID")]
    pub run_id: Option<RunId>,
    /// Scan one of n parts of the accounts, as i/n from 1/n to n/n; each on a machine of its own.
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE, hide_default_value = true)]
    pub shard: Shard,
}

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The id that `scan` printed; by default the last run that was started without an id.
    #[arg(long, value_name = "ID")]
    pub run_id: Option<RunId>,
    /// Publish although shards are missing; coverage says `NOT_SCANNED` for their accounts.
    #[arg(long)]
    pub incomplete: bool,
    /// Exit with status 1 when a check of this severity or a higher one fails.
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub fail_on: Option<Severity>,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Where the configuration is, which names the destination.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The run to verify; the one that was published last by default.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub run_id: Option<RunId>,
    /// Verify every run, the whole chain, and that there is nothing else.
    #[arg(long)]
    pub all: bool,
    /// A file with the public key (PEM) by which each of these runs must be signed.
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,
}

/// Arguments of `iam-policy`.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Whose policy.
    #[arg(value_enum)]
    pub identity: PolicyIdentity,
    /// Where the configuration is, which names the role and the bucket.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Only for these checks: ids, or patterns such as `training-job-*`. The configured ones by default.
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub checks: Vec<Pattern>,
    /// For `trust`: the ARN of the role that runs the program; the configured hub role by default.
    #[arg(long, value_name = "ARN", value_parser = config::role_arn)]
    pub principal: Option<String>,
    /// The id of the organization that the principal of `trust` must belong to, and the roles that `task` and `hub` assume.
    #[arg(long, value_name = "ID", value_parser = config::organization_id)]
    pub organization: Option<String>,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Accounts to look at, spread over the scope, the management account and our own among them.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub accounts: u16,
    /// Look at every account in scope.
    #[arg(long, conflicts_with = "accounts")]
    pub all: bool,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people, at 80 columns.
    Text,
    /// For programs.
    Json,
}

/// Whose policy to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyIdentity {
    /// The role in each account.
    Member,
    /// The identity that runs the program.
    Task,
    /// The configured hub role, which the program goes through.
    Hub,
    /// Who may assume the role in each account: its trust policy.
    Trust,
}

/// Arguments of `demo`.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The simulated organization.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Where the tables go: a directory.
    #[arg(long, value_name = "DIR", default_value = "sagesweep-out")]
    pub output: PathBuf,
    /// Go on with a run that was stopped, of the same organization.
    #[arg(long, value_name = "ID")]
    pub run_id: Option<RunId>,
    /// Whose judgement: ours, that of Prowler 5.46, or both.
    #[arg(long, value_name = "PROFILE", value_enum, default_value_t)]
    pub profile: Profile,
}

/// The size of a simulated organization.
#[cfg(feature = "demo")]
#[derive(Debug, Clone, Args)]
pub struct ShapeArgs {
    /// Accounts, the suspended and the refused one among them.
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(4..=20_000))]
    pub accounts: u32,
    /// Regions.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=17))]
    pub regions: u32,
    /// Training jobs.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub jobs: u64,
    /// The seed from which everything is made.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Arguments of `simulate`.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The simulated organization.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// The end of the two years in which the jobs were created; the present by default.
    #[arg(long, value_name = "TIMESTAMP")]
    pub now: Option<Timestamp>,
    /// Hours that have passed since, with new jobs at the rate of the last days.
    #[arg(long, value_name = "HOURS", default_value_t = 0)]
    pub elapsed: u16,
    /// Jobs in the heaviest account and region.
    #[arg(long, value_name = "N")]
    pub heaviest: Option<u64>,
    /// No job is serverless.
    #[arg(long)]
    pub no_serverless: bool,
    /// No quota at all.
    #[arg(long, conflicts_with = "quota")]
    pub no_quotas: bool,
    /// Another quota than the usual one, as service:Operation=RATE/BURST; all of `organizations:*` share one.
    #[arg(long, value_name = "QUOTA", value_parser = quota)]
    pub quota: Vec<(String, demo::Rate)>,
    /// The median of the lognormal latency, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0.0)]
    pub latency: f64,
    /// The standard deviation of its logarithm.
    #[arg(long, value_name = "SIGMA", default_value_t = 0.5)]
    pub latency_sigma: f64,
    /// How much faster time runs: rates are multiplied and latencies divided by it.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub time_factor: f64,
}

#[cfg(feature = "demo")]
fn quota(text: &str) -> Result<(String, demo::Rate), String> {
    let (name, rate) = text.split_once('=').ok_or_else(|| format!("`{text}` is not service:Operation=RATE/BURST"))?;
    Ok((name.to_owned(), rate.parse()?))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
