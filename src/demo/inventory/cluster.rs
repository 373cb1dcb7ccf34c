//! HyperPod clusters as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListClusters,
    describe: Operation::DescribeCluster,
    arn_type: "cluster",
    lines: "ClusterSummaries",
    asked_by: "ClusterName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "ClusterArn": item.arn,
        "ClusterName": item.name,
        "CreationTime": item.created(),
        "ClusterStatus": "InService",
    })
}

fn description(item: &Item<'_>) -> Value {
    let restricted = item.percent("restricted", 30);
    json!({
        "ClusterArn": item.arn,
        "ClusterName": item.name,
        "ClusterStatus": "InService",
        "CreationTime": item.created(),
        "InstanceGroups": [group(item, "head", "ml.m5.xlarge"), group(item, "workers", "ml.p5.48xlarge")],
        "RestrictedInstanceGroups": if restricted {
            json!([{
                "CurrentCount": 4,
                "TargetCount": 4,
                "InstanceGroupName": "nova",
                "InstanceType": "ml.p5.48xlarge",
                "ExecutionRole": item.role(),
            }])
        } else {
            Value::Null
        },
        "VpcConfig": item.vpc(),
        "NodeProvisioningMode": "Continuous",
        "ClusterRole": item.role(),
    })
}

fn group(item: &Item<'_>, name: &str, instance_type: &str) -> Value {
    let draws = |what: &str| format!("{name} {what}");
    let mut storage = Vec::new();
    // Most clusters have one key for all of their volumes.
    let member = if item.percent("one key", 80) { "volume".to_owned() } else { draws("volume") };
    if item.percent(&draws("root"), 80) {
        let root = json!({ "RootVolume": true, "VolumeKmsKeyId": item.key(&member) });
        storage.push(json!({ "EbsVolumeConfig": root }));
    }
    if item.percent(&draws("further"), 50) {
        let further = json!({ "VolumeSizeInGB": 500, "VolumeKmsKeyId": item.key(&member) });
        storage.push(json!({ "EbsVolumeConfig": further }));
    }
    if item.percent(&draws("lustre"), 20) {
        storage.push(json!({ "FsxLustreConfig": { "DnsName": "fs-1", "MountName": "fsx", "MountPath": "/fsx" } }));
    }
    json!({
        "CurrentCount": 2,
        "TargetCount": 2,
        "InstanceGroupName": name,
        "InstanceType": instance_type,
        "ExecutionRole": item.role(),
        "InstanceStorageConfigs": storage,
        "OverrideVpcConfig": if item.percent(&draws("override"), 20) {
            json!({ "SecurityGroupIds": ["sg-0123456789abcdef1"], "Subnets": ["subnet-0123456789abcdef1"] })
        } else {
            Value::Null
        },
    })
}
