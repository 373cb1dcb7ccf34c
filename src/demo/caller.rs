//! Who calls: account and session, read from the access key id and the session token, which hold all there is to know.

use hyper::HeaderMap;
use jiff::Timestamp;

use super::draw::{letters, mix};
use super::operation::Service;
use super::organization::Organization;
use super::refusal::Refusal;
use super::session_policy::Allowed;
use crate::place::{AccountId, Region};

/// The access key id of the demo's own user, who lives in the management account.
pub const ACCESS_KEY_ID: &str = "AKIASAGESWEEPDEMO000";
/// The secret that goes with [`ACCESS_KEY_ID`]; signatures are not verified.
pub const SECRET_ACCESS_KEY: &str = "simulated-secret-of-no-worth";

const TOKEN: &str = "SIM";

/// A session of an assumed role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) role: String,
    pub(super) name: String,
    pub(super) expires: Timestamp,
    /// What its session policy leaves it.
    pub(super) allowed: Allowed,
}

/// Where a call comes from and where it is meant for.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) account: AccountId,
    pub(super) region: Region,
    /// None for the demo's own user.
    pub(super) session: Option<Session>,
}

/// The access key id of a session in an account.
pub(super) fn access_key(account: AccountId, session: &str) -> String {
    let salt = mix(&[super::draw::text(session)]);
    format!("ASIA{account}{}", letters(salt, 4).to_ascii_uppercase())
}

impl Session {
    /// The session token, which carries the session; the names are legal in a header by the patterns that AWS sets for them.
    pub(super) fn token(&self) -> String {
        format!("{TOKEN}:{}:{}:{}:{}", self.expires.as_second(), self.role, self.allowed.carried(), self.name)
    }

    fn read(token: &str) -> Option<Self> {
        let mut parts = token.splitn(5, ':');
        let (kind, expires) = (parts.next()?, parts.next()?);
        let (role, allowed, name) = (parts.next()?.to_owned(), Allowed::read(parts.next()?), parts.next()?.to_owned());
        let expires = Timestamp::from_second(expires.parse().ok()?).ok()?;
        (kind == TOKEN).then_some(Self { role, name, expires, allowed })
    }
}

impl Caller {
    /// The service, and who calls it, by a request's headers.
    pub(super) fn read(
        headers: &HeaderMap,
        organization: &Organization,
    ) -> Result<(Service, Self), (Option<Service>, Refusal)> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let missing =
            || (None, Refusal::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token"));
        let scope = header("authorization").and_then(|text| text.split_once("Credential=")).ok_or_else(missing)?.1;
        let scope = scope.split([',', ' ']).next().unwrap_or_default();
        let parts: Vec<_> = scope.split('/').collect();
        let [key, _date, region, service, "aws4_request"] = parts.as_slice() else {
            return Err(missing());
        };
        let service = Service::from_scope(service).ok_or_else(|| {
            (None, Refusal::new(400, "UnknownOperationException", format!("No such service here: {service}")))
        })?;
        let unrecognized = || (Some(service), Refusal::unrecognized(service));
        let region = region.parse().ok().ok_or_else(unrecognized)?;
        if *key == ACCESS_KEY_ID {
            return Ok((service, Self { account: organization.management(), region, session: None }));
        }
        let account =
            key.strip_prefix("ASIA").filter(|rest| rest.len() == 16).and_then(|rest| rest.get(..12)?.parse().ok());
        let account = account.filter(|account| organization.account(*account).is_some()).ok_or_else(unrecognized)?;
        let session = header("x-amz-security-token").and_then(Session::read).ok_or_else(unrecognized)?;
        if session.expires <= Timestamp::now() {
            return Err((Some(service), Refusal::expired(service)));
        }
        Ok((service, Self { account, region, session: Some(session) }))
    }

    /// Whether its session policy, if it has one, leaves the caller an action.
    pub(super) fn may(&self, action: &str) -> bool {
        self.session.as_ref().is_none_or(|session| session.allowed.allows(action))
    }

    /// The ARN as `GetCallerIdentity` and error messages have it.
    pub(super) fn arn(&self) -> String {
        match &self.session {
            None => format!("arn:aws:iam::{}:user/sagesweep-demo", self.account),
            Some(session) => format!("arn:aws:sts::{}:assumed-role/{}/{}", self.account, session.role, session.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_survives_its_token() {
        let session = Session {
            role: "sagesweep-audit".to_owned(),
            name: "night@1".to_owned(),
            expires: Timestamp::from_second(1_900_000_000).unwrap(),
            allowed: Allowed::Only(vec!["sagemaker:Search".to_owned(), "kms:DescribeKey".to_owned()]),
        };
        assert_eq!(Session::read(&session.token()), Some(session));
        assert_eq!(Session::read("SIM:x"), None);
        assert_eq!(access_key("012345678901".parse().unwrap(), "s").len(), 20);
    }
}
