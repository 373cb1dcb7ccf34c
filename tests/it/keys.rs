//! Customer managed keys, which are told from what other resources name: each once in a place, whatever becomes of the run,
//! and no more certain than the cells that show them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::{Duration, Instant},
};

use sagesweep::{
    Run,
    config::{Config, Destination},
    demo::{Behaviour, Fault, FaultRule, KeyUse, Shape},
    lake::RunId,
    plan::shard::Shard,
    session::Clock,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    audit::{Audit, sdk, small},
    resume::{Night, published, windows},
    table::{self, Row},
};

const KEY: &str = "AWS::KMS::Key";
const TRAINING_JOB: &str = "AWS::SageMaker::TrainingJob";

/// Keys, and what names them: these checks.
fn select(config: &mut Config, patterns: &[&str]) {
    config.checks.include = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
}

fn of_keys(directory: &Path, table: &str) -> Vec<Row> {
    table::read(directory, table).into_iter().filter(|row| row["resource_type"] == KEY).collect()
}

fn facts(row: &Row) -> Value {
    serde_json::from_str(&row["config_json"]).unwrap()
}

/// Verdicts by ARN and check.
fn verdicts(audit: &Audit) -> BTreeMap<(String, String), (String, String)> {
    let rows = of_keys(audit.directory.path(), "findings");
    let verdict = |row: Row| {
        ((row["resource_arn"].clone(), row["check_id"].clone()), (row["status"].clone(), row["reason_code"].clone()))
    };
    rows.into_iter().map(verdict).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_key_is_there_once_in_a_place_with_all_its_uses_and_is_asked_once_in_a_run() {
    let audit = Audit::with(small(), Behaviour::default(), |config| {
        select(config, &["kms-key-*", "training-job-customer-managed-keys"]);
    })
    .await;
    audit.published.as_ref().unwrap();
    let rows = of_keys(audit.directory.path(), "resources");
    let place = |row: &Row| (row["account_id"].clone(), row["region"].clone());
    let once = rows.iter().map(|row| (place(row), row["resource_arn"].clone())).collect::<BTreeSet<_>>();
    assert_eq!(once.len(), rows.len());
    // What names a key of the customer, in the cells that were read.
    let mut uses = BTreeMap::<_, u64>::new();
    for row in &rows {
        *uses.entry(place(row)).or_default() += facts(row)["uses"][TRAINING_JOB].as_u64().unwrap();
    }
    let of_aws = [KeyUse::Absent, KeyUse::EmptyText, KeyUse::AwsManagedAlias, KeyUse::AwsManagedArn];
    let coverage = of_keys(audit.directory.path(), "coverage");
    let mut complete = 0;
    for cell in audit.simulator.organization().cells() {
        let here = (cell.account().to_string(), cell.region().to_string());
        let Some(row) = coverage.iter().find(|row| place(row) == here && row["outcome"] == "COMPLETE") else {
            continue;
        };
        let named = cell.jobs().flat_map(|job| {
            let of = |key: &Option<String>, usage| key.as_ref().filter(|key| !key.is_empty()).map(|_| usage);
            [of(&job.volume_key, job.scenario.volume), of(&job.output_key, job.scenario.output)]
        });
        let expected = named.flatten().filter(|usage| !of_aws.contains(usage)).count();
        assert_eq!(uses.get(&here).copied().unwrap_or_default(), u64::try_from(expected).unwrap(), "{here:?}");
        assert_eq!(row["method"], "DERIVED");
        complete += expected;
    }
    assert!(complete > 200, "{complete}");
    // Whether it rotates is asked once of each that could.
    let rotates = |row: &&Row| facts(row)["rotation"] == "off" || facts(row)["rotation"]["on"].is_object();
    let asked = rows.iter().filter(rotates).map(|row| row["resource_arn"].clone()).collect::<BTreeSet<_>>();
    let calls = audit.simulator.counts().into_iter().filter(|((_, _, api), _)| *api == "kms:GetKeyRotationStatus");
    assert_eq!(calls.map(|(_, count)| count.requests).sum::<u64>(), u64::try_from(asked.len()).unwrap());
    assert_eq!(audit.simulator.aws_alias_descriptions(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_key_has_its_verdicts() {
    let audit = Audit::with(Shape { jobs: 3_000, ..small() }, Behaviour::default(), |config| {
        select(config, &["kms-key-*", "training-job-customer-managed-keys"]);
    })
    .await;
    audit.published.as_ref().unwrap();
    let mut seen = BTreeMap::<String, BTreeSet<(String, String)>>::new();
    for ((_, check), verdict) in verdicts(&audit) {
        seen.entry(check).or_default().insert(verdict);
    }
    let expected = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(status, code)| ((*status).to_owned(), (*code).to_owned())).collect::<BTreeSet<_>>()
    };
    assert_eq!(
        seen["kms-key-usable"],
        expected(&[
            ("PASS", "key_usable"),
            ("FAIL", "key_disabled"),
            ("FAIL", "key_pending_deletion"),
            ("FAIL", "key_not_found"),
            ("UNKNOWN", "key_unreadable"),
            ("UNKNOWN", "key_outside_organization"),
            ("NOT_APPLICABLE", "key_other_region"),
        ])
    );
    assert_eq!(
        seen["kms-key-in-organization"],
        expected(&[("PASS", "key_own"), ("PASS", "key_in_organization"), ("FAIL", "key_outside_organization")])
    );
    assert_eq!(
        seen["kms-key-rotation"],
        expected(&[
            ("PASS", "rotation_on"),
            ("FAIL", "rotation_off"),
            ("UNKNOWN", "rotation_unreadable"),
            ("NOT_APPLICABLE", "key_not_enabled"),
            ("NOT_APPLICABLE", "key_not_found"),
            ("NOT_APPLICABLE", "key_other_region"),
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_what_names_keys_was_not_read_whole_keys_may_be_missing_and_rotation_that_is_denied_is_unknown() {
    let behaviour = Behaviour {
        faults: vec![
            FaultRule::at("sagemaker:ListNotebookInstances", Fault::Denied),
            FaultRule::at("kms:GetKeyRotationStatus", Fault::Denied),
        ],
        ..Behaviour::default()
    };
    let audit = Audit::with(small(), behaviour, |config| {
        let checks = ["kms-key-*", "training-job-customer-managed-keys", "notebook-instance-customer-managed-keys"];
        select(config, &checks);
    })
    .await;
    let rows = of_keys(audit.directory.path(), "coverage");
    let gaps = rows.iter().filter(|row| row["outcome"] == "PARTIAL").collect::<Vec<_>>();
    assert!(!gaps.is_empty() && rows.iter().all(|row| row["outcome"] != "COMPLETE"));
    for row in gaps {
        assert!(row["detail"].contains("only these show, which were not read whole: notebook-instance"), "{row:?}");
    }
    let verdicts = verdicts(&audit);
    let rotation = verdicts.iter().filter(|((_, check), _)| check == "kms-key-rotation").map(|(_, (status, _))| status);
    let rotation = rotation.map(String::as_str).collect::<BTreeSet<_>>();
    assert_eq!(rotation, ["NOT_APPLICABLE", "UNKNOWN"].into());
    assert!(verdicts.values().any(|verdict| verdict.1 == "key_usable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_type_that_names_keys_none_can_be_seen_and_coverage_says_so() {
    let audit = Audit::with(small(), Behaviour::default(), |config| select(config, &["kms-key-*"])).await;
    assert!(of_keys(audit.directory.path(), "resources").is_empty());
    let rows = audit.coverage();
    let open = rows.iter().filter(|row| row["outcome"] == "PARTIAL").collect::<Vec<_>>();
    assert!(!open.is_empty() && rows.iter().all(|row| row["outcome"] != "COMPLETE"));
    assert!(open.iter().all(|row| row["detail"].contains("no resource type that shows keys is audited")));
    let kms = audit.simulator.counts().into_keys().filter(|(_, _, api)| api.starts_with("kms:")).count();
    assert_eq!(kms, 0);
}

/// A night of keys and of three types that name them, small slices of some among these.
async fn night() -> Night {
    let mut night = Night::new(windows()).await;
    let checks = ["kms-key-*", "*-job-customer-managed-keys", "model-card-*", "model-network-isolation"];
    select(&mut night.config, &checks);
    night
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_breaks_off_anywhere_or_is_divided_has_the_same_keys_in_the_end() {
    let night = night().await;
    let whole = TempDir::new().unwrap();
    let begun = Instant::now();
    night.run(whole.path()).await.scan_and_publish().await.unwrap();
    let (takes, expected) = (begun.elapsed(), published(whole.path()));
    assert!(of_keys(whole.path(), "resources").len() > 20);
    for share in [0.2, 0.4, 0.5, 0.6, 0.7, 0.8] {
        let directory = TempDir::new().unwrap();
        let run = night.run(directory.path()).await;
        drop(tokio::time::timeout(takes.mul_f64(share), run.scan_and_publish()).await);
        if table::files(directory.path(), "runs").is_empty() {
            night.run(directory.path()).await.scan_and_publish().await.unwrap();
        }
        assert!(published(directory.path()) == expected, "other tables when stopped after {share} of the time");
    }
    let divided = TempDir::new().unwrap();
    for shard in ["1/3", "2/3", "3/3"] {
        night.run(divided.path()).await.scan_shard(shard.parse::<Shard>().unwrap()).await.unwrap();
    }
    night.run(divided.path()).await.publish(sagesweep::Incomplete::Refused).await.unwrap();
    assert!(published(divided.path()) == expected, "other tables in shards");
}

#[tokio::test]
async fn what_was_taken_over_from_the_last_night_names_its_keys_too() {
    let night = night().await;
    let lake = TempDir::new().unwrap();
    let keys = |run: &str| {
        let rows = of_keys(lake.path(), "resources").into_iter().filter(|row| row["run_id"] == run);
        let key = |row: Row| (row["account_id"].clone(), row["resource_arn"].clone(), row["config_json"].clone());
        rows.map(key).collect::<BTreeSet<_>>()
    };
    let mut nights = Vec::new();
    for start in ["2026-11-24T05:00:00Z", "2026-11-25T05:00:00Z"] {
        let mut config = night.config.clone();
        config.lake.destination = Destination::Directory(lake.path().to_owned());
        let clock = Clock::Fixed(start.parse().unwrap());
        let run_id = RunId::new(clock.now(), 1);
        let run = Run::new(sdk(&night.simulator, Duration::from_mins(1)).await, config, run_id.clone(), clock);
        run.scan_and_publish().await.unwrap();
        nights.push(keys(&run_id.to_string()));
    }
    let rows = table::read(lake.path(), "coverage");
    let carried = rows.iter().filter(|row| row["method"] == "INCREMENTAL" && row["resources_carried"] != "0").count();
    assert!(carried > 0 && !nights[0].is_empty());
    assert_eq!(nights[0], nights[1]);
}
