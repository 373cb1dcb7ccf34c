//! Private workforces as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListWorkforces,
    describe: Operation::DescribeWorkforce,
    arn_type: "workforce",
    lines: "Workforces",
    asked_by: "WorkforceName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    let cidrs = match item.draw("cidrs").below(5) {
        0 => Some(json!([])),
        1 => Some(json!(["203.0.113.0/24", "0.0.0.0/0"])),
        2 | 3 => Some(json!(["203.0.113.0/24", "2001:db8::/32"])),
        _ => None,
    };
    json!({
        "WorkforceName": item.name,
        "WorkforceArn": item.arn,
        "LastUpdatedDate": item.created(),
        "SourceIpConfig": cidrs.map(|cidrs| json!({ "Cidrs": cidrs })),
        "SubDomain": "abcdefghij.labeling.eu-west-1.sagemaker.aws",
        "CognitoConfig": { "UserPool": "eu-west-1_Example", "ClientId": "1234567890abcdef" },
        "CreateDate": item.created(),
        "Status": "Active",
        "IpAddressType": "dualstack",
    })
}

fn description(item: &Item<'_>) -> Value {
    json!({ "Workforce": summary(item) })
}
