//! Security Token Service: who calls, and the roles of the member accounts. Query protocol, XML answers.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;

use super::account::Standing;
use super::caller::{Session, access_key};
use super::operation::Operation;
use super::refusal::{Refusal, escape};
use super::session_policy::Allowed;
use super::world::{Invocation, World};
use crate::place::AccountId;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(super) fn answer(world: &World, invocation: &Invocation) -> Result<String, Refusal> {
    if invocation.operation == Operation::AssumeRole {
        assume_role(world, invocation)
    } else {
        Ok(caller_identity(invocation))
    }
}

/// The fields of a form, decoded. Ill-formed escapes stay as they are.
pub(super) fn form(body: &[u8]) -> HashMap<String, String> {
    let text = String::from_utf8_lossy(body);
    text.split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let escaped =
            (*first == b'%').then(|| after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok())).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None if *first == b'+' => bytes.push(b' '),
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn caller_identity(invocation: &Invocation) -> String {
    let (arn, account) = (escape(&invocation.caller.arn()), invocation.caller.account);
    let user = invocation.caller.session.as_ref().map_or_else(
        || "AIDASAGESWEEPDEMO000".to_owned(),
        |session| format!("AROASAGESWEEPDEMO000:{}", escape(&session.name)),
    );
    format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>{user}</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>{account}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
}

fn assume_role(world: &World, invocation: &Invocation) -> Result<String, Refusal> {
    let form = form(&invocation.body);
    let field = |name: &str| form.get(name).map(String::as_str);
    let role_arn = field("RoleArn")
        .ok_or_else(|| invalid("Value null at 'roleArn' failed to satisfy constraint: Member must not be null"))?;
    let name = field("RoleSessionName").ok_or_else(|| {
        invalid("Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null")
    })?;
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if !(2..=64).contains(&name.len()) || !name.bytes().all(lawful) {
        return Err(invalid(&format!(
            "Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )));
    }
    let policy = field("Policy").unwrap_or_default();
    if policy.chars().count() > 2048 {
        return Err(invalid(
            "Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
        ));
    }
    let allowed = if policy.is_empty() {
        Allowed::All
    } else {
        Allowed::by(policy)
            .ok_or_else(|| Refusal::new(400, "MalformedPolicyDocument", "This policy contains invalid Json"))?
    };
    if field("ExternalId").is_some_and(|id| !(2..=1224).contains(&id.len())) {
        return Err(invalid(
            "Value at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
        ));
    }
    let seconds = duration(field("DurationSeconds"), invocation)?;
    let (account, role) = target(role_arn).ok_or_else(|| invalid(&format!("{role_arn} is invalid")))?;
    if !may_assume(world, account, role, field("ExternalId")) {
        return Err(invocation.denied(&format!("on resource: {role_arn}")));
    }
    let lifetime = world.behaviour.session_lifetime.map_or(seconds, |longest| seconds.min(longest));
    let expires = Timestamp::now().saturating_add(lifetime).unwrap_or(Timestamp::MAX);
    let role = role.rsplit('/').next().unwrap_or(role);
    if allowed == Allowed::All {
        world.sessions_at_large.fetch_add(1, Ordering::Relaxed);
    }
    let session = Session { role: role.to_owned(), name: name.to_owned(), expires, allowed };
    Ok(credentials(account, &session, field("SourceIdentity")))
}

fn credentials(account: AccountId, session: &Session, source_identity: Option<&str>) -> String {
    let (role, name) = (escape(&session.role), escape(&session.name));
    let expires = Timestamp::from_second(session.expires.as_second()).unwrap_or(session.expires);
    let source = source_identity
        .map(|identity| format!("<SourceIdentity>{}</SourceIdentity>", escape(identity)))
        .unwrap_or_default();
    format!(
        "<AssumeRoleResponse xmlns=\"{NAMESPACE}\"><AssumeRoleResult>{source}<AssumedRoleUser><AssumedRoleId>AROASAGESWEEPDEMO000:{name}</AssumedRoleId>\
         <Arn>arn:aws:sts::{account}:assumed-role/{role}/{name}</Arn></AssumedRoleUser><Credentials><AccessKeyId>{}</AccessKeyId>\
         <SecretAccessKey>simulated-secret-of-a-session</SecretAccessKey><SessionToken>{}</SessionToken><Expiration>{expires}</Expiration></Credentials>\
         <PackedPolicySize>6</PackedPolicySize></AssumeRoleResult><ResponseMetadata><RequestId>{account}</RequestId></ResponseMetadata></AssumeRoleResponse>",
        access_key(account, &session.name),
        escape(&session.token())
    )
}

fn duration(field: Option<&str>, invocation: &Invocation) -> Result<Duration, Refusal> {
    let text = field.unwrap_or("3600");
    let seconds = text.parse().ok().filter(|seconds| (900..=43_200).contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        invalid(&format!("Value '{text}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200"))
    })?;
    if invocation.caller.session.is_some() && seconds > 3600 {
        return Err(Refusal::new(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    Ok(Duration::from_secs(seconds))
}

/// Account and role (with its path) of a role's ARN.
fn target(role_arn: &str) -> Option<(AccountId, &str)> {
    let (account, resource) = role_arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
    Some((account.parse().ok()?, resource.strip_prefix("role/").filter(|role| !role.is_empty())?))
}

fn may_assume(world: &World, account: AccountId, role: &str, external_id: Option<&str>) -> bool {
    let behaviour = &world.behaviour;
    match world.organization.account(account).map(|account| account.standing) {
        Some(Standing::Management) => behaviour.hub_role.as_deref() == Some(role),
        Some(Standing::Member) => {
            behaviour.role_name.as_deref().is_none_or(|name| name == role)
                && (behaviour.external_id.is_none() || behaviour.external_id.as_deref() == external_id)
        }
        Some(Standing::RefusesRole | Standing::Suspended) | None => false,
    }
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(400, "ValidationError", format!("1 validation error detected: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let form = form(b"Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1&Policy=%7B%22a%22+%3A+1%7D&Odd=100%&Empty=");
        assert_eq!(form["RoleArn"], "arn:aws:iam::1");
        assert_eq!(form["Policy"], "{\"a\" : 1}");
        assert_eq!((form["Odd"].as_str(), form["Empty"].as_str()), ("100%", ""));
    }
}
