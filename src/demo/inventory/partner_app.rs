//! Partner AI apps as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListPartnerApps,
    describe: Operation::DescribePartnerApp,
    arn_type: "partner-app",
    lines: "Summaries",
    asked_by: "Arn",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "Arn": item.arn,
        "Name": item.name,
        "Status": status(item),
        "CreationTime": item.created(),
        "Type": "comet",
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "Arn": item.arn,
        "Name": item.name,
        "Status": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "ExecutionRoleArn": item.role(),
        "KmsKeyId": item.key("storage"),
        "Type": "comet",
        "Tier": "tier-1",
        "Version": "1.0",
        "AuthType": "IAM",
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Available", "Updating", "UpdateFailed"])
}
