//! Nights that build on the last one: the same answer as a night that reads everything, for a fraction of the calls.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
};

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use jiff::{SignedDuration, Timestamp};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sagesweep::{
    Incomplete, Run,
    config::{Config, Destination},
    demo::{Behaviour, Fault, FaultRule, Shape, Simulator},
    lake::{RunId, Table},
    session::Clock,
};
use tempfile::TempDir;

use crate::{
    audit::{NOW, fast_config, sdk, small},
    bucket::{download, in_bucket},
    soak::number,
    table::{self, Row},
};

/// The time so many hours after the first night.
pub(crate) fn hours(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

/// A night so many hours later against the organization as it is then.
pub(crate) struct Night {
    pub(crate) simulator: Simulator,
    run_id: RunId,
}

impl Night {
    /// Runs in a lake.
    pub(crate) async fn of(shape: &Shape, behaviour: Behaviour, lake: &Path, change: impl FnOnce(&mut Config)) -> Self {
        Self::at(Clock::Fixed(shape.now + shape.elapsed), shape, behaviour, lake, change).await
    }

    /// The same by another clock than that of the organization.
    pub(crate) async fn at(
        clock: Clock,
        shape: &Shape,
        behaviour: Behaviour,
        lake: &Path,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let simulator = Simulator::start(shape, behaviour).await.unwrap();
        let mut config = fast_config();
        config.lake.destination = Destination::Directory(lake.to_owned());
        change(&mut config);
        let run_id = RunId::new(clock.now(), fastrand::u16(..));
        let run = Run::new(sdk(&simulator, std::time::Duration::from_secs(20)).await, config, run_id.clone(), clock);
        Box::pin(run.scan_and_publish()).await.unwrap();
        Self { simulator, run_id }
    }

    pub(crate) fn calls(&self, api: &str) -> u64 {
        let counts = self.simulator.counts();
        counts.iter().filter(|((_, _, operation), _)| *operation == api).map(|(_, count)| count.requests).sum()
    }

    pub(crate) fn job_calls(&self) -> u64 {
        ["sagemaker:Search", "sagemaker:ListTrainingJobs", "sagemaker:DescribeTrainingJob"]
            .iter()
            .map(|api| self.calls(api))
            .sum()
    }

    /// The rows of a table but for what two runs never share, and what comes from the nights before in the same lake.
    pub(crate) fn rows(&self, lake: &Path, table: Table) -> RecordBatch {
        let files = table::files(lake, table.as_str());
        let ours = files.iter().filter(|file| file.to_str().unwrap().contains(self.run_id.as_str()));
        let batches = ours.flat_map(|file| {
            ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap().build().unwrap()
        });
        let batches: Vec<_> = batches.map(Result::unwrap).collect();
        let all = concat_batches(&batches[0].schema(), &batches).unwrap();
        let names = all.schema();
        let kept = names.fields().iter().enumerate();
        let left_out = ["run_id", "observed_at", "first_failed_at", "last_resolved_at"];
        let kept = kept.filter(|(_, field)| !left_out.contains(&field.name().as_str()));
        all.project(&kept.map(|(index, _)| index).collect::<Vec<_>>()).unwrap()
    }

    /// Resource, check and status of each finding.
    pub(crate) fn verdicts(&self, lake: &Path) -> BTreeSet<[String; 3]> {
        let rows = self.table(lake, "findings");
        rows.iter().map(|row| ["resource_arn", "check_id", "status"].map(|name| row[name].clone())).collect()
    }

    /// The rows of a table as texts.
    pub(crate) fn table(&self, lake: &Path, table: &str) -> Vec<Row> {
        let mut rows = table::read(lake, table);
        rows.retain(|row| row["run_id"] == self.run_id.as_str());
        rows
    }

    pub(crate) fn coverage(&self, lake: &Path) -> Vec<Row> {
        self.table(lake, "coverage")
    }
}

pub(crate) fn every_night(config: &mut Config) {
    config.incremental.refresh_days = 1;
}

/// Never, for the length of these tests.
pub(crate) fn seldom(config: &mut Config) {
    config.incremental.refresh_days = 90;
}

/// What is the same of two rows of coverage however the cell was read.
pub(crate) fn seen(rows: &[Row]) -> BTreeMap<(String, String), Vec<Option<String>>> {
    let columns = ["outcome", "error_code", "resources_listed", "resources_evaluated", "checks_unknown", "empty_since"];
    let kept = |row: &Row| {
        let key = (row["account_id"].clone(), row["region"].clone());
        (key, columns[..5].iter().map(|name| row.get(*name).cloned()).collect())
    };
    rows.iter().map(kept).collect()
}

#[tokio::test]
async fn an_incremental_night_gives_the_rows_of_a_night_that_reads_everything() {
    let (first, count) = (number("SAGESWEEP_FIRST_SEED", 1), number("SAGESWEEP_SEEDS", 100_u64).div_ceil(20));
    for seed in first..first + count {
        let mut draw = fastrand::Rng::with_seed(seed);
        let first = Shape { jobs: draw.u64(200..4_000), seed, ..small() };
        let (lake, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let search_lag = draw.u64(0..3) * 1_800;
        let behaviour = || Behaviour { search_lag, ..Behaviour::default() };
        Night::of(&first, behaviour(), lake.path(), seldom).await;
        let mut elapsed = 0;
        for _ in 0..2 {
            elapsed += draw.i64(1..120);
            let shape = Shape { elapsed: SignedDuration::from_hours(elapsed), ..first.clone() };
            let incremental = Night::of(&shape, behaviour(), lake.path(), seldom).await;
            let whole = Night::of(&shape, behaviour(), other.path(), every_night).await;
            for table in [Table::Resources, Table::Findings] {
                let (ours, theirs) = (incremental.rows(lake.path(), table), whole.rows(other.path(), table));
                assert!(ours == theirs, "seed {seed}, after {elapsed} hours, {table}");
            }
            let (ours, theirs) = (incremental.coverage(lake.path()), whole.coverage(other.path()));
            assert_eq!(seen(&ours), seen(&theirs), "seed {seed}, after {elapsed} hours");
            assert!(ours.iter().any(|row| row.get("method").is_some_and(|method| method == "INCREMENTAL")));
            assert!(theirs.iter().all(|row| row["resources_carried"] == "0"));
        }
    }
}

#[tokio::test]
async fn a_night_on_which_little_happened_costs_little_and_says_when_each_row_was_observed() {
    let lake = TempDir::new().unwrap();
    let shape = Shape { accounts: 4, regions: 1, jobs: 60_000, heaviest_percent: 60, ..small() };
    let first = Night::of(&shape, Behaviour::default(), lake.path(), seldom).await;
    let later = Shape { elapsed: SignedDuration::from_hours(24), ..shape };
    let second = Night::of(&later, Behaviour::default(), lake.path(), seldom).await;
    let (one, two) = (first.job_calls(), second.job_calls());
    assert!(two * 20 < one, "{two} of {one} calls: {:?}", second.coverage(lake.path()));
    let rows = table::read(lake.path(), "resources");
    let ours: Vec<_> = rows.iter().filter(|row| row["run_id"] == second.run_id.as_str()).collect();
    let carried = ours.iter().filter(|row| row["observed_at"] == hours(0).as_millisecond().to_string()).count();
    let coverage = second.coverage(lake.path());
    let told: usize = coverage.iter().map(|row| row["resources_carried"].parse::<usize>().unwrap()).sum();
    assert!(carried == told && carried > 50_000 && carried < ours.len(), "{carried} of {}, told {told}", ours.len());
    let whole = hours(0).as_millisecond().to_string();
    let incremental: Vec<_> = coverage.iter().filter(|row| row["resources_carried"] != "0").collect();
    assert!(!incremental.is_empty() && incremental.iter().all(|row| row["last_read_whole_at"] == whole));
}

#[tokio::test]
async fn every_account_is_read_whole_within_the_days_of_a_refresh() {
    let lake = TempDir::new().unwrap();
    let first = Shape { jobs: 300, ..small() };
    let weekly = |config: &mut Config| config.incremental.refresh_days = 3;
    let (mut read, mut incremental) = (BTreeMap::<_, i64>::new(), 0);
    for night in 0..5 {
        let shape = Shape { elapsed: SignedDuration::from_hours(24 * night), ..first.clone() };
        let night_of = Night::of(&shape, Behaviour::default(), lake.path(), weekly).await;
        for row in night_of.coverage(lake.path()).iter().filter(|row| row["outcome"] == "COMPLETE") {
            let key = (row["account_id"].clone(), row["region"].clone());
            if row["method"] != "INCREMENTAL" {
                read.insert(key.clone(), night);
            }
            assert!(night - read[&key] < 3, "{key:?} in night {night}: read whole in {read:?}");
            incremental += usize::from(night > read[&key]);
        }
    }
    assert!(incremental > 0 && read.values().collect::<BTreeSet<_>>().len() > 1, "they are spread: {read:?}");
}

#[tokio::test]
async fn a_cell_that_was_not_seen_whole_is_read_whole_the_next_night() {
    let lake = TempDir::new().unwrap();
    let first = small();
    let faults = vec![FaultRule::at("sagemaker:ListTrainingJobs", Fault::Denied)];
    let denied = Night::of(&first, Behaviour { faults, ..Behaviour::default() }, lake.path(), seldom).await;
    assert!(denied.coverage(lake.path()).iter().all(|row| row["outcome"] != "COMPLETE"));
    let later = Shape { elapsed: SignedDuration::from_hours(24), ..first };
    let night = Night::of(&later, Behaviour::default(), lake.path(), seldom).await;
    let coverage = night.coverage(lake.path());
    assert!(coverage.iter().any(|row| row["outcome"] == "COMPLETE"));
    assert!(coverage.iter().all(|row| row.get("method").is_none_or(|method| method != "INCREMENTAL")));
}

#[tokio::test]
async fn a_published_file_that_was_changed_is_not_built_on() {
    let lake = TempDir::new().unwrap();
    let first = small();
    Night::of(&first, Behaviour::default(), lake.path(), seldom).await;
    let file = table::files(lake.path(), "resources").remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let later = Shape { elapsed: SignedDuration::from_hours(24), ..first };
    let night = Night::of(&later, Behaviour::default(), lake.path(), seldom).await;
    assert!(night.coverage(lake.path()).iter().all(|row| row["resources_carried"] == "0"));
}

#[tokio::test]
async fn what_is_always_empty_is_asked_now_and_then_and_coverage_says_when() {
    let lake = TempDir::new().unwrap();
    let first = Shape { jobs: 4, ..small() };
    let idle = |config: &mut Config| {
        config.incremental.idle_nights = 2;
        config.incremental.idle_ask_days = 3;
    };
    let mut asked = BTreeMap::new();
    let mut calls = Vec::new();
    for night in 0..7 {
        let shape = Shape { elapsed: SignedDuration::from_hours(24 * night), ..first.clone() };
        let tonight = Night::of(&shape, Behaviour::default(), lake.path(), idle).await;
        calls.push(tonight.calls("sagemaker:ListTrainingJobs"));
        for row in tonight.coverage(lake.path()) {
            let key = (row["account_id"].clone(), row["region"].clone());
            match row["outcome"].as_str() {
                "COMPLETE" => {
                    assert_eq!(row["last_asked_at"], hours(24 * night).as_millisecond().to_string());
                    asked.insert(key, night);
                }
                "NOT_ASKED" => {
                    assert!(night >= 2 && night - asked[&key] < 3, "{key:?} in night {night}");
                    assert_eq!(row["last_asked_at"], hours(24 * asked[&key]).as_millisecond().to_string());
                }
                _ => {}
            }
        }
    }
    assert!(calls[2..].iter().sum::<u64>() < calls[0] * 4, "{calls:?}");
}

#[tokio::test]
async fn a_search_that_ignores_its_filter_or_is_refused_is_not_read_to_its_end() {
    let first = Shape { accounts: 3, regions: 1, jobs: 4_000, ..small() };
    let later = Shape { elapsed: SignedDuration::from_hours(24), ..first.clone() };
    let ignoring = Behaviour { search_ignores_filters: true, ..Behaviour::default() };
    let faults = vec![FaultRule::at("sagemaker:Search", Fault::Denied)];
    let refusing = Behaviour { faults, ..Behaviour::default() };
    for behaviour in [ignoring, refusing] {
        let (lake, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        Night::of(&first, Behaviour::default(), lake.path(), seldom).await;
        let incremental = Night::of(&later, behaviour, lake.path(), seldom).await;
        let whole = Night::of(&later, Behaviour::default(), other.path(), every_night).await;
        assert_eq!(seen(&incremental.coverage(lake.path())), seen(&whole.coverage(other.path())));
        assert_eq!(incremental.verdicts(lake.path()), whole.verdicts(other.path()));
        let cells = u64::try_from(incremental.coverage(lake.path()).len()).unwrap();
        assert!(incremental.calls("sagemaker:Search") <= cells, "one page a cell tells it");
    }
}

#[tokio::test]
async fn in_a_bucket_all_shards_of_a_night_build_on_the_same_run() {
    let first = Shape { accounts: 6, regions: 2, jobs: 3_000, ..small() };
    let other = TempDir::new().unwrap();
    let simulator = Simulator::start(&first, Behaviour::default()).await.unwrap();
    let mut config = fast_config();
    config.lake.destination = in_bucket();
    config.incremental.refresh_days = 90;
    let run = async |suffix, clock: Clock, shards: &[&str]| {
        let sdk = sdk(&simulator, std::time::Duration::from_secs(20)).await;
        let run_id = RunId::new(clock.now(), suffix);
        for shard in shards {
            let run = Run::new(sdk.clone(), config.clone(), run_id.clone(), clock);
            Box::pin(run.scan_shard(shard.parse().unwrap())).await.unwrap();
        }
        let run = Run::new(sdk, config.clone(), run_id.clone(), clock);
        Box::pin(run.publish(Incomplete::Refused)).await.unwrap();
        run_id
    };
    run(1, Clock::Fixed(hours(0)), &["1/1"]).await;
    let run_id = run(2, Clock::Fixed(hours(24)), &["2/2", "1/2"]).await;
    download(&simulator, other.path());
    let mut coverage = table::read(other.path(), "coverage");
    coverage.retain(|row| row["run_id"] == run_id.as_str());
    let count = |name: &str| coverage.iter().map(|row| row[name].parse::<u64>().unwrap()).sum::<u64>();
    assert!(count("resources_carried") > 2_000 && count("resources_listed") >= count("resources_carried"));
    let accounts: BTreeSet<_> = coverage.iter().filter(|row| row["resources_carried"] != "0").collect();
    assert!(accounts.len() > 3, "of both shards");
}
