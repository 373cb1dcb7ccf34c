//! What can be typed after `init`.

use std::path::PathBuf;

use clap::Args;

use crate::config::DEFAULT_FILE;

pub(super) const INIT_NOTES: &str = "On a terminal it asks for what no option says, an empty line taking what stands
in brackets. Elsewhere --defaults answers the rest. \"\" is the answer for none.

Examples:
  sagesweep init
  sagesweep init --defaults
  sagesweep init --destination s3://audit/sagesweep \\
    --bucket-region eu-central-1 --role-name audit/sagesweep --defaults
  sagesweep init --accounts 111111111111,222222222222 --regions eu-central-1 \\
    --output here.toml --force --defaults";

/// Arguments of `init`. Each question has its option; what they take is what the key of the configuration takes.
#[derive(Debug, Clone, Default, Args)]
pub struct InitArgs {
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    pub output: PathBuf,
    /// Replace the file, if it is there.
    #[arg(long)]
    pub force: bool,
    /// Ask nothing: what no option says is left at its default.
    #[arg(long)]
    pub defaults: bool,
    /// Where the tables go: a directory, or `s3://bucket/prefix`.
    #[arg(long, value_name = "PLACE")]
    pub destination: Option<String>,
    /// The region of the bucket; "" for that of our own credentials.
    #[arg(long, value_name = "REGION")]
    pub bucket_region: Option<String>,
    /// Audit these accounts alone; "" for all of the organization.
    #[arg(long, value_name = "ID,…")]
    pub accounts: Option<String>,
    /// The role in each account, with its path in front if it has one.
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// The external id that its trust policy asks for; "" for none.
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Audit these regions alone; "" for all that are enabled.
    #[arg(long, value_name = "REGION,…")]
    pub regions: Option<String>,
    /// The tag that names the owner of a resource; "" for none.
    #[arg(long, value_name = "KEY")]
    pub owner_tag: Option<String>,
    /// The SNS topic that is told of each run, by its ARN; "" for none.
    #[arg(long, value_name = "ARN")]
    pub sns_topic: Option<String>,
}
