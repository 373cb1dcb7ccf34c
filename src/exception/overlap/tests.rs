//! Overlaps: which exceptions may cover the same, which never decide, and that thousands are looked at within bounds.

use std::path::Path;

use super::*;
use crate::exception::{Terms, read, scope::Scope};

fn scope(change: impl FnOnce(&mut Scope)) -> Scope {
    let mut scope = Scope::default();
    change(&mut scope);
    scope
}

fn texts(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
}

fn meet(one: &Scope, other: &Scope) -> bool {
    let work = &mut Work::default();
    let (one, other) = (Area::of(one, work), Area::of(other, work));
    one.shares(&other, work) && one.meets(&other, work)
}

fn includes(wide: &Scope, narrow: &Scope) -> bool {
    let work = &mut Work::default();
    let (wide, narrow) = (Area::of(wide, work), Area::of(narrow, work));
    wide.includes(&narrow, work)
}

#[test]
fn scopes_meet_where_something_may_lie_in_both() {
    let in_account = |id: &str| scope(|scope| scope.account = Accounts::These([id.parse().unwrap()].into()));
    let in_region = |code: &str| scope(|scope| scope.region = texts(&[code]));
    let in_unit = |path: &str| scope(|scope| scope.ou_path = texts(&[path]));
    let named = |arn: &str| scope(|scope| scope.resource = texts(&[arn]));
    let tagged = |key: &str, value: &str| scope(|scope| drop(scope.tags.insert(key.to_owned(), texts(&[value]))));
    for (one, other, whether) in [
        (Scope::default(), in_account("111111111111"), true),
        (in_account("111111111111"), in_account("222222222222"), false),
        (in_account("111111111111"), in_region("eu-*"), true),
        (in_region("us-*"), in_region("eu-*"), false),
        (in_account("111111111111"), in_unit("/A"), false),
        (in_unit("/A*"), in_unit("/*B"), true),
        (named("arn:aws:sagemaker:eu-west-1:111111111111:*"), in_account("222222222222"), false),
        (named("arn:aws:sagemaker:eu-west-1:*"), in_region("us-*"), false),
        (named("*/nightly"), in_account("222222222222"), true),
        (named("arn:*:model/nightly-*"), named("arn:*:model/daily-*"), false),
        (tagged("team", "a*"), tagged("team", "b*"), false),
        (tagged("team", "a*"), tagged("stage", "dev"), true),
    ] {
        assert_eq!((meet(&one, &other), meet(&other, &one)), (whether, whether), "{one:?} {other:?}");
    }
    assert!(includes(&in_unit("/A*"), &in_unit("/AB")) && !includes(&in_unit("/AB"), &in_unit("/A*")));
    assert!(includes(&Scope::default(), &tagged("team", "a")) && !includes(&tagged("team", "a"), &Scope::default()));
}

/// What is odd about a file of these entries.
fn odd(entries: impl Iterator<Item = String>) -> Vec<String> {
    let entry = |lines| format!("[[exception]]\nreason = 'r'\nowner = 'o'\nexpires = 2027-03-31\n{lines}\n");
    let text = entries.map(entry).collect::<String>();
    let terms = Terms { today: "2026-11-24".parse().unwrap(), max_days: 365 };
    let exceptions = read(Path::new("x.toml"), &text, terms).unwrap();
    exceptions.warnings().iter().map(ToString::to_string).collect()
}

#[test]
fn thousands_of_entries_are_held_against_each_other() {
    let checks = ["training-job-vpc", "training-job-network-isolation", "model-vpc"];
    let entry = |number: usize| {
        let (check, account) = (checks[number % checks.len()], 111_111_111_111 + number % 100);
        format!(
            "id = 'E{number}'\ncheck = '{check}'\naccount = '{account}'\n\
             resource = 'arn:aws:sagemaker:*:{account}:training-job/team-{number}-*'"
        )
    };
    let twice = "id = 'twice'\ncheck = 'model-vpc'\nresource = 'arn:*:training-job/team-4901-*'".to_owned();
    let found = odd((0..4_999).map(entry).chain([twice]));
    // The number of the first for this check whose name can be the same.
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("`twice` may cover what `E4901` in line"), "{found:#?}");
}

#[test]
fn what_would_take_too_long_is_said_not_to_be_told() {
    let entry = |number: usize| format!("id = 'E{number}'\ncheck = '*'\nresource = '*/team-{number}-*'");
    let found = odd((0..5_000).map(entry));
    let last = found.last().unwrap();
    assert!(last.contains("those below it are not held against those before them"), "{last}");
}
