//! Exceptions through the program: what they cover, night after night and in shards, what keeps a run from beginning, and what
//! `check` tells of a published run.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Output,
};

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use sagesweep::{
    demo::{Behaviour, Fault, FaultRule, Shape, Simulator},
    lake::{hash::Digest, store::Store},
    verify::{Which, verify},
};

use crate::{
    audit::{self, small},
    table::{self, Row},
};

mod file;

const FILE: &str = "exceptions.toml";

/// The day by which the program judges, so many days from now.
fn day(days: i64) -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date().checked_add(days.days()).unwrap()
}

/// An entry that ends so many days from now.
fn entry(id: &str, covers: &str, days: i64) -> String {
    format!(
        "[[exception]]\nid = '{id}'\n{covers}\nreason = 'because of {id}'\nowner = 'owner of {id}'\nexpires = {}\n",
        day(days)
    )
}

/// The program with these exceptions, into `lake` below the directory.
fn program(simulator: &Simulator, directory: &Path, arguments: &[&str]) -> Output {
    let mut command = audit::program(simulator, directory, arguments);
    command.env("SAGESWEEP_EXCEPTIONS_FILE", FILE).env("SAGESWEEP_LAKE_DESTINATION", "lake");
    command.env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "10").env("SAGESWEEP_PACING_SHARE", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

async fn organization(behaviour: Behaviour) -> Simulator {
    Simulator::start(&small(), behaviour).await.unwrap()
}

type Key = [String; 2];

/// The findings of the run that started last, by resource and check.
fn findings(lake: &Path) -> BTreeMap<Key, Row> {
    let rows = table::read(lake, "findings");
    let last = rows.iter().map(|row| row["run_id"].clone()).max().unwrap();
    let ours = rows.into_iter().filter(|row| row["run_id"] == last);
    ours.map(|row| ([row["resource_arn"].clone(), row["check_id"].clone()], row)).collect()
}

/// What happened in the run that started last, by event.
fn events(lake: &Path) -> BTreeMap<String, BTreeSet<Key>> {
    let last = table::read(lake, "runs").iter().map(|row| row["run_id"].clone()).max().unwrap();
    let mut events = BTreeMap::<_, BTreeSet<_>>::new();
    for row in table::read(lake, "finding_events").into_iter().filter(|row| row["run_id"] == last) {
        let key = [row["resource_arn"].clone(), row["check_id"].clone()];
        events.entry(row["event"].clone()).or_default().insert(key);
    }
    events
}

fn excepted(findings: &BTreeMap<Key, Row>) -> BTreeMap<Key, String> {
    findings.iter().filter_map(|(key, row)| Some((key.clone(), row.get("exception_id")?.clone()))).collect()
}

/// What the manifest of a number says of the run.
fn manifest(lake: &Path, number: u32) -> serde_json::Value {
    let path = lake.join(format!("v1/_manifests/{number:08}_manifest.json"));
    serde_json::from_slice::<serde_json::Value>(&fs::read(path).unwrap()).unwrap()["run"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_covered_by_the_first_that_applies_and_the_next_night_tells_what_came_and_went() {
    let directory = tempfile::tempdir().unwrap();
    let (lake, file) = (directory.path().join("lake"), directory.path().join(FILE));
    let first = [
        entry("old", "check = '*'\naccount = '*'", -1),
        entry("here", "check = 'training-job-vpc'\nregion = 'us-east-1'", 90),
        entry("today", "check = 'training-job-network-*'\nresource = 'arn:*:training-job/*1'", 0),
        entry("rest", "check = ['training-job-vpc', 'training-job-inter-*']\naccount = '*'", 30),
        entry("unused", "check = 'domain-*'\naccount = '*'", 90),
    ]
    .concat();
    fs::write(&file, &first).unwrap();
    let simulator = organization(Behaviour::default()).await;
    let output = program(&simulator, directory.path(), &["run"]);
    let (summary, log) = (done(&output), text(&output.stderr));
    for part in ["Exceptions\n  4 in force", "ended     ", "ends      ", "unused    "] {
        assert!(summary.contains(part), "{part} is missing:\n{summary}");
    }
    for (line, part) in [("not applied", "old ("), ("within 30 days", "today ("), ("cover nothing", "unused")] {
        assert!(log.lines().any(|found| found.contains(line) && found.contains(part)), "{line}, {part}:\n{log}");
    }

    let night = findings(&lake);
    let model = |[arn, check]: &Key, row: &Row| match check.as_str() {
        "training-job-vpc" if row["region"] == "us-east-1" => Some("here"),
        "training-job-vpc" | "training-job-inter-container-encryption" => Some("rest"),
        "training-job-network-isolation" if arn.ends_with('1') => Some("today"),
        _ => None,
    };
    for (key, row) in &night {
        let expected = model(key, row).filter(|_| row["status"] == "FAIL");
        assert_eq!(row.get("exception_id").map(String::as_str), expected, "{row:?}");
        let of = |what: &str| expected.map(|id| format!("{what} {id}"));
        assert_eq!(row.get("exception_owner").cloned(), of("owner of"));
        assert_eq!(row.get("exception_reason").cloned(), of("because of"));
    }
    let covered = excepted(&night);
    let ids = covered.values().map(String::as_str).collect::<BTreeSet<_>>();
    assert_eq!(ids, BTreeSet::from(["here", "rest", "today"]));
    let failing =
        night.iter().filter(|(_, row)| row["status"] == "FAIL").map(|(key, _)| key.clone()).collect::<BTreeSet<_>>();
    assert!(failing.len() > covered.len(), "not everything is covered");
    let happened = events(&lake);
    assert_eq!((&happened["NEW"], &happened["EXCEPTED"]), (&failing, &covered.keys().cloned().collect()));
    let run = manifest(&lake, 1);
    assert_eq!(run["exceptions_sha256"], Digest::of(first.as_bytes()).sha256);
    assert_eq!(table::read(&lake, "runs")[0]["exceptions_sha256"], Digest::of(first.as_bytes()).sha256);
    let states = serde_json::json!({ "IN_FORCE": 4, "EXPIRING": 2, "EXPIRED": 1, "UNUSED": 1 });
    assert_eq!(run["exceptions"], states);
    let rows = table::read(&lake, "exceptions");
    let told = rows.iter().map(|row| (row["exception_id"].as_str(), row["state"].as_str(), row["is_unused"].as_str()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("old", "EXPIRED", "false"),
            ("here", "IN_FORCE", "false"),
            ("today", "EXPIRING", "false"),
            ("rest", "EXPIRING", "false"),
            ("unused", "IN_FORCE", "true"),
        ]
    );
    let counted = covered.values().filter(|id| *id == "rest").count();
    assert_eq!(rows[3]["findings"], counted.to_string());

    let examined = program(&simulator, directory.path(), &["doctor", "--format", "json"]);
    let examined: serde_json::Value = serde_json::from_slice(&examined.stdout).unwrap();
    let seen = examined["observations"].as_array().unwrap().iter().filter(|one| one["subject"] == "exceptions.file");
    let seen = seen.map(ToString::to_string).collect::<Vec<_>>();
    for part in [
        "4 of 5 exceptions are in force",
        "`old` ended on",
        "`today` ends today",
        "1 exception in force covers nothing",
    ] {
        assert!(seen.iter().any(|one| one.contains(part)), "{part}: {seen:#?}");
    }

    // A day later one is gone, one has ended, and one is new; jobs that have ended are not read again.
    let second = [
        entry("here", "check = 'training-job-vpc'\nregion = 'us-east-1'", 90),
        entry("today", "check = 'training-job-network-*'\nresource = 'arn:*:training-job/*1'", 0),
        entry("keys", "check = 'training-job-customer-managed-keys'\naccount = '*'", 90),
    ];
    fs::write(&file, second.concat()).unwrap();
    let shape = Shape { elapsed: SignedDuration::from_hours(24), ..small() };
    let simulator = Simulator::start(&shape, Behaviour::default()).await.unwrap();
    done(&program(&simulator, directory.path(), &["run", "--clock-ahead", "24"]));
    let carried =
        table::read(&lake, "coverage").iter().map(|row| row["resources_carried"].parse::<u64>().unwrap()).sum::<u64>();
    assert!(carried > 100, "{carried}");
    let next = findings(&lake);
    let now = excepted(&next);
    for (key, row) in &next {
        let expected = match key[1].as_str() {
            "training-job-vpc" if row["region"] == "us-east-1" => Some("here"),
            "training-job-customer-managed-keys" => Some("keys"),
            _ => None,
        };
        assert_eq!(now.get(key).map(String::as_str), expected.filter(|_| row["status"] == "FAIL"), "{row:?}");
    }
    let happened = events(&lake);
    let still = |key: &&Key| next.get(*key).is_some_and(|row| row["status"] == "FAIL");
    let went = covered.keys().filter(|key| !now.contains_key(*key)).filter(still).cloned().collect::<BTreeSet<_>>();
    let came = now.keys().filter(|key| !covered.contains_key(*key)).cloned().collect::<BTreeSet<_>>();
    assert!(went.len() > 20 && came.len() > 20, "{} {}", went.len(), came.len());
    assert_eq!((&happened["UNEXCEPTED"], &happened["EXCEPTED"]), (&went, &came));
    assert!(verify(&Store::directory(&lake), &Which::All, None).await.unwrap().holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_shards_judge_by_the_text_that_the_plan_has_whatever_the_file_says_later() {
    let directory = tempfile::tempdir().unwrap();
    let (lake, file) = (directory.path().join("lake"), directory.path().join(FILE));
    fs::write(&file, entry("one", "check = '*'\naccount = '*'", 90)).unwrap();
    let simulator = organization(Behaviour::default()).await;
    let run_id = "20261124T031500Z-00a1";
    let scan = |shard| program(&simulator, directory.path(), &["scan", "--run-id", run_id, "--shard", shard]);
    done(&scan("1/2"));
    fs::write(&file, entry("other", "check = '*'\naccount = '*'", 90)).unwrap();
    done(&scan("2/2"));
    fs::remove_file(&file).unwrap();
    let published = done(&program(&simulator, directory.path(), &["publish", "--run-id", run_id, "--fail-on", "low"]));
    assert!(published.contains("1 in force"), "{published}");
    let night = findings(&lake);
    for row in night.values() {
        let expected = (row["status"] == "FAIL").then_some("one");
        assert_eq!(row.get("exception_id").map(String::as_str), expected);
    }
    let accounts = excepted(&night).keys().map(|key| night[key]["account_id"].clone()).collect::<BTreeSet<_>>();
    assert!(accounts.len() > 2, "both shards have findings: {accounts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_or_does_not_hold_ends_the_run_before_anything_is_scanned() {
    let denied = Behaviour { faults: vec![FaultRule::at("s3:GetObject", Fault::Denied)], ..Behaviour::default() };
    let wrong = "[[exception]]\nchek = 'x'\n[[exception]]\ncheck = 'training-job-vcp'\n";
    let far = entry("far", "check = '*'\naccount = '*'", 400);
    for (content, place, behaviour, status, parts) in [
        (None, FILE, Behaviour::default(), 2, &["cannot read the exceptions in exceptions.toml"][..]),
        (Some("a = ["), FILE, Behaviour::default(), 2, &["exceptions.toml:1:", "not TOML"]),
        (
            Some(wrong),
            FILE,
            Behaviour::default(),
            2,
            &[
                "exceptions.toml:2:1:",
                "did you mean `check`?",
                "exceptions.toml:4:9:",
                "did you mean `training-job-vpc`?",
            ],
        ),
        (Some(&far), FILE, Behaviour::default(), 2, &["exceptions.max_days allows 365"]),
        (None, "s3://audit-config/none.toml", Behaviour::default(), 2, &["s3://audit-config/none.toml"]),
        (None, "s3://audit-config/exceptions.toml", denied, 4, &["s3:GetObject", "AccessDenied", "iam-policy task"]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        if let Some(content) = content {
            fs::write(directory.path().join(FILE), content).unwrap();
        }
        let simulator = organization(behaviour).await;
        simulator.buckets().put("audit-config", "exceptions.toml", b"# none\n".to_vec());
        let mut command = audit::program(&simulator, directory.path(), &["run"]);
        command.env("SAGESWEEP_EXCEPTIONS_FILE", place).env("SAGESWEEP_LAKE_DESTINATION", "lake");
        let output = command.output().unwrap();
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{errors}");
        for part in parts {
            assert!(errors.contains(part), "{part} is missing:\n{errors}");
        }
        let called = simulator.counts().into_keys().map(|(_, _, api)| api).collect::<BTreeSet<_>>();
        assert!(
            called.iter().all(|api| !api.starts_with("sagemaker:") && !api.starts_with("organizations:")),
            "{called:?}"
        );
        assert!(table::files(&directory.path().join("lake"), "runs").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_s3_is_read_once_and_fail_on_passes_over_what_it_covers() {
    let simulator = organization(Behaviour::default()).await;
    for (covers, status) in [("training-job-*", 0), ("training-job-vpc", 1)] {
        let directory = tempfile::tempdir().unwrap();
        let file = entry("all", &format!("check = '{covers}'\naccount = '*'"), 90);
        simulator.buckets().put("audit-config", "of/exceptions.toml", file.into_bytes());
        let mut command = audit::program(&simulator, directory.path(), &["run", "--fail-on", "low"]);
        command.env("SAGESWEEP_EXCEPTIONS_FILE", "s3://audit-config/of/exceptions.toml");
        command.env("SAGESWEEP_LAKE_DESTINATION", "lake").env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "10");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{}", text(&output.stderr));
    }
    let reads = simulator.counts().into_iter().filter(|((_, _, api), _)| *api == "s3:GetObject");
    assert_eq!(reads.map(|(_, count)| count.requests).sum::<u64>(), 2, "once a run");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_each_covers_of_the_last_run_and_strict_makes_a_warning_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(FILE);
    fs::write(&file, "").unwrap();
    let simulator = organization(Behaviour::default()).await;
    let check =
        |arguments: &[&str]| program(&simulator, directory.path(), &[&["exceptions", "check"], arguments].concat());
    assert!(done(&check(&[])).contains("Nothing is published"));
    done(&program(&simulator, directory.path(), &["run"]));
    let failing = findings(&directory.path().join("lake")).into_iter().filter(|(_, row)| row["status"] == "FAIL");
    let failing = failing.map(|(key, _)| key).collect::<Vec<_>>();
    let count = |check: &str| failing.iter().filter(|key| key[1] == check).count();

    let vpc = entry("vpc", "check = 'training-job-vpc'\naccount = '*'", 90);
    fs::write(&file, &vpc).unwrap();
    assert_eq!(check(&["--strict"]).status.code(), Some(0));
    let within = entry("within", "check = 'training-job-vpc'\nregion = 'us-*'", 90);
    fs::write(&file, [vpc, within, entry("keys", "check = '*-managed-keys'\naccount = '*'", 7)].concat()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&done(&check(&["--json"]))).unwrap();
    assert_eq!((&json["exceptions"], &json["in_force"], &json["expiring"]), (&3.into(), &3.into(), &1.into()));
    assert_eq!(json["warnings"].as_array().unwrap().len(), 2, "{json:#}");
    assert_eq!(json["run"]["failing"], failing.len());
    let covers =
        json["run"]["exceptions"].as_array().unwrap().iter().map(|one| one["covers"].clone()).collect::<Vec<_>>();
    assert_eq!(covers, [count("training-job-vpc"), 0, count("training-job-customer-managed-keys")]);
    let told = done(&check(&[]));
    assert!(told.contains("`within` never decides") && told.contains("needless"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    let in_us = failing.iter().filter(|key| key[1] == "training-job-vpc" && key[0].contains(":us-")).count();
    assert_eq!(json["run"]["exceptions"][1]["in_scope"], in_us);
    assert_eq!(check(&["--strict", "--offline"]).status.code(), Some(2));
    fs::write(&file, "[[exception]]\n").unwrap();
    let wrong = check(&["--json"]);
    let told: serde_json::Value = serde_json::from_slice(&wrong.stdout).unwrap();
    assert_eq!((wrong.status.code(), &told["errors"][0]["line"]), (Some(2), &1.into()), "{told:#}");
    let wrong = check(&[]);
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
    assert!(text(&wrong.stderr).contains("exceptions.toml:1:1:"));
}
