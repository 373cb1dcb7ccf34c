//! The comparison held against a plain one, which has everything in memory.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{cells::Cell, *};
use crate::lake::{
    runs::{Link, RunRow, RunStatus},
    samples::{facts, start},
};

const CHECKS: [&str; 3] = ["training-job-customer-managed-keys", "training-job-network-isolation", "training-job-vpc"];

/// A status, and for UNKNOWN whether it failed when that could last be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Told(Status),
    Unknown { failed: bool },
}

const PASS: Said = Said::Told(Status::Pass);
const FAIL: Said = Said::Told(Status::Fail);
const NOT_APPLICABLE: Said = Said::Told(Status::NotApplicable);

/// A night: what each check says of each resource that is there, and the outcome of each cell in scope.
#[derive(Debug, Clone, Default)]
struct Night {
    findings: BTreeMap<(Identity, &'static str), Said>,
    outcomes: BTreeMap<[String; 3], &'static str>,
}

/// The resource `number`: six of them in three cells of two accounts.
fn identity(number: usize) -> Identity {
    let (account, region) =
        [("111111111111", "eu-central-1"), ("111111111111", "us-east-1"), ("222222222222", "eu-central-1")][number % 3];
    Identity {
        account_id: account.to_owned(),
        region: region.to_owned(),
        resource_type: "AWS::SageMaker::TrainingJob".to_owned(),
        arn: format!("arn:aws:sagemaker:{region}:{account}:training-job/{}", number % 4),
        created_at: (number > 2).then(start),
    }
}

fn cell(of: &Identity) -> [String; 3] {
    [of.account_id.clone(), of.region.clone(), of.resource_type.clone()]
}

fn ruling(check_id: &str, said: Said) -> Ruling {
    let (status, is_open) = match said {
        Said::Told(status) => (status, status == Status::Fail),
        Said::Unknown { failed } => (Status::Unknown, failed),
    };
    let severity = if check_id.ends_with("vpc") { Severity::High } else { Severity::Medium };
    let reason_code = status.as_str().to_ascii_lowercase();
    Ruling { check_id: check_id.to_owned(), check_version: 1, status, is_open, severity, reason_code }
}

impl Night {
    fn resources(&self) -> Vec<Judged> {
        let identities = self.findings.keys().map(|(identity, _)| identity).collect::<BTreeSet<_>>();
        let rulings = |of: &Identity| {
            let here = self.findings.iter().filter(|((identity, _), _)| identity == of);
            here.map(|((_, check), status)| ruling(check, *status)).collect()
        };
        identities.into_iter().map(|of| Judged { identity: of.clone(), rulings: rulings(of) }).collect()
    }

    fn cells(&self) -> Vec<Cell> {
        let cell = |([account, region, kind], outcome): (&[String; 3], &&str)| {
            [account.clone(), region.clone(), kind.clone(), (*outcome).to_owned()]
        };
        self.outcomes.iter().map(cell).collect()
    }

    fn compare(&self, after: &Self, filter: &Filter) -> (Summary, Vec<Change>) {
        let mut changes = Vec::new();
        let side = |night: &Self| {
            let cells = Cells::new(night.cells().into_iter().map(Ok));
            (night.resources().into_iter().map(Ok), cells)
        };
        let summary = walk(side(self), side(after), filter, |change| {
            changes.push(change);
            Ok(())
        });
        (summary.unwrap(), changes)
    }

    fn has(&self, of: &Identity) -> bool {
        self.findings.keys().any(|(identity, _)| identity == of)
    }

    fn saw_all(&self, of: &Identity) -> bool {
        self.outcomes.get(&cell(of)) == Some(&"COMPLETE")
    }
}

fn everything() -> Filter {
    Filter { accounts: Vec::new(), checks: Vec::new(), least: Severity::Informational }
}

/// What became of a finding; none when it is as it was.
fn expected(before: &Night, after: &Night, of: &Identity, check: &'static str) -> Option<Kind> {
    let key = (of.clone(), check);
    let said = |night: &Night| night.findings.get(&key).copied();
    match (said(before), said(after)) {
        (Some(was), Some(is)) if was == is => None,
        (None, None) | (Some(Said::Unknown { .. }), Some(Said::Unknown { .. })) => None,
        (Some(FAIL | Said::Unknown { failed: true }), Some(PASS | NOT_APPLICABLE)) => Some(Kind::Resolved),
        (Some(PASS | NOT_APPLICABLE | Said::Unknown { failed: false }), Some(FAIL)) => Some(Kind::NewFail),
        (Some(_), Some(_)) => Some(Kind::Changed),
        (Some(_), None) if !after.has(of) && after.saw_all(of) => Some(Kind::Gone),
        (None, Some(FAIL)) if !before.has(of) && before.saw_all(of) => Some(Kind::NewFail),
        (None, Some(_)) if !before.has(of) && before.saw_all(of) => Some(Kind::Appeared),
        _ => Some(Kind::NotComparable),
    }
}

fn nights() -> impl Strategy<Value = Night> {
    let status = prop_oneof![
        Just(PASS),
        Just(FAIL),
        Just(FAIL),
        any::<bool>().prop_map(|failed| Said::Unknown { failed }),
        Just(NOT_APPLICABLE)
    ];
    let findings = prop::collection::btree_map((0..6_usize, 0..CHECKS.len()), status, 0..18);
    let outcome = prop_oneof![Just(Some("COMPLETE")), Just(Some("PARTIAL")), Just(None)];
    (findings, prop::array::uniform3(outcome)).prop_map(|(findings, outcomes)| Night {
        findings: findings.into_iter().map(|((of, check), status)| ((identity(of), CHECKS[check]), status)).collect(),
        outcomes: (0..3).filter_map(|number| Some((cell(&identity(number)), outcomes[number]?))).collect(),
    })
}

proptest! {
    #[test]
    fn the_walk_tells_of_each_finding_what_became_of_it(before in nights(), after in nights()) {
        let (summary, changes) = before.compare(&after, &everything());
        let told = changes.iter().map(|change| ((Identity::clone(&change.resource), change.check_id().to_owned()), change.kind));
        let keys = before.findings.keys().chain(after.findings.keys()).collect::<BTreeSet<_>>();
        let expected = keys.iter().filter_map(|(of, check)| {
            expected(&before, &after, of, check).map(|kind| ((of.clone(), (*check).to_owned()), kind))
        });
        let expected = expected.collect::<BTreeMap<_, _>>();
        prop_assert_eq!(told.collect::<Vec<_>>().len(), expected.len());
        for change in &changes {
            let key = (Identity::clone(&change.resource), change.check_id().to_owned());
            prop_assert_eq!(Some(&change.kind), expected.get(&key), "{:?}", change);
            prop_assert_eq!(change.gap.is_some(), change.kind == Kind::NotComparable);
        }
        prop_assert!(changes.is_sorted_by_key(|change| (Arc::clone(&change.resource), change.check_id().to_owned())));
        let unchanged = u64::try_from(keys.len() - expected.len()).unwrap();
        prop_assert_eq!((summary.changes.values().sum::<u64>(), summary.unchanged), (u64::try_from(changes.len()).unwrap(), unchanged));
    }

    #[test]
    fn a_filter_leaves_out_and_changes_nothing(before in nights(), after in nights()) {
        let filter = Filter {
            accounts: vec!["111111111111".parse().unwrap()],
            checks: vec!["training-job-*".parse().unwrap()],
            least: Severity::High,
        };
        let (_, all) = before.compare(&after, &everything());
        let (_, some) = before.compare(&after, &filter);
        let wanted = |change: &Change| change.resource.account_id == "111111111111" && change.severity() >= Severity::High;
        prop_assert_eq!(some, all.into_iter().filter(wanted).collect::<Vec<_>>());
    }

    #[test]
    fn the_text_keeps_the_worst_whatever_comes_first(before in nights(), after in nights(), limit in 0..6_usize) {
        let (_, mut changes) = before.compare(&after, &everything());
        let mut text = Text::of(limit);
        changes.iter().rev().cloned().for_each(|change| text.change(change));
        changes.sort();
        changes.truncate(limit);
        prop_assert_eq!(text.worst(), changes);
    }
}

#[test]
fn what_could_not_be_described_in_one_of_the_runs_is_the_same_resource() {
    let known = identity(3);
    let unknown = Identity { created_at: None, ..known.clone() };
    let night = |of: &Identity, said| Night {
        findings: [((of.clone(), CHECKS[0]), said)].into(),
        outcomes: [(cell(of), "COMPLETE")].into(),
    };
    let unread = Said::Unknown { failed: true };
    for (before, after, kind) in [
        (night(&unknown, unread), night(&known, PASS), Kind::Resolved),
        (night(&known, FAIL), night(&unknown, unread), Kind::Changed),
    ] {
        let (_, changes) = before.compare(&after, &everything());
        assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [kind]);
        assert_eq!(*changes[0].resource, known);
    }
    // A name that was used again is another one.
    let again = Identity { created_at: Some(start() + jiff::SignedDuration::from_hours(1)), ..known.clone() };
    let (_, changes) = night(&known, FAIL).compare(&night(&again, FAIL), &everything());
    assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [Kind::Gone, Kind::NewFail]);
}

fn run(run_id: &str) -> RunRow {
    RunRow {
        facts: crate::lake::runs::RunFacts { run_id: run_id.parse().unwrap(), ..facts() },
        status: RunStatus::Complete,
        published_at: start(),
        cells_total: 3,
        cells_counted: 3,
        cells_complete: 2,
        coverage_percent: Some(66.7),
        findings: BTreeMap::new(),
        exceptions: BTreeMap::new(),
        rows: BTreeMap::new(),
        objects: Vec::new(),
        link: Link::default(),
    }
}

/// Two nights with one of everything.
fn sample() -> (Night, Night) {
    let [isolation, vpc] = [CHECKS[1], CHECKS[2]];
    let (mut before, mut after) = (Night::default(), Night::default());
    let mut put = |night: usize, of: usize, check, status| {
        let night = if night == 0 { &mut before } else { &mut after };
        night.findings.insert((identity(of), check), status);
    };
    put(0, 0, vpc, PASS);
    put(1, 0, vpc, FAIL);
    put(0, 0, isolation, FAIL);
    put(1, 0, isolation, PASS);
    put(0, 3, vpc, FAIL);
    put(0, 3, isolation, PASS);
    put(1, 3, isolation, PASS);
    put(0, 1, vpc, FAIL);
    put(0, 2, vpc, FAIL);
    put(1, 5, vpc, PASS);
    for night in [&mut before, &mut after] {
        night.outcomes = (0..3).map(|number| (cell(&identity(number)), "COMPLETE")).collect();
    }
    after.outcomes.insert(cell(&identity(1)), "ACCESS_DENIED");
    (before, after)
}

#[test]
fn the_text_fits_80_columns_and_names_what_it_leaves_out() {
    let (before, after) = sample();
    let told = |limit| {
        let (summary, changes) = before.compare(&after, &everything());
        let mut text = Text::of(limit);
        for change in changes {
            text.change(change);
        }
        let text = text.end(&run("20261123T031500Z-00a1"), &run("20261124T031500Z-00a1"), &summary);
        anstream::adapter::strip_str(&text).to_string()
    };
    assert!(told(20).lines().all(|line| line.chars().count() <= 80), "{}", told(20));
    assert!(told(1).contains("and 5 more"), "{}", told(1));
    insta::assert_snapshot!("text", told(20));
}

#[test]
fn json_has_every_change_and_obeys_nothing() {
    let (mut before, after) = sample();
    let hostile = Identity { arn: "arn:\u{1b}[31m\u{202e}".to_owned(), ..identity(0) };
    before.findings.insert((hostile, CHECKS[0]), FAIL);
    let (summary, changes) = before.compare(&after, &everything());
    let mut out = Vec::new();
    let mut json = Json::begin(&mut out, &run("20261123T031500Z-00a1"), &run("20261124T031500Z-00a1")).unwrap();
    for change in &changes {
        json.change(change).unwrap();
    }
    json.end(&summary).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["changes"].as_array().unwrap().len(), changes.len());
    assert_eq!(value["unchanged"], 1);
    insta::assert_snapshot!("json", text);
}
