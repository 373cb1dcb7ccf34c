//! Notebook instances as SageMaker writes them.

use serde_json::{Map, Value, json};

use super::super::operation::Operation;
use super::{Item, Stock, secret::script};
use crate::demo::{refusal::Refusal, world::Invocation};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListNotebookInstances,
    describe: Operation::DescribeNotebookInstance,
    arn_type: "notebook-instance",
    lines: "NotebookInstances",
    asked_by: "NotebookInstanceName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "NotebookInstanceName": item.name,
        "NotebookInstanceArn": item.arn,
        "NotebookInstanceStatus": "InService",
        "InstanceType": instance_type(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let in_vpc = item.percent("vpc", 70);
    json!({
        "NotebookInstanceName": item.name,
        "NotebookInstanceArn": item.arn,
        "NotebookInstanceStatus": "InService",
        "InstanceType": instance_type(item),
        "SubnetId": in_vpc.then_some("subnet-0123456789abcdef0"),
        "SecurityGroups": if in_vpc { json!(["sg-0123456789abcdef0"]) } else { Value::Null },
        "NotebookInstanceLifecycleConfigName": item.percent("lifecycle", 60).then(|| item.one_of("scripts", &CONFIGS)),
        "RoleArn": item.role(),
        "KmsKeyId": item.key("volume"),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "DirectInternetAccess": item.percent("internet told", 90).then(|| item.one_of("internet", &["Enabled", "Disabled"])),
        "RootAccess": item.one_of("root", &["Enabled", "Disabled"]),
        "PlatformIdentifier": item.percent("platform told", 90).then(|| {
            item.one_of("platform", &["notebook-al2-v2", "notebook-al2-v3", "notebook-al2023-v1"])
        }),
        "InstanceMetadataServiceConfiguration": if item.percent("metadata told", 90) {
            json!({ "MinimumInstanceMetadataServiceVersion": item.one_of("metadata", &["1", "2"]) })
        } else {
            Value::Null
        },
    })
}

/// The lifecycle configurations: the second one has a secret in it.
const CONFIGS: [&str; 2] = ["install-packages", "upload-logs"];

/// A lifecycle configuration, which several notebook instances share.
pub(in crate::demo) fn lifecycle(invocation: &Invocation) -> Result<String, Refusal> {
    let request: Map<String, Value> = invocation.members()?;
    let asked = request.get("NotebookInstanceLifecycleConfigName").and_then(Value::as_str).unwrap_or_default();
    let place = CONFIGS.iter().position(|name| *name == asked);
    let place = place
        .ok_or_else(|| Refusal::validation("Unable to describe Notebook Instance Lifecycle Config: not found."))?;
    Ok(json!({
        "NotebookInstanceLifecycleConfigName": asked,
        "OnStart": [{ "Content": script(place == 1) }],
    })
    .to_string())
}

fn instance_type(item: &Item<'_>) -> &'static str {
    item.one_of("instances", &["ml.t3.medium", "ml.m5.xlarge", "ml.g5.xlarge"])
}
