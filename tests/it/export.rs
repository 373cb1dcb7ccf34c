//! A published run in the forms of others, read back and held against the table.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use sagesweep::demo::Behaviour;
use serde_json::Value;

use crate::{
    audit::{Audit, small},
    compare::{answer, program},
    table::{self, Row},
};

async fn lake() -> Audit {
    Audit::of(small(), Behaviour::default()).await
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn with_status(rows: &[Row], statuses: &[&str]) -> usize {
    rows.iter().filter(|row| statuses.contains(&row["status"].as_str())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_has_every_finding_that_is_asked_for() {
    let lake = lake().await;
    let (root, rows) = (lake.directory.path(), lake.findings());
    let export = |format: &str, more: &[&str]| answer(root, &[&["export", "--format", format], more].concat());

    let json = lines(&export("json", &[]));
    assert_eq!(json.len(), rows.len());
    for (line, row) in json.iter().zip(&rows) {
        for name in ["resource_arn", "check_id", "status", "reason", "account_name"] {
            assert_eq!(line[name].as_str(), Some(row[name].as_str()));
        }
    }
    let csv = export("csv", &[]);
    assert_eq!(csv.lines().count(), rows.len() + 1);
    assert!(csv.starts_with("run_id,schema_version,check_id,"));

    let ocsf = lines(&export("ocsf", &[]));
    assert_eq!(ocsf.len(), with_status(&rows, &["FAIL", "UNKNOWN", "PASS"]));
    let all = lines(&export("ocsf", &["--status", "FAIL,UNKNOWN,PASS,NOT_APPLICABLE"]));
    assert_eq!(all.len(), rows.len());
    let uids = all.iter().map(|event| event["finding_info"]["uid"].as_str().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(uids.len(), rows.len(), "each finding has a uid of its own");
    let failing = lines(&export("ocsf", &["--status", "fail", "--severity", "high"]));
    let high =
        rows.iter().filter(|row| row["status"] == "FAIL" && ["high", "critical"].contains(&row["severity"].as_str()));
    assert_eq!(failing.len(), high.count());
    assert!(failing.iter().all(|event| event["compliance"]["status_id"] == 3));

    let asff = lines(&export("asff", &["--status", "FAIL"]));
    let findings = asff.iter().map(|input| input["Findings"].as_array().unwrap().len());
    assert_eq!(findings.clone().sum::<usize>(), with_status(&rows, &["FAIL"]));
    assert!(findings.max().unwrap() <= 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_gets_its_name_when_it_is_whole_and_security_lake_its_folders() {
    let lake = lake().await;
    let (root, rows) = (lake.directory.path(), lake.findings());
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(answer(root, &["export", "--format", "csv", "--output", &path("all.csv")]), "");
    assert_eq!(fs::read_to_string(path("all.csv")).unwrap(), answer(root, &["export", "--format", "csv"]));

    let arguments = ["export", "--format", "security-lake", "--output", &path("lake")];
    assert_eq!(program(root, &arguments).status.code(), Some(2), "the region is missing");
    let arguments = [&arguments[..], &["--security-lake-region", "eu-west-1"]].concat();
    let newer = [&arguments[..], &["--ocsf-version", "1.8"]].concat();
    assert_eq!(program(root, &newer).status.code(), Some(2));
    assert!(!Path::new(&path("lake")).exists());
    assert_eq!(answer(root, &arguments), "");
    let region = out.path().join("lake/ext/sagesweep/region=eu-west-1");
    let accounts = fs::read_dir(region).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut accounts = accounts.collect::<Vec<_>>();
    accounts.sort();
    let mut failing =
        rows.iter().filter(|row| row["status"] == "FAIL").map(|row| format!("accountId={}", row["account_id"]));
    let mut expected = failing.by_ref().collect::<Vec<_>>();
    expected.sort();
    expected.dedup();
    assert_eq!(accounts, expected);

    // A disk that takes no more: the file is named, and there is no half of it.
    let script =
        format!("ulimit -f 8; exec {} export --format json --output half.json", env!("CARGO_BIN_EXE_sagesweep"));
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(out.path()).env_clear().env("PATH", "/usr/bin:/bin");
    let output = command.env("SAGESWEEP_LAKE_DESTINATION", root).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(4) && text.contains("half.json"), "{text}");
    let left = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left = left.collect::<Vec<_>>();
    left.sort();
    assert_eq!(left, ["all.csv", "lake"]);

    // A reader that closes the pipe has read enough.
    let script = format!("{} export --format json | head -n 1", env!("CARGO_BIN_EXE_sagesweep"));
    let mut command = Command::new("bash");
    command.args(["-o", "pipefail", "-c", &script]).env_clear().env("PATH", "/usr/bin:/bin");
    command.env("SAGESWEEP_LAKE_DESTINATION", root).stderr(Stdio::piped());
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !errors.contains("error"), "{errors}");
    assert_eq!(lines(&String::from_utf8(output.stdout).unwrap()).len(), 1);
    assert_eq!(table::read(root, "runs").len(), 1);
}
