//! Model packages and their groups as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListModelPackages,
    describe: Operation::DescribeModelPackage,
    arn_type: "model-package",
    lines: "ModelPackageSummaryList",
    asked_by: "ModelPackageName",
    summary,
    description,
};

pub(super) static GROUPS: Stock = Stock {
    list: Operation::ListModelPackageGroups,
    describe: Operation::DescribeModelPackageGroup,
    arn_type: "model-package-group",
    lines: "ModelPackageGroupSummaryList",
    asked_by: "ModelPackageGroupName",
    summary: group,
    description: group,
};

fn group(item: &Item<'_>) -> Value {
    json!({
        "ModelPackageGroupName": item.name,
        "ModelPackageGroupArn": item.arn,
        "ModelPackageGroupStatus": "Completed",
        "CreationTime": item.created(),
    })
}

/// Some are the first version in the first group of the place, the others are in none.
fn summary(item: &Item<'_>) -> Value {
    let is_versioned = item.percent("versioned", 60);
    let group = format!("{}-{}-0", item.cell.team, GROUPS.arn_type);
    json!({
        "ModelPackageName": (!is_versioned).then_some(&item.name),
        "ModelPackageGroupName": is_versioned.then_some(group),
        "ModelPackageVersion": is_versioned.then(|| 1 + item.draw("version").below(9)),
        "ModelPackageArn": item.arn,
        "ModelPackageStatus": item.one_of("status", &["Completed", "Completed", "Failed", "InProgress"]),
        "ModelApprovalStatus": is_versioned.then(|| {
            item.one_of("approval", &["Approved", "PendingManualApproval", "Rejected"])
        }),
        "CreationTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let key = item.key("package");
    let profile = json!({ "ProfileName": "samples", "TransformJobDefinition": {
        "TransformInput": { "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://samples" } } },
        "TransformOutput": { "S3OutputPath": "s3://validated", "KmsKeyId": item.key("output") },
        "TransformResources": {
            "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.g5.xlarge", "ml.zz9.large"]),
            "InstanceCount": 1,
            "VolumeKmsKeyId": item.key("volume"),
        },
    } });
    let more = json!({
        "ModelPackageStatusDetails": { "ValidationStatuses": [] },
        "SecurityConfig": if key.is_null() { Value::Null } else { json!({ "KmsKeyId": key }) },
        "ValidationSpecification": if item.percent("validated", 50) {
            json!({ "ValidationRole": item.role(), "ValidationProfiles": [profile] })
        } else {
            Value::Null
        },
    });
    let members = [summary(item), more].into_iter().filter_map(|part| part.as_object().cloned());
    Value::Object(members.flatten().collect())
}
