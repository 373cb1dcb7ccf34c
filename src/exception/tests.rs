//! The file of exceptions: what it says, all that is wrong with it at once, and what is odd about it.

use std::path::Path;

use proptest::prelude::*;

use super::{
    written::{Written, appended},
    *,
};
use crate::config::{ConfigErrors, Place};

const TODAY: &str = "2026-11-24";

fn read_text(text: &str) -> Result<Exceptions, ConfigErrors> {
    read(Path::new("exceptions.toml"), text, Terms { today: TODAY.parse().unwrap(), max_days: 365 })
}

fn warnings(text: &str) -> String {
    read_text(text).unwrap().warnings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// An entry with what every entry needs, and these lines.
fn entry(lines: &str) -> String {
    format!("[[exception]]\nreason = 'r'\nowner = 'o'\n{lines}\n")
}

#[test]
fn the_example_says_what_it_means() {
    let exceptions = read_text(EXAMPLE).unwrap();
    assert_eq!(exceptions.warnings(), []);
    insta::assert_snapshot!(serde_json::to_string_pretty(exceptions.all()).unwrap());
}

#[test]
fn all_that_is_wrong_is_said_at_once_by_line() {
    let text = r#"
title = "ours"
[[exceptions]]
[[exception]]
check = "training-job-vcp"
account = ["1", "*"]
ou_path = "Sandbox"
region = "Frankfurt"
resource = "nightly-*"
tags = { "a,b" = "x", team = 7 }
reason = " "
expires = 2026-13-01
[[exception]]
chek = "training-job-vpc"
ou_path = ["/Sandbox/"]
owner = "me\u202e"
created = 2026-11-25
expires = 2027-11-26T00:00:00Z
[[exception]]
id = "a b"
check = []
reason = "r"
owner = "o"
created = "2026-11-20"
expires = 2026-11-19
[[exception]]
check = "*-vpc"
account = "111111111111"
tags = {}
reason = "r"
owner = "o"
created = "yesterday"
expires = 2027-11-25
[[exception]]
check = "training-job-*"
id = "A"
account = 111111111111
reason = "r"
owner = "o"
expires = 2027-01-01
[[exception]]
id = "A"
check = "*"
account = "*"
reason = "r"
owner = "o"
expires = 2027-01-01
[[exception]]
id = "A"
check = "training-job-vcp"
account = "*"
reason = "r"
owner = "o"
expires = 2027-01-01
"#;
    insta::assert_snapshot!(read_text(text).unwrap_err().to_string());
}

#[test]
fn what_ended_ends_soon_or_overlaps_is_odd_and_counts() {
    let text = [
        "id = 'wide'\ncheck = 'training-job-*'\naccount = '*'\nexpires = 2027-03-31",
        "id = 'within'\ncheck = 'training-job-vpc'\naccount = '111111111111'\nexpires = 2027-03-31",
        "id = 'longer'\ncheck = 'training-job-vpc'\naccount = '111111111111'\nregion = 'eu-*'\nexpires = 2027-04-01",
        "id = 'soon'\ncheck = 'domain-*'\nregion = 'eu-wset-1'\nexpires = 2026-12-24",
        "id = 'today'\ncheck = 'model-*'\nou_path = '/A'\nexpires = 2026-11-24",
        "id = 'ended'\ncheck = 'training-job-*'\naccount = '*'\nexpires = 2026-11-23",
        "id = 'unit'\ncheck = 'model-vpc'\naccount = '111111111111'\nexpires = 2027-03-31",
    ];
    let text = text.map(entry).concat();
    insta::assert_snapshot!(warnings(&text));
    let exceptions = read_text(&text).unwrap();
    assert_eq!(exceptions.in_force().count(), 6);
}

#[test]
fn an_identity_is_told_from_what_is_covered_and_from_nothing_else() {
    let id = |lines: &str| read_text(&entry(lines)).unwrap().all()[0].id.clone();
    let first =
        id("check = ['a*', 'training-job-vpc']\naccount = ['111111111111', '222222222222']\nexpires = 2027-01-01");
    assert!(first.starts_with("EX-") && first.len() == 15, "{first}");
    let same = "check = ['training-job-vpc', 'a*']\naccount = ['222222222222', '111111111111']\ncreated = 2026-11-01\nticket = 't'\nexpires = 2027-01-02";
    assert_eq!(id(same), first);
    assert_ne!(
        id("check = 'training-job-vpc'\naccount = ['111111111111', '222222222222']\nexpires = 2027-01-01"),
        first
    );
    assert_ne!(id("check = ['a*', 'training-job-vpc']\naccount = '111111111111'\nexpires = 2027-01-01"), first);
}

#[test]
fn the_days_that_one_may_last_are_counted_from_the_day_it_was_granted() {
    let lasts = |lines: &str| read_text(&entry(&format!("check = '*'\naccount = '*'\n{lines}"))).is_ok();
    assert!(lasts("expires = 2027-11-24") && !lasts("expires = 2027-11-25"));
    assert!(
        lasts("created = 2026-11-23\nexpires = 2027-11-23") && !lasts("created = 2026-11-23\nexpires = 2027-11-24")
    );
    assert!(
        lasts("created = 2020-01-01\nexpires = 2020-12-31") && !lasts("created = 2020-01-01\nexpires = 2027-01-01")
    );
}

#[test]
fn an_empty_file_has_no_exception_and_a_syntax_error_hides_no_other() {
    assert_eq!(read_text("# nothing yet\n").unwrap().all(), []);
    let text =
        format!("{}[[exception]]\nowner = \nchek = 'x'\n", entry("check = '*'\naccount = '*'\nexpires = 2027-01-01"));
    insta::assert_snapshot!(read_text(&text).unwrap_err().to_string());
}

#[test]
fn what_is_written_is_read_back_and_what_stood_there_stays() {
    let written = Written {
        notes: vec!["A \u{1b}note\nof some words".to_owned()],
        id: Some("RISK-1".to_owned()),
        check: vec!["training-job-*".to_owned(), "model-vpc".to_owned()],
        account: vec!["*".to_owned()],
        ou_path: vec!["/A \"quoted\"/b'c\\d".to_owned()],
        region: vec!["eu-*".to_owned()],
        resource: vec!["arn:*/x".to_owned()],
        tags: [("cost center".to_owned(), vec!["a*".to_owned(), "ü".to_owned()])].into(),
        reason: "so it is \"said\"".to_owned(),
        owner: "o".to_owned(),
        ticket: Some("T-1".to_owned()),
        created: TODAY.parse().unwrap(),
        expires: "2027-01-31".parse().unwrap(),
    };
    for before in ["", "# a comment", "# a comment\n", EXAMPLE] {
        let text = appended(before, &written.to_string());
        assert!(text.starts_with(before));
        let exceptions = read_text(&text).unwrap();
        let last = exceptions.all().last().unwrap();
        assert_eq!((last.id.as_str(), last.reason.as_str()), ("RISK-1", "so it is \"said\""));
        assert_eq!(last.scope.ou_path, written.ou_path);
        assert_eq!(last.scope.tags, written.tags);
        assert_eq!((last.created, last.expires), (Some(written.created), written.expires));
        assert!(!text.contains('\u{1b}'));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_change_to_the_example_makes_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[\\[\\]{}=\"'#.\n a-z0-9é*?_-]{0,8}"), 1..6),
    ) {
        let mut text: Vec<char> = EXAMPLE.chars().collect();
        for (index, length, inserted) in edits {
            let start = index.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(errors) = read_text(&text) {
            for problem in errors.problems() {
                let Place::Position { line, column, .. } = &problem.place else {
                    return Err(TestCaseError::fail(format!("no position: {problem}")));
                };
                prop_assert!(*line <= text.matches('\n').count() + 1 && *column >= 1, "{}", problem);
            }
        }
    }
}
