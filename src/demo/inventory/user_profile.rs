//! User profiles as SageMaker writes them; those of a place belong to its first domain.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock, domain::user_settings};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListUserProfiles,
    describe: Operation::DescribeUserProfile,
    arn_type: "user-profile",
    lines: "UserProfiles",
    asked_by: "UserProfileName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "DomainId": domain(item),
        "UserProfileName": item.name,
        "Status": "InService",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let overrides = item.percent("overrides", 70);
    json!({
        "DomainId": domain(item),
        "UserProfileArn": item.arn.replace("user-profile/", &format!("user-profile/{}/", domain(item))),
        "UserProfileName": item.name,
        "Status": "InService",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "UserSettings": if overrides { user_settings(item) } else { json!({ "ExecutionRole": item.role() }) },
    })
}

fn domain(item: &Item<'_>) -> String {
    format!("{}-domain-0", item.cell.team)
}
