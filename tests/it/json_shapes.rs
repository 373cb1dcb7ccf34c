//! What programs read: the members of the JSON of every command that reads are held, since others build on them.

use std::{collections::BTreeSet, fmt::Write as _};

use sagesweep::demo::Behaviour;
use serde_json::Value;

use crate::{
    audit::{Audit, small},
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

#[tokio::test(flavor = "multi_thread")]
async fn the_members_of_every_json_are_held() {
    let audit = Audit::of(small(), Behaviour::default()).await;
    let run_id = audit.published.as_ref().unwrap().run.facts.run_id.to_string();
    let lake = audit.directory.path();
    // The command, whether it is an object a line, and which objects are tables by name.
    let calls: [(&[&str], bool, &[&str]); 11] = [
        (&["config", "--format", "json"], false, &[".pacing.rates"]),
        (&["checks", "--json"], false, &[]),
        (&["checks", "--compatibility", "--json"], false, &[]),
        (&["explain", "training-job-customer-managed-keys", "--json"], false, &[]),
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
        (&["diff", &run_id, &run_id, "--format", "json"], false, &[]),
        (&["query", "SELECT run_id, coverage_percent FROM runs", "--format", "json"], true, &[]),
        (&["export", "--format", "json", "--severity", "high"], true, &["[].tags", "[].evidence", "[].resource_tags"]),
        (&["notify", "--dry-run", "--format", "json"], false, &[]),
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
        let called = arguments.join(" ").replace(&run_id, "RUN");
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
