//! Runs that are stopped, killed at any instant, or started twice: what is published is as if nothing had been.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use sagesweep::{
    Incomplete, Run, RunError,
    config::{Config, Destination, Rate},
    demo::{Behaviour, Shape, Simulator},
    lake::Table,
    plan::{PlanError, shard::Shard},
    session::Clock,
};
use tempfile::TempDir;

use crate::{
    audit::{self, fast_config, sdk, small},
    bucket::{BUCKET, in_bucket},
    soak::number,
    table::{self, Row},
};

const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const RUN_ID: &str = "20261124T031500Z-00a1";

/// One of this many seeds of the soak test kills, too.
const KILLS: u64 = 5;

fn seeds() -> impl Iterator<Item = u64> {
    let (first, count) = (number("SAGESWEEP_FIRST_SEED", 1), number("SAGESWEEP_SEEDS", 100_u64).div_ceil(KILLS));
    first..first + count
}

/// A simulator and the configuration that its audits share.
pub(crate) struct Night {
    pub(crate) simulator: Simulator,
    pub(crate) config: Config,
}

impl Night {
    pub(crate) async fn new(shape: Shape) -> Self {
        let simulator = Simulator::start(&shape, Behaviour::default()).await.unwrap();
        let mut config = fast_config();
        config.pacing.slice_jobs = 100;
        for rate in config.pacing.rates.values_mut() {
            *rate = Rate::steady(1_000.0, 1_000);
        }
        config.regions.fallback = simulator.organization().regions().cloned().collect();
        Self { simulator, config }
    }

    /// A run of this id into a directory, with a clock that stands still.
    pub(crate) async fn run(&self, directory: &Path) -> Run {
        let mut config = self.config.clone();
        config.lake.destination = Destination::Directory(directory.to_owned());
        let clock = Clock::Fixed("2026-11-24T05:00:00Z".parse().unwrap());
        Run::new(sdk(&self.simulator, PATIENCE).await, config, RUN_ID.parse().unwrap(), clock)
    }

    fn calls(&self, operation: &str) -> u64 {
        let counts = self.simulator.counts();
        counts.iter().filter(|((_, _, name), _)| name.ends_with(operation)).map(|(_, count)| count.requests).sum()
    }
}

/// Few cells, and some with many windows.
pub(crate) fn windows() -> Shape {
    Shape { accounts: 5, regions: 2, jobs: 3_000, seed: 3, ..small() }
}

/// The content of the published tables but `runs`, whose row counts the calls of its own attempt.
pub(crate) fn published(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for table in Table::listed() {
        for file in table::files(directory, table.as_str()) {
            files.insert(format!("{table}/{}", file.file_name().unwrap().display()), fs::read(file).unwrap());
        }
    }
    assert_eq!(table::files(directory, "runs").len(), 1);
    files
}

/// Nothing but tables stays behind.
pub(crate) fn assert_clean(directory: &Path) {
    let left = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: BTreeSet<_> = left.collect();
    assert!(left.is_subset(&BTreeSet::from(["v1".to_owned(), "_staging".to_owned()])), "{left:?}");
    let staged = fs::read_dir(directory.join("_staging"))
        .map_or(0, |entries| entries.filter(|entry| entry.as_ref().unwrap().file_name() != "claims").count());
    assert_eq!(staged, 0, "staged objects stay");
}

#[tokio::test]
async fn a_scan_that_was_stopped_goes_on_and_asks_for_no_complete_unit_again() {
    let mut night = Night::new(windows()).await;
    // At a pace, so that few windows of a cell are open at once.
    night.config.pacing.rates.insert("sagemaker:Search", Rate { start: 20.0, burst: 1, quota: 20.0 });
    let (whole, parted) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    night.run(whole.path()).await.scan_and_publish().await.unwrap();
    let undisturbed = night.calls("Search");

    let run = Arc::new(night.run(parted.path()).await);
    let scanning = { Arc::clone(&run) };
    let stopping = async {
        while night.calls("Search") < undisturbed + undisturbed / 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        run.stop();
    };
    let (stopped, ()) = tokio::join!(scanning.scan_shard(Shard::WHOLE), stopping);
    assert!(matches!(&stopped, Err(RunError::Stopped { left, .. }) if left.contains(RUN_ID)), "{stopped:?}");
    assert!(table::files(parted.path(), "runs").is_empty());
    let first = night.calls("Search") - undisturbed;

    night.run(parted.path()).await.scan_and_publish().await.unwrap();
    assert_eq!(published(parted.path()), published(whole.path()));
    assert_clean(parted.path());
    let both = night.calls("Search") - undisturbed;
    assert!(first > undisturbed / 3 && first < undisturbed, "{first} of {undisturbed}");
    // Each cell that was open looks at its first page again, and at the windows that were being read.
    assert!(both <= undisturbed + undisturbed / 3, "{undisturbed} undisturbed, {first} and {both} in two attempts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_breaks_off_anywhere_publishes_the_same_bytes_in_the_end() {
    let night = Night::new(windows()).await;
    let whole = TempDir::new().unwrap();
    let begun = Instant::now();
    night.run(whole.path()).await.scan_and_publish().await.unwrap();
    let (takes, expected) = (begun.elapsed(), published(whole.path()));
    for seed in seeds() {
        let mut random = fastrand::Rng::with_seed(seed);
        let directory = TempDir::new().unwrap();
        for _ in 0..random.u32(1..4) {
            let instant = takes.mul_f64(random.f64() * 1.2);
            // Dropped where it stands, as a process that is killed: no part is closed, no lease given back.
            drop(tokio::time::timeout(instant, night.run(directory.path()).await.scan_and_publish()).await);
            if !table::files(directory.path(), "runs").is_empty() {
                break;
            }
        }
        match night.run(directory.path()).await.scan_and_publish().await {
            Ok(_) => {}
            Err(RunError::Publish(error)) if error.to_string().contains("is published already") => {}
            Err(error) => panic!("seed {seed}: {error}"),
        }
        assert!(published(directory.path()) == expected, "seed {seed}: other tables than of the undisturbed run");
    }
}

/// The program against a simulator, with its own directory for the tables.
pub(crate) fn program(night: &Night, directory: &Path, arguments: &[&str]) -> Command {
    let mut config = night.config.clone();
    config.lake.destination = Destination::Directory("out".into());
    fs::write(directory.join("sagesweep.toml"), config.to_toml()).unwrap();
    let mut command = audit::program(&night.simulator, directory, arguments);
    command.args(["--config", "sagesweep.toml"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) async fn output(child: Child) -> Output {
    tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success());
}

/// The rows of the tables, times of observation and the run apart.
fn rows(directory: &Path) -> Vec<Vec<Row>> {
    let times = [
        "observed_at",
        "started_at",
        "duration_ms",
        "window_end",
        "last_asked_at",
        "last_read_whole_at",
        "empty_since",
        "first_failed_at",
        "occurred_at",
        "run_id",
    ];
    let without = |mut row: Row| {
        row.retain(|column, _| !times.contains(&column.as_str()));
        row
    };
    let tables = ["findings", "resources", "coverage", "finding_events", "posture_daily"];
    tables.map(|name| table::read(&directory.join("out"), name).into_iter().map(without).collect()).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_at_any_instant_goes_on_by_itself_to_the_same_tables() {
    let night = Night::new(windows()).await;
    let whole = TempDir::new().unwrap();
    let begun = Instant::now();
    let undisturbed = output(program(&night, whole.path(), &["run"]).spawn().unwrap()).await;
    assert_eq!(undisturbed.status.code(), Some(0), "{}", String::from_utf8_lossy(&undisturbed.stderr));
    let (takes, expected) = (begun.elapsed(), rows(whole.path()));
    for seed in seeds() {
        let mut random = fastrand::Rng::with_seed(seed);
        let directory = TempDir::new().unwrap();
        let published = |directory: &Path| !table::files(&directory.join("out"), "runs").is_empty();
        for _ in 0..random.u32(1..4) {
            let child = program(&night, directory.path(), &["run"]).spawn().unwrap();
            tokio::time::sleep(takes.mul_f64(random.f64())).await;
            signal(&child, if random.u8(0..4) == 0 { "TERM" } else { "KILL" });
            let status = output(child).await.status.code();
            assert!(matches!(status, None | Some(0 | 4)), "seed {seed}: {status:?}");
            if published(directory.path()) {
                break;
            }
        }
        if !published(directory.path()) {
            let last = output(program(&night, directory.path(), &["run"]).spawn().unwrap()).await;
            assert_eq!(last.status.code(), Some(0), "seed {seed}: {}", String::from_utf8_lossy(&last.stderr));
        }
        assert_eq!(table::files(&directory.path().join("out"), "runs").len(), 1, "seed {seed}");
        assert!(rows(directory.path()) == expected, "seed {seed}: other rows than of the undisturbed run");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_schedulers_that_start_the_same_night_one_wins_and_the_other_ends_well() {
    let night = Night::new(windows()).await;
    for _ in 0..3 {
        let directory = TempDir::new().unwrap();
        let both = [0, 1].map(|_| program(&night, directory.path(), &["run"]).spawn().unwrap());
        let mut statuses = Vec::new();
        for child in both {
            let output = output(child).await;
            statuses.push((output.status.code(), String::from_utf8(output.stderr).unwrap()));
        }
        assert!(statuses.iter().all(|(status, _)| *status == Some(0)), "{statuses:?}");
        let leaves = |said: &str| said.contains("is under way in another process");
        assert_eq!(statuses.iter().filter(|(_, said)| leaves(said)).count(), 1, "{statuses:?}");
        assert_eq!(table::files(&directory.path().join("out"), "runs").len(), 1);
        // A rerun of a published night is a new run beside the first.
        let again = output(program(&night, directory.path(), &["run"]).spawn().unwrap()).await;
        assert_eq!(again.status.code(), Some(0));
        assert_eq!(table::files(&directory.path().join("out"), "runs").len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_the_old_night_or_the_new_over_all_tables_and_nothing_between() {
    let night = Night::new(Shape { jobs: 1_000, ..windows() }).await;
    let lake = TempDir::new().unwrap();
    let mut config = night.config.clone();
    config.lake.destination = Destination::Directory(lake.path().to_owned());
    let reading = std::sync::atomic::AtomicBool::new(true);
    let view = || {
        let last = table::files(lake.path(), "runs").pop()?;
        let run = last.file_stem().unwrap().to_str().unwrap().to_owned();
        let rows = |name: &str| {
            let rows = table::read(lake.path(), name);
            rows.iter().filter(|row| row["run_id"] == run).count()
        };
        Some((run.clone(), ["findings", "resources", "coverage", "posture_daily"].map(rows)))
    };
    let mut seen = BTreeSet::new();
    let nights = async {
        for suffix in 1..6_u16 {
            let clock = Clock::Fixed("2026-11-24T05:00:00Z".parse().unwrap());
            let run_id = sagesweep::lake::RunId::new(clock.now(), suffix);
            let run = Run::new(sdk(&night.simulator, PATIENCE).await, config.clone(), run_id, clock);
            run.scan_and_publish().await.unwrap();
        }
        reading.store(false, std::sync::atomic::Ordering::Relaxed);
    };
    let reader = async {
        while reading.load(std::sync::atomic::Ordering::Relaxed) {
            seen.extend(view());
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(nights, reader);
    seen.extend(view());
    let runs: BTreeSet<_> = seen.iter().map(|(run, _)| run).collect();
    let counts: BTreeSet<_> = seen.iter().map(|(_, counts)| counts).collect();
    assert!(runs.len() > 1, "{seen:?}");
    assert_eq!(counts.len(), 1, "a night was seen in part: {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_bucket_a_run_goes_on_when_its_holder_gave_no_sign_for_so_long() {
    let mut night = Night::new(Shape { jobs: 400, ..windows() }).await;
    night.config.lake.lease_seconds = 3;
    let destination = in_bucket();
    let run = async || {
        let mut config = night.config.clone();
        config.lake.destination = destination.clone();
        Run::new(sdk(&night.simulator, PATIENCE).await, config, RUN_ID.parse().unwrap(), Clock::System)
    };
    let holder = run().await.lease(Shard::WHOLE).await.unwrap();
    let other = run().await.scan_and_publish().await;
    assert!(matches!(other, Err(RunError::UnderWay { .. })), "{other:?}");
    // Gone without giving it back, as a process that is killed.
    drop(holder);
    run().await.scan_and_publish().await.unwrap();
    let left: Vec<_> =
        night.simulator.buckets().keys(BUCKET).into_iter().filter(|key| key.contains("_staging")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_part_that_was_removed_is_missed_and_what_was_in_it_is_read_again() {
    let night = Night::new(windows()).await;
    let (whole, lake) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    night.run(whole.path()).await.scan_and_publish().await.unwrap();
    night.run(lake.path()).await.scan_shard(Shard::WHOLE).await.unwrap();
    let staged = lake.path().join("_staging").join(RUN_ID);
    let parts = || {
        let names = fs::read_dir(&staged).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut parts: Vec<_> = names.filter(|name| name.starts_with("part-")).collect();
        parts.sort();
        parts
    };
    for lost in parts() {
        fs::remove_file(staged.join(&lost)).unwrap();
        let refused = night.run(lake.path()).await.publish(Incomplete::Refused).await;
        assert!(matches!(refused, Err(RunError::Plan(PlanError::Lost { .. }))), "{lost}: {refused:?}");
        night.run(lake.path()).await.scan_shard(Shard::WHOLE).await.unwrap();
    }
    // Also where the shard had not ended.
    fs::remove_file(staged.join("shard-0001.json")).unwrap();
    fs::remove_file(staged.join(parts().first().unwrap())).unwrap();
    night.run(lake.path()).await.scan_and_publish().await.unwrap();
    assert!(published(lake.path()) == published(whole.path()));
}
