//! Endpoint configurations as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListEndpointConfigs,
    describe: Operation::DescribeEndpointConfig,
    arn_type: "endpoint-config",
    lines: "EndpointConfigs",
    asked_by: "EndpointConfigName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({ "EndpointConfigName": item.name, "EndpointConfigArn": item.arn, "CreationTime": item.created() })
}

fn description(item: &Item<'_>) -> Value {
    let variant = if item.percent("serverless", 20) {
        json!({ "VariantName": "main", "ModelName": "model",
            "ServerlessConfig": { "MemorySizeInMB": 4096, "MaxConcurrency": 20 } })
    } else {
        json!({ "VariantName": "main", "ModelName": "model",
            "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.c6gd.xlarge", "ml.g5.2xlarge", "ml.zz9.large"]),
            "InitialInstanceCount": 1 + item.draw("count").below(3),
            "CoreDumpConfig": if item.percent("dump", 20) {
                json!({ "DestinationS3Uri": "s3://dumps", "KmsKeyId": item.key("dump") })
            } else {
                Value::Null
            } })
    };
    json!({
        "EndpointConfigName": item.name,
        "EndpointConfigArn": item.arn,
        "CreationTime": item.created(),
        "KmsKeyId": item.key("volume"),
        "ProductionVariants": [variant],
        "DataCaptureConfig": if item.percent("capture", 40) {
            json!({ "EnableCapture": true, "InitialSamplingPercentage": 10, "DestinationS3Uri": "s3://capture",
                "KmsKeyId": item.key("capture"), "CaptureOptions": [{ "CaptureMode": "Input" }] })
        } else {
            Value::Null
        },
    })
}
