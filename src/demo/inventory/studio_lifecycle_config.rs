//! Lifecycle configurations of Studio as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock, secret::script};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListStudioLifecycleConfigs,
    describe: Operation::DescribeStudioLifecycleConfig,
    arn_type: "studio-lifecycle-config",
    lines: "StudioLifecycleConfigs",
    asked_by: "StudioLifecycleConfigName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "StudioLifecycleConfigName": item.name,
        "StudioLifecycleConfigArn": item.arn,
        "StudioLifecycleConfigAppType": "JupyterLab",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "StudioLifecycleConfigName": item.name,
        "StudioLifecycleConfigArn": item.arn,
        "StudioLifecycleConfigAppType": "JupyterLab",
        "StudioLifecycleConfigContent": script(item.percent("secret", 40)),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}
