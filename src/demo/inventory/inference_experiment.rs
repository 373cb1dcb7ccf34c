//! Inference experiments as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListInferenceExperiments,
    describe: Operation::DescribeInferenceExperiment,
    arn_type: "inference-experiment",
    lines: "InferenceExperiments",
    asked_by: "Name",
    summary,
    description,
};

/// A line has no ARN.
fn summary(item: &Item<'_>) -> Value {
    json!({
        "Name": item.name,
        "Type": "ShadowMode",
        "Status": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let variant = |name: &str| {
        json!({
            "ModelName": name,
            "VariantName": name,
            "InfrastructureConfig": {
                "InfrastructureType": "RealTimeInference",
                "RealTimeInferenceConfig": {
                    "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.g5.2xlarge", "ml.zz9.large"]),
                    "InstanceCount": 1,
                },
            },
            "Status": "InService",
        })
    };
    json!({
        "Arn": item.arn,
        "Name": item.name,
        "Type": "ShadowMode",
        "Status": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "EndpointMetadata": { "EndpointName": "shadowed", "EndpointStatus": "InService" },
        "ModelVariants": [variant("production"), variant("shadow")],
        "DataStorageConfig": if item.percent("stored", 60) {
            json!({ "Destination": "s3://shadow/", "KmsKey": item.key("stored key") })
        } else {
            Value::Null
        },
        "KmsKey": item.key("volume"),
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Running", "Completed", "Cancelled"])
}
