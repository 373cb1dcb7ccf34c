//! Two nights compared by the program: what was changed between them is told, and what could not be seen is told apart.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Command, Output},
};

use jiff::SignedDuration;
use sagesweep::demo::{Behaviour, Fault, FaultRule, Shape};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    audit::small,
    incremental::{Night, every_night},
    table,
};

pub(crate) fn program(lake: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command.args(arguments).current_dir(lake).env_clear().env("PATH", "/usr/bin:/bin");
    command.env("SAGESWEEP_LAKE_DESTINATION", lake).output().unwrap()
}

pub(crate) fn answer(lake: &Path, arguments: &[&str]) -> String {
    let output = program(lake, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Resource, creation time and check of a finding.
type Key = [Option<String>; 3];

/// The status of each finding of a run, by what makes it this finding.
fn statuses(lake: &Path, run_id: &str) -> BTreeMap<Key, String> {
    let rows = table::read(lake, "findings").into_iter().filter(|row| row["run_id"] == run_id);
    let key = |row: &table::Row| ["resource_arn", "resource_created_at", "check_id"].map(|name| row.get(name).cloned());
    rows.map(|row| (key(&row), row["status"].clone())).collect()
}

fn run_ids(lake: &Path) -> Vec<String> {
    table::read(lake, "runs").into_iter().map(|row| row["run_id"].clone()).collect()
}

/// Three nights: before the second one jobs are deleted, and their names used again; on the third one the listing is refused
/// everywhere, and one check is left out.
async fn nights() -> TempDir {
    let lake = TempDir::new().unwrap();
    let first = Shape { jobs: 4_000, ..small() };
    Night::of(&first, Behaviour::default(), lake.path(), every_night).await;
    let second =
        Shape { elapsed: SignedDuration::from_hours(24), deleted_permille: 50, reuses_names: true, ..first.clone() };
    Night::of(&second, Behaviour::default(), lake.path(), every_night).await;
    let third = Shape { elapsed: SignedDuration::from_hours(48), ..second };
    let faults = vec![FaultRule::at("sagemaker:ListTrainingJobs", Fault::Denied)];
    Night::of(&third, Behaviour { faults, ..Behaviour::default() }, lake.path(), |config| {
        every_night(config);
        config.checks.exclude = ["training-job-vpc".parse().unwrap()].into();
    })
    .await;
    lake
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_between_two_nights_is_told_and_what_was_not_seen_is_told_apart() {
    let lake = nights().await;
    let ids = run_ids(lake.path());
    let [first, second, third] = ids.as_slice() else { panic!("{ids:?}") };

    let changes: Value =
        serde_json::from_str(&answer(lake.path(), &["diff", first, second, "--format", "json"])).unwrap();
    assert_eq!(
        (changes["before"]["run_id"].as_str(), changes["after"]["run_id"].as_str()),
        (Some(&**first), Some(&**second))
    );
    let (before, after) = (statuses(lake.path(), first), statuses(lake.path(), second));
    let keys = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
    let differing = keys.iter().filter(|key| before.get(**key) != after.get(**key)).count();
    let rows = changes["changes"].as_array().unwrap();
    assert!(differing > 0);
    let told = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!(rows.len(), differing);
    assert_eq!(changes["unchanged"].as_u64().unwrap(), u64::try_from(keys.len() - differing).unwrap());
    // A day brings jobs: those that fail, and the others.
    let new = after.iter().filter(|(key, _)| !before.contains_key(*key));
    let (failing, fine): (Vec<_>, Vec<_>) = new.partition(|(_, status)| *status == "FAIL");
    assert!(told("NEW_FAIL") >= failing.len() && !failing.is_empty());
    let unseen = |row: &&Value| row["kind"] == "NOT_COMPARABLE" && row["gap"]["missing_in"] == "before";
    assert_eq!(told("APPEARED") + rows.iter().filter(unseen).filter(|row| row["status"] != "FAIL").count(), fine.len());
    // What was deleted is gone, also where its name was used again.
    let gone = before.keys().filter(|key| !after.contains_key(*key)).count();
    assert_eq!(told("GONE") + rows.iter().filter(|row| row["gap"]["missing_in"] == "after").count(), gone);
    assert!(told("GONE") > 300, "{} of {gone}", told("GONE"));

    // Nothing was complete on the third night, so that nothing is gone; and one check was not put.
    let changes: Value = serde_json::from_str(&answer(lake.path(), &["diff", "--format", "json"])).unwrap();
    assert_eq!(changes["after"]["run_id"].as_str(), Some(&**third));
    let rows = changes["changes"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["kind"] != "GONE"));
    let not_put = rows.iter().filter(|row| row["gap"]["why"] == "CHECK_NOT_PUT").collect::<Vec<_>>();
    assert!(not_put.iter().all(|row| row["check_id"] == "training-job-vpc" && row["gap"]["missing_in"] == "after"));
    let (before, after) = (statuses(lake.path(), second), statuses(lake.path(), third));
    let lost = before.keys().filter(|key| !after.contains_key(*key)).count();
    let missing = rows.iter().filter(|row| row["gap"]["missing_in"] == "after").count();
    assert!(lost > 0 && lost == missing, "{lost} {missing}");
    // The other way round the same findings appear to be new, and are as little known.
    let back: Value = serde_json::from_str(&answer(lake.path(), &["diff", third, second, "--format", "json"])).unwrap();
    let unseen = back["changes"].as_array().unwrap().iter().filter(|row| row["gap"]["missing_in"] == "before").count();
    assert_eq!(unseen, missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_found_as_a_person_names_it_and_a_wrong_name_is_told_what_there_is() {
    let lake = nights().await;
    let ids = run_ids(lake.path());
    let compared = |arguments: &[&str]| {
        let json = answer(lake.path(), &[&["diff", "--format", "json"], arguments].concat());
        let value: Value = serde_json::from_str(&json).unwrap();
        ["before", "after"].map(|side| value[side]["run_id"].as_str().unwrap().to_owned())
    };
    assert_eq!(compared(&[]), [ids[1].clone(), ids[2].clone()]);
    assert_eq!(compared(&["2026-11-24"]), [ids[0].clone(), ids[2].clone()]);
    assert_eq!(compared(&["2026-11-25", &ids[0]]), [ids[1].clone(), ids[0].clone()]);
    assert_eq!(compared(&["latest", "latest"]), [ids[2].clone(), ids[2].clone()]);
    for wrong in ["2026-11-20", "20261120T000000Z-0000"] {
        let output = program(lake.path(), &["diff", wrong]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text.contains(wrong) && text.contains("2026-11-26, 2026-11-25, 2026-11-24"), "{text}");
    }
    assert_eq!(program(lake.path(), &["diff", "yesterday"]).status.code(), Some(2));

    let text = answer(lake.path(), &["diff", &ids[0], &ids[1], "--limit", "1", "--severity", "high"]);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("The worst") && text.contains("more: --limit"), "{text}");
    let narrow = compared_rows(lake.path(), &[&ids[0], &ids[1], "--check", "training-job-vpc"]);
    assert!(!narrow.is_empty() && narrow.iter().all(|row| row["check_id"] == "training-job-vpc"));
    let account = narrow[0]["account_id"].as_str().unwrap().to_owned();
    let narrower =
        compared_rows(lake.path(), &[&ids[0], &ids[1], "--check", "training-job-vpc", "--account", &account]);
    assert_eq!(narrower, narrow.into_iter().filter(|row| row["account_id"] == *account).collect::<Vec<_>>());

    // A file that is not what was published is not compared.
    let file = table::files(lake.path(), "findings").remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let output = program(lake.path(), &["diff", &ids[0], &ids[1]]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(4) && text.contains("is not what was published"), "{text}");
}

fn compared_rows(lake: &Path, arguments: &[&str]) -> Vec<Value> {
    let json = answer(lake, &[&["diff", "--format", "json"], arguments].concat());
    let mut value: Value = serde_json::from_str(&json).unwrap();
    value["changes"].as_array_mut().map(std::mem::take).unwrap()
}
