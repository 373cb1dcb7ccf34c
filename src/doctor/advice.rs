//! What mends a problem, word for word: policies, commands and settings with this run's own names in them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::observation::Advice;
use crate::{
    check::selection::Selection,
    config::Config,
    organization,
    place::{AccountId, Region},
    session::{Caller, policy},
};

/// A sentence.
pub(super) fn say(text: impl Into<String>) -> Advice {
    Advice::Say(text.into())
}

/// How to make the role of an account, or mend it.
pub(super) fn role(config: &Config, caller: &Caller) -> Vec<Advice> {
    let name = config.role.name.rsplit('/').next().unwrap_or_default();
    let path = config.role.name.strip_suffix(name).unwrap_or_default();
    let path = if path.is_empty() { String::new() } else { format!(" --path /{path}") };
    vec![
        say(
            "STS does not say which: the account has no role of this name, or the role's trust policy does not let us in, or its external id is another. Make the role in each of these accounts:",
        ),
        Advice::Command("sagesweep iam-policy member > member.json".to_owned()),
        Advice::Command(format!(
            "aws iam create-role --role-name {name}{path} --assume-role-policy-document file://trust.json"
        )),
        Advice::Command(format!(
            "aws iam put-role-policy --role-name {name} --policy-name sagesweep --policy-document file://member.json"
        )),
        say("Or, where the role is there, set its trust policy:"),
        Advice::Command(format!(
            "aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json"
        )),
        say("trust.json, for us as we are now (if our own role has a path, put it in front of its name):"),
        Advice::Policy(trust_policy(config, caller)),
    ]
}

/// The trust policy that lets us, or the hub role, into an account.
pub(super) fn trust_policy(config: &Config, caller: &Caller) -> Value {
    let principal = config.role.hub_role_arn.clone().unwrap_or_else(|| principal(&caller.arn));
    policy::trust_policy(&config.role, &principal, None)
}

/// The principal behind a caller's ARN: of a session its role, whose path the ARN does not tell.
fn principal(arn: &str) -> String {
    let parts = arn.splitn(6, ':').collect::<Vec<_>>();
    match parts.as_slice() {
        [_, partition, "sts", "", account, resource] => match resource.split('/').collect::<Vec<_>>().as_slice() {
            ["assumed-role", role, ..] => format!("arn:{partition}:iam::{account}:role/{role}"),
            _ => format!("arn:{partition}:iam::{account}:root"),
        },
        _ => arn.to_owned(),
    }
}

/// Why the role is seldom in the management account.
pub(super) fn management_account(id: AccountId) -> Advice {
    say(format!(
        "{id} is the management account, which stack sets do not reach: make the role there by hand, or set organization.management_account = false."
    ))
}

/// The policy that the role of each account needs.
pub(super) fn member(config: &Config) -> Vec<Advice> {
    let name = config.role.name.rsplit('/').next().unwrap_or_default();
    vec![
        say("The role's policies must allow all of this, and no permissions boundary may take it away:"),
        Advice::Policy(policy::member_policy(Selection::configured(&config.checks).checks())),
        Advice::Command(format!(
            "aws iam put-role-policy --role-name {name} --policy-name sagesweep --policy-document file://member.json"
        )),
    ]
}

/// The policy that our own identity needs.
pub(super) fn task(config: &Config) -> Vec<Advice> {
    vec![
        say("The policies of the identity that runs the program must allow all of this:"),
        Advice::Policy(policy::task_policy(config, Selection::configured(&config.checks).checks(), None)),
    ]
}

/// How to be let through by a service control policy, or to leave the regions out.
pub(super) fn service_control_policy(config: &Config, regions: &[Region]) -> Vec<Advice> {
    let condition = json!({ "Condition": { "ArnNotLike": { "aws:PrincipalArn": format!("arn:*:iam::*:role/{}", config.role.name) } } });
    let mut advice = vec![
        say("Exempt the role in the statement of the service control policy that denies, with this condition:"),
        Advice::Policy(condition),
    ];
    if !regions.is_empty() {
        advice.push(say("Or, if nothing can be there since nobody may make it, leave the regions out:"));
        let excluded = config.regions.exclude.iter().chain(regions).collect::<BTreeSet<_>>();
        let excluded = excluded.into_iter().map(|region| format!("\"{region}\"")).collect::<Vec<_>>();
        advice.push(Advice::Setting(format!("regions.exclude = [{}]", excluded.join(", "))));
    }
    advice
}

/// How to be allowed to list the organization.
pub(super) fn organization(config: &Config, caller: &Caller) -> Vec<Advice> {
    let delegation = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Sagesweep",
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:{}:iam::{}:root", caller.partition, caller.account) },
            "Action": organization::ACTIONS,
            "Resource": "*",
        }],
    });
    let mut advice = vec![
        say("Run in the management account, or let the management account delegate this to ours:"),
        Advice::Command("aws organizations put-resource-policy --content file://delegation.json".to_owned()),
        say("delegation.json:"),
        Advice::Policy(delegation),
        say("Or name the accounts, and Organizations is not asked at all:"),
        Advice::Setting("organization.accounts = [\"111111111111\", \"222222222222\"]".to_owned()),
    ];
    advice.extend(task(config));
    advice
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Partition;

    fn caller(arn: &str) -> Caller {
        Caller { account: "111122223333".parse().unwrap(), arn: arn.to_owned(), partition: Partition::Aws }
    }

    #[test]
    fn a_session_is_trusted_by_its_role_and_anybody_else_as_they_are() {
        for (arn, expected) in [
            ("arn:aws:sts::111122223333:assumed-role/task/0a1b", "arn:aws:iam::111122223333:role/task"),
            ("arn:aws-cn:sts::111122223333:federated-user/ann", "arn:aws-cn:iam::111122223333:root"),
            ("arn:aws:iam::111122223333:user/path/ann", "arn:aws:iam::111122223333:user/path/ann"),
        ] {
            assert_eq!(principal(arn), expected);
        }
    }

    #[test]
    fn the_trust_policy_asks_for_what_the_sessions_carry() {
        let mut config = Config::default();
        let plain = trust_policy(&config, &caller("arn:aws:iam::111122223333:user/ann"));
        assert_eq!(plain["Statement"][0]["Action"], json!(["sts:AssumeRole"]));
        assert_eq!(plain["Statement"][0].get("Condition"), None);
        config.role.external_id = Some("night".to_owned());
        config.role.source_identity = Some("audit".to_owned());
        config.role.session_tags = [("a".to_owned(), "b".to_owned())].into();
        config.role.hub_role_arn = Some("arn:aws:iam::111122223333:role/x/hub".to_owned());
        let full = trust_policy(&config, &caller("arn:aws:sts::111122223333:assumed-role/hub/s"));
        let statement = &full["Statement"][0];
        assert_eq!(statement["Principal"]["AWS"], "arn:aws:iam::111122223333:role/x/hub");
        assert_eq!(statement["Action"], json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]));
        assert_eq!(statement["Condition"]["StringEquals"]["sts:ExternalId"], "night");
    }
}
