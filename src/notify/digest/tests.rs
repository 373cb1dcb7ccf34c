//! What a digest says, as text and as JSON, and that it fits.

use super::{super::figures::RunFigures, *};
use crate::{
    config::Notify,
    lake::events::Event,
    notify::figures::{Changes, Exceptions},
};

pub(in crate::notify) fn figures() -> Figures {
    let finding = |check_id: &str, severity, number: u32| FailedFinding {
        check_id: check_id.to_owned(),
        severity,
        event: if number == 1 { Event::Reopened } else { Event::New },
        reason_code: "volume_key_absent".to_owned(),
        account_id: "111111111111".to_owned(),
        account_name: Some("research\u{1b}[31m".to_owned()),
        region: "eu-central-1".to_owned(),
        resource_arn: format!("arn:aws:sagemaker:eu-central-1:111111111111:training-job/nightly-{number}"),
    };
    let check = |check_id: &str, severity, findings| FailedCheck {
        check_id: check_id.to_owned(),
        severity,
        findings,
        accounts: 1,
    };
    let run = |run_id: &str, published_at: &str, percent| {
        let run_id: RunId = run_id.parse().unwrap();
        RunFigures {
            run_date: run_id.run_date(),
            run_id,
            status: RunStatus::Complete,
            published_at: published_at.parse().unwrap(),
            coverage_percent: Some(percent),
        }
    };
    Figures {
        run: run("20261124T031500Z-9f3a", "2026-11-24T03:58:12Z", 95.8),
        previous: Some(run("20261123T031500Z-00aa", "2026-11-23T03:58:12Z", 98.25)),
        posture: vec![
            Posture { severity: Severity::Critical, fail: 4, excepted: 1, unknown: 0 },
            Posture { severity: Severity::High, fail: 1_204, excepted: 0, unknown: 17 },
        ],
        new_failures: 207,
        changes: Changes { resolved: 31, resource_deleted: 2 },
        checks: vec![
            check("training-job-secrets", Severity::Critical, 1),
            check("training-job-customer-managed-keys", Severity::High, 206),
        ],
        checks_in_all: 2,
        findings: vec![
            finding("training-job-secrets", Severity::Critical, 1),
            finding("training-job-customer-managed-keys", Severity::High, 2),
        ],
        expiring: vec![
            Expiring {
                exception_id: "old-domain".to_owned(),
                owner: Some("research".to_owned()),
                reason: Some("until the migration".to_owned()),
                expires_on: "2026-11-20".parse().unwrap(),
                days_left: -4,
                findings: 0,
                accounts: 0,
            },
            Expiring {
                exception_id: "legacy-notebooks".to_owned(),
                owner: Some("data-platform".to_owned()),
                reason: Some("replaced in January".to_owned()),
                expires_on: "2026-11-30".parse().unwrap(),
                days_left: 6,
                findings: 14,
                accounts: 3,
            },
        ],
        exceptions: Exceptions { ended: 1, ending: 1, unused: 2 },
    }
}

fn digest() -> Digest {
    Digest::from_figures(figures(), &Notify::default(), "s3://audit/sagesweep".to_owned())
}

/// A run in which nothing happened.
fn quiet() -> Digest {
    let mut figures = figures();
    (figures.changes, figures.new_failures) = (Changes::default(), 0);
    (figures.checks, figures.checks_in_all, figures.findings) = (Vec::new(), 0, Vec::new());
    (figures.expiring, figures.exceptions) = (Vec::new(), Exceptions::default());
    figures.previous = None;
    Digest::from_figures(figures, &Notify::default(), "s3://audit/sagesweep".to_owned())
}

#[test]
fn the_text_leads_with_coverage_and_fits_80_columns() {
    let text = digest().to_text();
    insta::assert_snapshot!("text", text);
    insta::assert_snapshot!("quiet", quiet().to_text());
    for line in text.lines() {
        assert!(line.chars().count() <= 80 && !line.contains('\u{1b}'), "{line}");
    }
}

#[test]
fn the_json_is_stable_and_obeyed_by_no_terminal() {
    let json = digest().to_json();
    assert!(!json.contains('\u{1b}') && json.contains("\\u001b"), "{json}");
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    insta::assert_snapshot!("json", format!("{value:#}"));
}

#[test]
fn a_subject_is_one_line_of_ascii_below_100_letters() {
    let mut all = vec![digest().subject(), quiet().subject()];
    insta::assert_snapshot!("subjects", all.join("\n"));
    let mut large = digest();
    large.new_failures.total = 999_999_999_999_999;
    large.expiring_exceptions.total = 999_999_999_999_999;
    all.push(large.subject());
    for subject in all {
        assert!(subject.len() < 100 && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject}");
    }
}

#[test]
fn an_arn_and_a_place_stay_whole_and_commands_are_broken_as_a_shell_reads_them() {
    let mut digest = digest();
    let arn = format!("arn:aws:sagemaker:eu-central-1:111111111111:training-job/{}", "n".repeat(63));
    digest.new_failures.findings[0].resource_arn.clone_from(&arn);
    digest.new_failures.minimum_severity = Severity::Informational;
    digest.run.lake = "s3://audit/o'clock & more".to_owned();
    let text = digest.to_text();
    assert!(text.lines().any(|line| line.trim_start() == arn), "{text}");
    assert!(
        text.contains(
            "sagesweep diff 20261123T031500Z-00aa 20261124T031500Z-9f3a \\\n      --severity informational\n"
        )
    );
    assert!(text.contains("DESTINATION='s3://audit/o'\\''clock & more' \\\n"), "{text}");
    assert!(text.contains("--view coverage_gaps"));
    digest.coverage.percent = Some(99.99);
    assert!(digest.to_text().contains("Coverage: 99.9 %") && digest.to_text().contains("--view coverage_gaps"));
    digest.coverage.percent = Some(100.0);
    assert!(digest.to_text().contains("Coverage: 100.0 %") && !digest.to_text().contains("coverage_gaps"));
}

#[test]
fn a_chat_system_finds_no_command_in_the_text() {
    let mut digest = digest();
    digest.new_failures.findings[0].account_name = Some("<!channel> & co".to_owned());
    digest.new_failures.findings[1].account_name = Some("``` @channel [link](https://evil.example)".to_owned());
    digest.expiring_exceptions.exceptions[0].owner = Some("<https://evil.example|here>".to_owned());
    let value: serde_json::Value = serde_json::from_str(&digest.to_json_with_text()).unwrap();
    let text = value["text"].as_str().unwrap();
    assert!(text.contains("&lt;!channel&gt; &amp; co") && text.contains("&lt;https://evil.example|here&gt;"), "{text}");
    assert!(!text.contains(['<', '>']));
    let parts = text.split("```").collect::<Vec<_>>();
    assert!(matches!(&*parts, [first, _code, "\n"] if first.lines().count() == 1), "{text}");
    assert!(parts[1].contains("''' @channel [link](https://evil.example)"), "{text}");
    // For programs, names are what they are.
    assert_eq!(value["new_failures"]["findings"][0]["account_name"], "<!channel> & co");
    assert!(digest.to_text().contains("<!channel> & co"));
}

#[test]
fn a_loss_of_coverage_below_the_bound_is_none() {
    let notify = Notify { coverage_drop_points: 2.5, ..Notify::default() };
    let digest = Digest::from_figures(figures(), &notify, String::new());
    assert_eq!(digest.coverage.dropped_points, None);
}

#[test]
fn a_run_is_quiet_only_when_nothing_is_to_be_heard_of_it() {
    assert!(quiet().is_quiet() && !digest().is_quiet());
    let mut unused = quiet();
    unused.expiring_exceptions.unused = 1;
    assert!(unused.is_quiet());
    let mut incomplete = quiet();
    incomplete.run.status = RunStatus::Incomplete;
    assert!(!incomplete.is_quiet());
}

#[test]
fn what_is_too_long_is_cut_and_says_by_how_much() {
    let mut figures = figures();
    let (finding, expiring) = (figures.findings[1].clone(), figures.expiring[1].clone());
    figures.findings = vec![FailedFinding { resource_arn: "a".repeat(2_048), ..finding }; 100];
    figures.expiring = vec![Expiring { reason: Some("r".repeat(4_096)), ..expiring }; 100];
    figures.exceptions = Exceptions { ended: 20, ending: 120, unused: 3 };
    let digest = Digest::from_figures(figures, &Notify::default(), String::new());
    assert!(digest.to_json().len() > 256 << 10);
    for limit in [256 << 10, 64 << 10, 4 << 10] {
        let json = digest.shortened(limit, Digest::to_json);
        assert!(json.len() <= limit, "{limit}");
        let cut: serde_json::Value = serde_json::from_str(&json).unwrap();
        let count = |list: &serde_json::Value| u64::try_from(list.as_array().unwrap().len()).unwrap();
        let (new, ending) = (&cut["new_failures"], &cut["expiring_exceptions"]);
        assert_eq!(count(&new["findings"]) + new["findings_omitted"].as_u64().unwrap(), 207);
        assert_eq!(count(&ending["exceptions"]) + ending["omitted"].as_u64().unwrap(), 140);
    }
}
