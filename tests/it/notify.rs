//! What is told of a published run: once to each who is configured, with the numbers of the tables, and without a secret.

use std::{collections::BTreeSet, fs, fs::File, path::Path, sync::Arc, time::Duration};

use arrow_array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use sagesweep::{
    Run, RunError,
    config::{Config, Destination},
    demo::{Behaviour, Simulator},
    lake::{RunId, store::Store},
    notify::{Again, Notifier, Outcome, Patience, Told},
    session::Clock,
};
use serde_json::Value;

use crate::{
    audit::{Audit, program, sdk, small},
    receiver::{Answer, Receiver, SECRET},
    table,
};

/// As often as always, and without the pauses.
const HASTY: Patience = Patience {
    attempts: 3,
    answer: Duration::from_secs(2),
    pause: Duration::from_millis(1),
    longest: Duration::from_millis(1),
};

const EVENING: &str = "2026-12-28T20:00:00Z";

/// Who is told of the runs of a lake.
struct Teller<'a> {
    lake: &'a Path,
    config: Config,
    url: String,
    sdk: aws_config::SdkConfig,
}

impl<'a> Teller<'a> {
    async fn of(audit: &'a Audit, receiver: &Receiver) -> Self {
        let mut config = Config::default();
        config.notify.webhook = Some("env:HOOK".parse().unwrap());
        Self {
            lake: audit.directory.path(),
            config,
            url: receiver.url(),
            sdk: sdk(&audit.simulator, Duration::from_secs(20)).await,
        }
    }

    async fn tell(&self, run_id: &RunId, again: Again) -> Outcome {
        self.notifier(async |notifier| notifier.tell(run_id, again).await.unwrap()).await
    }

    async fn digest(&self, run_id: &RunId) -> Value {
        let digest = self.notifier(async |notifier| notifier.digest(run_id).await.unwrap()).await;
        serde_json::from_str(&digest.to_json()).unwrap()
    }

    async fn notifier<T>(&self, work: impl AsyncFnOnce(&Notifier<'_>) -> T) -> T {
        let store = Store::directory(self.lake);
        let environment = |name: &str| (name == "HOOK").then(|| self.url.clone());
        let notifier = Notifier {
            config: &self.config,
            store: &store,
            sdk: &self.sdk,
            clock: Clock::Fixed(EVENING.parse().unwrap()),
            environment: &environment,
            patience: HASTY,
        };
        work(&notifier).await
    }
}

/// What became of the one target.
fn one(outcome: Outcome) -> Told {
    let Outcome::Told(mut told) = outcome else { panic!("{outcome:?}") };
    assert_eq!(told.len(), 1);
    told.remove(0).1
}

async fn audit() -> (Audit, RunId) {
    let audit = Audit::of(small(), Behaviour::default()).await;
    let run_id = audit.published.as_ref().unwrap().run.facts.run_id.clone();
    (audit, run_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_told_once_however_often_it_is_told_with_what_a_receiver_can_know_it_by() {
    let (audit, run_id) = audit().await;
    let receiver = Receiver::answering(&[]);
    let teller = Teller::of(&audit, &receiver).await;
    assert!(matches!(one(teller.tell(&run_id, Again::No).await), Told::Sent));
    assert!(matches!(one(teller.tell(&run_id, Again::No).await), Told::Before));
    let requests = receiver.received();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].line.starts_with("POST /hook/") && requests[0].headers["content-type"] == "application/json");
    assert_eq!(requests[0].headers["idempotency-key"], run_id.as_str());
    let body: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(body["run"]["run_id"], run_id.as_str());
    assert!(body["text"].as_str().unwrap().starts_with(&format!("sagesweep {run_id}")));

    assert!(matches!(one(teller.tell(&run_id, Again::Yes).await), Told::Sent));
    assert_eq!(receiver.received().len(), 2);
    for file in walk(audit.directory.path()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{}", file.display());
    }
    let markers = walk(&audit.directory.path().join("_notified"));
    assert_eq!(markers.len(), 1);
    let verified = crate::compare::program(audit.directory.path(), &["verify", "--all"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_pass_is_tried_again_and_what_stays_is_not() {
    let (audit, run_id) = audit().await;
    let busy = Answer::Status(503, Some(("retry-after", "3600")));
    let again = [Answer::Status(500, None), busy, Answer::Nothing, Answer::Closed, Answer::Status(429, None)];
    for first in again {
        let receiver = Receiver::answering(&[first]);
        let teller = Teller::of(&audit, &receiver).await;
        assert!(matches!(one(teller.tell(&run_id, Again::Yes).await), Told::Sent), "{first:?}");
        assert_eq!(receiver.received().len(), 2, "{first:?}");
    }
    let elsewhere = Answer::Status(302, Some(("location", "http://127.0.0.1:9/")));
    for last in [Answer::Status(404, None), Answer::Status(400, None), elsewhere] {
        let receiver = Receiver::answering(&[last]);
        let teller = Teller::of(&audit, &receiver).await;
        let told = one(teller.tell(&run_id, Again::Yes).await);
        let Told::Failed(error) = told else { panic!("{told:?}") };
        assert!(!format!("{error} {error:?}").contains(SECRET));
        assert_eq!(receiver.received().len(), 1, "{last:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_not_be_told_is_told_the_next_time() {
    let (audit, run_id) = audit().await;
    let receiver = Receiver::answering(&[Answer::Status(500, None); 3]);
    let teller = Teller::of(&audit, &receiver).await;
    assert!(matches!(one(teller.tell(&run_id, Again::No).await), Told::Failed(_)));
    assert_eq!(receiver.received().len(), 3, "as often as it has patience");
    assert!(matches!(one(teller.tell(&run_id, Again::No).await), Told::Sent));
    assert!(matches!(one(teller.tell(&run_id, Again::No).await), Told::Before));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_are_those_of_the_tables() {
    let (audit, run_id) = audit().await;
    let teller = Teller::of(&audit, &Receiver::answering(&[])).await;
    let digest = teller.digest(&run_id).await;
    let events = table::read(audit.directory.path(), "finding_events");
    let new = events.iter().filter(|row| ["NEW", "REOPENED"].contains(&&*row["event"]));
    let new = new.filter(|row| ["high", "critical"].contains(&&*row["severity"])).count();
    assert!(new > 100);
    let failures = &digest["new_failures"];
    assert_eq!(failures["total"], new);
    let by_check = failures["by_check"].as_array().unwrap().iter().map(|row| row["findings"].as_u64().unwrap());
    assert_eq!(by_check.sum::<u64>(), u64::try_from(new).unwrap());
    assert_eq!(failures["findings"].as_array().unwrap().len(), 100);
    assert_eq!(failures["findings_omitted"], new - 100);

    let findings = table::read(audit.directory.path(), "findings");
    for row in digest["posture"].as_array().unwrap() {
        for (status, member) in [("FAIL", "fail"), ("UNKNOWN", "unknown")] {
            let of = findings.iter().filter(|finding| finding["status"] == status);
            let count = of.filter(|finding| finding["severity"] == row["severity"].as_str().unwrap()).count();
            assert_eq!(row[member], count, "{row}");
        }
    }
    let runs = table::read(audit.directory.path(), "runs");
    let percent = digest["coverage"]["percent"].as_f64().unwrap();
    assert!((percent - runs[0]["coverage_percent"].parse::<f64>().unwrap()).abs() < 1e-9);
    assert!(digest["coverage"]["previous_run_id"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_is_held_against_the_one_before_and_a_quiet_one_is_told_of_only_where_that_is_wanted() {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut run_ids = Vec::new();
    for night in ["20261123T031500Z-00a1", "20261124T031500Z-00a1"] {
        let mut config = crate::audit::fast_config();
        config.coverage.floor_percent = 0.0;
        config.lake.destination = Destination::Directory(directory.path().to_owned());
        let run_id: RunId = night.parse().unwrap();
        let clock = Clock::Fixed("2026-11-24T17:00:00Z".parse().unwrap());
        let run = Run::new(sdk(&simulator, Duration::from_secs(20)).await, config, run_id.clone(), clock);
        Box::pin(run.scan_and_publish()).await.unwrap();
        run_ids.push(run_id);
    }
    let receiver = Receiver::answering(&[]);
    let audit = Audit { simulator, directory, published: Err(RunError::NoRegion) };
    let mut teller = Teller::of(&audit, &receiver).await;
    teller.config.notify.quiet_runs = false;
    let digest = teller.digest(&run_ids[1]).await;
    assert_eq!(digest["coverage"]["previous_run_id"], run_ids[0].as_str());
    assert_eq!(
        (&digest["new_failures"]["total"], &digest["coverage"]["dropped_points"]),
        (&Value::from(0), &Value::Null)
    );
    assert!(matches!(teller.tell(&run_ids[1], Again::No).await, Outcome::Quiet));
    assert!(receiver.received().is_empty());
    assert!(matches!(one(teller.tell(&run_ids[0], Again::No).await), Told::Sent), "the first one found much");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_exception_covers_is_not_new_and_its_end_is_told() {
    let (audit, run_id) = audit().await;
    let teller = Teller::of(&audit, &Receiver::answering(&[])).await;
    let before = teller.digest(&run_id).await["new_failures"]["total"].as_u64().unwrap();
    let covered = except(audit.directory.path(), "training-job-customer-managed-keys", &run_id);
    assert!(covered > 0);
    let digest = teller.digest(&run_id).await;
    assert_eq!(digest["new_failures"]["total"], before - covered);
    let ending = &digest["expiring_exceptions"];
    assert_eq!((&ending["total"], &ending["omitted"]), (&Value::from(1), &Value::from(0)));
    let exception = &ending["exceptions"][0];
    assert_eq!((&exception["exception_id"], &exception["owner"]), (&Value::from("legacy"), &Value::from("data")));
    assert_eq!((&exception["days_left"], &exception["findings"]), (&Value::from(5), &Value::from(covered)));
}

/// Writes an exception that ends in five days into every FAIL of a check, and says how many those are.
fn except(lake: &Path, check_id: &str, run_id: &RunId) -> u64 {
    let ends = run_id.run_date().checked_add(jiff::Span::new().days(5)).unwrap();
    let days = ends.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).unwrap().get_days();
    let mut covered = 0;
    for path in table::files(lake, "findings") {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap().build().unwrap();
        let batches = reader.collect::<Result<Vec<_>, _>>().unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batches[0].schema(), None).unwrap();
        for batch in batches {
            let text = |name: &str| {
                batch.column_by_name(name).unwrap().as_any().downcast_ref::<StringArray>().unwrap().clone()
            };
            let (checks, statuses) = (text("check_id"), text("status"));
            let is_covered = (0..batch.num_rows())
                .map(|row| checks.value(row) == check_id && statuses.value(row) == "FAIL")
                .collect::<Vec<_>>();
            covered += u64::try_from(is_covered.iter().filter(|covered| **covered).count()).unwrap();
            let texts = |value: &str| -> ArrayRef {
                Arc::new(is_covered.iter().map(|covered| covered.then(|| value.to_owned())).collect::<StringArray>())
            };
            let dates: ArrayRef =
                Arc::new(is_covered.iter().map(|covered| covered.then_some(days)).collect::<Date32Array>());
            let schema = batch.schema();
            let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| match &**field.name() {
                "exception_id" => texts("legacy"),
                "exception_owner" => texts("data"),
                "exception_reason" => texts("until the migration"),
                "exception_expires_on" => Arc::clone(&dates),
                _ => Arc::clone(column),
            });
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()).unwrap();
        }
        writer.close().unwrap();
    }
    covered
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_tells_after_it_published_and_ends_as_it_would_when_nobody_hears_it() {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::answering(&[Answer::Status(410, None)]);
    let call = |arguments: &[&str]| {
        let mut command = program(&simulator, directory.path(), arguments);
        command.env("SAGESWEEP_NOTIFY_WEBHOOK", "env:HOOK").env("HOOK", receiver.url());
        command.env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "0").env("RUST_LOG", "trace");
        let output = command.output().unwrap();
        let (said, logged) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
        assert!(!said.contains(SECRET) && !logged.contains(SECRET), "{arguments:?} shows the secret");
        (output.status.code(), said, logged)
    };
    let (status, _, logged) = call(&["run"]);
    assert_eq!(status, Some(0), "{logged}");
    let warnings =
        logged.lines().filter(|line| line.contains("\"WARN\"") && line.contains("not told")).collect::<Vec<_>>();
    assert!(
        warnings.len() == 1 && warnings[0].contains("answered 410") && warnings[0].contains("sagesweep notify "),
        "{logged}"
    );

    let run_id = table::read(&directory.path().join("sagesweep-out"), "runs")[0]["run_id"].clone();
    // It is published already, which is an error; those who were not told are told all the same.
    let (status, _, logged) = call(&["publish", "--run-id", &run_id]);
    assert_eq!((status, receiver.received().len()), (Some(4), 2), "{logged}");
    let (status, _, logged) = call(&["notify", &run_id]);
    assert_eq!((status, receiver.received().len()), (Some(0), 2), "{logged}");
    assert!(call(&["config"]).1.contains("webhook = \"env:HOOK\""));

    let (status, text, _) = call(&["notify", "--dry-run"]);
    assert!(
        status == Some(0) && text.contains("Coverage:") && text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert_eq!(receiver.received().len(), 2);
}

#[test]
fn nobody_to_tell_and_a_wrong_place_of_the_url_are_usage_and_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let output = |webhook: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sagesweep"));
        command.arg("config").current_dir(directory.path()).env_clear().env("SAGESWEEP_NOTIFY_WEBHOOK", webhook);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, errors) = output(&format!("https://hooks.example.com/{SECRET}"));
    assert!(status == Some(2) && errors.contains("env:AUDIT_WEBHOOK_URL") && !errors.contains(SECRET), "{errors}");
    assert_eq!(output("env:HOOK").0, Some(0));
}

fn walk(folder: &Path) -> BTreeSet<std::path::PathBuf> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.insert(path);
        }
    }
    files
}
