//! Compilation jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListCompilationJobs,
    describe: Operation::DescribeCompilationJob,
    arn_type: "compilation-job",
    lines: "CompilationJobSummaries",
    asked_by: "CompilationJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "CompilationJobName": item.name,
        "CompilationJobArn": item.arn,
        "CompilationJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "CompilationJobName": item.name,
        "CompilationJobArn": item.arn,
        "CompilationJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "StoppingCondition": { "MaxRuntimeInSeconds": 900 },
        "FailureReason": "",
        "ModelArtifacts": { "S3ModelArtifacts": "s3://models/compiled.tar.gz" },
        "InputConfig": { "S3Uri": "s3://models/model.tar.gz", "Framework": "PYTORCH", "DataInputConfig": "{}" },
        "OutputConfig": {
            "S3OutputLocation": "s3://models/",
            "TargetDevice": "ml_c5",
            "KmsKeyId": item.key("output"),
        },
        "VpcConfig": item.vpc(),
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "STOPPED", "INPROGRESS"])
}
