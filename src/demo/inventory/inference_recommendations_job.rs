//! Inference recommendation jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListInferenceRecommendationsJobs,
    describe: Operation::DescribeInferenceRecommendationsJob,
    arn_type: "inference-recommendations-job",
    lines: "InferenceRecommendationsJobs",
    asked_by: "JobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "JobName": item.name,
        "JobDescription": "",
        "JobType": "Advanced",
        "JobArn": item.arn,
        "Status": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let (mut endpoints, mut configurations, mut found) = (Value::Null, Value::Null, Value::Null);
    let (instances, serverless) = (
        json!([{ "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.g5.2xlarge", "ml.zz9.large"]) }]),
        json!([{ "ServerlessConfig": { "MemorySizeInMB": 4096, "MaxConcurrency": 20 } }]),
    );
    match item.draw("endpoints").below(5) {
        0 => endpoints = json!([{ "EndpointName": "there-before" }]),
        1 => configurations = serverless,
        2 => {
            found = json!([{
                "RecommendationId": "model/1",
                "EndpointConfiguration": {
                    "EndpointName": "tried",
                    "VariantName": "tried",
                    "InstanceType": item.one_of("best", &["ml.c5.xlarge", "ml.g4dn.xlarge"]),
                    "InitialInstanceCount": 1,
                },
                "ModelConfiguration": {},
            }]);
        }
        _ => configurations = instances,
    }
    let input = json!({
        "ModelName": "model",
        "Endpoints": endpoints,
        "EndpointConfigurations": configurations,
        "VolumeKmsKeyId": item.key("volume"),
        "VpcConfig": item.vpc(),
    });
    json!({
        "JobName": item.name,
        "JobType": "Advanced",
        "JobArn": item.arn,
        "RoleArn": item.role(),
        "Status": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "InputConfig": input,
        "InferenceRecommendations": found,
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "STOPPED", "IN_PROGRESS"])
}
