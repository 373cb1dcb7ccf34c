//! What programs read: the members of the JSON of every command that reads are held, since others build on them.

use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use sagesweep::{
    Run,
    config::Destination,
    demo::{Behaviour, Simulator},
    session::Clock,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    audit::{fast_config, sdk, small},
    compare::answer,
};

/// Each member by its path with its type; of a list what its elements have between them, and of a table by name `*`.
fn shape(value: &Value, path: &str, by_name: &[&str], members: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(elements) => {
            members.insert(format!("{path} list"));
            for element in elements {
                shape(element, &format!("{path}[]"), by_name, members);
            }
            return;
        }
        Value::Object(object) if object.is_empty() => "object",
        Value::Object(object) => {
            for (name, member) in object {
                let name = if by_name.contains(&path) { "*" } else { name };
                shape(member, &format!("{path}.{name}"), by_name, members);
            }
            return;
        }
    };
    members.insert(format!("{path} {kind}"));
}

/// Of the operators of a policy, and of the condition keys below them.
const GUARDRAIL_BY_NAME: &[&str] =
    &[".policies[].document.Statement[].Condition", ".policies[].document.Statement[].Condition.*"];

/// The file of exceptions in the folder of the lake.
const EXCEPTIONS: &str = "exceptions.toml";

/// One that holds for some weeks.
fn exceptions() -> String {
    let expires = TimeZone::UTC.to_datetime(Timestamp::now()).date().saturating_add(90.days());
    format!(
        "[[exception]]\ncheck = 'training-job-*'\naccount = '*'\ntags = {{ team = 'ml' }}\nreason = 'r'\nowner = 'o'\n\
         ticket = 'T-1'\nexpires = {expires}\n"
    )
}

const NIGHTS: [&str; 2] = ["20261123T031500Z-00a1", "20261124T031500Z-00a1"];

/// Two nights, of which the second one leaves a check out.
async fn nights() -> TempDir {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let directory = TempDir::new().unwrap();
    for night in NIGHTS {
        let mut config = fast_config();
        config.lake.destination = Destination::Directory(directory.path().to_owned());
        if night == NIGHTS[1] {
            config.checks.exclude = ["training-job-vpc".parse().unwrap()].into();
        }
        let clock = Clock::Fixed("2026-11-24T17:00:00Z".parse().unwrap());
        let run = Run::new(sdk(&simulator, Duration::from_secs(20)).await, config, night.parse().unwrap(), clock);
        Box::pin(run.scan_and_publish()).await.unwrap();
    }
    directory
}

#[tokio::test(flavor = "multi_thread")]
async fn the_members_of_every_json_are_held() {
    let directory = nights().await;
    let lake = directory.path();
    std::fs::write(lake.join(EXCEPTIONS), exceptions()).unwrap();
    let [first, second] = NIGHTS;
    // The command, whether it is an object a line, and which objects are tables by name.
    let calls: [(&[&str], bool, &[&str]); 15] = [
        (&["config", "--format", "json"], false, &[".pacing.rates"]),
        (&["checks", "--format", "json"], false, &[]),
        (&["checks", "--compatibility", "--format", "json"], false, &[]),
        (&["explain", "training-job-customer-managed-keys", "--format", "json"], false, &[]),
        (&["iam-policy", "member"], false, &[]),
        (
            &[
                "iam-policy",
                "trust",
                "--principal",
                "arn:aws:iam::111111111111:role/x",
                "--organization",
                "o-a1b2c3d4e5",
            ],
            false,
            &[],
        ),
        (&["verify", "--format", "json"], false, &[]),
        (&["diff", first, second, "--format", "json"], false, &[]),
        (&["query", "SELECT run_id, coverage_percent FROM runs", "--format", "json"], true, &[]),
        (&["export", "--format", "json", "--severity", "high"], true, &["[].tags", "[].evidence", "[].resource_tags"]),
        (&["guardrail", "training-job-vpc", "--format", "json"], false, GUARDRAIL_BY_NAME),
        (&["exceptions", "list", "--file", EXCEPTIONS, "--format", "json"], false, &["[].scope.tags"]),
        (&["exceptions", "check", "--file", EXCEPTIONS, "--format", "json"], false, &[]),
        (&["notify", "--dry-run", "--format", "json", first], false, &[]),
        (&["notify", "--dry-run", "--format", "json", second], false, &[]),
    ];
    let mut text = String::new();
    for (arguments, is_lines, by_name) in calls {
        let answer = answer(lake, arguments);
        let value: Value = if is_lines {
            answer.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect()
        } else {
            serde_json::from_str(&answer).unwrap()
        };
        let mut members = BTreeSet::new();
        shape(&value, "", by_name, &mut members);
        let called = arguments.join(" ");
        writeln!(text, "## {called}").unwrap();
        for member in members {
            writeln!(text, "{member}").unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_readme_says_of_every_command_that_reads_how_its_json_looks() {
    let readme = include_str!("../../README.md");
    let table = readme.split("## JSON\n").nth(1).unwrap().split("\n## ").next().unwrap();
    for command in
        ["config", "checks", "explain", "iam-policy", "doctor", "verify", "diff", "query", "export", "notify"]
    {
        assert!(table.contains(&format!("| `sagesweep {command}")), "{command} is not in the table");
    }
}
