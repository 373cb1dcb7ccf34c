//! What can be typed after `query`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::LakeArg;
use crate::query::{self, limits::Size, output::Format};

pub(super) const QUERY_NOTES: &str = "Without SQL a prompt begins, where a statement ends with `;`, Tab completes, and
`help` says what can be asked. Where the standard input is no terminal, SQL is
read from it.

Only what reads is answered: SELECT, WITH, EXPLAIN, SHOW, DESCRIBE. The tables
hold the runs that were published, and the views are those of Athena. What
Ctrl-C stops leaves no file.

Examples:
  sagesweep query --view posture_by_account
  sagesweep query \"SELECT check_id, count(*) FROM findings_latest GROUP BY 1\"
  sagesweep query --view coverage_gaps --format json | jq -r .account_id
  sagesweep query --as-of 2026-11-24 \"SELECT * FROM posture_by_ou\"
  sagesweep query --lake s3://audit/sagesweep --file trend.sql \\
    --output trend.parquet
  sagesweep query \"SELECT * FROM findings_latest\" | less -S";

/// Arguments of `query`.
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// The question. With a table as its answer there may be several, each ended by `;`.
    #[arg(value_name = "SQL", conflicts_with_all = ["view", "file"])]
    pub sql: Option<String>,
    /// Show a view, or a table, whole.
    #[arg(long, value_name = "NAME", value_parser = query::named)]
    pub view: Option<String>,
    /// Read the SQL from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "view")]
    pub file: Option<PathBuf>,
    /// Which lake.
    #[command(flatten)]
    pub lake: LakeArg,
    /// Answer as on that day (UTC): the views of the present speak of it, and later runs are not there.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub as_of: Option<Date>,
    /// The form of the answer; by default what the ending of --output says, else a table.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The file of the answer, which gets its name once it is whole; the standard output by default.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How much memory the answer may take; beyond it goes to the disk what can.
    #[arg(long, value_name = "SIZE", default_value_t = Size::MEMORY)]
    pub memory: Size,
    /// How much disk it may take besides, where the system keeps temporary files (TMPDIR).
    #[arg(long, value_name = "SIZE", default_value_t = Size::DISK)]
    pub disk: Size,
    /// Remember nothing of what is typed at the prompt.
    #[arg(long)]
    pub no_history: bool,
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_no_day| format!("`{text}` is no day; give one such as 2026-11-24"))
}
