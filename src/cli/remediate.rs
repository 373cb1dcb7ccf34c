//! What can be typed after `remediate`.

use clap::Args;

use super::{FormatArg, LakeArg};
use crate::{
    check::selection::Pattern,
    lake::published::RunName,
    remediate::{key::KeyArn, subject::Subject},
};

pub(super) const REMEDIATE_NOTES: &str =
    "It prints and never writes to AWS. Of a training job the input is read with the
role of the audit (DescribeTrainingJob) where that can be reached, else it is
made of what the tables record, and that is said.

Examples:
  sagesweep remediate \\
    arn:aws:sagemaker:eu-central-1:111111111111:training-job/nightly
  sagesweep remediate 3f9a1c07 --key \\
    arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab
  sagesweep remediate \\
    --origin arn:aws:sagemaker:eu-central-1:111111111111:automl-job/churn
  sagesweep remediate 3f9a1c07 --format json \\
    | jq '.resources[0].job.create_training_job' > job-input.json";

/// Arguments of `remediate`.
#[derive(Debug, Args)]
pub struct RemediateArgs {
    /// The uid of a finding (as OCSF and Security Hub have it, or its first digits), or the ARN of a resource.
    #[arg(value_name = "FINDING", required_unless_present = "origin", conflicts_with = "origin")]
    pub subject: Option<Subject>,
    /// All that fails of what this made: the ARN of a tuning, AutoML or labeling job, or of the execution of a pipeline.
    #[arg(long, value_name = "ARN")]
    pub origin: Option<String>,
    /// Only findings of these checks, of a resource or an origin: ids, or patterns such as `training-job-*`.
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub check: Vec<Pattern>,
    /// Which lake.
    #[command(flatten)]
    pub lake: LakeArg,
    /// The run that found it: latest, previous, a day, or an id.
    #[arg(long, value_name = "RUN", default_value_t)]
    pub run: RunName,
    /// The key to fill in; by default the first in `parameters.approved_keys` that is of the region, one of the account itself
    /// before others, else one in use.
    #[arg(long, value_name = "ARN")]
    pub key: Option<KeyArn>,
    /// Read the input of a training job from the service, or fail.
    #[arg(long, conflicts_with = "recorded")]
    pub live: bool,
    /// Make it of what the tables record, and ask nobody.
    #[arg(long)]
    pub recorded: bool,
    /// Of how many resources it is told, the newest first.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub limit: u16,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}
