//! Configurations of the images of Studio as SageMaker writes them: their listing has all that a description has.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListAppImageConfigs,
    describe: Operation::DescribeAppImageConfig,
    arn_type: "app-image-config",
    lines: "AppImageConfigs",
    asked_by: "AppImageConfigName",
    summary,
    description: summary,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "AppImageConfigArn": item.arn,
        "AppImageConfigName": item.name,
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "KernelGatewayImageConfig": { "KernelSpecs": [{ "Name": "python3", "DisplayName": "Python 3" }] },
    })
}
