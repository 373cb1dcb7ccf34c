//! The command line: what can be typed, and nothing of what it does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    built,
    check::{profile::Profile, selection::Pattern},
    config::{self, Destination},
    finding::Severity,
    lake::RunId,
    plan::shard::Shard,
};

mod checks;
#[cfg(feature = "demo")]
mod demo;
mod exceptions;
mod guardrail;
mod init;
mod notify;
mod query;
mod remediate;
mod report;
mod report_format;
mod shell;
mod tables;

pub use checks::{ChecksArgs, ExplainArgs, ResourceArn};
#[cfg(feature = "demo")]
pub use demo::{DemoArgs, ShapeArgs, SimulateArgs};
pub use exceptions::{AddArgs, CheckArgs, ConvertArgs, ExceptionsCommand, FileArg, Foreign, ListArgs};
pub use guardrail::GuardrailArgs;
pub use init::InitArgs;
pub use notify::NotifyArgs;
pub use query::QueryArgs;
pub use remediate::RemediateArgs;
pub use report::ReportArgs;
pub use report_format::{FormatArg, ReportFormat};
pub use shell::{CompletionsArgs, ManArgs};
pub use tables::{DiffArgs, ExportArgs};

/// The place of a lake, looked at before anything is done, so that the option is blamed that named it.
fn place(text: &str) -> Result<String, String> {
    let parsed = text.parse::<Destination>();
    parsed.map(|_is_one| text.to_owned()).map_err(|error| error.to_string())
}

/// Audits every SageMaker resource of an AWS Organization into Parquet, and says what it did not see.
#[derive(Debug, Parser)]
#[command(version, long_version = built::FACTS, propagate_version = true, max_term_width = 100)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
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
    #[command(after_help = PUBLISH_EXAMPLES)]
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
    /// Say what to do about a finding, with the values of its resource filled in.
    #[command(after_help = remediate::REMEDIATE_NOTES)]
    Remediate(Box<RemediateArgs>),
    /// Print the policy that would prevent what checks fail, and what it would have refused.
    #[command(after_help = guardrail::GUARDRAIL_NOTES)]
    Guardrail(GuardrailArgs),
    /// Write a commented configuration after a few questions.
    #[command(after_help = init::INIT_NOTES)]
    Init(InitArgs),
    /// Write a published run as a page: one HTML file that needs no network.
    #[command(after_help = report::REPORT_NOTES)]
    Report(ReportArgs),
    /// Print the configuration in effect, with all defaults filled in.
    #[command(after_help = CONFIG_EXAMPLES)]
    Config(ConfigArgs),
    /// List the checks.
    #[command(after_help = checks::notes())]
    Checks(ChecksArgs),
    /// Say what a check judges, why it matters, and what mends a FAIL.
    #[command(after_help = checks::EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Check, list, add or convert exceptions: what fails and may, for a while.
    #[command(subcommand)]
    Exceptions(ExceptionsCommand),
    /// Print the IAM policy that the program needs.
    #[command(after_help = POLICY_EXAMPLES)]
    IamPolicy(PolicyArgs),
    /// Say what would fail before the first night, and what mends it.
    #[command(after_help = DOCTOR_NOTES)]
    Doctor(DoctorArgs),
    /// Tell of a published run those who were not told, or print what they would be told.
    #[command(after_help = notify::NOTIFY_NOTES)]
    Notify(NotifyArgs),
    /// Audit a simulated organization on this machine; no AWS account is needed.
    #[cfg(feature = "demo")]
    #[command(after_help = demo::DEMO_EXAMPLES)]
    Demo(DemoArgs),
    /// Print the completions of a shell.
    #[command(after_help = shell::COMPLETIONS_NOTES)]
    Completions(CompletionsArgs),
    /// Write the manual: a page for each command.
    #[command(after_help = shell::MAN_NOTES)]
    Man(ManArgs),
    /// Serve the simulated organization until the standard input ends.
    #[cfg(feature = "demo")]
    #[command(hide = true)]
    Simulate(SimulateArgs),
}

const EXAMPLES: &str = "Examples:
  sagesweep init
  sagesweep doctor --config sagesweep.toml
  sagesweep run --config sagesweep.toml
  sagesweep query --view posture_by_account";

const PUBLISH_EXAMPLES: &str = "Examples:
  sagesweep publish --config sagesweep.toml
  sagesweep publish --config sagesweep.toml --run-id 20261124T031500Z-9f3a \\
    --fail-on critical
  sagesweep publish --config sagesweep.toml --run-id 20261124T031500Z-9f3a \\
    --incomplete";

const CONFIG_EXAMPLES: &str = "Examples:
  sagesweep config
  sagesweep config --config sagesweep.toml --format json | jq .lake
  SAGESWEEP_ROLE_NAME=audit/sagesweep sagesweep config";

const POLICY_EXAMPLES: &str = "Examples:
  sagesweep iam-policy member --checks 'training-job-*'
  sagesweep iam-policy task --config sagesweep.toml
  sagesweep iam-policy trust \\
    --principal arn:aws:iam::111111111111:role/sagesweep-task \\
    --organization o-a1b2c3d4e5";

const RUN_EXAMPLES: &str = "Examples:
  sagesweep run --config sagesweep.toml
  sagesweep run --config sagesweep.toml --fail-on high
  SAGESWEEP_LAKE_DESTINATION=s3://audit/sagesweep sagesweep run";

const SCAN_EXAMPLES: &str = "Examples:
  sagesweep scan --config sagesweep.toml
  sagesweep scan --config sagesweep.toml --run-id 20261124T031500Z-9f3a \\
    --shard 2/8
  sagesweep publish --config sagesweep.toml --run-id 20261124T031500Z-9f3a";

const VERIFY_EXAMPLES: &str = "Examples:
  sagesweep verify --config sagesweep.toml
  sagesweep verify --config sagesweep.toml --all --public-key audit-key.pem
  sagesweep verify --all --format json | jq '.problems[].key'";

const DOCTOR_NOTES: &str = "It reads, and writes only below _doctor/ in the lake, which it empties again.

Exit status: 0 nothing would fail, 2 the configuration is wrong, 3 something
would be missed, 4 the run would fail.

Examples:
  sagesweep doctor --config sagesweep.toml
  sagesweep doctor --config sagesweep.toml --all --format json";

/// Where the configuration is.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigArg {
    /// The configuration file; without one the defaults and the environment decide.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Whose judgement: ours, that of Prowler 5.46, or both; the configured one (checks.profile) by default.
    #[arg(long, value_name = "PROFILE", value_enum)]
    pub profile: Option<Profile>,
}

/// Which lake is read.
#[derive(Debug, Clone, Args)]
pub struct LakeArg {
    /// Where the configuration is, which names the destination.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The lake: a directory or `s3://bucket/prefix`; the configured one (lake.destination) by default.
    #[arg(long, value_name = "PLACE", value_parser = place)]
    pub lake: Option<String>,
}

/// Arguments of `config`.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// Where the configuration is.
    #[command(flatten)]
    pub config: ConfigArg,
    /// The form: TOML, which can be read back, or JSON.
    #[arg(long, value_enum, default_value_t = ConfigFormat::Toml)]
    pub format: ConfigFormat,
}

/// The form of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    /// A file that reads back as the same configuration.
    Toml,
    /// One JSON object.
    Json,
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
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
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
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
