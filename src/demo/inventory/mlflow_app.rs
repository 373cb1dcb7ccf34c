//! MLflow apps as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListMlflowApps,
    describe: Operation::DescribeMlflowApp,
    arn_type: "mlflow-app",
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
        "LastModifiedTime": item.created(),
        "MlflowVersion": "3.4",
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({
        "Arn": item.arn,
        "Name": item.name,
        "Status": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "KmsKeyId": item.key("storage"),
        "ArtifactStoreUri": "s3://experiments/",
        "MlflowVersion": "3.4",
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Created", "Updated", "CreateFailed"])
}
