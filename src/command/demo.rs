//! `demo`: the whole job against a simulated organization, which runs in a process of its own.

use std::{process::Stdio, str::FromStr as _, time::Duration};

use aws_config::Region;
use aws_credential_types::Credentials;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::{Failure, Screen, conclude::conclude, stops::Stops};
use crate::{
    cli::{ConfigArg, DemoArgs, ShapeArgs, SimulateArgs},
    config::{Config, Destination, Rate},
    demo::{self, Behaviour, Latency, Quotas, Shape},
    exit::ExitStatus,
    place::Partition,
    session::{Clock, sdk_config_loader},
};

/// Two of its accounts and one region are out of reach on purpose.
const FLOOR: f64 = 50.0;
/// Nobody else lives on the simulated quotas, so most of each is ours from the start.
const SHARE: f64 = 0.9;
const SIMULATED_RATES: &[(&str, Rate)] = &[
    ("sagemaker:Search", Rate::steady(5.0, 10)),
    ("sagemaker:ListTrainingJobs", Rate::steady(2.0, 10)),
    ("sagemaker:DescribeTrainingJob", Rate::steady(10.0, 20)),
];

/// Starts the simulator, audits it, and prints the summary.
pub(super) async fn run(args: DemoArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let (_simulator, endpoint) = start_simulator(&args.shape).await.map_err(Failure::Demo)?;
    let mut config = Config::default();
    config.lake.destination = Destination::Directory(args.output);
    config.checks.profile = args.profile;
    // Where an account cannot be asked, these are its regions.
    config.regions.fallback = demo::Organization::new(&shape(&args.shape)).regions().cloned().collect();
    // What is refused on purpose is most of what is missing.
    config.coverage.floor_percent = FLOOR;
    config.pacing.share = SHARE;
    // The history ends each day anew, so that it is another organization than that of another day in the same directory.
    config.incremental.refresh_days = 1;
    for (api, rate) in SIMULATED_RATES {
        config.pacing.rates.insert(api, *rate);
    }
    let credentials = Credentials::new(demo::ACCESS_KEY_ID, demo::SECRET_ACCESS_KEY, None, None, "demo");
    let sdk = sdk_config_loader()
        .endpoint_url(endpoint)
        .region(Region::new(Partition::Aws.home_region()))
        .credentials_provider(credentials)
        .load()
        .await;
    // By default a new one: an unfinished run may be of another organization.
    let run = screen.run(sdk, config, args.run_id, Clock::System);
    let mut stops = Stops::listened_to();
    let published = stops.during(&run, Box::pin(run.scan_and_publish())).await?;
    Ok(Box::pin(conclude(screen, &run, &ConfigArg::default(), &published, None, &mut stops)).await)
}

/// Serves the simulated organization until the standard input ends.
pub(super) async fn simulate(args: SimulateArgs) -> Result<ExitStatus, Failure> {
    let factor = if args.time_factor > 0.0 { args.time_factor } else { 1.0 };
    let quotas = args.quota.iter().fold(Quotas::realistic(), |quotas, (name, rate)| quotas.with(name, *rate));
    let latency = (args.latency > 0.0).then(|| Latency {
        median: Duration::from_secs_f64(args.latency / 1_000.0 / factor),
        sigma: args.latency_sigma,
    });
    let behaviour =
        Behaviour { quotas: (!args.no_quotas).then(|| quotas.scaled(factor)), latency, ..Behaviour::default() };
    let shape = Shape {
        now: args.now.unwrap_or_else(|| Clock::System.now()),
        elapsed: SignedDuration::from_hours(args.elapsed.into()),
        heaviest_jobs: args.heaviest,
        no_serverless: args.no_serverless,
        ..shape(&args.shape)
    };
    demo::serve(&shape, behaviour, tokio::io::stdin(), tokio::io::stdout())
        .await
        .map(|()| ExitStatus::Complete)
        .map_err(Failure::Output)
}

fn shape(args: &ShapeArgs) -> Shape {
    Shape {
        accounts: usize::try_from(args.accounts).unwrap_or(usize::MAX),
        regions: usize::try_from(args.regions).unwrap_or(usize::MAX),
        jobs: args.jobs,
        seed: args.seed,
        ..Shape::default()
    }
}

/// When the history of the organization ends: at the beginning of the day (UTC), so that it is the same one all day long and
/// two demos of a day can be compared.
fn midnight(now: Timestamp) -> Timestamp {
    let day = TimeZone::UTC.to_datetime(now).date();
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(now)
}

/// The simulator as a child, so that its memory is not ours, and the address that it serves. It ends with us, since
/// its standard input does.
async fn start_simulator(shape: &ShapeArgs) -> Result<(Child, String), String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("cannot find our own program: {error}; start it by its full path"))?;
    let mut child = Command::new(program)
        .arg("simulate")
        .args(["--accounts", &shape.accounts.to_string(), "--regions", &shape.regions.to_string()])
        .args(["--jobs", &shape.jobs.to_string(), "--seed", &shape.seed.to_string()])
        .args(["--now", &midnight(Clock::System.now()).to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("cannot start the simulator: {error}; look at the limits on processes (ulimit -u)"))?;
    let lines = child.stdout.take().map(|stdout| BufReader::new(stdout).lines());
    let Some(mut lines) = lines else { return Err("the simulator has no standard output".to_owned()) };
    let first = lines.next_line().await.map_err(|error| format!("cannot hear from the simulator: {error}"))?;
    let address = first.as_deref().and_then(|line| line.strip_prefix("listening "));
    let address = address
        .ok_or("the simulator ended before it listened; look at the limits on memory and open files (ulimit -a)")?;
    Ok((child, String::from_str(address).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_ends_at_one_instant_all_day_long() {
        let ends = |now: &str| midnight(now.parse().unwrap()).to_string();
        for now in ["2026-11-26T00:00:00Z", "2026-11-26T18:12:45.5Z", "2026-11-26T23:59:59Z"] {
            assert_eq!(ends(now), "2026-11-26T00:00:00Z");
        }
        assert_eq!(ends("2026-11-27T00:00:00Z"), "2026-11-27T00:00:00Z");
    }
}
