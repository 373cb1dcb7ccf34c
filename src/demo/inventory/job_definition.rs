//! The four types of definitions of monitoring jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static DATA_QUALITY: Stock = Stock {
    list: Operation::ListDataQualityJobDefinitions,
    describe: Operation::DescribeDataQualityJobDefinition,
    arn_type: "data-quality-job-definition",
    lines: "JobDefinitionSummaries",
    asked_by: "JobDefinitionName",
    summary,
    description: |item| description(item, "DataQualityJobOutputConfig"),
};

pub(super) static MODEL_BIAS: Stock = Stock {
    list: Operation::ListModelBiasJobDefinitions,
    describe: Operation::DescribeModelBiasJobDefinition,
    arn_type: "model-bias-job-definition",
    lines: "JobDefinitionSummaries",
    asked_by: "JobDefinitionName",
    summary,
    description: |item| description(item, "ModelBiasJobOutputConfig"),
};

pub(super) static MODEL_EXPLAINABILITY: Stock = Stock {
    list: Operation::ListModelExplainabilityJobDefinitions,
    describe: Operation::DescribeModelExplainabilityJobDefinition,
    arn_type: "model-explainability-job-definition",
    lines: "JobDefinitionSummaries",
    asked_by: "JobDefinitionName",
    summary,
    description: |item| description(item, "ModelExplainabilityJobOutputConfig"),
};

pub(super) static MODEL_QUALITY: Stock = Stock {
    list: Operation::ListModelQualityJobDefinitions,
    describe: Operation::DescribeModelQualityJobDefinition,
    arn_type: "model-quality-job-definition",
    lines: "JobDefinitionSummaries",
    asked_by: "JobDefinitionName",
    summary,
    description: |item| description(item, "ModelQualityJobOutputConfig"),
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "MonitoringJobDefinitionName": item.name,
        "MonitoringJobDefinitionArn": item.arn,
        "CreationTime": item.created(),
        "EndpointName": "churn",
    })
}

fn description(item: &Item<'_>, output_member: &str) -> Value {
    json!({
        "JobDefinitionName": item.name,
        "JobDefinitionArn": item.arn,
        "CreationTime": item.created(),
        output_member: output(item),
        "JobResources": resources(item),
        "NetworkConfig": network(item),
        "RoleArn": item.role(),
    })
}

/// A `MonitoringOutputConfig`.
pub(super) fn output(item: &Item<'_>) -> Value {
    json!({
        "MonitoringOutputs": [{ "S3Output": {
            "S3Uri": "s3://monitoring", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob",
        } }],
        "KmsKeyId": item.key("output"),
    })
}

/// A `MonitoringResources`.
pub(super) fn resources(item: &Item<'_>) -> Value {
    json!({ "ClusterConfig": {
        "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.c5.4xlarge", "ml.g4dn.xlarge", "ml.zz9.large"]),
        "InstanceCount": 1 + item.draw("count").below(3),
        "VolumeSizeInGB": 30,
        "VolumeKmsKeyId": item.key("volume"),
    } })
}

/// A `NetworkConfig`, which some definitions lack.
pub(super) fn network(item: &Item<'_>) -> Value {
    if item.percent("network", 20) {
        return Value::Null;
    }
    json!({
        "EnableNetworkIsolation": item.percent("isolation", 50),
        "EnableInterContainerTrafficEncryption": item.percent("traffic", 50),
        "VpcConfig": item.vpc(),
    })
}
