//! Flow definitions as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListFlowDefinitions,
    describe: Operation::DescribeFlowDefinition,
    arn_type: "flow-definition",
    lines: "FlowDefinitionSummaries",
    asked_by: "FlowDefinitionName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "FlowDefinitionName": item.name,
        "FlowDefinitionArn": item.arn,
        "FlowDefinitionStatus": "Active",
        "CreationTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "FlowDefinitionName": item.name,
        "FlowDefinitionArn": item.arn,
        "FlowDefinitionStatus": "Active",
        "CreationTime": item.created(),
        "OutputConfig": { "S3OutputPath": "s3://reviewed/", "KmsKeyId": item.key("output") },
        "RoleArn": item.role(),
    })
}
