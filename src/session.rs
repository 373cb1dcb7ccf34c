//! The way into each account: one HTTP client for all, one assumed role an account, one gate a region.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use aws_config::{
    BehaviorVersion, ConfigLoader, SdkConfig, identity::IdentityCache, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::OnceCell;

pub mod clients;
pub mod credentials;
pub mod gate;
mod http;
pub mod policy;
pub mod regions;
mod whole;

use clients::Clients;
use credentials::RoleCredentials;
use gate::Gate;

use crate::{
    check::selection::Selection,
    config::{self, Config},
    outcome::Refusal,
    place::{AccountId, Partition, Region},
    throttle::{Counters, Pace, Throttle},
};

/// IAM actions of the caller's own identity, beside those that list the organization and write the lake.
pub const CALLER_ACTIONS: &[&str] = &[GET_CALLER_IDENTITY, credentials::ASSUME_ROLE];
pub(crate) const GET_CALLER_IDENTITY: &str = "sts:GetCallerIdentity";

/// A loader of the SDK's own configuration chain (profiles, SSO, ECS task role, endpoint variables) with the one
/// HTTP client, timeouts and retries that all our clients share.
///
/// The timeouts must be the same everywhere: connectors are cached by them, and the pool would split. Without them
/// the SDK waits for a silent server for ever.
pub fn sdk_config_loader() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::client())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(Duration::from_secs(20))
                .operation_attempt_timeout(Duration::from_secs(30))
                .operation_timeout(Duration::from_mins(3))
                .build(),
        )
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(6)
                .with_initial_backoff(Duration::from_millis(500))
                .with_max_backoff(Duration::from_secs(20)),
        )
}

/// Who we are, from `sts:GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Our account.
    pub account: AccountId,
    /// Our ARN.
    pub arn: String,
    /// The partition that we run in.
    pub partition: Partition,
}

/// Why the run cannot begin.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Nobody to be: no credentials, or no way to reach STS.
    #[error("cannot find out who we are; check the credentials, AWS_REGION and the network")]
    Identity(#[source] Refusal),
    /// The hub role refused us.
    #[error("cannot assume the hub role {arn}; check its trust policy and role.hub_external_id")]
    Hub {
        /// The hub role.
        arn: String,
        /// Its refusal.
        #[source]
        refusal: Refusal,
    },
    /// An identity that is not of an account in a partition that we know.
    #[error(
        "the answer of sts:GetCallerIdentity names no account of a known partition: {0}; use credentials of aws, aws-cn or aws-us-gov"
    )]
    Arn(String),
}

/// Everything that reaches AWS.
pub struct Aws {
    base: SdkConfig,
    caller: Caller,
    role: config::Role,
    throttle: Arc<Throttle>,
    home: Gate,
    /// What is asked of each role; only its ARN differs.
    request: credentials::Request,
    /// The clients of each region, for all accounts.
    regional: Mutex<HashMap<Region, Arc<Clients>>>,
    sessions: Mutex<HashMap<AccountId, Arc<Opened>>>,
}

impl fmt::Debug for Aws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Aws").field("caller", &self.caller).finish_non_exhaustive()
    }
}

/// The way into an account once somebody asked for it, or why there is none.
type Opened = OnceCell<Result<Arc<Session>, Refusal>>;

/// A way into one account, for all its regions.
#[derive(Debug)]
pub struct Session {
    account: AccountId,
    /// None: our own.
    credentials: Option<RoleCredentials>,
}

impl Aws {
    /// Finds out who we are and, where one is configured, goes through the hub role.
    pub async fn connect(sdk: &SdkConfig, config: &Config, throttle: Arc<Throttle>) -> Result<Self, ConnectError> {
        let region = sdk.region().map_or_else(|| Partition::Aws.home_region().to_owned(), ToString::to_string);
        let mut base = in_region(sdk, &region);
        let pace = Arc::new(Pace::default());
        let mut caller = identify(&base, &throttle, &pace).await?;
        let mut hub = None;

        if let Some(arn) = &config.role.hub_role_arn {
            let request = credentials::Request {
                role_arn: arn.clone(),
                external_id: config.role.hub_external_id.clone(),
                session_policy: config.role.session_policy.then(|| {
                    let selection = Selection::configured(&config.checks);
                    policy::narrow(policy::hub_policy(config, selection.checks(), None)).into()
                }),
                ..credentials::Request::configured(config)
            };
            let gate = Gate::new(Arc::new(Clients::new(base.clone())), Arc::clone(&throttle), Arc::clone(&pace), None);
            let provider = RoleCredentials::new(gate, request);
            provider.current().await.map_err(|refusal| ConnectError::Hub { arn: arn.clone(), refusal })?;
            base = with_credentials(&base, provider.clone());
            hub = Some(provider);
            caller = identify(&base, &throttle, &pace).await?;
        }
        let at_home = Arc::new(Clients::new(in_region(&base, caller.partition.home_region())));
        let home = Gate::new(at_home, Arc::clone(&throttle), Arc::clone(&pace), hub);
        Ok(Self {
            base,
            caller,
            role: config.role.clone(),
            throttle,
            home,
            request: credentials::Request::configured(config),
            regional: Mutex::default(),
            sessions: Mutex::default(),
        })
    }

    /// Who we are.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What was sent so far.
    pub fn counters(&self) -> &Arc<Counters> {
        self.throttle.counters()
    }

    /// The gate to what is global in our own account: Organizations.
    pub fn home(&self) -> &Gate {
        &self.home
    }

    /// The way into an account: the role, assumed once and shared by all who ask; `directly` with our own
    /// credentials.
    pub async fn session(&self, account: AccountId, directly: bool) -> Result<Arc<Session>, Refusal> {
        let cell = Arc::clone(self.sessions.lock().entry(account).or_default());
        cell.get_or_init(|| self.open(account, directly)).await.clone()
    }

    async fn open(&self, account: AccountId, directly: bool) -> Result<Arc<Session>, Refusal> {
        let credentials = if directly {
            self.home.credentials().cloned()
        } else {
            let role_arn = format!("arn:{}:iam::{account}:role/{}", self.caller.partition, self.role.name);
            let request = credentials::Request { role_arn, ..self.request.clone() };
            let provider = RoleCredentials::new(self.sts(), request);
            {
                let _opening = self.throttle.opening().await;
                provider.current().await?;
            }
            Some(provider)
        };
        Ok(Arc::new(Session { account, credentials }))
    }

    /// The gate to STS: a regional endpoint in a region that is enabled by default, whose tokens hold in all.
    fn sts(&self) -> Gate {
        let ours = self.base.region().and_then(|region| region.as_ref().parse().ok());
        let enabled = ours.filter(|region| crate::region::lookup(region).is_some_and(|known| known.enabled_by_default));
        match enabled {
            Some(region) => self.home.elsewhere(self.clients_in(&region)),
            None => self.home.clone(),
        }
    }

    /// The gate to one region of an account; all who ask for the same share its pacing.
    pub fn gate(&self, session: &Session, region: &Region) -> Gate {
        let pace = self.throttle.pace_of(session.account, region);
        Gate::new(self.clients_in(region), Arc::clone(&self.throttle), pace, session.credentials.clone())
    }

    /// The gate to what is global in an account: Account Management.
    pub fn global_gate(&self, session: &Session) -> Gate {
        match self.caller.partition.home_region().parse() {
            Ok(region) => self.gate(session, &region),
            Err(_never) => self.home.as_role(session.credentials.clone()),
        }
    }

    /// The clients of a region, for all accounts.
    fn clients_in(&self, region: &Region) -> Arc<Clients> {
        let mut regional = self.regional.lock();
        let clients = || Arc::new(Clients::new(in_region(&self.base, region.as_str())));
        Arc::clone(regional.entry(region.clone()).or_insert_with(clients))
    }
}

async fn identify(sdk: &SdkConfig, throttle: &Arc<Throttle>, pace: &Arc<Pace>) -> Result<Caller, ConnectError> {
    let gate = Gate::new(Arc::new(Clients::new(sdk.clone())), Arc::clone(throttle), Arc::clone(pace), None);
    let client = gate.sts();
    let answer =
        gate.call(GET_CALLER_IDENTITY, || client.get_caller_identity().send()).await.map_err(ConnectError::Identity)?;
    let arn = answer.arn().unwrap_or_default().to_owned();
    let account = answer.account().and_then(|id| id.parse().ok());
    let partition = arn.split(':').nth(1).and_then(|text| text.parse().ok());
    match (account, partition) {
        (Some(account), Some(partition)) => Ok(Caller { account, arn, partition }),
        _ => Err(ConnectError::Arn(arn)),
    }
}

/// The same configuration in another region.
pub(crate) fn in_region(sdk: &SdkConfig, region: &str) -> SdkConfig {
    sdk.to_builder().region(aws_config::Region::new(region.to_owned())).build()
}

/// The same configuration with a role's credentials, which are cached by their provider alone: the identity cache
/// that the SDK shares holds 64 identities, and would assume roles again and again.
fn with_credentials(sdk: &SdkConfig, provider: RoleCredentials) -> SdkConfig {
    sdk.to_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .identity_cache(IdentityCache::no_cache())
        .build()
}

/// The clock of the run.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// One that stands still, so that two runs can be compared byte for byte.
    Fixed(Timestamp),
    /// The machine's, and so much later.
    Ahead(SignedDuration),
}

impl Clock {
    /// The last moment of a day in UTC, at which everything of that day is there and nothing of the next.
    pub fn evening(day: Date) -> Self {
        Self::Fixed(TimeZone::UTC.to_timestamp(day.at(23, 59, 59, 0)).unwrap_or(Timestamp::MAX))
    }

    /// The time now.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(instant) => instant,
            Self::Ahead(duration) => Timestamp::now().saturating_add(duration).unwrap_or(Timestamp::MAX),
        }
    }
}
