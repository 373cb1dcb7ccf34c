//! The IAM policies that the program needs, made from the actions that stand beside the calls.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{
    check::Check,
    config::{self, Config, Destination, ExceptionsFile, UrlSource},
    exception::source,
    lake, notify, organization,
    session::{self, regions},
    signing,
};

/// The most characters that STS takes as an inline session policy.
pub const SESSION_POLICY_LIMIT: usize = 2048;

/// The actions that the role in each account needs for these checks, sorted: to read their resources, and what they look at
/// besides.
pub fn member_actions(checks: &[&Check]) -> Vec<&'static str> {
    sorted(checks.iter().flat_map(|check| check.actions()).chain(regions::ACTIONS.iter().copied()))
}

/// The actions that our own identity needs, sorted; those on the bucket only where the lake is one.
pub fn caller_actions() -> Vec<&'static str> {
    sorted([session::CALLER_ACTIONS, organization::ACTIONS, lake::ACTIONS].concat())
}

fn sorted(actions: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let mut actions = actions.into_iter().collect::<Vec<_>>();
    actions.sort_unstable();
    actions.dedup();
    actions
}

/// The policy of the role in each account, for these checks. Listing and searching have no resource to be narrowed to.
/// Without what a check needs, its findings come out as UNKNOWN.
pub fn member_policy(checks: &[&Check]) -> Value {
    document(&[reads("SagesweepReads", checks)])
}

/// The policy that narrows a session to the same reads, whatever else the role may do.
pub fn session_policy(checks: &[&Check]) -> String {
    narrow(member_policy(checks))
}

/// A policy as narrow as STS takes it: where the names of all actions of SageMaker would be too long, their verbs.
pub fn narrow(mut policy: Value) -> String {
    let text = policy.to_string();
    if text.len() <= SESSION_POLICY_LIMIT {
        return text;
    }
    for statement in policy.get_mut("Statement").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(actions) = statement.get_mut("Action").and_then(Value::as_array_mut) else { continue };
        let verbs = actions.iter().map(|action| by_verb(action.as_str().unwrap_or_default())).collect::<BTreeSet<_>>();
        *actions = verbs.into_iter().map(Value::from).collect();
    }
    policy.to_string()
}

/// An action of SageMaker with all that begin with the same verb; another one as it is.
fn by_verb(action: &str) -> String {
    let verb = ["sagemaker:Describe", "sagemaker:List"].into_iter().find(|verb| action.starts_with(verb));
    verb.map_or_else(|| action.to_owned(), |verb| format!("{verb}*"))
}

/// The policy of the identity that runs the program: it reaches the organization, through the hub role where there is
/// one, and writes the lake. The roles in the accounts are those of the organization `org_id`, where it is known.
pub fn task_policy(config: &Config, checks: &[&Check], org_id: Option<&str>) -> Value {
    let mut statements = match &config.role.hub_role_arn {
        Some(arn) => vec![
            json!({ "Sid": "Caller", "Effect": "Allow", "Action": session::GET_CALLER_IDENTITY, "Resource": "*" }),
            json!({ "Sid": "Hub", "Effect": "Allow", "Action": session::credentials::ASSUME_ROLE, "Resource": arn }),
        ],
        None => organization_statements(config, checks, org_id),
    };
    if let Destination::S3 { bucket, prefix } = &config.lake.destination {
        let (bucket_actions, object_actions): (Vec<_>, Vec<_>) =
            lake::ACTIONS.iter().copied().partition(|action| *action == "s3:ListBucket");
        let slash = if prefix.is_empty() { "" } else { "/" };
        let objects = format!("arn:*:s3:::{bucket}/{prefix}{slash}*");
        statements.push(json!({ "Sid": "LakeList", "Effect": "Allow", "Action": bucket_actions, "Resource": format!("arn:*:s3:::{bucket}") }));
        statements
            .push(json!({ "Sid": "LakeObjects", "Effect": "Allow", "Action": object_actions, "Resource": objects }));
    }
    if let Some(ExceptionsFile::S3 { bucket, key }) = &config.exceptions.file {
        let object = format!("arn:*:s3:::{bucket}/{key}");
        statements
            .push(json!({ "Sid": "Exceptions", "Effect": "Allow", "Action": source::ACTIONS, "Resource": object }));
    }
    if let Some(key) = &config.lake.kms_key {
        statements.push(key_statement("LakeKey", lake::store::KEY_ACTIONS, key));
    }
    if let Some(key) = &config.lake.signing_key {
        statements.push(key_statement("SigningKey", signing::ACTIONS, key));
    }
    statements.extend(notify_statements(&config.notify));
    document(&statements)
}

/// Those who are told, each on its own.
fn notify_statements(told: &config::Notify) -> Vec<Value> {
    let statement = |sid: &str, action: &str, arn: &config::Arn| json!({ "Sid": sid, "Effect": "Allow", "Action": action, "Resource": arn.as_str() });
    let topic = told.sns_topic.as_ref().map(|arn| statement("NotifyTopic", notify::PUBLISH, arn));
    let event_bus = told.event_bus.as_ref().map(|arn| statement("NotifyEventBus", notify::PUT_EVENTS, arn));
    let secret = match &told.webhook {
        Some(UrlSource::Secret(arn)) => Some(statement("NotifyWebhook", notify::GET_SECRET_VALUE, arn)),
        Some(UrlSource::Environment(_)) | None => None,
    };
    topic.into_iter().chain(event_bus).chain(secret).collect()
}

/// The policy of the hub role, through which Organizations and the accounts are reached; it also narrows its sessions.
/// The roles in the accounts are those of the organization `org_id`, where it is known.
pub fn hub_policy(config: &Config, checks: &[&Check], org_id: Option<&str>) -> Value {
    document(&organization_statements(config, checks, org_id))
}

/// Who we are, the organization, the roles in the accounts, and the own account where that is audited without its role.
fn organization_statements(config: &Config, checks: &[&Check], org_id: Option<&str>) -> Vec<Value> {
    let other = sorted([&[session::GET_CALLER_IDENTITY], organization::ACTIONS].concat());
    let roles = format!("arn:*:iam::*:role/{}", config.role.name);
    let assume = session::credentials::ASSUME_ROLE;
    let mut assumed = json!({ "Sid": "Roles", "Effect": "Allow", "Action": assume, "Resource": roles });
    if let (Some(id), Some(members)) = (org_id, assumed.as_object_mut()) {
        members.insert("Condition".to_owned(), json!({ "StringEquals": { "aws:ResourceOrgID": id } }));
    }
    let mut statements =
        vec![json!({ "Sid": "Organization", "Effect": "Allow", "Action": other, "Resource": "*" }), assumed];
    if config.role.own_account_directly || config.organization.management_account {
        statements.push(reads("OwnAccount", checks));
    }
    statements
}

fn reads(sid: &str, checks: &[&Check]) -> Value {
    json!({ "Sid": sid, "Effect": "Allow", "Action": member_actions(checks), "Resource": "*" })
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The trust policy of the role in each account: `principal`, an ARN, may assume it under the conditions that there are.
pub fn trust_policy(role: &config::Role, principal: &str, org_id: Option<&str>) -> Value {
    let mut actions = vec![session::credentials::ASSUME_ROLE];
    actions.extend((!role.session_tags.is_empty()).then_some("sts:TagSession"));
    actions.extend(role.source_identity.is_some().then_some("sts:SetSourceIdentity"));
    let mut conditions = Map::new();
    conditions.extend(role.external_id.as_deref().map(|id| ("sts:ExternalId".to_owned(), id.into())));
    conditions.extend(org_id.map(|id| ("aws:PrincipalOrgID".to_owned(), id.into())));
    let mut statement = json!({
        "Sid": "SagesweepAssumes", "Effect": "Allow", "Principal": { "AWS": principal }, "Action": actions,
    });
    if let (false, Some(members)) = (conditions.is_empty(), statement.as_object_mut()) {
        members.insert("Condition".to_owned(), json!({ "StringEquals": conditions }));
    }
    document(&[statement])
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
    use crate::check::{CHECKS, selection::Selection};

    fn config() -> Config {
        let mut config = Config::default();
        config.role.hub_role_arn = Some("arn:aws:iam::111111111111:role/hub".to_owned());
        config.role.external_id = Some("outside".to_owned());
        config.lake.destination = "s3://audit-lake/nightly".parse().unwrap();
        config.lake.kms_key = Some("alias/audit-lake".to_owned());
        config.exceptions.file = Some("s3://audit-config/exceptions.toml".parse().unwrap());
        config
    }

    /// The actions of a policy with the resource of each.
    fn grants(policy: &Value) -> Vec<(String, String)> {
        let statements = policy["Statement"].as_array().unwrap().iter();
        let grants = statements.flat_map(|statement| {
            let action = &statement["Action"];
            let many = || serde_json::from_value(action.clone()).unwrap();
            let actions = action.as_str().map_or_else(many, |one| vec![one.to_owned()]);
            assert_eq!(statement["Effect"], "Allow");
            let resource = statement["Resource"].as_str().unwrap().to_owned();
            actions.into_iter().map(move |action| (action, resource.clone()))
        });
        grants.collect()
    }

    fn is_read(action: &str) -> bool {
        let operation = action.split_once(':').unwrap().1;
        ["Get", "List", "Describe", "Search"].iter().any(|verb| operation.starts_with(verb))
    }

    #[test]
    fn the_session_policies_fit_what_sts_takes() {
        assert!(session_policy(CHECKS).len() <= SESSION_POLICY_LIMIT);
        let mut config = config();
        config.role.name = format!("{}/{}", "p".repeat(510), "n".repeat(64));
        assert!(narrow(hub_policy(&config, CHECKS, None)).len() <= SESSION_POLICY_LIMIT);
    }

    #[test]
    fn the_task_may_sign_with_the_configured_key_alone() {
        let statement = |key: Option<&str>| {
            let mut config = Config::default();
            config.lake.signing_key = key.map(str::to_owned);
            let policy = task_policy(&config, CHECKS, None);
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
    fn the_task_may_tell_those_who_are_configured_and_nobody_else() {
        assert!(!task_policy(&Config::default(), CHECKS, None).to_string().contains("Notify"));
        let mut config = Config::default();
        let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:audit/webhook-a1b2c3";
        let text = format!(
            "notify.sns_topic = 'arn:aws:sns:eu-central-1:111111111111:audit'
             notify.event_bus = 'arn:aws:events:eu-central-1:111111111111:event-bus/audit'
             notify.webhook = '{secret}'"
        );
        config.notify = Config::read("x.toml".as_ref(), &text).unwrap().notify;
        let policy = task_policy(&config, CHECKS, None);
        let told = policy["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["Sid"].as_str().unwrap().starts_with("Notify"));
        let told = told.map(|one| format!("{} {}", one["Action"], one["Resource"])).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                r#""sns:Publish" "arn:aws:sns:eu-central-1:111111111111:audit""#,
                r#""events:PutEvents" "arn:aws:events:eu-central-1:111111111111:event-bus/audit""#,
                &format!(r#""secretsmanager:GetSecretValue" "{secret}""#),
            ]
        );
        config.notify.webhook = Some("env:AUDIT_WEBHOOK_URL".parse().unwrap());
        assert!(!task_policy(&config, CHECKS, None).to_string().contains("NotifyWebhook"));
    }

    #[test]
    fn the_member_policy_reads_and_never_writes() {
        assert!(member_actions(CHECKS).into_iter().all(is_read));
        assert!(grants(&member_policy(CHECKS)).iter().all(|(action, _)| is_read(action)));
    }

    #[test]
    fn whatever_is_no_read_is_on_the_bucket_its_key_or_a_role() {
        let mut with_key = config();
        with_key.lake.kms_key = Some("arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab".to_owned());
        let mut without_hub = config();
        without_hub.role.hub_role_arn = None;
        for config in [config(), with_key, without_hub, Config::default()] {
            let policies = [task_policy(&config, CHECKS, None), hub_policy(&config, CHECKS, None)];
            for (action, resource) in policies.iter().flat_map(grants) {
                let narrow = match action.split_once(':').unwrap().0 {
                    "s3" if resource == "arn:*:s3:::audit-config/exceptions.toml" => action == "s3:GetObject",
                    "s3" => resource == "arn:*:s3:::audit-lake" || resource == "arn:*:s3:::audit-lake/nightly/*",
                    "kms" if !member_actions(CHECKS).contains(&&*action) => resource.contains(":key/"),
                    "sts" if !is_read(&action) => resource.contains(":role/") && !resource.ends_with("role/*"),
                    _ => is_read(&action),
                };
                assert!(narrow, "{action} on {resource}");
                assert!(!action.contains('*'), "{action}");
            }
        }
    }

    #[test]
    fn a_key_named_by_its_alias_is_narrowed_by_a_condition() {
        let policy = task_policy(&config(), CHECKS, None);
        let key = policy["Statement"].as_array().unwrap().iter().find(|statement| statement["Sid"] == "LakeKey");
        let alias = &key.unwrap()["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"];
        assert_eq!(alias, "alias/audit-lake");
    }

    #[test]
    fn behind_a_hub_the_task_reaches_the_hub_and_the_lake_alone() {
        let hub =
            grants(&task_policy(&config(), CHECKS, None)).into_iter().filter(|(action, _)| action.starts_with("sts:"));
        let hub = hub.map(|(_, resource)| resource).collect::<Vec<_>>();
        assert_eq!(hub, ["*", "arn:aws:iam::111111111111:role/hub"]);
    }

    #[test]
    fn only_roles_of_the_own_organization_are_assumed_where_it_is_known() {
        let mut without_hub = config();
        without_hub.role.hub_role_arn = None;
        let conditions = |policy: &Value| {
            let statements = policy["Statement"].as_array().unwrap().iter();
            let assumed = statements.filter(|statement| statement["Action"] == "sts:AssumeRole");
            assumed.map(|statement| statement.get("Condition").cloned()).collect::<Vec<_>>()
        };
        let own = json!({ "StringEquals": { "aws:ResourceOrgID": "o-abc1234567" } });
        let org_id = Some("o-abc1234567");
        assert_eq!(conditions(&task_policy(&without_hub, CHECKS, org_id)), [Some(own.clone())]);
        assert_eq!(conditions(&hub_policy(&config(), CHECKS, org_id)), [Some(own)]);
        assert_eq!(conditions(&task_policy(&without_hub, CHECKS, None)), [None]);
        // The hub role is one role, named in full.
        assert_eq!(conditions(&task_policy(&config(), CHECKS, org_id)), [None]);
    }

    #[test]
    fn checks_that_need_no_keys_describe_none() {
        let of = |pattern: &str| member_policy(Selection::named(&[pattern.parse().unwrap()]).checks()).to_string();
        assert!(!of("training-job-vpc").contains("kms:"));
        assert!(of("training-job-vpc").contains("sagemaker:Search"));
    }

    #[test]
    fn a_policy_that_is_too_long_for_a_session_names_verbs_and_nothing_but_reads() {
        let short = session_policy(Selection::named(&["training-job-vpc".parse().unwrap()]).checks());
        assert!(short.contains("sagemaker:ListTrainingJobs"));
        let long = narrow(json!({ "Statement": [{ "Action": vec!["sagemaker:DescribeX"; 200], "Effect": "Allow" }] }));
        assert_eq!(long, r#"{"Statement":[{"Action":["sagemaker:Describe*"],"Effect":"Allow"}]}"#);
    }

    #[test]
    fn trust_is_conditional_on_what_is_known() {
        let principal = "arn:aws:iam::111111111111:role/audit-task";
        let policy = trust_policy(&config().role, principal, Some("o-abc1234567"));
        insta::assert_snapshot!(policy.to_string(), @r#"{"Statement":[{"Action":["sts:AssumeRole"],"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abc1234567","sts:ExternalId":"outside"}},"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/audit-task"},"Sid":"SagesweepAssumes"}],"Version":"2012-10-17"}"#);
        let mut role = config::Role::default();
        assert_eq!(trust_policy(&role, principal, None)["Statement"][0].get("Condition"), None);
        role.source_identity = Some("nightly".to_owned());
        role.session_tags.insert("purpose".to_owned(), "audit".to_owned());
        let policy = trust_policy(&role, principal, None);
        assert_eq!(grants_of_trust(&policy), ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    }

    fn grants_of_trust(policy: &Value) -> Vec<String> {
        serde_json::from_value(policy["Statement"][0]["Action"].clone()).unwrap()
    }
}
