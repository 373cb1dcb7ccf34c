//! Edge packaging jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListEdgePackagingJobs,
    describe: Operation::DescribeEdgePackagingJob,
    arn_type: "edge-packaging-job",
    lines: "EdgePackagingJobSummaries",
    asked_by: "EdgePackagingJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "EdgePackagingJobName": item.name,
        "EdgePackagingJobArn": item.arn,
        "EdgePackagingJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "EdgePackagingJobName": item.name,
        "EdgePackagingJobArn": item.arn,
        "EdgePackagingJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "CompilationJobName": "compiled",
        "ModelName": "model",
        "ModelVersion": "1.0",
        "ModelArtifact": "s3://models/packaged.tar.gz",
        "OutputConfig": { "S3OutputLocation": "s3://models/", "KmsKeyId": item.key("output") },
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "STOPPED", "INPROGRESS"])
}
