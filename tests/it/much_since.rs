//! Nights on which much came since the last one, more than the listing is read for.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use sagesweep::{
    demo::{Access, Behaviour, Cell, Shape},
    lake::Table,
    session::Clock,
};
use tempfile::TempDir;

use crate::{
    audit::small,
    incremental::{Night, every_night, hours, seen, seldom},
    soak::number,
};

/// One cell in which most jobs are.
fn heavy(seed: u64) -> Shape {
    Shape { accounts: 3, regions: 1, jobs: 6_000, heaviest_percent: 90, seed, ..small() }
}

fn after(shape: &Shape, elapsed: i64) -> Shape {
    Shape { elapsed: SignedDuration::from_hours(elapsed), ..shape.clone() }
}

fn jobs_since(shape: &Shape, later: &Night) -> u64 {
    let first = sagesweep::demo::Organization::new(shape);
    let count = |cells: &[Cell]| cells.iter().map(Cell::count).sum::<u64>();
    count(later.simulator.organization().cells()) - count(first.cells())
}

#[tokio::test]
async fn the_rows_are_those_of_a_night_that_reads_everything_for_a_page_of_the_listing() {
    let (first, count) = (number("SAGESWEEP_FIRST_SEED", 1), number("SAGESWEEP_SEEDS", 100_u64).div_ceil(50));
    for seed in first..first + count {
        let mut draw = fastrand::Rng::with_seed(seed);
        let first = heavy(seed);
        let (lake, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let search_lag = draw.u64(0..3) * 1_800;
        let behaviour = || Behaviour { search_lag, ..Behaviour::default() };
        Night::of(&first, behaviour(), lake.path(), seldom).await;
        let later = after(&first, draw.i64(500..1_000));
        let incremental = Night::of(&later, behaviour(), lake.path(), seldom).await;
        let whole = Night::of(&later, behaviour(), other.path(), every_night).await;
        for table in [Table::Resources, Table::Findings] {
            let (ours, theirs) = (incremental.rows(lake.path(), table), whole.rows(other.path(), table));
            assert!(ours == theirs, "seed {seed}, {table}");
        }
        let coverage = incremental.coverage(lake.path());
        assert_eq!(seen(&coverage), seen(&whole.coverage(other.path())), "seed {seed}");
        let (new, cells) = (jobs_since(&first, &incremental), u64::try_from(coverage.len()).unwrap());
        let listed = incremental.calls("sagemaker:ListTrainingJobs");
        assert!(new > 200 && listed <= cells, "seed {seed}: {listed} pages listed of {new} new jobs: {coverage:#?}");
    }
}

#[tokio::test]
async fn a_search_that_hides_or_miscounts_or_is_stopped_short_there_loses_and_doubles_nothing() {
    let first = heavy(3);
    let later = after(&first, 900);
    let hides = Behaviour { search_hides_permille: 60, ..Behaviour::default() };
    let counts_nothing = Behaviour { search_counts_nothing: true, ..Behaviour::default() };
    let ignores = Behaviour { search_ignores_filters: true, ..Behaviour::default() };
    let lags = Behaviour { search_lag: 3_600 * 72, ..Behaviour::default() };
    let other = TempDir::new().unwrap();
    let whole = Night::of(&later, Behaviour::default(), other.path(), every_night).await;
    for behaviour in [hides, counts_nothing, ignores, lags] {
        let lake = TempDir::new().unwrap();
        Night::of(&first, Behaviour::default(), lake.path(), seldom).await;
        let incremental = Night::of(&later, behaviour.clone(), lake.path(), seldom).await;
        assert_eq!(incremental.verdicts(lake.path()), whole.verdicts(other.path()), "{behaviour:?}");
        let coverage = incremental.coverage(lake.path());
        assert_eq!(seen(&coverage), seen(&whole.coverage(other.path())), "{behaviour:?}");
        assert!(coverage.iter().any(|row| row["resources_carried"].parse::<u64>().unwrap() > 3_000), "{behaviour:?}");
        let rows = incremental.table(lake.path(), "resources").len();
        assert_eq!(rows, whole.table(other.path(), "resources").len(), "{behaviour:?}");
    }
}

#[tokio::test]
async fn what_came_after_a_night_whose_clock_was_ahead_is_not_taken_for_seen() {
    let first = heavy(5);
    let (lake, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    Night::at(Clock::Fixed(hours(600)), &first, Behaviour::default(), lake.path(), seldom).await;
    let later = after(&first, 1_000);
    let incremental = Night::of(&later, Behaviour::default(), lake.path(), seldom).await;
    let whole = Night::of(&later, Behaviour::default(), other.path(), every_night).await;
    assert!(incremental.coverage(lake.path()).iter().any(|row| row["resources_carried"] != "0"));
    assert_eq!(incremental.verdicts(lake.path()), whole.verdicts(other.path()));
}

#[tokio::test]
async fn deleted_jobs_are_gone_when_an_account_is_read_whole_and_at_once_where_the_listing_shows_it() {
    let lake = TempDir::new().unwrap();
    let first = Shape { accounts: 6, regions: 2, jobs: 3_000, ..small() };
    let weekly = |config: &mut sagesweep::config::Config| config.incremental.refresh_days = 3;
    Night::of(&first, Behaviour::default(), lake.path(), weekly).await;
    let mut still_there = Vec::new();
    for night in 1..=3 {
        let shape = Shape { deleted_permille: 100, ..after(&first, 24 * night) };
        let tonight = Night::of(&shape, Behaviour::default(), lake.path(), weekly).await;
        let found = arns(&tonight, &lake);
        let mut gone = 0;
        for cell in tonight.simulator.organization().cells().iter().filter(|cell| cell.access() == Access::Open) {
            let there = cell.jobs().map(|job| job.arn).collect::<BTreeSet<_>>();
            let place = format!(":{}:{}:", cell.region(), cell.account());
            let ours = found.iter().filter(|arn| arn.contains(&place)).cloned().collect::<BTreeSet<_>>();
            assert!(ours.is_superset(&there), "night {night}: a job is missing in {place}");
            let more = ours.difference(&there).count();
            assert!(more == 0 || there.len() > 90, "night {night}: the listing shows all of {place}");
            gone += more;
        }
        still_there.push(gone);
    }
    assert!(still_there[0] > 50, "a night that builds on another does not look for what is old: {still_there:?}");
    assert_eq!(still_there[2], 0, "of those that were deleted after the first night: {still_there:?}");
}

#[tokio::test]
async fn a_name_that_is_used_again_is_another_job() {
    let first = Shape { accounts: 6, regions: 2, jobs: 250, heaviest_percent: 12, ..small() };
    let later = Shape { deleted_permille: 100, reuses_names: true, ..after(&first, 24 * 20) };
    let (lake, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let before = Night::of(&first, Behaviour::default(), lake.path(), seldom).await;
    let incremental = Night::of(&later, Behaviour::default(), lake.path(), seldom).await;
    let whole = Night::of(&later, Behaviour::default(), other.path(), every_night).await;
    for table in [Table::Resources, Table::Findings] {
        assert!(incremental.rows(lake.path(), table) == whole.rows(other.path(), table), "{table}");
    }
    let created = |night: &Night| -> BTreeSet<[String; 2]> {
        let rows = night.table(lake.path(), "resources");
        rows.iter().map(|row| ["resource_arn", "created_at"].map(|name| row[name].clone())).collect()
    };
    let (old, new) = (created(&before), created(&incremental));
    let again = new.iter().filter(|[arn, at]| old.iter().any(|[other, then]| other == arn && then != at)).count();
    assert!(again > 5, "{again} names were used again");
}

#[tokio::test]
async fn what_a_search_still_has_of_deleted_jobs_is_not_there() {
    let shape = Shape { deleted_permille: 200, accounts: 6, regions: 2, jobs: 1_500, ..after(&small(), 24) };
    let behaviour = Behaviour { search_keeps_deleted: true, ..Behaviour::default() };
    let lake = TempDir::new().unwrap();
    let night = Night::of(&shape, behaviour, lake.path(), every_night).await;
    let cells = night.simulator.organization().cells().iter().filter(|cell| cell.access() == Access::Open);
    let there = cells.flat_map(|cell| cell.jobs().map(|job| job.arn).collect::<Vec<_>>()).collect::<BTreeSet<_>>();
    assert_eq!(arns(&night, &lake), there);
}

fn arns(night: &Night, lake: &TempDir) -> BTreeSet<String> {
    let rows = night.table(lake.path(), "resources");
    let arns = rows.iter().map(|row| row["resource_arn"].clone()).collect::<BTreeSet<_>>();
    assert_eq!(arns.len(), rows.len(), "a job stands twice");
    arns
}
