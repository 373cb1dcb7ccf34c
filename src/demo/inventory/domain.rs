//! Domains as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListDomains,
    describe: Operation::DescribeDomain,
    arn_type: "domain",
    lines: "Domains",
    asked_by: "DomainId",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "DomainArn": item.arn,
        "DomainId": item.name,
        "DomainName": "studio",
        "Status": "InService",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn description(item: &Item<'_>) -> Value {
    let sso = item.percent("sso", 60);
    let application =
        format!("arn:aws:sso::{}:application/ssoins-0123456789abcdef/apl-0123456789abcdef", item.cell.account());
    // Domains from before its twin name their key in the deprecated member alone.
    let is_older = item.percent("older", 20);
    json!({
        "DomainArn": item.arn,
        "DomainId": item.name,
        "DomainName": "studio",
        "HomeEfsFileSystemId": "fs-0123456789abcdef0",
        "Status": "InService",
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "AuthMode": if sso { "SSO" } else { "IAM" },
        "SingleSignOnApplicationArn": (sso && item.percent("application", 80)).then_some(application),
        "AppNetworkAccessType": item.one_of("access", &["VpcOnly", "VpcOnly", "PublicInternetOnly", "PrivateLinkOnly"]),
        "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0"],
        "KmsKeyId": if is_older { Value::Null } else { item.key("volume") },
        "HomeEfsFileSystemKmsKeyId": item.key("volume"),
        "DefaultUserSettings": user_settings(item),
        "DomainSettings": if item.percent("docker", 40) {
            json!({ "DockerSettings": { "EnableDockerAccess": item.one_of("docker access", &["ENABLED", "DISABLED"]) } })
        } else {
            Value::Null
        },
    })
}

/// `UserSettings`: in a domain those of everybody, in a profile those that it overrides.
pub(super) fn user_settings(item: &Item<'_>) -> Value {
    json!({
        "ExecutionRole": item.role(),
        "SharingSettings": if item.percent("sharing", 60) {
            json!({ "NotebookOutputOption": item.one_of("sharing option", &["Allowed", "Allowed", "Disabled"]),
                "S3OutputPath": "s3://shared", "S3KmsKeyId": item.key("sharing key") })
        } else {
            Value::Null
        },
        "CanvasAppSettings": if item.percent("canvas", 30) {
            json!({ "WorkspaceSettings": { "S3ArtifactPath": "s3://canvas", "S3KmsKeyId": item.key("canvas key") } })
        } else {
            Value::Null
        },
    })
}
