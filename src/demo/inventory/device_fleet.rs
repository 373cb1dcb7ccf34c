//! Device fleets as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListDeviceFleets,
    describe: Operation::DescribeDeviceFleet,
    arn_type: "device-fleet",
    lines: "DeviceFleetSummaries",
    asked_by: "DeviceFleetName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "DeviceFleetName": item.name,
        "DeviceFleetArn": item.arn,
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "DeviceFleetName": item.name,
        "DeviceFleetArn": item.arn,
        "Description": "",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "OutputConfig": { "S3OutputLocation": "s3://devices/", "KmsKeyId": item.key("output") },
    })
}
