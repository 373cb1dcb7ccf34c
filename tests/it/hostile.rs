//! Names and tags of people who mean harm: data in the tables as they are, and harmless wherever they are shown.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Output,
};

use sagesweep::{
    demo::{Behaviour, HOSTILE, Shape, Simulator},
    printable::is_unsafe,
    report::{next::Tables, terminal},
};
use serde_json::Value;

use crate::{
    audit::{self, Audit, small},
    demo_truth::{assert_same, truth},
};

fn hostile() -> Shape {
    Shape { accounts: 32, regions: 2, jobs: 400, hostile: true, ..small() }
}

/// Every file below a directory, by its path from there.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_hold_hostile_texts_as_they_are_and_keys_hold_none() {
    let audit = Audit::of(hostile(), Behaviour::default()).await;
    assert_same(&audit.verdicts(), &truth(&audit));
    let organization = audit.simulator.organization();
    for row in audit.coverage().into_iter().chain(audit.findings()) {
        let account = organization.account(row["account_id"].parse().unwrap()).unwrap();
        assert_eq!(row["account_name"], account.name);
        let path = organization.unit_of(account).map_or("/", |unit| unit.name_path.as_str());
        assert_eq!(row["ou_path"], path);
    }
    let owners = audit.findings().into_iter().map(|row| row["owner"].clone()).collect::<BTreeSet<_>>();
    assert!(HOSTILE.iter().filter(|text| owners.contains(**text)).count() > 10, "{owners:?}");
    for file in files(audit.directory.path()) {
        let key = file.strip_prefix(audit.directory.path()).unwrap().to_str().unwrap();
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_.=-".contains(&byte)), "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_shows_hostile_names_as_one_harmless_line_each() {
    let audit = Audit::of(hostile(), Behaviour::default()).await;
    let summary = terminal::summary(audit.published.as_ref().unwrap(), &[], Tables { place: "out", config: None });
    let plain = anstream::adapter::strip_str(&summary).to_string();
    assert!(plain.chars().all(|letter| letter == '\n' || !is_unsafe(letter)));
    let worst = plain.lines().skip_while(|line| *line != "Most to mend").take_while(|line| !line.is_empty());
    insta::assert_snapshot!(worst.collect::<Vec<_>>().join("\n"), @"
    Most to mend
      372492972036  '; DROP TABLE findings; --#17                    136 FAIL
      954932342900  �]0;title��[2J�[H#1                               42 FAIL
      293102814752  +1+1#13                                           38 FAIL
      987950354073  @SUM(1)#14                                        38 FAIL
      134322500184  a�b�c�d�e�f�g#5                                   37 FAIL
    ");
}

/// The program in a directory against a simulator, with what it needs of an environment.
fn program(simulator: &Simulator, directory: &Path, arguments: &[&str]) -> Output {
    let mut command = audit::program(simulator, directory, arguments);
    command.env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "10").output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_output_of_the_program_obeys_a_hostile_name() {
    let simulator = Simulator::start(&hostile(), Behaviour::default()).await.unwrap();
    let names =
        simulator.organization().accounts().iter().map(|account| account.name.as_str()).collect::<BTreeSet<_>>();
    for format in ["text", "json"] {
        let directory = tempfile::tempdir().unwrap();
        let output = program(&simulator, directory.path(), &["run", "--log-format", format]);
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        for line in stdout.lines().chain(stderr.lines()) {
            assert!(!line.chars().any(is_unsafe), "{line:?}");
        }
        assert!(!stdout.is_empty());
        if format == "text" {
            let levels = ["INFO", "WARN"];
            let begins = |line: &str| levels.iter().any(|level| line.trim_start().starts_with(level));
            assert!(stderr.lines().all(begins), "{stderr}");
            continue;
        }
        let told = stderr.lines().filter_map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            assert!(event["level"] != "ERROR", "{line}");
            event["name"].as_str().map(ToOwned::to_owned)
        });
        let told = told.collect::<BTreeSet<_>>();
        assert_eq!(told.iter().map(String::as_str).collect::<BTreeSet<_>>(), names, "each exactly as it is");
    }
}
