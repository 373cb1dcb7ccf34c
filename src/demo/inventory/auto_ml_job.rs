//! AutoML jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListAutoMlJobs,
    describe: Operation::DescribeAutoMlJobV2,
    arn_type: "automl-job",
    lines: "AutoMLJobSummaries",
    asked_by: "AutoMLJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "AutoMLJobName": item.name,
        "AutoMLJobArn": item.arn,
        "AutoMLJobStatus": status(item),
        "AutoMLJobSecondaryStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    // A job that was created without one is described without one.
    let is_secured = item.percent("security", 80);
    json!({
        "AutoMLJobName": item.name,
        "AutoMLJobArn": item.arn,
        "AutoMLJobStatus": status(item),
        "AutoMLJobSecondaryStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "AutoMLJobInputDataConfig": [{ "ChannelType": "training", "DataSource": { "S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": "s3://in",
        } } }],
        "OutputDataConfig": { "S3OutputPath": "s3://out", "KmsKeyId": item.key("output") },
        "AutoMLProblemTypeConfigName": item.one_of("problem", &["Tabular", "TimeSeriesForecasting", "TextGeneration"]),
        "SecurityConfig": is_secured.then(|| json!({
            "VolumeKmsKeyId": item.key("volume"),
            "EnableInterContainerTrafficEncryption": item.percent("traffic", 60),
            "VpcConfig": item.vpc(),
        })),
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Completed", "Completed", "Failed", "Stopped", "InProgress"])
}
