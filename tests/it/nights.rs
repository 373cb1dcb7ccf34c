//! Thirty nights of an organization that changes, left in `$CARGO_TARGET_TMPDIR/nights` for the tests of SQL; what they
//! tell of changes is what a plain model makes of the findings.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use sagesweep::{
    Incomplete, Run,
    config::{Config, Destination},
    demo::{Access, Behaviour, Fault, FaultRule, Organization, Shape, Simulator},
    lake::{RunId, store::Store},
    place::AccountId,
    plan::shard::Shard,
    session::Clock,
    verify::{Which, verify},
};

use tokio::sync::OnceCell;

use crate::{
    audit::{fast_config, sdk, small},
    incremental::hours,
    table::{self, Row},
};

/// What is different in a night.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each goes with any of the others")]
struct Night {
    hours: i64,
    /// Jobs of 1,000 that are deleted by then.
    deleted: u64,
    /// One account denies everything.
    denied: bool,
    /// Another one has left.
    left: bool,
    /// Only keys of some names are approved.
    strict: bool,
    /// Only two checks are asked for.
    few_checks: bool,
    /// It is scanned and never published.
    unpublished: bool,
}

/// The days that have a night: of the others nobody knows.
const DAYS: [i64; 29] =
    [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31, 32, 33];

fn nights() -> Vec<Night> {
    let night = |(number, day): (usize, i64)| Night {
        hours: 24 * day,
        deleted: u64::try_from(day).unwrap() / 4 * 15,
        denied: [5, 6, 7, 20].contains(&number),
        left: number >= 22,
        strict: [3, 4, 14, 15, 16].contains(&number),
        few_checks: [10, 11].contains(&number),
        unpublished: number == 13,
    };
    let mut nights = (0..).zip(DAYS).map(night).collect::<Vec<_>>();
    // The ninth day is run again, with other keys approved.
    let again = Night { hours: nights[8].hours + 6, strict: true, ..nights[8] };
    nights.insert(9, again);
    nights
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("nights")
}

/// The accounts with the most jobs that are no more than members.
fn heaviest(shape: &Shape) -> [AccountId; 2] {
    let organization = Organization::new(shape);
    let mut jobs = BTreeMap::<_, u64>::new();
    for cell in organization.cells().iter().filter(|cell| cell.access() == Access::Open) {
        *jobs.entry(cell.account()).or_default() += cell.count();
    }
    jobs.remove(&organization.management());
    let mut accounts = jobs.into_iter().collect::<Vec<_>>();
    accounts.sort_by_key(|(_, jobs)| std::cmp::Reverse(*jobs));
    assert!(accounts[1].1 > 20, "{accounts:?}");
    [accounts[0].0, accounts[1].0]
}

fn configured(night: Night) -> Config {
    let mut config = fast_config();
    config.lake.destination = Destination::Directory(root());
    config.coverage.floor_percent = 50.0;
    config.incremental.refresh_days = 3;
    let included: &[&str] = if night.few_checks {
        &["training-job-vpc", "domain-*"]
    } else {
        &["training-job-*", "domain-*", "notebook-*"]
    };
    config.checks.include = included.iter().map(|pattern| pattern.parse().unwrap()).collect();
    if night.strict {
        config.parameters.approved_keys = ["arn:aws:kms:*a*:key/*e".to_owned()].into();
    }
    config
}

async fn run(number: usize, night: Night, shape: &Shape, [denied, left]: [AccountId; 2]) {
    let shape = Shape {
        elapsed: jiff::SignedDuration::from_hours(night.hours),
        deleted_permille: night.deleted,
        ..shape.clone()
    };
    let mut behaviour = Behaviour::default();
    if night.denied {
        behaviour.faults.push(FaultRule { account: Some(denied), ..FaultRule::everywhere(Fault::Denied) });
    }
    if night.left {
        behaviour.departed.insert(left);
    }
    let simulator = Simulator::start(&shape, behaviour).await.unwrap();
    let clock = Clock::Fixed(hours(night.hours));
    let run_id = RunId::new(clock.now(), u16::try_from(number).unwrap());
    let run = Run::new(sdk(&simulator, Duration::from_secs(20)).await, configured(night), run_id, clock);
    Box::pin(run.scan_shard(Shard::WHOLE)).await.unwrap();
    if !night.unpublished {
        Box::pin(run.publish(Incomplete::Refused)).await.unwrap();
    }
}

/// Account, region, resource type, ARN, creation time and check.
type Key = [String; 6];

fn key(row: &Row) -> Key {
    let names = ["account_id", "region", "resource_type", "resource_arn", "resource_created_at", "check_id"];
    names.map(|name| row.get(name).cloned().unwrap_or_default())
}

/// The rows of a table by the run that wrote them.
fn by_run(table: &str) -> BTreeMap<String, Vec<Row>> {
    let mut runs = BTreeMap::<_, Vec<_>>::new();
    for row in table::read(&root(), table) {
        runs.entry(row["run_id"].clone()).or_default().push(row);
    }
    runs
}

/// What a model remembers of a finding that failed.
#[derive(Debug, Clone)]
struct Failed {
    since: Option<i64>,
    resolved: Option<i64>,
    status: String,
    run_id: String,
    whole: bool,
}

/// Event, status, previous status, previous run, and the beginning of the streak.
type Told = (Key, String, Option<String>, Option<String>, Option<String>, i64);

/// What changed in a night, by a model that holds all findings that ever failed.
fn changes(
    known: &mut BTreeMap<Key, Failed>,
    run_id: &str,
    now: i64,
    findings: &[Row],
    coverage: &[Row],
) -> BTreeSet<Told> {
    let mut told = BTreeSet::new();
    let cell = |key: &Key| [key[0].clone(), key[1].clone(), key[2].clone()];
    let whole = coverage.iter().filter(|row| row["outcome"] == "COMPLETE");
    let whole = whole.map(|row| ["account_id", "region", "resource_type"].map(|name| row[name].clone()));
    let whole = whole.collect::<BTreeSet<_>>();
    let there = findings.iter().map(|row| key(row)[..5].to_vec()).collect::<BTreeSet<_>>();
    for row in findings {
        let (key, status) = (key(row), row["status"].clone());
        let before = known.get(&key).cloned();
        let (since, resolved) = before.as_ref().map_or((None, None), |before| (before.since, before.resolved));
        let mut after = Failed {
            since,
            resolved,
            status: status.clone(),
            run_id: run_id.to_owned(),
            whole: whole.contains(&cell(&key)),
        };
        let event = match (status.as_str(), since) {
            ("FAIL", None) => {
                after.since = Some(now);
                Some((if before.is_some() { "REOPENED" } else { "NEW" }, now))
            }
            ("PASS" | "NOT_APPLICABLE", Some(since)) => {
                (after.since, after.resolved) = (None, Some(now));
                Some(("RESOLVED", since))
            }
            _ => None,
        };
        if let Some((event, since)) = event {
            let (last, run) = before.map(|before| (before.status, before.run_id)).unzip();
            told.insert((key.clone(), event.to_owned(), Some(status), last, run, since));
        }
        let at = |name: &str| row.get(name).map(|text| text.parse::<i64>().unwrap());
        assert_eq!((at("first_failed_at"), at("last_resolved_at")), (after.since, after.resolved), "{row:?}");
        if after.since.is_some() || after.resolved.is_some() {
            known.insert(key, after);
        }
    }
    known.retain(|key, failed| {
        if there.contains(&key[..5]) || !whole.contains(&cell(key)) {
            return true;
        }
        let is_gone = std::mem::replace(&mut failed.whole, true);
        if let Some(since) = failed.since.filter(|_| is_gone) {
            let (status, run) = (Some(failed.status.clone()), Some(failed.run_id.clone()));
            told.insert((key.clone(), "RESOURCE_DELETED".to_owned(), None, status, run, since));
        }
        !is_gone
    });
    told
}

fn told(events: &[Row]) -> BTreeSet<Told> {
    let one = |row: &Row| {
        let optional = |name: &str| row.get(name).cloned();
        let since = row["first_failed_at"].parse().unwrap();
        let (last, run) = (optional("previous_status"), optional("previous_run_id"));
        (key(row), row["event"].clone(), optional("status"), last, run, since)
    };
    let all = events.iter().map(one).collect::<BTreeSet<_>>();
    assert_eq!(all.len(), events.len(), "a change stands twice");
    all
}

/// Findings by place, check and status.
fn counted(findings: &[Row]) -> BTreeMap<Vec<String>, u64> {
    let mut counts = BTreeMap::new();
    for row in findings {
        *counts.entry(kind(row)).or_default() += 1;
    }
    counts
}

fn kind(row: &Row) -> Vec<String> {
    ["ou_path", "account_id", "region", "resource_type", "check_id", "severity", "status"]
        .map(|name| row.get(name).cloned().unwrap_or_default())
        .to_vec()
}

fn shape() -> Shape {
    Shape { accounts: 7, regions: 2, jobs: 300, heaviest_percent: 30, ..small() }
}

/// Where the nights are, after they were written by whoever asked for them first.
pub(crate) async fn written() -> PathBuf {
    static WRITTEN: OnceCell<()> = OnceCell::const_new();
    let write = async || {
        drop(std::fs::remove_dir_all(root()));
        let (shape, accounts) = (shape(), heaviest(&shape()));
        for (number, night) in nights().into_iter().enumerate() {
            run(number, night, &shape, accounts).await;
        }
    };
    WRITTEN.get_or_init(write).await;
    root()
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_nights_tell_what_changed_in_them() {
    written().await;
    let accounts = heaviest(&shape());
    let nights = nights();
    assert_eq!(nights.len(), 30);
    let report = verify(&Store::directory(root()), &Which::All, None).await.unwrap();
    assert!(report.holds() && report.runs == 29, "{report:?}");

    let runs = table::read(&root(), "runs");
    let starts = runs.iter().map(|row| (row["run_id"].clone(), row["started_at"].parse::<i64>().unwrap()));
    let starts = starts.collect::<BTreeMap<_, _>>();
    let [findings, coverage, events, posture, checks] =
        ["findings", "coverage", "finding_events", "posture_daily", "checks"].map(by_run);
    assert_eq!(
        starts.keys().collect::<Vec<_>>(),
        findings.keys().collect::<Vec<_>>(),
        "what is not published is not there"
    );

    let (mut known, mut counts) = (BTreeMap::new(), BTreeMap::<String, usize>::new());
    let published = nights.iter().enumerate().filter(|(_, night)| !night.unpublished);
    for ((number, night), (run_id, now)) in published.zip(&starts) {
        assert!(run_id.ends_with(&format!("-{number:04x}")), "runs come in the order of the nights");
        let events = events.get(run_id).map(Vec::as_slice).unwrap_or_default();
        let expected = changes(&mut known, run_id, *now, &findings[run_id], &coverage[run_id]);
        assert!(told(events) == expected, "night {number}");
        for row in events {
            *counts.entry(row["event"].clone()).or_default() += 1;
            let open =
                f64::from(i32::try_from((now - row["first_failed_at"].parse::<i64>().unwrap()) / 1_000).unwrap());
            assert!((row["open_days"].parse::<f64>().unwrap() - open / 86_400.0).abs() < 1e-6, "{row:?}");
            assert_eq!(row["occurred_at"], now.to_string());
            let is_still = (night.denied && row["account_id"] == accounts[0].as_str())
                || (night.left && row["account_id"] == accounts[1].as_str());
            assert!(!is_still, "nothing is told of what was not seen: {row:?}");
        }
        let told = posture[run_id].iter().map(|row| (kind(row), row["findings"].parse::<u64>().unwrap()));
        assert_eq!(told.collect::<BTreeMap<_, _>>(), counted(&findings[run_id]), "night {number}");
        let selected = checks[run_id].iter().filter(|row| row["is_selected"] == "true").count();
        assert_eq!(selected < 10, night.few_checks, "{selected} checks in night {number}");
    }
    for event in ["NEW", "REOPENED", "RESOLVED", "RESOURCE_DELETED"] {
        assert!(counts.get(event).is_some_and(|count| *count > 10), "{counts:?}");
    }
    let of_left = known.iter().filter(|(key, failed)| key[0] == accounts[1].as_str() && failed.since.is_some());
    assert!(of_left.count() > 20, "what failed in the account that left stands where it stood");
}
