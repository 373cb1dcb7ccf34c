//! What can be typed after `guardrail`.

use clap::Args;

use super::{FormatArg, LakeArg};
use crate::{check::selection::Pattern, guardrail::policy::PolicyKind, lake::published::RunName, place::AccountId};

pub(super) const GUARDRAIL_NOTES: &str =
    "It reads the lake and prints; it changes no policy. What it would have refused
is told from the resources that published runs recorded, with the very
conditions of the policy.

Examples:
  sagesweep guardrail training-job-customer-managed-keys
  sagesweep guardrail 'training-job-*' --days 90 --policy iam
  sagesweep guardrail --format json | jq '.blast_radius.by_role'
  sagesweep guardrail training-job-vpc --bare > scp.json
  aws organizations create-policy --type SERVICE_CONTROL_POLICY \\
    --name sagemaker-vpc --description 'jobs in a VPC' \\
    --content file://scp.json";

/// Arguments of `guardrail`.
#[derive(Debug, Args)]
pub struct GuardrailArgs {
    /// The checks whose failing class is prevented: ids, or patterns such as `training-job-*`. The configured ones by default.
    #[arg(value_name = "CHECK")]
    pub checks: Vec<Pattern>,
    /// How many days before the run it is held against.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub days: u16,
    /// The kind of policy.
    #[arg(long, value_name = "KIND", value_enum, default_value_t = PolicyKind::Scp)]
    pub policy: PolicyKind,
    /// Which lake.
    #[command(flatten)]
    pub lake: LakeArg,
    /// The run up to which the days go: latest, previous, a day, or an id.
    #[arg(long, value_name = "RUN", default_value_t)]
    pub run: RunName,
    /// Only what was made in these accounts: those that it would be attached to.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub account: Vec<AccountId>,
    /// Nothing that was made in these accounts, such as the management account, which no SCP binds.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub except_account: Vec<AccountId>,
    /// Print the policies alone, each on a line without white space, as Organizations and IAM count them.
    #[arg(long, conflicts_with = "format")]
    pub bare: bool,
    /// Print the policies without reading the lake.
    #[arg(long)]
    pub no_history: bool,
    /// How many refused requests the text shows, the newest first. JSON has all of them.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}
