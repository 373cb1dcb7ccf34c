//! Feature groups as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListFeatureGroups,
    describe: Operation::DescribeFeatureGroup,
    arn_type: "feature-group",
    lines: "FeatureGroupSummaries",
    asked_by: "FeatureGroupName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "FeatureGroupName": item.name,
        "FeatureGroupArn": item.arn,
        "CreationTime": item.created(),
        "FeatureGroupStatus": "Created",
    })
}

fn description(item: &Item<'_>) -> Value {
    let (offline, online) = (item.percent("offline", 80), item.percent("online", 60));
    json!({
        "FeatureGroupArn": item.arn,
        "FeatureGroupName": item.name,
        "RecordIdentifierFeatureName": "customer",
        "EventTimeFeatureName": "time",
        "FeatureDefinitions": [
            { "FeatureName": "customer", "FeatureType": "String" },
            { "FeatureName": "time", "FeatureType": "Fractional" },
        ],
        "CreationTime": item.created(),
        "OnlineStoreConfig": if online {
            json!({ "EnableOnlineStore": true, "SecurityConfig": { "KmsKeyId": item.key("online key") },
                "StorageType": item.one_of("tier", &["Standard", "Standard", "InMemory"]) })
        } else {
            Value::Null
        },
        "OfflineStoreConfig": if offline {
            json!({ "S3StorageConfig": { "S3Uri": "s3://features", "KmsKeyId": item.key("offline key") },
                "DisableGlueTableCreation": false, "TableFormat": "Iceberg" })
        } else {
            Value::Null
        },
        "RoleArn": item.role(),
        "FeatureGroupStatus": "Created",
        "Description": item.percent("description", 60).then_some("What customers bought"),
    })
}
