//! What can be typed after `demo`, and after `simulate`, which serves it.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::{check::profile::Profile, demo, lake::RunId};

pub(super) const DEMO_EXAMPLES: &str = "Examples:
  sagesweep demo
  sagesweep demo --accounts 200 --regions 17 --jobs 1000000 --seed 7";

/// Arguments of `demo`.
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

fn quota(text: &str) -> Result<(String, demo::Rate), String> {
    let (name, rate) = text.split_once('=').ok_or_else(|| format!("`{text}` is not service:Operation=RATE/BURST"))?;
    Ok((name.to_owned(), rate.parse()?))
}
