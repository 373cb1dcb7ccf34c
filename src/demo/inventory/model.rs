//! Models as SageMaker writes them: with one container, or with the pipeline of some.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock, secret::environment};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListModels,
    describe: Operation::DescribeModel,
    arn_type: "model",
    lines: "Models",
    asked_by: "ModelName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({ "ModelName": item.name, "ModelArn": item.arn, "CreationTime": item.created() })
}

fn description(item: &Item<'_>) -> Value {
    let is_pipeline = item.percent("pipeline", 30);
    json!({
        "ModelName": item.name,
        "ModelArn": item.arn,
        "CreationTime": item.created(),
        "ExecutionRoleArn": item.role(),
        "PrimaryContainer": if is_pipeline { Value::Null } else { container(item, "primary") },
        "Containers": if is_pipeline {
            json!([container(item, "features"), container(item, "model")])
        } else {
            Value::Null
        },
        "VpcConfig": item.vpc(),
        "EnableNetworkIsolation": item.percent("isolation", 50),
    })
}

fn container(item: &Item<'_>, hostname: &str) -> Value {
    let sign_in = json!({ "RepositoryCredentialsProviderArn":
        format!("arn:aws:lambda:{}:{}:function:registry", item.cell.region(), item.cell.account()) });
    json!({
        "ContainerHostname": hostname,
        "Image": "registry.example.com/churn:1",
        "ModelDataUrl": "s3://models/model.tar.gz",
        "Environment": environment(item.percent(&format!("{hostname} secret"), 20)),
        "ImageConfig": match item.one_of(hostname, &["Vpc", "Vpc", "Platform", ""]) {
            "" => Value::Null,
            mode => json!({
                "RepositoryAccessMode": mode,
                "RepositoryAuthConfig": if mode == "Vpc" { sign_in } else { Value::Null },
            }),
        },
    })
}
