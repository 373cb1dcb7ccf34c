//! One night of the program: its configuration, its process, and what the simulator counted meanwhile.

use std::{fs, path::Path, process::Command, time::Duration};

use sagesweep::demo::{ACCESS_KEY_ID, Quotas, SECRET_ACCESS_KEY};

use super::{
    Trouble,
    counts::Counts,
    process::{self, Ended, Usage},
    published,
    simulator::{FASTER, Simulator},
};

/// Requests under way at once: the default.
pub(super) const IN_FLIGHT: u64 = 64;

/// A night that was published.
#[derive(Debug)]
pub(super) struct Night {
    pub(super) usage: Usage,
    /// From the start of the program to the end of its scan.
    pub(super) scan: Duration,
    pub(super) counts: Counts,
    /// Processor time of the simulator.
    pub(super) simulator: Duration,
}

/// Audits what the simulator serves into a lake in `directory`, at a clock that is `ahead` hours ahead.
pub(super) fn night(
    simulator: &Simulator,
    directory: &Path,
    pace: Pace,
    checks: Checks,
    ahead: u64,
) -> Result<Night, Trouble> {
    let before = rows(directory)?;
    let mut program = program(&simulator.endpoint(), directory, pace, checks)?;
    let ended = process::run(program.args(["--clock-ahead", &ahead.to_string()]))?;
    // Half of the accounts have not enabled the last region, and some things are refused on purpose.
    if !matches!(ended.status.code(), Some(0 | 3)) {
        return Err(format!("the program ended with {}:\n{}", ended.status, ended.tail()).into());
    }
    // A night that misses something would be cheap.
    let found = rows(directory)? - before;
    let is_all = if checks == Checks::All { found >= simulator.jobs } else { found == simulator.jobs };
    if !is_all {
        let cells = published::cells(directory)?;
        return Err(format!("the program found {found} of {} jobs; {cells}:\n{}", simulator.jobs, ended.tail()).into());
    }
    let scan = ended.said("scan done")?;
    let Ended { usage, .. } = ended;
    Ok(Night { usage, scan, counts: simulator.counts()?, simulator: simulator.cpu()? })
}

/// The resources in a lake, all nights together.
fn rows(directory: &Path) -> Result<u64, Trouble> {
    let there = directory.join("lake/v1/resources").is_dir();
    Ok(if there { published::size(directory, "resources")?.rows } else { 0 })
}

/// How fast the program calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// At the simulator's quotas, of which all is ours.
    AtTheQuotas,
    /// As fast as it can.
    Unbounded,
}

/// Which checks are put, and so which types are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checks {
    /// Four of training jobs, so that two million jobs are eight million findings.
    Four,
    /// All of training jobs.
    TrainingJobs,
    /// All of all types.
    All,
}

impl Checks {
    /// What the configuration says.
    fn include(self) -> &'static str {
        match self {
            Self::Four => {
                "[\"training-job-customer-managed-keys\", \"training-job-inter-container-encryption\", \
                  \"training-job-network-isolation\", \"training-job-vpc\"]"
            }
            Self::TrainingJobs => "[\"training-job-*\"]",
            Self::All => "[\"*\"]",
        }
    }
}

/// The program, ready to run.
pub(super) fn program(endpoint: &str, directory: &Path, pace: Pace, checks: Checks) -> Result<Command, Trouble> {
    fs::create_dir_all(directory.join("tmp"))?;
    fs::write(directory.join("sagesweep.toml"), configuration(pace, checks))?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command
        .args(["run", "--config", "sagesweep.toml", "--log-format", "json"])
        .current_dir(directory)
        .env_clear()
        .env("TMPDIR", directory.join("tmp"))
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    Ok(command)
}

fn configuration(pace: Pace, checks: Checks) -> String {
    let include = checks.include();
    let mut text = format!(
        "[lake]\ndestination = \"lake\"\n[checks]\ninclude = {include}\n[incremental]\nrefresh_days = 90\n\
         [pacing]\nmax_in_flight = {IN_FLIGHT}\nshare = 1\ngrowth_seconds = 1\n[pacing.rates]\n"
    );
    let rates = sagesweep::config::Pacing::default().rates;
    let mut rate = |api: &str, quota: f64, burst: f64| {
        text.extend([format!("\"{api}\" = {{ start = {quota}, burst = {burst}, quota = {quota} }}\n")]);
    };
    match pace {
        Pace::AtTheQuotas => {
            for (api, quota) in Quotas::realistic().scaled(FASTER).rates() {
                // The simulator has some that are not called.
                if rates.contains_key(api) {
                    rate(api, quota.per_second, quota.burst);
                }
            }
        }
        Pace::Unbounded => {
            for api in rates.keys() {
                rate(api, 1_000.0, 10_000.0);
            }
        }
    }
    text
}
