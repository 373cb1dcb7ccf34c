//! Labeling jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListLabelingJobs,
    describe: Operation::DescribeLabelingJob,
    arn_type: "labeling-job",
    lines: "LabelingJobSummaryList",
    asked_by: "LabelingJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "LabelingJobName": item.name,
        "LabelingJobArn": item.arn,
        "LabelingJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "LabelCounters": counters(),
        "WorkteamArn": workteam(item),
    })
}

fn description(item: &Item<'_>) -> Value {
    let resources = item.percent("resources", 80).then(|| {
        json!({
            "VolumeKmsKeyId": item.key("volume"),
            "VpcConfig": item.vpc(),
        })
    });
    let region = item.cell.region();
    json!({
        "LabelingJobName": item.name,
        "LabelingJobArn": item.arn,
        "LabelingJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "JobReferenceCode": "0123456789abcdef",
        "LabelCounters": counters(),
        "RoleArn": item.role(),
        "LabelAttributeName": "label",
        "InputConfig": { "DataSource": { "S3DataSource": { "ManifestS3Uri": "s3://in/manifest" } } },
        "OutputConfig": { "S3OutputPath": "s3://out", "KmsKeyId": item.key("output") },
        "LabelingJobAlgorithmsConfig": item.percent("automated", 50).then(|| json!({
            "LabelingJobAlgorithmSpecificationArn": format!(
                "arn:aws:sagemaker:{region}:027400017018:labeling-job-algorithm-specification/text-classification"
            ),
            "LabelingJobResourceConfig": resources,
        })),
        "HumanTaskConfig": {
            "WorkteamArn": workteam(item),
            "UiConfig": { "UiTemplateS3Uri": "s3://in/template" },
            "TaskTitle": "Tickets",
            "TaskDescription": "What a ticket is about",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 300,
        },
        "Tags": [{ "Key": "team", "Value": item.cell.team }],
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Completed", "Completed", "Failed", "Stopped", "InProgress"])
}

fn counters() -> Value {
    json!({ "TotalLabeled": 100, "HumanLabeled": 60, "MachineLabeled": 40, "FailedNonRetryableError": 0, "Unlabeled": 0 })
}

fn workteam(item: &Item<'_>) -> String {
    format!("arn:aws:sagemaker:{}:{}:workteam/private-crowd/team", item.cell.region(), item.cell.account())
}
