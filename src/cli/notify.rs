//! What can be typed after `notify`.

use clap::Args;

use super::{ConfigArg, FormatArg};
use crate::lake::published::RunName;

pub(super) const NOTIFY_NOTES: &str = "`run` and `publish` tell by themselves; this command tells what they could not.
Each target of [notify] in the configuration is told once of a run.

Exit status: 0 everybody was told, now or before, or is not to be told by this
process: the run is quiet (notify.quiet_runs), or another process is telling;
2 nobody is configured, 4 somebody could not be told.

Examples:
  sagesweep notify --dry-run
  sagesweep notify --dry-run --format json latest
  sagesweep notify --config sagesweep.toml 2026-11-24
  sagesweep notify --config sagesweep.toml --again";

/// Arguments of `notify`.
#[derive(Debug, Args)]
pub struct NotifyArgs {
    /// The run: `latest`, `previous`, a day such as 2026-11-24, or its id.
    #[arg(value_name = "RUN", default_value_t)]
    pub run: RunName,
    /// Where the configuration is, which names the destination and whom to tell.
    #[command(flatten)]
    pub config: ConfigArg,
    /// Print the digest, and tell nobody.
    #[arg(long, conflicts_with = "again")]
    pub dry_run: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
    /// Tell those again who were told before.
    #[arg(long)]
    pub again: bool,
}
