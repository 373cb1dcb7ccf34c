//! Model cards as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListModelCards,
    describe: Operation::DescribeModelCard,
    arn_type: "model-card",
    lines: "ModelCardSummaries",
    asked_by: "ModelCardName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "ModelCardName": item.name,
        "ModelCardArn": item.arn,
        "ModelCardStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let key = item.key("card");
    json!({
        "ModelCardName": item.name,
        "ModelCardArn": item.arn,
        "ModelCardVersion": 1,
        "ModelCardStatus": status(item),
        "Content": "{\"model_overview\":{\"model_description\":\"Who leaves next month?\"}}",
        "SecurityConfig": if key.is_null() { Value::Null } else { json!({ "KmsKeyId": key }) },
        "CreationTime": item.created(),
        "CreatedBy": {},
        "LastModifiedTime": item.created(),
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Draft", "PendingReview", "Approved", "Archived"])
}
