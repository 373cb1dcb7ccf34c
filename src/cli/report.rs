//! What can be typed after `report`.

use std::path::PathBuf;

use clap::Args;

use super::LakeArg;
use crate::{lake::published::RunName, query::limits::Size};

pub(super) const REPORT_NOTES: &str = "A run is called `latest`, `previous` (the one before it), a day such as
2026-11-24 (its last run, UTC), or by its id.

The page is one file that needs no network: open it, send it, or put it into a
bucket. It holds every failing finding with its evidence and what mends it, so
treat it as you treat the tables.

Examples:
  sagesweep report --output report.html
  sagesweep report 2026-11-24 --config sagesweep.toml --output report.html
  sagesweep report --lake s3://audit/sagesweep --findings 20000 \\
    --output report.html";

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The run.
    #[arg(value_name = "RUN", default_value_t)]
    pub run: RunName,
    /// Which lake.
    #[command(flatten)]
    pub lake: LakeArg,
    /// The file of the page, which gets its name once it is whole; the standard output by default.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How many failing findings the page holds at the most, the worst first; the configured number (report.findings) by
    /// default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2_000_000))]
    pub findings: Option<u32>,
    /// How much memory the questions behind the page may take; beyond it goes to the disk what can.
    #[arg(long, value_name = "SIZE", default_value_t = Size::MEMORY)]
    pub memory: Size,
    /// How much disk they may take besides, where the system keeps temporary files (TMPDIR).
    #[arg(long, value_name = "SIZE", default_value_t = Size::DISK)]
    pub disk: Size,
}
