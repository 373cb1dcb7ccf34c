//! What is told of a published run: once to each who is configured, with the numbers of the tables, and without a secret.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use sagesweep::{
    Run, RunError,
    config::{Config, Destination},
    demo::{Behaviour, Simulator},
    lake::{RunId, hash::Digest, store::Store},
    notify::{Again, Notifier, Outcome, Patience, Told},
    session::Clock,
};
use serde_json::Value;

use crate::{
    audit::{Audit, program, sdk, small},
    receiver::{Answer, Receiver, SECRET},
    table::{self, Row},
};

/// As often as always, and without the pauses.
const HASTY: Patience = Patience {
    attempts: 3,
    answer: Duration::from_secs(2),
    pause: Duration::from_millis(1),
    longest: Duration::from_millis(1),
};

const EVENING: &str = "2026-12-28T20:00:00Z";

fn at(instant: &str) -> Clock {
    Clock::Fixed(instant.parse().unwrap())
}

/// Who is told of the runs of a lake.
struct Teller<'a> {
    lake: &'a Path,
    config: Config,
    url: String,
    sdk: aws_config::SdkConfig,
    clock: Clock,
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
            clock: at(EVENING),
        }
    }

    async fn tell(&self, run_id: &RunId, again: Again) -> Outcome {
        self.notifier(async |notifier| notifier.tell(run_id, again).await.unwrap()).await
    }

    async fn untold_before(&self, run_id: &RunId) -> Option<RunId> {
        self.notifier(async |notifier| notifier.untold_before(run_id).await.unwrap()).await
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
            clock: self.clock,
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
    let requests = receiver.received();
    assert_eq!(requests.len(), 2);
    // What is sent on purpose must not be passed over as seen before.
    let second = format!("{run_id}-{}", EVENING.parse::<Timestamp>().unwrap().as_second());
    assert_eq!(requests[1].headers["idempotency-key"], second);
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
    assert_eq!(teller.untold_before(&run_ids[1]).await, None, "what is long over is not made up for");
    teller.clock = at("2026-11-25T03:00:00Z");
    assert_eq!(teller.untold_before(&run_ids[0]).await, None);
    assert_eq!(teller.untold_before(&run_ids[1]).await.as_ref(), Some(&run_ids[0]));
    assert!(matches!(one(teller.tell(&run_ids[0], Again::No).await), Told::Sent), "the first one found much");
    assert_eq!(teller.untold_before(&run_ids[1]).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_exception_covers_is_not_new_and_those_that_end_have_ended_or_cover_nothing_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("exceptions.toml");
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let entry = |id: &str, check: &str, days: i64| {
        let ends = today.checked_add(days.days()).unwrap();
        let covers = format!("[[exception]]\nid = '{id}'\ncheck = '{check}'\naccount = '*'\n");
        format!("{covers}reason = 'until the migration'\nowner = 'data'\nexpires = {ends}\n")
    };
    let entries = [
        entry("far", "training-job-network-isolation", 90),
        entry("legacy", "training-job-customer-managed-keys", 5),
        entry("over", "training-job-vpc", -3),
        entry("unused", "domain-*", 90),
    ];
    fs::write(&file, entries.concat()).unwrap();
    let audit = Audit::with(small(), Behaviour::default(), |config| {
        config.exceptions.file = Some(file.display().to_string().parse().unwrap());
    })
    .await;
    let run_id = audit.published.as_ref().unwrap().run.facts.run_id.clone();
    let digest = Teller::of(&audit, &Receiver::answering(&[])).await.digest(&run_id).await;

    let findings = audit.findings();
    let covered = |id: &str| findings.iter().filter(|row| row.get("exception_id").is_some_and(|by| by == id)).count();
    assert!(covered("legacy") > 0 && covered("far") > 0 && covered("over") == 0);
    let key = |row: &Row| [row["resource_arn"].clone(), row["check_id"].clone()];
    let excepted = findings.iter().filter(|row| row.contains_key("exception_id")).map(key).collect::<BTreeSet<_>>();
    let events = table::read(audit.directory.path(), "finding_events");
    let new = events.iter().filter(|row| row["event"] == "NEW" && ["high", "critical"].contains(&&*row["severity"]));
    assert_eq!(digest["new_failures"]["total"], new.filter(|row| !excepted.contains(&key(row))).count());

    let due = &digest["expiring_exceptions"];
    for (member, count) in [("total", 2), ("ended", 1), ("unused", 1), ("omitted", 0)] {
        assert_eq!(due[member], count, "{member}");
    }
    let [over, legacy] = &due["exceptions"].as_array().unwrap()[..] else { panic!("{due}") };
    assert_eq!((&over["exception_id"], &over["days_left"]), (&Value::from("over"), &Value::from(-3)));
    assert_eq!((&over["findings"], &over["accounts"]), (&Value::from(0), &Value::from(0)));
    assert_eq!((&legacy["exception_id"], &legacy["owner"]), (&Value::from("legacy"), &Value::from("data")));
    assert_eq!((&legacy["days_left"], &legacy["findings"]), (&Value::from(5), &Value::from(covered("legacy"))));
    assert!(legacy["accounts"].as_u64().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_of_which_the_lake_does_not_say_whether_it_was_told_keeps_no_other_from_being_told() {
    let (audit, run_id) = audit().await;
    let receiver = Receiver::answering(&[]);
    let mut teller = Teller::of(&audit, &receiver).await;
    let (folder, topic) = (tempfile::tempdir().unwrap(), "arn:aws:sns:eu-central-1:111111111111:audit");
    let file = folder.path().join("sagesweep.toml");
    fs::write(&file, format!("[notify]\nsns_topic = '{topic}'\n")).unwrap();
    teller.config.notify.sns_topic = Config::load(Some(&file), std::iter::empty()).unwrap().notify.sns_topic;
    let markers = audit.directory.path().join("_notified").join(run_id.as_str());
    fs::create_dir_all(&markers).unwrap();
    // A link to itself: whether there is something cannot be told.
    let marker = markers.join(format!("sns-{}.json", &Digest::of(topic.as_bytes()).sha256[..16]));
    std::os::unix::fs::symlink(&marker, &marker).unwrap();
    let outcome = teller.tell(&run_id, Again::No).await;
    let Outcome::Told(told) = &outcome else { panic!("{outcome:?}") };
    assert!(matches!(&told[..], [(_, Told::Unknown(_)), (_, Told::Sent)]), "{told:?}");
    assert_eq!(receiver.received().len(), 1);
    let left = walk(audit.directory.path());
    assert!(
        left.iter().all(|path| !path.display().to_string().contains("notify-")),
        "the lease is given back: {left:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_tells_of_the_one_before_who_was_not_told_of_it() {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::answering(&[Answer::Status(410, None)]);
    for told in [1, 3] {
        let mut command = program(&simulator, directory.path(), &["run"]);
        command.env("SAGESWEEP_NOTIFY_WEBHOOK", "env:HOOK").env("HOOK", receiver.url());
        let output = command.env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "0").output().unwrap();
        let logged = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), receiver.received().len()), (Some(0), told), "{logged}");
        // Ids of one second have no order.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    let keys = receiver.received().iter().map(|request| request.headers["idempotency-key"].clone()).collect::<Vec<_>>();
    assert!(keys[0] == keys[1] && keys[1] < keys[2], "{keys:?}");
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
    // It is published already, and nothing is left to do; those who were not told are told all the same.
    let (status, _, logged) = call(&["publish", "--run-id", &run_id]);
    assert_eq!((status, receiver.received().len()), (Some(0), 2), "{logged}");
    let (status, _, logged) = call(&["notify", &run_id]);
    assert_eq!((status, receiver.received().len()), (Some(0), 2), "{logged}");
    assert!(call(&["config"]).1.contains("webhook = \"env:HOOK\""));

    let (status, text, _) = call(&["notify", "--dry-run"]);
    assert!(
        status == Some(0) && text.contains("Coverage:") && text.lines().filter(|line| !is_whole(line)).all(fits),
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

fn fits(line: &str) -> bool {
    line.chars().count() <= 80
}

/// ARNs and places are not cut.
fn is_whole(line: &str) -> bool {
    ["arn:", "Tables: ", "SAGESWEEP_LAKE_DESTINATION=", "--lake "]
        .iter()
        .any(|word| line.trim_start().starts_with(word))
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
