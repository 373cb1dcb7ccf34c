//! What the program says to do about findings of a published run: read live, of the tables alone, from a directory and a bucket.

use std::{
    collections::BTreeSet,
    process::{Command, Output},
};

use sagesweep::{
    demo::{Behaviour, CANARY, Fault, FaultRule, Shape, Simulator},
    instance_type::{InstanceStorage, instance_storage},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    audit::{self, small},
    bucket::in_bucket,
    compare,
    incremental::{Night, every_night},
    table::{self, Row},
};

const HEADLINE: &str = "training-job-customer-managed-keys";

/// A published night and the organization that it saw.
struct Lake {
    night: Night,
    folder: TempDir,
}

impl Lake {
    async fn of(behaviour: Behaviour) -> Self {
        let folder = TempDir::new().unwrap();
        let night = Night::of(&small(), behaviour, folder.path(), every_night).await;
        Self { night, folder }
    }

    fn rows(&self, table: &str) -> Vec<Row> {
        table::read(self.folder.path(), table)
    }

    /// Findings of the headline check that fail for exactly these reasons.
    fn failing(&self, reason_code: &str) -> Vec<Row> {
        let mut rows = self.rows("findings");
        rows.retain(|row| row["check_id"] == HEADLINE && row["status"] == "FAIL" && row["reason_code"] == reason_code);
        assert!(!rows.is_empty(), "nothing fails for {reason_code}");
        rows
    }

    /// The program beside the organization.
    async fn live(&self, arguments: &[&str]) -> Output {
        let arguments = [&["remediate"], arguments].concat();
        output(
            audit::program(&self.night.simulator, self.folder.path(), &arguments),
            self.folder.path().to_str().unwrap(),
        )
        .await
    }

    /// The program without anything of AWS.
    fn recorded(&self, arguments: &[&str]) -> Output {
        compare::program(self.folder.path(), &[&["remediate"], arguments].concat())
    }
}

async fn output(mut command: Command, lake: &str) -> Output {
    command.env("SAGESWEEP_LAKE_DESTINATION", lake);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn types(resource: &Row) -> Vec<String> {
    let facts: Value = serde_json::from_str(&resource["config_json"]).unwrap();
    let instances = facts["instances"].as_object().into_iter().flatten().map(|(_, types)| types.clone());
    instances
        .flat_map(|types| types.as_array().cloned().unwrap_or_else(|| vec![types]))
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_input_of_a_job_is_read_with_nothing_but_reads_and_has_both_keys() {
    let lake = Lake::of(Behaviour::default()).await;
    let row = lake.failing("volume_key_absent,output_key_absent").remove(0);
    let (arn, account, region) = (&row["resource_arn"], &row["account_id"], &row["region"]);
    let key = format!("arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    let before = lake.night.simulator.counts();
    let answer = json(&lake.live(&[arn, "--check", HEADLINE, "--key", &key, "--live", "--format", "json"]).await);
    let made = lake
        .night
        .simulator
        .counts()
        .into_iter()
        .filter(|(at, count)| before.get(at).is_none_or(|was| was.requests < count.requests));
    let made = made.map(|((_, _, operation), _)| operation.to_owned()).collect::<BTreeSet<_>>();
    let reads = ["sagemaker:DescribeTrainingJob", "sts:AssumeRole", "sts:GetCallerIdentity"].map(str::to_owned);
    assert_eq!(made, reads.into());

    let job = &answer["resources"][0]["job"];
    let input = &job["create_training_job"];
    assert_eq!(job["is_whole"], true);
    assert_eq!(
        (&input["ResourceConfig"]["VolumeKmsKeyId"], &input["OutputDataConfig"]["KmsKeyId"]),
        (&Value::from(&*key), &Value::from(&*key))
    );
    for member in [
        "InputDataConfig",
        "HyperParameters",
        "Environment",
        "StoppingCondition",
        "RoleArn",
        "Tags",
        "AlgorithmSpecification",
    ] {
        assert!(!input[member].is_null() || member == "Tags", "{member}: {input}");
    }
    for member in
        ["TrainingJobStatus", "CreationTime", "ModelArtifacts", "SecondaryStatusTransitions", "TrainingJobArn"]
    {
        assert!(input[member].is_null(), "{member}");
    }
    assert_ne!(input["TrainingJobName"], Value::from(&*row["resource_name"]));
    let policy = answer["resources"][0]["permission"]["role_policy"].to_string();
    assert!(policy.contains("kms:CreateGrant") && policy.contains(&key));

    // A key of another account needs two policies, and one of another region will not do.
    let other = key.replace(account, "999999999999");
    let foreign = json(&lake.live(&[arn, "--key", &other, "--recorded", "--format", "json"]).await);
    assert_eq!(foreign["resources"][0]["permission"]["is_foreign_key"], true);
    let elsewhere = key.replace(region, "af-south-1");
    let refused = lake.live(&[arn, "--key", &elsewhere, "--recorded"]).await;
    assert!(refused.status.code() == Some(2) && text(&refused.stderr).contains("af-south-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_looks_like_a_secret_is_printed_nowhere() {
    let lake = Lake::of(Behaviour::default()).await;
    let mut withheld = 0;
    for row in lake.failing("output_key_absent").iter().take(6) {
        for format in ["text", "json"] {
            let printed = text(&lake.live(&[&row["resource_arn"], "--live", "--format", format]).await.stdout);
            assert!(!printed.contains(CANARY) && !printed.is_empty());
            withheld += usize::from(printed.contains("looks like a secret"));
        }
    }
    assert!(withheld > 0, "half of the jobs have one");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_local_storage_the_volume_key_is_left_out() {
    let lake = Lake::of(Behaviour::default()).await;
    let resources = lake.rows("resources");
    let is_local = |row: &&Row| {
        let resource = resources.iter().find(|resource| resource["resource_arn"] == row["resource_arn"]).unwrap();
        let types = types(resource);
        !types.is_empty() && types.iter().all(|name| instance_storage(name) == InstanceStorage::LocalNvme)
    };
    let rows = lake.failing("output_key_absent");
    let row = rows.iter().find(is_local).unwrap();
    for mode in ["--live", "--recorded"] {
        let answer = json(&lake.live(&[&row["resource_arn"], "--check", HEADLINE, mode, "--format", "json"]).await);
        let job = &answer["resources"][0]["job"];
        assert!(job["create_training_job"]["ResourceConfig"]["VolumeKmsKeyId"].is_null(), "{job}");
        assert!(
            job["create_training_job"]["OutputDataConfig"]["KmsKeyId"].as_str().unwrap().starts_with("arn:aws:kms:")
        );
        assert!(job["left_out"].to_string().contains("local NVMe"), "{job}");
        assert!(!answer["resources"][0]["permission"]["role_policy"].to_string().contains("CreateGrant"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_and_made_of_the_tables_unless_it_must_be_read() {
    let faults = vec![FaultRule::at("sagemaker:DescribeTrainingJob", Fault::Denied)];
    let lake = Lake::of(Behaviour { faults, ..Behaviour::default() }).await;
    let arn = lake.failing("output_key_absent").remove(0)["resource_arn"].clone();
    let answer = json(&lake.live(&[&arn, "--format", "json"]).await);
    let one = &answer["resources"][0];
    assert_eq!(one["job"]["is_whole"], false);
    assert!(one["not_read"].as_str().unwrap().contains("sagemaker:DescribeTrainingJob"), "{}", one["not_read"]);
    assert!(one["job"]["notes"].to_string().contains("InputDataConfig"));
    let refused = lake.live(&[&arn, "--live"]).await;
    assert!(
        refused.status.code() == Some(4) && text(&refused.stderr).contains("AccessDenied"),
        "{}",
        text(&refused.stderr)
    );
    // Without credentials nothing is asked where nothing is to be asked.
    let page = text(&lake.recorded(&[&arn, "--recorded"]).stdout);
    assert!(page.contains("Made of the facts in the tables") && !page.contains("did not tell"), "{page}");
    let prose = page.lines().filter(|line| {
        !["--lookup", "in the Arguments of", "arn:", "s3://", ".dkr.ecr."].iter().any(|long| line.contains(long))
    });
    assert!(prose.clone().all(|line| line.chars().count() <= 80), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_named_by_its_uid_and_what_is_not_there_is_told() {
    let lake = Lake::of(Behaviour::default()).await;
    let events = compare::answer(lake.folder.path(), &["export", "--format", "ocsf", "--status", "FAIL"]);
    let event: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
    let uid = event["finding_info"]["uid"].as_str().unwrap();
    for name in [uid.to_owned(), format!("sagesweep/{uid}"), uid[..16].to_owned()] {
        let answer = json(&lake.recorded(&[&name, "--recorded", "--format", "json"]));
        let [found] = &answer["findings"].as_array().unwrap()[..] else { panic!("{answer}") };
        assert_eq!((found["uid"].as_str(), &found["check_id"]), (Some(uid), &event["finding_info"]["analytic"]["uid"]));
        assert_eq!(found["resource_arn"], answer["resources"][0]["resource"]["resource_arn"]);
    }
    for (arguments, code, word) in [
        (vec!["0000000000000000"], 2, "no finding"),
        (vec!["arn:aws:sagemaker:eu-west-1:111111111111:training-job/none"], 2, "no resource"),
        (vec!["--origin", "arn:aws:sagemaker:eu-west-1:111111111111:automl-job/none"], 2, "nothing that"),
        (vec!["short"], 2, "uid"),
        (vec![], 2, "required"),
        (vec![uid, "--run", "2020-01-01"], 2, "no run"),
        (vec![uid, "--check", HEADLINE], 2, "leave --check out"),
    ] {
        let output = lake.recorded(&arguments);
        let told = text(&output.stderr);
        assert!(output.status.code() == Some(code) && told.contains(word), "{arguments:?}: {told}");
    }
    // What --check leaves out is counted.
    let failing = lake.failing("output_key_absent").remove(0)["resource_arn"].clone();
    let narrow = text(&lake.recorded(&[&failing, "--recorded", "--check", "notebook-instance-root-access"]).stdout);
    assert!(narrow.starts_with("Nothing that --check names fails; "), "{narrow}");
    // A resource that passes has nothing to mend.
    let findings = lake.rows("findings");
    let fails = |arn: &String| {
        findings
            .iter()
            .any(|row| row["resource_arn"] == *arn && row["status"] != "PASS" && row["status"] != "NOT_APPLICABLE")
    };
    let well = findings.iter().map(|row| &row["resource_arn"]).find(|arn| !fails(arn)).unwrap();
    assert!(text(&lake.recorded(&[well, "--recorded"]).stdout).contains("nothing to mend"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_origin_everything_that_fails_is_told() {
    let lake = Lake::of(Behaviour::default()).await;
    let (resources, findings) = (lake.rows("resources"), lake.rows("findings"));
    let of = |origin: &str| {
        let made = resources.iter().filter(|row| row.get("origin").is_some_and(|one| one == origin));
        let made = made.map(|row| row["resource_arn"].clone()).collect::<BTreeSet<_>>();
        findings.iter().filter(|row| row["status"] == "FAIL" && made.contains(&row["resource_arn"])).count()
    };
    let origins = resources.iter().filter_map(|row| row.get("origin")).collect::<BTreeSet<_>>();
    let (origin, failing) =
        origins.into_iter().map(|origin| (origin, of(origin))).max_by_key(|(_, count)| *count).unwrap();
    let answer = json(&lake.recorded(&["--origin", origin, "--recorded", "--format", "json", "--limit", "2"]));
    assert_eq!(answer["findings"].as_array().unwrap().len(), failing);
    let told = answer["resources"].as_array().unwrap();
    assert!((1..=2).contains(&told.len()));
    let source = told[0]["source"]["summary"].as_str().unwrap();
    assert!(source.contains(origin.as_str()) && source.contains("cannot be changed"), "{source}");
    let page = text(&lake.recorded(&["--origin", origin, "--recorded"]).stdout);
    assert!(
        page.contains(&format!("{failing} findings")) || told[0]["findings"].as_array().unwrap().len() == failing,
        "{page}"
    );
    let narrow =
        json(&lake.recorded(&["--origin", origin, "--recorded", "--format", "json", "--check", "training-job-vpc"]));
    assert!(narrow["findings"].as_array().unwrap().iter().all(|found| found["check_id"] == "training-job-vpc"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_a_bucket_is_asked_as_one_in_a_directory() {
    let simulator = Simulator::start(&Shape { accounts: 5, jobs: 200, ..small() }, Behaviour::default()).await.unwrap();
    let mut config = audit::fast_config();
    config.lake.destination = in_bucket();
    Box::pin(audit::run(&simulator, config, std::time::Duration::from_secs(20))).await.unwrap();
    let folder = TempDir::new().unwrap();
    crate::bucket::download(&simulator, folder.path());
    let failing = table::read(folder.path(), "findings").into_iter().find(|row| row["status"] == "FAIL").unwrap();
    let arn = &failing["resource_arn"];
    let command = audit::program(&simulator, folder.path(), &["remediate", arn, "--format", "json"]);
    let answer = json(&output(command, &in_bucket().to_string()).await);
    assert_eq!(answer["resources"][0]["resource"]["resource_arn"], Value::from(arn.as_str()));
    assert_eq!(answer["resources"][0]["job"]["is_whole"], true);
}
