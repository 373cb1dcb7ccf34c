//! What a run costs is counted as it was, and said as CloudWatch reads it; what the machine allows is kept within.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Command, Output},
};

use sagesweep::{
    demo::{Behaviour, Fault, FaultRule, Shape, Simulator},
    effort::Cost,
};
use serde_json::Value;

use crate::{
    audit::{self, Audit, small},
    table,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_cost_of_each_api_is_what_the_services_saw() {
    let throttled = |api| FaultRule::at(api, Fault::Throttled).times(2);
    let faults = ["kms:DescribeKey", "sagemaker:ListTrainingJobs", "sagemaker:Search"].map(throttled).into();
    let behaviour = Behaviour { faults, ..Behaviour::default() };
    let audit = Audit::of(Shape { accounts: 6, regions: 2, jobs: 300, ..small() }, behaviour).await;
    let mut seen = BTreeMap::<_, u64>::new();
    for ((_, _, api), count) in audit.simulator.counts() {
        *seen.entry(api).or_default() += count.requests;
    }
    let effort = audit.published.unwrap().run.facts.effort;
    assert_eq!(effort.by_api(|cost| cost.calls), seen);
    let two_each = [("kms:DescribeKey", 2), ("sagemaker:ListTrainingJobs", 2), ("sagemaker:Search", 2)].into();
    assert_eq!(effort.by_api(|cost| cost.throttles), two_each);
    let Cost { calls, throttles, retries, bytes_received } = effort.total();
    assert_eq!((throttles, retries), (6, 6), "of {calls}");
    assert!(bytes_received > 300 * 1_000, "a record of a job has thousands of bytes: {bytes_received}");
}

/// The program against a simulator, with a configuration that asks for metrics.
fn program(simulator: &Simulator, directory: &Path, arguments: &[&str]) -> Output {
    let config = "[metrics]\nemf = true\nnamespace = \"audit\"\n[pacing.rates]\n\
                  \"sagemaker:Search\" = { start = 500, burst = 1000, quota = 1000 }\n\
                  \"sagemaker:ListTrainingJobs\" = { start = 500, burst = 1000, quota = 1000 }\n";
    std::fs::write(directory.join("sagesweep.toml"), config).unwrap();
    let mut command = audit::program(simulator, directory, arguments);
    command.env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "10").output().unwrap()
}

/// The rules of CloudWatch's JSON schema of the embedded metric format, and those of its metrics' names and dimensions.
fn assert_is_emf(line: &str) -> Value {
    assert!(line.len() <= 256 << 10, "{}", line.len());
    let root: Value = serde_json::from_str(line).unwrap();
    let metadata = &root["_aws"];
    assert!(metadata["Timestamp"].as_i64().unwrap() > 1_500_000_000_000, "{line}");
    for directive in metadata["CloudWatchMetrics"].as_array().unwrap() {
        let members = directive.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>();
        assert_eq!(members, BTreeSet::from(["Dimensions", "Metrics", "Namespace"]));
        assert!((1..=1024).contains(&directive["Namespace"].as_str().unwrap().len()));
        let sets = directive["Dimensions"].as_array().unwrap();
        assert!(!sets.is_empty());
        for set in sets.iter().map(|set| set.as_array().unwrap()) {
            assert!(set.len() <= 30);
            for dimension in set.iter().map(|dimension| dimension.as_str().unwrap()) {
                let value = root[dimension].as_str().unwrap();
                assert!(
                    (1..=1024).contains(&value.len()) && value.is_ascii() && !dimension.starts_with(':'),
                    "{value}"
                );
            }
        }
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()));
        let mut names = BTreeSet::new();
        for metric in metrics {
            let name = metric["Name"].as_str().unwrap();
            assert!((1..=1024).contains(&name.len()) && names.insert(name), "{name}");
            assert!(["Bytes", "Count", "Percent", "Seconds"].contains(&metric["Unit"].as_str().unwrap()), "{metric}");
            assert!(root[name].is_number(), "{name} of {line}");
        }
    }
    root
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_a_run_with_metrics_is_metrics_and_nothing_else() {
    let shape = Shape { accounts: 6, regions: 2, jobs: 60, ..small() };
    let simulator = Simulator::start(&shape, Behaviour::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let output = program(&simulator, directory.path(), &["run"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.ends_with('\n'));
    let lines = stdout.lines().map(assert_is_emf).collect::<Vec<_>>();

    let of_run = lines.iter().filter(|line| line.get("Api").is_none()).collect::<Vec<_>>();
    let [scan, publish] = of_run.as_slice() else { panic!("{stdout}") };
    assert!(scan["ScanSeconds"].as_f64().unwrap() > 0.0 && scan["Failed"] == 0);
    assert_eq!((&publish["Published"], &publish["Complete"], &publish["Failed"]), (&1.into(), &1.into(), &0.into()));
    let run = &table::read(&directory.path().join("sagesweep-out"), "runs")[0];
    for (metric, column) in [
        ("Accounts", "scope_accounts"),
        ("CellsTotal", "cells_total"),
        ("CellsCounted", "cells_counted"),
        ("CellsComplete", "cells_complete"),
    ] {
        assert_eq!(publish[metric].to_string(), run[column], "{metric}");
    }
    let findings = ["FindingsPass", "FindingsFail", "FindingsUnknown", "FindingsNotApplicable"];
    assert_eq!(findings.iter().map(|name| publish[name].as_u64().unwrap()).sum::<u64>(), 240);

    assert_eq!(scan["ApiCalls"].to_string(), run["api_calls"]);
    assert_eq!(scan["BytesReceived"].to_string(), run["bytes_received"]);
    let by_api = lines.iter().filter(|line| line.get("Api").is_some());
    let calls = by_api.map(|line| (line["Api"].as_str().unwrap(), line["ApiCalls"].as_u64().unwrap()));
    let calls = calls.collect::<BTreeMap<_, _>>();
    assert_eq!(calls.values().sum::<u64>(), simulator.requests_total());
    assert!(calls.contains_key("sagemaker:Search") && calls.contains_key("sts:AssumeRole"), "{calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_fails_counts_as_failed_and_one_that_is_staged_prints_its_id_first() {
    let shape = Shape { accounts: 4, regions: 1, jobs: 5, ..small() };
    let simulator = Simulator::start(&shape, Behaviour::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let staged = program(&simulator, directory.path(), &["scan"]);
    let stdout = String::from_utf8(staged.stdout).unwrap();
    let run_id = stdout.lines().find(|line| !line.starts_with('{')).unwrap().to_owned();
    stdout.lines().filter(|line| *line != run_id).for_each(|line| drop(assert_is_emf(line)));

    let failed = program(&simulator, directory.path(), &["publish", "--run-id", "20260101T000000Z-0000"]);
    assert_eq!(failed.status.code(), Some(2));
    let stdout = String::from_utf8(failed.stdout).unwrap();
    let line = assert_is_emf(stdout.lines().next().unwrap());
    assert_eq!((&line["Failed"], &line["Published"], line.get("FindingsFail")), (&1.into(), &0.into(), None));

    let published = program(&simulator, directory.path(), &["publish", "--run-id", &run_id]);
    assert_eq!(published.status.code(), Some(0));
}

#[test]
fn a_run_keeps_within_64_open_files_and_says_that_it_is_narrowed() {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("ulimit -n 64; exec {} demo --jobs 3000 --output out", env!("CARGO_BIN_EXE_sagesweep"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(directory.path()).env_clear().output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert!(errors.contains("fewer requests at once"), "{errors}");
    let resources = table::read(&directory.path().join("out"), "resources");
    let jobs = resources.iter().filter(|row| row["resource_type"] == "AWS::SageMaker::TrainingJob").count();
    assert_eq!(jobs, 3000, "{errors}");
    let coverage = table::read(&directory.path().join("out"), "coverage");
    let expected = ["COMPLETE", "ACCOUNT_SUSPENDED", "ASSUME_ROLE_FAILED", "DENIED_BY_SCP"];
    for row in &coverage {
        assert!(expected.contains(&row["outcome"].as_str()), "{row:?}");
    }
}
