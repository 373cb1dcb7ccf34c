//! The input that makes a job again: what is taken over, what is set, and what is left out.

use super::*;
use crate::remediate::samples::{facts, found, recorded};

const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn answer(resources: &Value) -> Map<String, Value> {
    let answer = json!({
        "TrainingJobName": "churn-2026-11-20",
        "TrainingJobArn": "arn:aws:sagemaker:eu-west-1:111111111111:training-job/churn-2026-11-20",
        "TrainingJobStatus": "Completed", "SecondaryStatus": "Completed", "CreationTime": 1_763_632_800.5,
        "ModelArtifacts": { "S3ModelArtifacts": "s3://ml/churn/model.tar.gz" },
        "HyperParameters": { "epochs": "20", "db_password": "kV7q-zR2m-X9tL-w4Pd" },
        "AlgorithmSpecification": {
            "TrainingImage": "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.3",
            "TrainingInputMode": "File", "MetricDefinitions": [{ "Name": "loss", "Regex": "loss=(.*)" }],
        },
        "RoleArn": "arn:aws:iam::111111111111:role/train",
        "InputDataConfig": [{ "ChannelName": "train", "DataSource": { "S3DataSource": { "S3Uri": "s3://ml/in" } } }],
        "OutputDataConfig": { "S3OutputPath": "s3://ml/churn", "KmsKeyId": "" },
        "ResourceConfig": resources, "StoppingCondition": { "MaxRuntimeInSeconds": 86400 },
        "EnableNetworkIsolation": false, "VpcConfig": null, "BillableTimeInSeconds": 12,
    });
    answer.as_object().unwrap().clone()
}

fn mended(resources: &Value, reason_code: &str) -> JobInput {
    let mut job = JobInput::described(&answer(resources), &recorded());
    job.mend(&found(reason_code), KEY);
    job
}

#[test]
fn the_whole_description_comes_back_with_both_keys_and_without_what_tells_how_it_went() {
    let resources =
        json!({ "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30, "VolumeKmsKeyId": "" });
    let job = mended(&resources, "volume_key_absent,output_key_absent");
    assert!(job.is_whole && job.has_volume_key);
    insta::assert_snapshot!(crate::pretty::lines(&Value::Object(job.input), 80).join("\n"));
    assert_eq!(job.left_out, ["the value of the hyperparameter db_password, which looks like a secret"]);
}

#[test]
fn where_every_instance_has_local_storage_the_volume_key_is_left_out_and_beside_others_it_is_set() {
    let groups = |types: &[&str]| {
        let groups = types.iter().map(|name| json!({ "InstanceType": name, "InstanceCount": 1 })).collect::<Vec<_>>();
        json!({ "InstanceGroups": groups, "VolumeSizeInGB": 0 })
    };
    let local = mended(&groups(&["ml.g5.xlarge", "ml.p4d.24xlarge"]), "output_key_absent");
    assert_eq!(local.input["ResourceConfig"].get("VolumeKmsKeyId"), None);
    assert_eq!(local.input["ResourceConfig"].get("VolumeSizeInGB"), None);
    assert_eq!(local.input["OutputDataConfig"]["KmsKeyId"], KEY);
    assert!(
        !local.has_volume_key && local.left_out.iter().any(|line| line.contains("local NVMe")),
        "{:?}",
        local.left_out
    );
    let mixed = mended(&groups(&["ml.g5.xlarge", "ml.m5.large"]), "volume_key_absent");
    assert_eq!(mixed.input["ResourceConfig"]["VolumeKmsKeyId"], KEY);
    let unknown = mended(&groups(&["ml.zz9.xlarge"]), "volume_key_absent");
    assert!(unknown.notes.iter().any(|note| note.contains("not known")), "{:?}", unknown.notes);
}

#[test]
fn a_key_without_fault_stays_and_what_the_service_chose_goes() {
    let resources = json!({
        "InstancePreferences": [{ "InstanceType": "ml.m5.large", "InstanceCount": 1 }],
        "SelectedInstanceType": "ml.m5.large", "SelectedInstanceCount": 1, "VolumeKmsKeyId": "mine",
    });
    let job = mended(&resources, "output_key_aws_managed");
    assert_eq!(job.input["ResourceConfig"]["VolumeKmsKeyId"], "mine");
    assert!(!job.input["ResourceConfig"].to_string().contains("Selected"));
    assert_eq!(job.filled, [format!("OutputDataConfig.KmsKeyId: {KEY}")]);
}

#[test]
fn two_findings_of_one_fault_are_told_once() {
    let resources = json!({ "InstanceType": "ml.g5.xlarge", "InstanceCount": 1 });
    let mut job = mended(&resources, "output_key_absent");
    let once = job.clone();
    job.mend(&found("output_key_absent"), KEY);
    assert_eq!(job, once);
    assert!(once.notes[0].contains("SessionChainingConfig"), "{:?}", once.notes);
}

#[test]
fn settings_of_other_checks_are_set_too() {
    let mut job = JobInput::recorded(&facts(), &recorded());
    for check_id in [
        "training-job-network-isolation",
        "training-job-inter-container-encryption",
        "training-job-vpc",
        "training-job-remote-debugging",
        "training-job-secrets",
    ] {
        job.mend(&Found { check_id: check_id.to_owned(), ..found("x") }, KEY);
    }
    let names = job.filled.iter().map(|line| line.split(':').next().unwrap()).collect::<Vec<_>>();
    assert_eq!(
        names,
        ["EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "VpcConfig", "RemoteDebugConfig"]
    );
    assert!(job.notes.last().unwrap().contains("training-job-secrets"));
}

#[test]
fn of_the_facts_alone_the_input_is_not_whole_and_says_what_it_lacks() {
    let mut job = JobInput::recorded(&facts(), &recorded());
    job.mend(&found("volume_key_absent,output_key_absent"), KEY);
    assert!(!job.is_whole && job.notes[0].contains("InputDataConfig"), "{:?}", job.notes);
    insta::assert_snapshot!(crate::pretty::lines(&Value::Object(job.input), 80).join("\n"));
}

#[test]
fn a_long_name_stays_within_its_limit() {
    let long = Recorded { name: "a-".repeat(31) + "a", ..recorded() };
    let job = JobInput::recorded(&facts(), &long);
    let name = job.input["TrainingJobName"].as_str().unwrap();
    assert!(name.len() <= NAME_LIMIT && name.ends_with("a-mended"), "{name}");
}
