//! What becomes of rows in the forms of others.

use std::{collections::BTreeMap, sync::Arc};

use arrow_array::RecordBatch;
use clap::ValueEnum as _;
use serde_json::Value;

use super::{
    asff::Batches,
    ocsf::{Events, Version},
    row::Row,
    *,
};
use crate::{
    config,
    lake::{
        check_requirements,
        checks::{self, Listed},
        column::batch,
        findings,
        hash::Digest,
        runs::{Link, RunRow, RunStatus},
        samples::{self, context, facts, start, target},
    },
};

/// Findings of so many resources of each of two accounts, sorted.
fn rows(resources: u32) -> RecordBatch {
    let mut rows = Vec::new();
    for account in [22, 111_111_111_111] {
        let target = target(account, "eu-central-1");
        for number in 0..resources {
            let resource = Arc::new(samples::resource(&target, number, 0));
            rows.extend(samples::findings(&target, &resource, number));
        }
    }
    batch(&findings::columns(), &rows, &context()).unwrap()
}

fn run() -> RunRow {
    RunRow {
        facts: facts(),
        status: RunStatus::Complete,
        published_at: start(),
        cells_total: 2,
        cells_counted: 2,
        cells_complete: 2,
        coverage_percent: Some(100.0),
        findings: BTreeMap::new(),
        exceptions: BTreeMap::new(),
        rows: BTreeMap::new(),
        objects: Vec::new(),
        link: Link::default(),
    }
}

/// What a run of this version says of these checks.
fn said_of(listed: &[Listed]) -> Option<Catalogue> {
    let checks = batch(&checks::columns(), listed, &context()).unwrap();
    let requirements = batch(&check_requirements::columns(), &check_requirements::served(listed), &context()).unwrap();
    Catalogue::read([Ok(checks)].into_iter(), [Ok(requirements)].into_iter()).unwrap()
}

fn catalogue() -> Catalogue {
    said_of(&checks::listed(&config::Checks::default())).unwrap()
}

fn all(batch: &RecordBatch) -> Vec<Row<'_>> {
    (0..batch.num_rows()).map(|row| Row::of(batch, row).unwrap()).collect()
}

fn event(row: &Row<'_>, version: Version) -> Value {
    Events { run: &run(), catalogue: &catalogue(), version }.event(row).unwrap()
}

#[test]
fn the_uid_of_a_finding_is_the_same_in_every_run_and_its_own() {
    let batch = rows(30);
    let rows = all(&batch);
    let uids = rows.iter().map(Row::uid).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(uids.len(), rows.len());
    let row = rows.iter().find(|row| row.resource_created_at.is_some()).unwrap();
    let created = row.resource_created_at.unwrap().as_millisecond();
    let text = format!("{}|{}|{}|{created}|{}", row.account_id, row.region, row.resource_arn, row.check_id);
    assert_eq!(row.uid(), Digest::of(text.as_bytes()).sha256);
    let again = Row { run_id: "another", status: Status::Pass, observed_at: start(), ..row.clone() };
    assert_eq!(again.uid(), row.uid());
    assert_ne!(Row { resource_created_at: None, ..row.clone() }.uid(), row.uid());
}

#[test]
fn an_event_has_what_its_version_has() {
    let batch = rows(4);
    let rows = all(&batch);
    let row = rows.iter().find(|row| !row.tags.is_empty() && row.resource_created_at.is_some()).unwrap();
    for version in Version::value_variants() {
        let event = event(row, *version);
        let has = |pointer: &str| event.pointer(pointer).is_some();
        assert_eq!(event["metadata"]["version"], version.full());
        assert_eq!(has("/resource"), *version < Version::V1_3, "{version:?}");
        assert_eq!(has("/resources/0"), *version >= Version::V1_3, "{version:?}");
        let resource = if has("/resource") { "/resource" } else { "/resources/0" };
        assert_eq!(has(&format!("{resource}/labels")), *version < Version::V1_4, "{version:?}");
        assert_eq!(has(&format!("{resource}/tags/0/value")), *version >= Version::V1_4, "{version:?}");
        assert_eq!(has("/compliance/checks/0/uid"), *version >= Version::V1_5, "{version:?}");
        assert_eq!(has("/compliance/status_detail"), *version < Version::V1_4, "{version:?}");
        let text = event.to_string();
        let (whole, _unmapped) = text.split_once("\"unmapped\"").unwrap();
        assert!(!whole.contains("null"), "{whole}");
    }
}

#[test]
fn an_event_is_what_it_was_measured_to_be() {
    let batch = rows(5);
    let rows = all(&batch);
    let failing = rows.iter().rfind(|row| row.status == Status::Fail).unwrap();
    insta::assert_snapshot!("ocsf", serde_json::to_string_pretty(&event(failing, Version::V1_8)).unwrap());
}

#[test]
fn where_a_finding_stands_follows_from_its_past() {
    let batch = rows(1);
    let row = all(&batch).remove(0);
    let hour = jiff::SignedDuration::from_hours(1);
    let (now, before) = (Some(start()), Some(start() - hour));
    let exception = Some(row::Exception { id: "e-1", owner: None, reason: Some("agreed"), expires_on: None });
    let stands = |status, first_failed_at, last_resolved_at, exception| {
        let row = Row { status, exception, first_failed_at, last_resolved_at, ..row.clone() };
        let event = event(&row, Version::V1_8);
        let number = |name: &str| event[name].as_i64();
        assert_eq!(number("type_uid").unwrap(), 200_300 + number("activity_id").unwrap());
        (event["compliance"]["status_id"].as_i64().unwrap(), number("status_id"), number("activity_id").unwrap())
    };
    assert_eq!(stands(Status::Fail, now, None, None), (3, Some(1), 1));
    assert_eq!(stands(Status::Fail, None, None, None), (3, Some(1), 1));
    assert_eq!(stands(Status::Fail, before, None, None), (3, Some(2), 2));
    assert_eq!(stands(Status::Fail, before, None, exception), (3, Some(3), 2));
    assert_eq!(stands(Status::Pass, None, None, None), (1, Some(1), 1));
    assert_eq!(stands(Status::Pass, None, now, None), (1, Some(4), 3));
    assert_eq!(stands(Status::Pass, None, before, None), (1, Some(4), 2));
    assert_eq!(stands(Status::Unknown, None, None, None), (2, Some(1), 1));
    assert_eq!(stands(Status::Unknown, before, None, None), (2, Some(2), 2));
    assert_eq!(stands(Status::NotApplicable, None, None, None), (99, None, 1));
    assert_eq!(stands(Status::NotApplicable, None, now, None), (99, Some(4), 3));
    assert_eq!(stands(Status::NotApplicable, None, before, None), (99, Some(4), 2));
}

#[test]
fn an_event_says_of_its_check_what_the_run_said() {
    let batch = rows(1);
    let row = all(&batch).remove(0);
    let check = crate::check::selection::check(row.check_id).unwrap();
    let known = catalogue();
    let texts = known.of(&row).unwrap();
    assert_eq!((texts.title.as_str(), texts.rationale.as_str()), (check.title, check.rationale));
    assert!(texts.frameworks.iter().any(|name| name == "MITRE ATLAS") && texts.frameworks.is_sorted());
    assert!(texts.frameworks.len() < check.requirements().len(), "each is named once");
    let other = Row { check_id: "notebook-instance-vpc", ..row.clone() };
    let page = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-2";
    assert_eq!(known.of(&other).unwrap().references, [page]);
    assert_eq!(texts.references, <[&str; 0]>::default());

    // One of another time: its texts count, and what it did not know is an error.
    let then = Listed { check: &samples::CHECKS[0], is_selected: true };
    let then = said_of(&[then]).unwrap();
    let events = Events { run: &run(), catalogue: &then, version: Version::V1_8 };
    assert_eq!(events.event(&row).unwrap()["finding_info"]["title"], "");
    assert!(matches!(events.event(&other), Err(ExportError::NoSuchCheck(id)) if id == other.check_id));
    assert!(said_of(&[]).is_none());
}

#[test]
fn an_input_of_security_hub_is_of_one_place_and_has_a_hundred_findings_at_most() {
    let (batch, run, catalogue) = (rows(130), run(), catalogue());
    let (mut out, mut inputs) = (Vec::new(), Batches::new(&run, &catalogue));
    for row in &all(&batch) {
        inputs.add(&mut out, row).unwrap();
    }
    inputs.write(&mut out).unwrap();
    let inputs = String::from_utf8(out).unwrap();
    let inputs = inputs.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    let counts = inputs.iter().map(|input| input["Findings"].as_array().unwrap().len()).collect::<Vec<_>>();
    assert_eq!(counts, [100, 100, 60, 100, 100, 60]);
    for input in &inputs {
        let accounts = input["Findings"].as_array().unwrap().iter().map(|finding| finding["AwsAccountId"].as_str());
        assert_eq!(accounts.collect::<std::collections::BTreeSet<_>>().len(), 1);
    }
}

#[test]
fn a_finding_with_the_longest_texts_stays_below_what_security_hub_takes() {
    let batch = rows(1);
    // Letters of four bytes, of which none is cut in two.
    let long = "🙂".repeat(300_000);
    let row = Row {
        reason: &long,
        owner: Some(&long),
        account_name: &long,
        ou_path: Some(&long),
        evidence_json: Some(&long),
        standards: vec![long.clone(); 500],
        tags: (0..500).map(|number| (format!("{}{number}", "k".repeat(120)), long.clone())).collect(),
        ..all(&batch).remove(0)
    };
    let (run, catalogue) = (run(), catalogue());
    let (mut out, mut inputs) = (Vec::new(), Batches::new(&run, &catalogue));
    inputs.add(&mut out, &row).unwrap();
    inputs.write(&mut out).unwrap();
    assert!(out.len() < 240_000, "{} bytes", out.len());
}

#[test]
fn a_batch_keeps_the_findings_that_are_asked_for() {
    let batch = rows(40);
    let filter = Filter { statuses: vec![Status::Fail, Status::Unknown], least: Severity::High, closed_since: None };
    let kept = filter.apply(&batch).unwrap();
    let wanted = |row: &Row<'_>| filter.statuses.contains(&row.status) && row.severity >= Severity::High;
    assert_eq!(all(&kept), all(&batch).into_iter().filter(wanted).collect::<Vec<_>>());
    assert!(kept.num_rows() > 0 && kept.num_rows() < batch.num_rows());
}

#[test]
fn csv_and_json_have_the_columns_of_the_table() {
    let batch = rows(4);
    let mut out = ::csv::Writer::from_writer(Vec::new());
    csv::header(&mut out).unwrap();
    csv::write(&mut out, &batch).unwrap();
    let text = out.into_inner().unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_slice());
    let names = reader.headers().unwrap().iter().map(ToOwned::to_owned).collect::<Vec<_>>();
    let columns = findings::columns().iter().map(|column| column.name).collect::<Vec<_>>();
    assert_eq!(names, columns);
    let records = reader.records().map(Result::unwrap).collect::<Vec<_>>();
    let mut lines = Vec::new();
    json::write(&mut lines, &batch).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    assert_eq!((records.len(), lines.len()), (batch.num_rows(), batch.num_rows()));
    for (record, line) in records.iter().zip(&lines) {
        assert_eq!(line.as_object().unwrap().len(), columns.len());
        for (name, value) in names.iter().zip(record) {
            match &line[name] {
                Value::Null => assert_eq!(value, "", "{name}"),
                Value::String(text) => assert_eq!(value.trim_start_matches('\''), text, "{name}"),
                Value::Number(number) => assert_eq!(value, number.to_string(), "{name}"),
                Value::Object(_) => assert_eq!(serde_json::from_str::<Value>(value).unwrap(), line[name], "{name}"),
                Value::Array(texts) => {
                    let texts = texts.iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>();
                    assert_eq!(value, texts.join("; "), "{name}");
                }
                Value::Bool(truth) => assert_eq!(value, truth.to_string(), "{name}"),
            }
        }
    }
}

#[test]
fn security_lake_has_a_file_for_each_account_with_every_attribute_of_the_events() {
    let (batch, run, catalogue) = (rows(30), run(), catalogue());
    for version in [Version::V1_1, Version::V1_2, Version::V1_3] {
        let folder = tempfile::tempdir().unwrap();
        let events = Events { run: &run, catalogue: &catalogue, version };
        let mut files = security_lake::Files::new(events, folder.path().to_owned(), "sagesweep", "eu-west-1");
        for row in &all(&batch) {
            files.add(row).unwrap();
        }
        files.finish().unwrap();
        for (account, name) in
            [("000000000022", "Account \"22\" ünï"), ("111111111111", "Account \"111111111111\" ünï")]
        {
            let path = format!(
                "ext/sagesweep/region=eu-west-1/accountId={account}/eventDay=20261124/{}.zstd.parquet",
                context().run_id
            );
            let batches = crate::lake::read::batches(&folder.path().join(path), &[]).unwrap();
            let batches = batches.map(Result::unwrap).collect::<Vec<_>>();
            assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 60);
            let mut lines = Vec::new();
            json::write(&mut lines, &batches[0]).unwrap();
            let lines = String::from_utf8(lines).unwrap();
            let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
            assert_eq!(first["cloud"]["account"]["name"], name);
            assert_eq!(first["time"], run.facts.started_at.as_millisecond());
            assert!(first["unmapped"]["reason_codes"].is_string());
        }
    }
}
