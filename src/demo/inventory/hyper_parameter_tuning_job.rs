//! Hyperparameter tuning jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::job::CANARY;
use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListHyperParameterTuningJobs,
    describe: Operation::DescribeHyperParameterTuningJob,
    arn_type: "hyper-parameter-tuning-job",
    lines: "HyperParameterTuningJobSummaries",
    asked_by: "HyperParameterTuningJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "HyperParameterTuningJobName": item.name,
        "HyperParameterTuningJobArn": item.arn,
        "HyperParameterTuningJobStatus": status(item),
        "Strategy": "Bayesian",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "TrainingJobStatusCounters": training_jobs(),
        "ObjectiveStatusCounters": objectives(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let is_several = item.percent("several", 40);
    json!({
        "HyperParameterTuningJobName": item.name,
        "HyperParameterTuningJobArn": item.arn,
        "HyperParameterTuningJobStatus": status(item),
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "ResourceLimits": { "MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 2 },
        },
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "TrainingJobStatusCounters": training_jobs(),
        "ObjectiveStatusCounters": objectives(),
        "TrainingJobDefinition": (!is_several).then(|| definition(item, "only")),
        "TrainingJobDefinitions": is_several.then(|| json!([definition(item, "xgboost"), definition(item, "deepar")])),
    })
}

/// A definition, with draws of its own.
fn definition(item: &Item<'_>, name: &str) -> Value {
    let of = |member: &str| format!("{name} {member}");
    let count = |member: &str| 1 + item.draw(&of(member)).below(3);
    let instance_type = item.one_of(&of("type"), &["ml.m5.xlarge", "ml.g5.2xlarge", "ml.zz9.48xlarge"]);
    // None can be set on local storage.
    let volume_key = if instance_type == "ml.g5.2xlarge" { Value::Null } else { item.key(&of("volume")) };
    let (training, tuning) = match item.draw(&of("form")).below(4) {
        0 => (
            Value::Null,
            json!({ "VolumeKmsKeyId": item.key(&of("volume")), "AllocationStrategy": "Prioritized",
            "InstanceConfigs": [
                { "InstanceType": "ml.m5.xlarge", "InstanceCount": count("first"), "VolumeSizeInGB": 30 },
                { "InstanceType": "ml.c5.2xlarge", "InstanceCount": count("second"), "VolumeSizeInGB": 30 },
            ] }),
        ),
        1 => (
            json!({ "VolumeKmsKeyId": item.key(&of("volume")), "VolumeSizeInGB": 30, "InstanceGroups": [
                { "InstanceGroupName": "data", "InstanceType": "ml.m5.xlarge", "InstanceCount": count("first") },
                { "InstanceGroupName": "train", "InstanceType": "ml.g5.2xlarge", "InstanceCount": count("second") },
            ] }),
            Value::Null,
        ),
        _ => (
            json!({ "VolumeKmsKeyId": volume_key, "VolumeSizeInGB": 30, "InstanceType": instance_type,
            "InstanceCount": count("count") }),
            Value::Null,
        ),
    };
    json!({
        "DefinitionName": (name != "only").then_some(name),
        "StaticHyperParameters": { "_tuning_objective_metric": "validation:auc", "token": CANARY },
        "AlgorithmSpecification": { "TrainingInputMode": "File",
            "TrainingImage": "685385470294.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1" },
        "RoleArn": item.role(),
        "OutputDataConfig": { "S3OutputPath": "s3://out", "KmsKeyId": item.key(&of("output")) },
        "ResourceConfig": training,
        "HyperParameterTuningResourceConfig": tuning,
        "EnableNetworkIsolation": item.percent(&of("isolation"), 70),
        "EnableInterContainerTrafficEncryption": item.percent(&of("traffic"), 60),
        "VpcConfig": item.vpc(),
        "Environment": { "API_TOKEN": CANARY },
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Completed", "Completed", "Failed", "Stopped", "InProgress"])
}

fn training_jobs() -> Value {
    json!({ "Completed": 20, "InProgress": 0, "RetryableError": 0, "NonRetryableError": 0, "Stopped": 0 })
}

fn objectives() -> Value {
    json!({ "Succeeded": 20, "Pending": 0, "Failed": 0 })
}
