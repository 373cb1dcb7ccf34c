//! Credentials of an assumed role: kept until shortly before they expire, fetched by one caller at a time.

use std::{collections::BTreeMap, fmt, sync::Arc};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::{gate::Gate, policy};
use crate::{check::selection::Selection, config::Config, coverage::Outcome, outcome::Refusal};

/// The IAM action, and the API, that assumes a role.
pub(crate) const ASSUME_ROLE: &str = "sts:AssumeRole";

/// What is asked of `sts:AssumeRole`.
#[derive(Debug, Clone)]
pub struct Request {
    /// The role.
    pub role_arn: String,
    /// The external id of its trust policy.
    pub external_id: Option<String>,
    /// The session's name in the account's trail.
    pub session_name: String,
    /// Session tags; they need `sts:TagSession` in the trust policy.
    pub session_tags: BTreeMap<String, String>,
    /// The source identity; it needs `sts:SetSourceIdentity` in the trust policy.
    pub source_identity: Option<String>,
    /// How long a session lasts, in seconds; at most 3,600 where a role assumes a role.
    pub duration_seconds: i32,
    /// The policy that narrows the session.
    pub session_policy: Option<Arc<str>>,
}

impl Request {
    /// What the configuration asks for, without the ARN.
    pub fn configured(config: &Config) -> Self {
        let role = &config.role;
        let policy = || policy::session_policy(Selection::configured(&config.checks).checks()).into();
        Self {
            role_arn: String::new(),
            external_id: role.external_id.clone(),
            session_name: role.session_name.clone(),
            session_tags: role.session_tags.clone(),
            source_identity: role.source_identity.clone(),
            duration_seconds: i32::from(role.duration_seconds),
            session_policy: role.session_policy.then(policy),
        }
    }
}

/// A provider of one role's credentials.
#[derive(Clone)]
pub struct RoleCredentials {
    inner: Arc<Inner>,
}

struct Inner {
    gate: Gate,
    request: Request,
    current: Mutex<Option<(Credentials, Timestamp)>>,
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RoleCredentials")
            .field("role_arn", &self.inner.request.role_arn)
            .finish_non_exhaustive()
    }
}

impl RoleCredentials {
    /// A provider that asks STS through `gate`; nothing is asked before credentials are wanted.
    pub fn new(gate: Gate, request: Request) -> Self {
        Self { inner: Arc::new(Inner { gate, request, current: Mutex::new(None) }) }
    }

    /// The credentials, fetched when there are none or when a sixth of their time is left.
    pub async fn current(&self) -> Result<Credentials, Refusal> {
        let mut current = self.inner.current.lock().await;
        let margin = SignedDuration::from_secs(i64::from(self.inner.request.duration_seconds / 6));
        match &*current {
            Some((credentials, expiry)) if expiry.duration_since(Timestamp::now()) > margin => Ok(credentials.clone()),
            _ => {
                let (credentials, expiry) = self.fetch().await?;
                *current = Some((credentials.clone(), expiry));
                Ok(credentials)
            }
        }
    }

    /// Forgets the credentials, because the service says that they have expired.
    pub async fn forget(&self) {
        *self.inner.current.lock().await = None;
    }

    async fn fetch(&self) -> Result<(Credentials, Timestamp), Refusal> {
        let Inner { gate, request, current: _ } = &*self.inner;
        let client = gate.sts();
        let tags = request
            .session_tags
            .iter()
            .map(|(key, value)| aws_sdk_sts::types::Tag::builder().key(key).value(value).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Refusal::new(Outcome::Error, ASSUME_ROLE, "InvalidTag", error.to_string()))?;
        let send = || {
            client
                .assume_role()
                .role_arn(&request.role_arn)
                .role_session_name(&request.session_name)
                .set_external_id(request.external_id.clone())
                .set_source_identity(request.source_identity.clone())
                .set_tags((!tags.is_empty()).then(|| tags.clone()))
                .set_policy(request.session_policy.as_deref().map(str::to_owned))
                .duration_seconds(request.duration_seconds)
                .send()
        };
        let answer = gate.call(ASSUME_ROLE, send).await.map_err(as_refused_role)?;
        let Some(session) = answer.credentials() else {
            return Err(Refusal::new(Outcome::MalformedAnswer, ASSUME_ROLE, "MalformedAnswer", "no credentials in it"));
        };
        let expiry = Timestamp::from_second(session.expiration().secs()).map_err(|error| {
            Refusal::new(Outcome::MalformedAnswer, ASSUME_ROLE, "MalformedAnswer", error.to_string())
        })?;
        let credentials = Credentials::new(
            session.access_key_id(),
            session.secret_access_key(),
            Some(session.session_token().to_owned()),
            std::time::SystemTime::try_from(*session.expiration()).ok(),
            "AssumeRole",
        );
        Ok((credentials, expiry))
    }
}

/// A denial by STS is about the role, its trust policy or the account, which STS does not tell apart.
fn as_refused_role(refusal: Refusal) -> Refusal {
    let denied = matches!(refusal.outcome, Outcome::AccessDenied | Outcome::DeniedByScp | Outcome::RegionDisabled);
    // Such as a duration that the role does not allow, or a policy that is too large.
    let invalid = refusal.outcome == Outcome::Error
        && refusal.code.starts_with(|first: char| first.is_ascii_uppercase())
        && !matches!(
            refusal.code.as_str(),
            "ConnectionFailed" | "DispatchFailure" | "RequestNotSent" | "InternalFailure"
        )
        && !refusal.code.starts_with("HTTP ");
    if denied || invalid { Refusal { outcome: Outcome::AssumeRoleFailed, ..refusal } } else { refusal }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.current().await.map_err(CredentialsError::provider_error) })
    }
}
