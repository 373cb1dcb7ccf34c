//! Optimization jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::job::CANARY;
use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListOptimizationJobs,
    describe: Operation::DescribeOptimizationJob,
    arn_type: "optimization-job",
    lines: "OptimizationJobSummaries",
    asked_by: "OptimizationJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "OptimizationJobName": item.name,
        "OptimizationJobArn": item.arn,
        "OptimizationJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "OptimizationJobName": item.name,
        "OptimizationJobArn": item.arn,
        "OptimizationJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "DeploymentInstanceType": "ml.g5.2xlarge",
        "OptimizationEnvironment": { "TOKEN": CANARY },
        "OptimizationConfigs": [{ "ModelQuantizationConfig": { "Image": "djl", "OverrideEnvironment": {} } }],
        "ModelSource": { "S3": { "S3Uri": "s3://models/model/" } },
        "OutputConfig": { "S3OutputLocation": "s3://models/", "KmsKeyId": item.key("output") },
        "StoppingCondition": { "MaxRuntimeInSeconds": 36_000 },
        "VpcConfig": item.vpc(),
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "STOPPED", "INPROGRESS"])
}
