//! The policies that the program prints, and what it says they would have refused: the conditions of the printed document put to
//! the published tables by an interpreter of its own.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use jiff::{SignedDuration, Timestamp};
use sagesweep::demo::{Behaviour, Fault, FaultRule, Shape};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    audit::{NOW, small},
    compare::{answer, program},
    incremental::{Night, every_night},
    table::{self, Row},
};

/// Two nights; on the second one some jobs of the first are deleted, and one account denies everything.
async fn nights() -> TempDir {
    let lake = TempDir::new().unwrap();
    let first = Shape { jobs: 3_000, ..small() };
    Night::of(&first, Behaviour::default(), lake.path(), every_night).await;
    let second = Shape { elapsed: SignedDuration::from_hours(24), deleted_permille: 40, ..first };
    Night::of(&second, Behaviour::default(), lake.path(), every_night).await;
    lake
}

fn asked(lake: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&answer(lake, &[&["guardrail", "--format", "json"], arguments].concat())).unwrap()
}

/// Resources that were made in the days before the last run, each once, as the first night that read it saw it.
fn made(lake: &Path, days: i64) -> BTreeMap<(String, String), Row> {
    let until = NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24);
    let since = until - SignedDuration::from_hours(24 * days);
    let rows = table::read(lake, "resources").into_iter().filter(|row| {
        let created = row["created_at"].parse::<i64>().unwrap();
        (since.as_millisecond()..=until.as_millisecond()).contains(&created)
    });
    let mut rows = rows.collect::<Vec<_>>();
    // The one that is put in last stays.
    rows.sort_by_key(|row| {
        let is_read = !row["config_json"].starts_with("{\"unreadable\"");
        let is_whole = is_read && !row["config_json"].contains("\"instances\":{\"unconfirmed\"");
        (is_read, is_whole, Reverse(row["run_id"].clone()))
    });
    rows.into_iter().map(|row| ((row["resource_arn"].clone(), row["created_at"].clone()), row)).collect()
}

/// What a training job carries under a key, as a list; none where it carries nothing.
fn carried(facts: &Value, key: &str) -> Vec<String> {
    let text = |name: &str| facts[name].as_str().map(str::to_owned).into_iter().collect();
    match key {
        "sagemaker:VolumeKmsKey" => text("volume_key"),
        "sagemaker:OutputKmsKey" => text("output_key"),
        "sagemaker:NetworkIsolation" => vec![facts["network_isolation"].to_string()],
        "sagemaker:VpcSubnets" => serde_json::from_value(facts["subnets"].clone()).unwrap(),
        "sagemaker:InstanceTypes" => {
            let forms = facts["instances"].as_object().into_iter().flatten().map(|(_, types)| types.clone());
            let types = forms.flat_map(|types| types.as_array().cloned().unwrap_or_else(|| vec![types]));
            types.filter_map(|name| name.as_str().map(str::to_owned)).collect()
        }
        other => panic!("{other}"),
    }
}

/// Whether a statement of the printed document refuses a training job.
fn refuses(statement: &Value, facts: &Value) -> bool {
    let is_meant = statement["Action"].as_array().unwrap().contains(&Value::from("sagemaker:CreateTrainingJob"));
    let holds = |operator: &str, key: &str, wanted: &Value| {
        let carried = carried(facts, key);
        let wanted = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
        let wanted = wanted.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>();
        let like = |value: &String| wanted.iter().any(|pattern| value.starts_with(pattern.trim_end_matches('*')));
        match operator {
            "Null" => carried.is_empty() == (wanted == ["true"]),
            "BoolIfExists" => carried.is_empty() || wanted.contains(&carried[0].as_str()),
            "ForAnyValue:StringNotLike" => carried.iter().any(|value| !like(value)),
            other => panic!("{other}"),
        }
    };
    let conditions = statement["Condition"].as_object().unwrap().iter();
    let mut conditions = conditions.flat_map(|(operator, keys)| {
        keys.as_object().unwrap().iter().map(move |(key, wanted)| (operator, key, wanted))
    });
    is_meant && conditions.all(|(operator, key, wanted)| holds(operator, key, wanted))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blast_radius_is_what_the_printed_document_refuses_of_the_tables() {
    let lake = nights().await;
    for days in [1, 30, 365] {
        let days_text = days.to_string();
        let arguments = [
            "training-job-customer-managed-keys",
            "training-job-vpc",
            "training-job-network-isolation",
            "--days",
            &days_text,
        ];
        let told = asked(lake.path(), &arguments);
        let statements = told["policies"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|policy| policy["document"]["Statement"].as_array().unwrap())
            .collect::<Vec<_>>();
        let all = made(lake.path(), days);
        let (mut refused, mut by_role) = (BTreeSet::new(), BTreeMap::<String, u64>::new());
        let (mut chosen, mut children) = (0, 0);
        for ((arn, created), row) in &all {
            let facts: Value = serde_json::from_str(&row["config_json"]).unwrap();
            let parents = ["TUNING_JOB", "AUTOML_JOB", "LABELING_JOB"];
            let is_child = row.get("origin_kind").is_some_and(|kind| parents.contains(&kind.as_str()));
            let is_refused = statements.iter().any(|statement| refuses(statement, &facts));
            if is_child {
                children += u64::from(is_refused);
            } else if is_refused {
                refused.insert((arn.clone(), created.clone()));
                *by_role.entry(row["role_arn"].clone()).or_default() += 1;
            } else if facts["instances"]["selected"].is_string() && facts["volume_key"].is_null() {
                chosen += 1;
            }
        }
        let radius = &told["blast_radius"];
        assert_eq!(radius["requests"].as_u64().unwrap(), u64::try_from(all.len()).unwrap(), "{days}");
        assert_eq!(radius["unguarded_parents"], children);
        assert_eq!(radius["refused_of_parents"], 0);
        let found = radius["jobs"].as_array().unwrap().iter().map(|job| {
            let created = job["created_at"].as_str().unwrap().parse::<Timestamp>().unwrap();
            (job["resource_arn"].as_str().unwrap().to_owned(), created.as_millisecond().to_string())
        });
        assert_eq!(found.collect::<BTreeSet<_>>(), refused, "{days}");
        let untold = radius["untold"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>();
        assert!(untold >= chosen && radius["refused"].as_u64().unwrap() > 0, "{days}: {untold} {chosen}");
        let roles = radius["by_role"].as_array().unwrap().iter();
        let roles = roles.map(|row| (row["role_arn"].as_str().unwrap().to_owned(), row["refused"].as_u64().unwrap()));
        assert_eq!(roles.collect::<BTreeMap<_, _>>(), by_role);
        assert_eq!(radius["nights"], 2);
        let by_account = radius["by_account"].as_array().unwrap();
        let (account, number) =
            (by_account[0]["account_id"].as_str().unwrap(), by_account[0]["refused"].as_u64().unwrap());
        let narrowed = |option: &str| {
            let told = asked(lake.path(), &[&arguments[..], &[option, account]].concat());
            told["blast_radius"]["refused"].as_u64().unwrap()
        };
        let all = radius["refused"].as_u64().unwrap();
        assert_eq!((narrowed("--account"), narrowed("--except-account")), (number, all - number));
        // What failed is prevented, but for keys that are named and unfit.
        assert!(radius["failing_prevented"].as_u64() <= radius["failing"].as_u64());
        assert!(radius["failing_prevented"].as_u64().unwrap() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tuning_job_made_counts_by_the_request_of_that_job_where_it_is_guarded() {
    let lake = nights().await;
    let of = |patterns: &[&str]| {
        let told = asked(lake.path(), &[patterns, &["--days", "365"]].concat());
        let radius = &told["blast_radius"];
        let untold = radius["untold"]["the request of its parent job is not recorded in these days"].as_u64();
        let [refused, unguarded] =
            ["refused_of_parents", "unguarded_parents"].map(|name| radius[name].as_u64().unwrap());
        (refused, unguarded, untold.unwrap_or_default())
    };
    // The training jobs of the demo name parents that it does not have.
    let (none, all, told) = of(&["training-job-vpc"]);
    assert!(none == 0 && all > 0 && told == 0, "{none} {all} {told}");
    let (none, less, of_tuning) = of(&["training-job-vpc", "hyper-parameter-tuning-job-vpc"]);
    assert!(none == 0 && less < all && of_tuning >= all - less, "{none} {less} {of_tuning}");
    let (none, least, of_both) = of(&["training-job-vpc", "hyper-parameter-tuning-job-vpc", "auto-ml-job-vpc"]);
    assert!(none == 0 && least < less && of_both > of_tuning, "{none} {least} {of_both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_since_counts_and_what_was_not_seen_is_told() {
    let lake = TempDir::new().unwrap();
    let first = Shape { jobs: 1_000, ..small() };
    Night::of(&first, Behaviour::default(), lake.path(), every_night).await;
    let second = Shape { elapsed: SignedDuration::from_hours(24), deleted_permille: 300, ..first };
    let mut jobs = BTreeMap::<String, u64>::new();
    for row in table::read(lake.path(), "resources") {
        *jobs.entry(row["account_id"].clone()).or_default() += 1;
    }
    let (account, _) = jobs.into_iter().max_by_key(|(_, count)| *count).unwrap();
    let denied = FaultRule::at("sagemaker:ListTrainingJobs", Fault::Denied);
    let faults = vec![FaultRule { account: Some(account.parse().unwrap()), ..denied }];
    Night::of(&second, Behaviour { faults, ..Behaviour::default() }, lake.path(), every_night).await;
    let told = asked(lake.path(), &["training-job-*", "processing-job-vpc", "--days", "365"]);
    let radius = &told["blast_radius"];
    let last = table::read(lake.path(), "runs").last().unwrap()["run_id"].clone();
    let all = made(lake.path(), 365);
    let of_last = table::read(lake.path(), "resources").into_iter().filter(|row| row["run_id"] == last);
    let there = of_last.map(|row| (row["resource_arn"].clone(), row["created_at"].clone())).collect::<BTreeSet<_>>();
    assert_eq!(radius["requests"].as_u64().unwrap(), u64::try_from(all.len()).unwrap());
    assert!(all.keys().any(|made| !there.contains(made)), "those that are gone count too");
    let unread = |radius: &Value| {
        let gaps = radius["unseen"]["gaps"].as_array().unwrap().iter();
        gaps.map(|gap| gap["cells"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(radius["unseen"]["resource_types"], serde_json::json!(["AWS::SageMaker::ProcessingJob"]));
    let unguarded = told["unguarded"].as_array().unwrap().iter().map(|row| row["check_id"].as_str().unwrap());
    assert_eq!(unguarded.collect::<Vec<_>>(), ["training-job-image-registry", "training-job-secrets"]);
    // The run before knows nothing of what came after it.
    let before = asked(lake.path(), &["training-job-vpc", "--days", "365", "--run", "previous"]);
    assert_eq!(before["blast_radius"]["nights"], 1);
    assert!(unread(&before["blast_radius"]) < unread(radius), "{radius}");
    let page = answer(lake.path(), &["guardrail", "training-job-*", "processing-job-vpc", "--days", "365"]);
    assert!(page.contains("was not looked at") && page.contains("were not read whole"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_fit_and_are_printed_without_a_lake_too() {
    let nowhere = TempDir::new().unwrap();
    for kind in ["scp", "iam"] {
        let most = if kind == "scp" { 5_120 } else { 6_144 };
        let bare = answer(nowhere.path(), &["guardrail", "--bare", "--policy", kind]);
        assert!(!bare.is_empty() && !bare.ends_with('\n'), "{kind}");
        for line in bare.lines() {
            let document: Value = serde_json::from_str(line).unwrap();
            assert!(line.chars().count() <= most && document["Version"] == "2012-10-17", "{}", line.len());
        }
    }
    let page = answer(nowhere.path(), &["guardrail", "notebook-instance-*", "--no-history"]);
    assert!(page.contains("sagemaker:DirectInternetAccess") && page.contains("no history"), "{page}");
    for (arguments, code, word) in [
        (&["guardrail", "training-job-vpc"][..], 4, "nothing is published"),
        (&["guardrail", "model-card-customer-managed-keys", "--bare"], 2, "no condition key"),
        (&["guardrail", "training-job-vcp"], 2, "did you mean"),
        (&["guardrail", "--days", "0"], 2, "0"),
    ] {
        let output = program(nowhere.path(), arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(code) && told.contains(word), "{arguments:?}: {told}");
    }
    // Patterns that no policy can hold are refused, and what to do is said.
    let keys = (0..200).map(|number| format!("arn:aws:kms:*:1111111{number:05}:key/*")).collect::<Vec<_>>();
    std::fs::write(nowhere.path().join("sagesweep.toml"), format!("[parameters]\napproved_keys = {keys:?}\n")).unwrap();
    let output = program(nowhere.path(), &["guardrail", "training-job-customer-managed-keys", "--bare"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(2) && told.contains("parameters.approved_keys") && told.contains("5120"),
        "{told}"
    );
}
