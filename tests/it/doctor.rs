//! What doctor says of organizations that are well, and of such that are not, by the text that people read.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sagesweep::{
    check::CHECKS,
    config::{Config, Destination},
    demo::{Behaviour, Fault, FaultRule, Shape, Simulator},
    doctor::{
        self, Examination,
        observation::{Consequence, Group, Level, Observation},
        sample::Sample,
        terminal,
        verdict::Verdict,
    },
    exit::ExitStatus,
    session::{
        Clock,
        policy::{caller_actions, member_actions},
    },
};

use crate::{
    audit::{fast_config, sdk, small},
    bare_s3::BareS3,
};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// An organization of this shape and behaviour, examined whole unless told otherwise, into a directory of its own.
async fn examine(shape: &Shape, behaviour: Behaviour, change: impl FnOnce(&mut Config)) -> (Examination, Simulator) {
    let simulator = Simulator::start(shape, behaviour).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut config = fast_config();
    config.lake.destination = Destination::Directory(directory.path().join("lake"));
    change(&mut config);
    let sdk = sdk(&simulator, PATIENCE).await;
    let examination = doctor::examine(&sdk, &config, "test.toml", Sample::All, Clock::System).await;
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "something was left in the lake");
    (examination, simulator)
}

/// Everything in reach: no suspended account, none that refuses, no sandbox whose region is denied.
fn open() -> Shape {
    Shape { accounts: 3, regions: 1, ..small() }
}

/// The text without what is of this machine: the configuration and the lake.
fn text(examination: &Examination) -> String {
    let mut shown = examination.clone();
    shown.observations.retain(|observation| !matches!(observation.group, Group::Configuration | Group::Lake));
    plain(&terminal::report(&shown, false))
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn find<'a>(examination: &'a Examination, subject: &str, level: Level) -> &'a Observation {
    let mut found = examination.observations.iter().filter(|seen| seen.subject == subject && seen.level == level);
    let first = found.next();
    first.unwrap_or_else(|| panic!("no {level:?} of {subject}:\n{}", plain(&terminal::report(examination, false))))
}

fn at(operation: &str, fault: Fault) -> Behaviour {
    Behaviour { faults: vec![FaultRule::at(operation, fault)], ..Behaviour::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let (examination, simulator) = examine(&open(), Behaviour::default(), |_config| {}).await;
    assert_eq!((examination.verdict, examination.verdict.exit_status()), (Verdict::Complete, ExitStatus::Complete));
    assert!(examination.observations.iter().all(|seen| seen.level == Level::Ok), "{examination:#?}");
    insta::assert_snapshot!("all_is_well", text(&examination));
    assert_eq!(simulator.aws_alias_descriptions(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_account_and_a_region_that_a_policy_closes_are_missed() {
    let shape = Shape { accounts: 24, regions: 4, ..small() };
    let (examination, _simulator) = examine(&shape, Behaviour::default(), |config| {
        config.role.external_id = Some("night-watch".to_owned());
    })
    .await;
    assert_eq!(examination.verdict.exit_status(), ExitStatus::Incomplete);
    insta::assert_snapshot!("refused_account_and_closed_region", text(&examination));
    let closed = find(&examination, "regions", Level::Fail);
    assert_eq!((closed.consequence, closed.regions.len()), (Consequence::PartsMissed, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_that_may_not_be_asked_is_told_with_what_opens_them() {
    let behaviour = at("organizations:ListAccounts", Fault::Denied);
    let (examination, _simulator) = examine(&open(), behaviour, |_config| {}).await;
    assert_eq!(examination.verdict.exit_status(), ExitStatus::Failed);
    insta::assert_snapshot!("organizations_refused", text(&examination));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_denied_action_of_the_role_is_named_once_for_all_accounts() {
    for (action, level) in [
        ("sagemaker:ListTrainingJobs", Level::Warn),
        ("sagemaker:Search", Level::Warn),
        ("sagemaker:DescribeTrainingJob", Level::Fail),
        ("kms:DescribeKey", Level::Fail),
        ("account:ListRegions", Level::Warn),
    ] {
        let (examination, _simulator) = examine(&open(), at(action, Fault::Denied), |config| {
            config.regions.fallback = ["us-east-1".parse().unwrap()].into();
        })
        .await;
        let denied = find(&examination, action, level);
        assert_eq!(denied.accounts.len(), 3, "{action}");
        assert!(denied.text.contains("denied by IAM"), "{action}: {}", denied.text);
        let expected = if level == Level::Fail { Verdict::Incomplete } else { Verdict::Complete };
        assert_eq!(examination.verdict, expected, "{action}");
    }
    let all = [action_denied("sagemaker:ListTrainingJobs"), action_denied("sagemaker:Search")];
    let behaviour = Behaviour { faults: all.into(), ..Behaviour::default() };
    let (examination, _simulator) = examine(&open(), behaviour, |_config| {}).await;
    assert_eq!(examination.verdict, Verdict::Incomplete);
    assert_eq!(find(&examination, "training jobs", Level::Fail).consequence, Consequence::AccountsMissed);
}

fn action_denied(action: &str) -> FaultRule {
    FaultRule::at(action, Fault::Denied)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_a_service_control_policy_denies_is_told_from_one_that_iam_does() {
    for fault in [Fault::DeniedByScp, Fault::DeniedByScpImplicitly] {
        let (examination, _simulator) = examine(&open(), at("kms:DescribeKey", fault), |_config| {}).await;
        let denied = find(&examination, "kms:DescribeKey", Level::Fail);
        assert!(denied.text.contains("service control policy"), "{}", denied.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_tags_that_cannot_be_read_are_a_warning() {
    let behaviour = at("organizations:ListTagsForResource", Fault::Denied);
    let (examination, _simulator) = examine(&open(), behaviour, |_config| {}).await;
    let seen = find(&examination, "units and tags", Level::Warn);
    assert!(seen.text.contains("organizations:ListTagsForResource"), "{}", seen.text);
    assert_eq!(examination.verdict.exit_status(), ExitStatus::Complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_found_by_the_date_of_an_answer_also_of_a_refusal() {
    let simulator = Simulator::start(&open(), at("sts:GetCallerIdentity", Fault::ClockSkewed)).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut config = fast_config();
    config.lake.destination = Destination::Directory(directory.path().to_owned());
    let late = Timestamp::now().saturating_sub(SignedDuration::from_mins(17)).unwrap();
    let sdk = sdk(&simulator, PATIENCE).await;
    let examination = doctor::examine(&sdk, &config, "test.toml", Sample::All, Clock::Fixed(late)).await;
    let clock = find(&examination, "clock", Level::Fail);
    assert!(clock.text.contains("behind that of AWS"), "{}", clock.text);
    assert_eq!(examination.verdict, Verdict::Failed);
    assert!(examination.caller.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_doctor_are_those_of_the_policies_and_no_others() {
    let everything = |config: &mut Config| config.checks.include = ["*".parse().unwrap()].into();
    let (examination, simulator) = examine(&small(), Behaviour::default(), everything).await;
    assert!(examination.examined > 3);
    let called: BTreeSet<_> = simulator.counts().into_keys().map(|(_, _, api)| api.to_owned()).collect();
    let allowed =
        member_actions(CHECKS).into_iter().chain(caller_actions()).filter(|action| !action.starts_with("s3:"));
    assert_eq!(called, allowed.map(ToOwned::to_owned).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_spread_and_holds_the_management_account() {
    let shape = Shape { accounts: 30, regions: 2, ..small() };
    let simulator = Simulator::start(&shape, Behaviour::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut config = fast_config();
    config.lake.destination = Destination::Directory(directory.path().to_owned());
    let sdk = sdk(&simulator, PATIENCE).await;
    let examination = doctor::examine(&sdk, &config, "test.toml", Sample::Some(5), Clock::System).await;
    assert_eq!((examination.in_scope, examination.active, examination.examined), (30, 29, 5));
    let listed = simulator.counts().into_keys().filter(|(_, _, api)| *api == "account:ListRegions");
    let entered: BTreeSet<_> = listed.map(|(account, ..)| account).collect();
    assert!(entered.contains(&simulator.organization().management()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_region_that_nobody_knows_is_missed() {
    let (examination, _simulator) = examine(&open(), Behaviour::default(), |config| {
        config.regions.include = ["us-east-1", "us-esat-1"].map(|code| code.parse().unwrap()).into();
    })
    .await;
    assert!(find(&examination, "regions", Level::Warn).text.contains("us-esat-1"));
    assert_eq!(find(&examination, "regions.include", Level::Fail).regions.len(), 1);
    assert_eq!(examination.verdict, Verdict::Incomplete);
}

#[tokio::test(flavor = "multi_thread")]
async fn exceptions_that_cannot_be_read_or_do_not_hold_fail_the_night() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("exceptions.toml");
    let local = |config: &mut Config| config.exceptions.file = Some(file.to_str().unwrap().parse().unwrap());
    for (content, level, part) in [
        (None, Level::Fail, "cannot read"),
        (Some("[[exception]]\ncheck = 'training-job-vcp'\n"), Level::Fail, "does not hold"),
        (Some("# none yet\n"), Level::Ok, "0 of 0 exceptions are in force"),
        (
            Some("[[exception]]\ncheck = '*'\naccount = '*'\nreason = 'r'\nowner = 'o'\nexpires = 2020-01-01\n"),
            Level::Warn,
            "0 of 1",
        ),
    ] {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let (examination, _simulator) = examine(&open(), Behaviour::default(), local).await;
        let seen = find(&examination, "exceptions.file", level);
        assert!(seen.text.contains(part), "{seen:?}");
        let expected = if level == Level::Fail { Verdict::Failed } else { Verdict::Complete };
        assert_eq!(examination.verdict, expected, "{part}");
    }
    let denied = at("s3:GetObject", Fault::Denied);
    let in_s3 = |config: &mut Config| config.exceptions.file = Some("s3://audit-config/x.toml".parse().unwrap());
    let (examination, _simulator) = examine(&open(), denied, in_s3).await;
    let seen = find(&examination, "exceptions.file", Level::Fail);
    assert_eq!(seen.consequence, Consequence::RunFails);
    assert_eq!(seen.answer.as_ref().unwrap().api, "s3:GetObject");
    let advice = serde_json::to_string(&seen.advice).unwrap();
    assert!(advice.contains("arn:*:s3:::audit-config/x.toml"), "{advice}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_be_written_fails_the_night() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("file"), "in the way").unwrap();
    let path = directory.path().join("file/lake");
    let (examination, _simulator) = examine(&open(), Behaviour::default(), |config| {
        config.lake.destination = Destination::Directory(path);
    })
    .await;
    assert_eq!(find(&examination, "write", Level::Fail).consequence, Consequence::RunFails);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_without_conditional_writes_fails_the_night() {
    let bucket = BareS3::start().await;
    let mut config = fast_config();
    config.lake.destination = "s3://audit-lake/nightly".parse().unwrap();
    config.organization.accounts = ["111122223333".parse().unwrap()].into();
    let sdk = bucket.sdk().await;
    let mut examination = doctor::examine(&sdk, &config, "test.toml", Sample::All, Clock::System).await;
    assert_eq!(examination.verdict, Verdict::Failed);
    assert_eq!(bucket.keys(), Vec::<String>::new(), "something was left in the bucket");
    examination.observations.retain(|seen| seen.group == Group::Lake && seen.subject != "temporary space");
    insta::assert_snapshot!("bucket_without_conditional_writes", plain(&terminal::report(&examination, false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_has_its_documented_members() {
    let (examination, _simulator) = examine(&open(), Behaviour::default(), |_config| {}).await;
    let json = serde_json::to_value(&examination).unwrap();
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&json),
        ["active", "caller", "examined", "in_scope", "observations", "sentence", "verdict", "version"]
    );
    let observation = &json["observations"][0];
    assert_eq!(
        names(observation),
        ["accounts", "advice", "answer", "consequence", "group", "level", "regions", "subject", "text"]
    );
    assert_eq!((&json["verdict"], &observation["level"]), (&"COMPLETE".into(), &"OK".into()));
}
