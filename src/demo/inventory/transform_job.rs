//! Batch transform jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock, secret::environment};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListTransformJobs,
    describe: Operation::DescribeTransformJob,
    arn_type: "transform-job",
    lines: "TransformJobSummaries",
    asked_by: "TransformJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "TransformJobName": item.name,
        "TransformJobArn": item.arn,
        "TransformJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let instance_type = item.one_of("instances", &["ml.m5.xlarge", "ml.c5.4xlarge", "ml.g4dn.xlarge", "ml.zz9.large"]);
    let captures = item.percent("captures", 30);
    json!({
        "TransformJobName": item.name,
        "TransformJobArn": item.arn,
        "TransformJobStatus": status(item),
        "CreationTime": item.created(),
        "ModelName": "churn",
        "Environment": environment(item.percent("secret", 20)),
        "TransformInput": {
            "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://in" } },
            "ContentType": "text/csv",
        },
        "TransformOutput": { "S3OutputPath": "s3://out", "KmsKeyId": item.key("output") },
        "DataCaptureConfig": captures.then(|| json!({
            "DestinationS3Uri": "s3://capture",
            "KmsKeyId": item.key("capture"),
        })),
        "TransformResources": {
            "InstanceType": instance_type,
            "InstanceCount": 1 + item.draw("count").below(3),
            // None can be set on local storage.
            "VolumeKmsKeyId": if instance_type == "ml.g4dn.xlarge" { Value::Null } else { item.key("volume") },
        },
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Completed", "Completed", "Failed", "Stopped", "InProgress"])
}
