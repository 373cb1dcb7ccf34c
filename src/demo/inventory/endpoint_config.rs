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
    // Inference components bring the models, and the configuration decides on networks.
    let components = item.percent("components", 20);
    let variant = if !components && item.percent("serverless", 20) {
        json!({ "VariantName": "main", "ModelName": "model",
            "ServerlessConfig": { "MemorySizeInMB": 4096, "MaxConcurrency": 20 } })
    } else {
        json!({ "VariantName": "main", "ModelName": (!components).then_some("model"),
            "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.c6gd.xlarge", "ml.g5.2xlarge", "ml.zz9.large"]),
            "InitialInstanceCount": item.percent("counted", 90).then(|| 1 + item.draw("count").below(3)),
            "ManagedInstanceScaling": if item.percent("scaling", 20) {
                json!({ "Status": "ENABLED", "MinInstanceCount": 1 + item.draw("least").below(2), "MaxInstanceCount": 8 })
            } else {
                Value::Null
            },
            "CoreDumpConfig": if item.percent("dump", 60) {
                json!({ "DestinationS3Uri": "s3://dumps", "KmsKeyId": item.key("dump") })
            } else {
                Value::Null
            } })
    };
    let (serverless, mixed) = (variant.get("ServerlessConfig").is_some(), item.percent("mixed", 20));
    let mut variants = vec![variant];
    if !components && !serverless && mixed {
        variants.push(json!({ "VariantName": "canary", "ModelName": "model",
            "ServerlessConfig": { "MemorySizeInMB": 2048, "MaxConcurrency": 5 } }));
    }
    let shadows = (!components && !serverless && item.percent("shadow", 20)).then(|| {
        json!([{ "VariantName": "shadow", "ModelName": "model",
            "InstanceType": item.one_of("shadow instances", &["ml.m5.xlarge", "ml.g5.2xlarge"]),
            "InitialInstanceCount": 1 + item.draw("shadow count").below(2) }])
    });
    json!({
        "EndpointConfigName": item.name,
        "EndpointConfigArn": item.arn,
        "CreationTime": item.created(),
        "ShadowProductionVariants": shadows,
        "KmsKeyId": item.key("volume"),
        "ProductionVariants": variants,
        "DataCaptureConfig": if item.percent("capture", 70) {
            json!({ "EnableCapture": true, "InitialSamplingPercentage": 10, "DestinationS3Uri": "s3://capture",
                "KmsKeyId": item.key("capture"), "CaptureOptions": [{ "CaptureMode": "Input" }] })
        } else {
            Value::Null
        },
        "AsyncInferenceConfig": if item.percent("async", 50) {
            json!({ "OutputConfig": { "S3OutputPath": "s3://answers", "KmsKeyId": item.key("async") } })
        } else {
            Value::Null
        },
        "ExecutionRoleArn": if components { item.role() } else { Value::Null },
        "VpcConfig": if components { item.vpc() } else { Value::Null },
        "EnableNetworkIsolation": components.then(|| item.percent("isolation", 50)),
    })
}
