//! The IAM policies that the program needs, made from the actions that stand beside the calls.

use serde_json::{Value, json};

use crate::{
    config::{Config, Destination},
    kms, lake, organization,
    resource::training_job,
    session,
    session::regions,
    signing,
};

/// The most characters that STS takes as an inline session policy.
pub const SESSION_POLICY_LIMIT: usize = 2048;

/// The actions that the role in each account needs, sorted.
pub fn member_actions() -> Vec<&'static str> {
    sorted(&[training_job::ACTIONS, kms::ACTIONS, regions::ACTIONS])
}

/// The actions that our own identity needs, sorted; those on the bucket only where the lake is one.
pub fn caller_actions() -> Vec<&'static str> {
    sorted(&[session::CALLER_ACTIONS, organization::ACTIONS, lake::ACTIONS])
}

fn sorted(lists: &[&[&'static str]]) -> Vec<&'static str> {
    let mut actions = lists.concat();
    actions.sort_unstable();
    actions.dedup();
    actions
}

/// The policy of the role in each account. Listing and searching have no resource to be narrowed to.
pub fn member_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "SagesweepReads", "Effect": "Allow", "Action": member_actions(), "Resource": "*" }],
    })
}

/// The policy that narrows a session to the same reads, whatever else the role may do.
pub fn session_policy() -> String {
    member_policy().to_string()
}

/// The policy of the identity that runs the program, and writes the lake where it is configured.
pub fn task_policy(config: &Config) -> Value {
    let (lake, other): (Vec<_>, Vec<_>) = caller_actions().into_iter().partition(|action| action.starts_with("s3:"));
    let (assume, other): (Vec<_>, Vec<_>) = other.into_iter().partition(|action| *action == "sts:AssumeRole");
    let mut statements = vec![
        json!({ "Sid": "Organization", "Effect": "Allow", "Action": other, "Resource": "*" }),
        json!({ "Sid": "Roles", "Effect": "Allow", "Action": assume, "Resource": format!("arn:*:iam::*:role/{}", config.role.name) }),
    ];
    if let Destination::S3 { bucket, prefix } = &config.lake.destination {
        let (bucket_actions, object_actions): (Vec<_>, Vec<_>) =
            lake.into_iter().partition(|action| *action == "s3:ListBucket");
        let slash = if prefix.is_empty() { "" } else { "/" };
        let objects = format!("arn:*:s3:::{bucket}/{prefix}{slash}*");
        statements.push(json!({ "Sid": "LakeList", "Effect": "Allow", "Action": bucket_actions, "Resource": format!("arn:*:s3:::{bucket}") }));
        statements
            .push(json!({ "Sid": "LakeObjects", "Effect": "Allow", "Action": object_actions, "Resource": objects }));
    }
    if let Some(arn) = &config.role.hub_role_arn {
        statements.push(json!({ "Sid": "Hub", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn }));
    }
    if let Some(key) = &config.lake.kms_key {
        statements.push(key_statement("LakeKey", lake::store::KEY_ACTIONS, key));
    }
    if let Some(key) = &config.lake.signing_key {
        statements.push(key_statement("SigningKey", signing::ACTIONS, key));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// What is done with a key of one's own, narrowed to that key by however it is named.
fn key_statement(sid: &str, actions: &[&str], key: &str) -> Value {
    let alias = key.rsplit_once(":alias/").map(|(_, name)| format!("alias/{name}"));
    match alias.or_else(|| key.starts_with("alias/").then(|| key.to_owned())) {
        Some(alias) => json!({
            "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "arn:*:kms:*:*:key/*",
            "Condition": { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } },
        }),
        None if key.starts_with("arn:") => {
            json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": key })
        }
        None => {
            json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": format!("arn:*:kms:*:*:key/{key}") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_policy_fits_what_sts_takes() {
        assert!(session_policy().len() <= SESSION_POLICY_LIMIT);
    }

    #[test]
    fn the_task_may_sign_with_the_configured_key_alone() {
        let statement = |key: Option<&str>| {
            let mut config = Config::default();
            config.lake.signing_key = key.map(str::to_owned);
            let policy = task_policy(&config);
            let statements = policy["Statement"].as_array().unwrap().clone();
            statements.into_iter().find(|statement| statement["Action"].to_string().contains("kms:Sign"))
        };
        assert_eq!(statement(None), None);
        let arn = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd";
        let by_arn = statement(Some(arn)).unwrap();
        assert_eq!((&by_arn["Action"], &by_arn["Resource"]), (&json!(["kms:GetPublicKey", "kms:Sign"]), &json!(arn)));
        let by_alias = statement(Some("alias/audit-evidence")).unwrap();
        let condition = json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/audit-evidence" } });
        assert_eq!(by_alias["Condition"], condition);
    }

    #[test]
    fn the_member_policy_reads_and_never_writes() {
        for action in member_actions() {
            let operation = action.split(':').nth(1).unwrap();
            assert!(["Get", "List", "Describe", "Search"].iter().any(|verb| operation.starts_with(verb)), "{action}");
        }
    }
}
