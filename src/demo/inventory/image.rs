//! Images of Studio as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListImages,
    describe: Operation::DescribeImage,
    arn_type: "image",
    lines: "Images",
    asked_by: "ImageName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "ImageName": item.name,
        "ImageArn": item.arn,
        "ImageStatus": "CREATED",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let mut image = summary(item);
    if let Some(members) = image.as_object_mut() {
        members.insert("RoleArn".to_owned(), item.role());
    }
    image
}
