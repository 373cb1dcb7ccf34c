//! A gate: the one way to make a call in one (account, region), paced, counted and with its errors understood.

use std::{error::Error as StdError, fmt, future::Future, sync::Arc, time::Duration};

use aws_config::{SdkConfig, identity::IdentityCache, retry::RetryConfig};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{
    credentials::{ASSUME_ROLE, RoleCredentials},
    whole::Whole,
};
use crate::{
    coverage::Outcome,
    outcome::Refusal,
    throttle::{LeaveThrottles, Pace, Throttle, Watch},
};

/// The way to call APIs in one place. Clients are made when asked for and dropped after use: one is 16 KB.
#[derive(Clone)]
pub struct Gate {
    sdk: Arc<SdkConfig>,
    throttle: Arc<Throttle>,
    pace: Arc<Pace>,
    credentials: Option<RoleCredentials>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gate").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

macro_rules! client {
    ($name:ident, $service:literal, $sdk:ident, $doc:literal) => {
        #[doc = $doc]
        pub fn $name(&self) -> $sdk::Client {
            let (pace, counters) = (Arc::clone(&self.pace), Arc::clone(self.throttle.counters()));
            let config = $sdk::config::Builder::from(&*self.sdk)
                .retry_partition(self.pace.retries().clone())
                .retry_classifier(LeaveThrottles)
                .interceptor(Watch { service: $service, pace, counters })
                .interceptor(Whole);
            let config = match &self.credentials {
                // Cached by their provider alone: the identity cache that the SDK shares holds 64 identities, and would
                // assume roles again and again.
                Some(role) => config.credentials_provider(role.clone()).identity_cache(IdentityCache::no_cache()),
                None => config,
            };
            $sdk::Client::from_conf(config.build())
        }
    };
}

impl Gate {
    /// A gate with the region of `sdk`, and with its credentials where there are no others.
    pub fn new(
        sdk: Arc<SdkConfig>,
        throttle: Arc<Throttle>,
        pace: Arc<Pace>,
        credentials: Option<RoleCredentials>,
    ) -> Self {
        Self { sdk, throttle, pace, credentials }
    }

    /// The same gate with another configuration, such as of another region.
    pub(super) fn elsewhere(&self, sdk: Arc<SdkConfig>) -> Self {
        Self { sdk, ..self.clone() }
    }

    /// The same gate with other credentials, and a pace of its own.
    pub(super) fn as_role(&self, credentials: Option<RoleCredentials>) -> Self {
        Self { credentials, pace: Arc::default(), ..self.clone() }
    }

    /// The credentials of the gate, where a role's.
    pub(super) fn credentials(&self) -> Option<&RoleCredentials> {
        self.credentials.as_ref()
    }

    client!(sagemaker, "sagemaker", aws_sdk_sagemaker, "A client of SageMaker.");
    client!(kms, "kms", aws_sdk_kms, "A client of KMS.");
    client!(sts, "sts", aws_sdk_sts, "A client of STS.");
    client!(account, "account", aws_sdk_account, "A client of Account Management.");
    client!(organizations, "organizations", aws_sdk_organizations, "A client of Organizations.");

    /// Makes the call `api` (as `service:Operation`) when its pacing allows; after an expired token once more with
    /// a fresh one, and after a throttling answer when the pacing, slower by then, allows it again.
    pub async fn call<T, E, F>(&self, api: &'static str, request: impl Fn() -> F) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let (mut renewed, mut throttled) = (false, 0);
        loop {
            match (self.once(api, &request).await, &self.credentials) {
                (Err(refusal), Some(credentials)) if refusal.is_expired_token() && !renewed => {
                    credentials.forget().await;
                    renewed = true;
                }
                // A call by which credentials were fetched meanwhile has been repeated where it was made.
                (Err(refusal), _) if refusal.outcome == Outcome::Throttled && refusal.api == api => {
                    throttled += 1;
                    let Some(pause) = self.pause(throttled) else { return Err(refusal) };
                    tokio::time::sleep(pause).await;
                    self.throttle.repeated(api);
                }
                (answer, _) => return answer,
            }
        }
    }

    /// How long to wait after so many throttling answers to one call, or none when it is given up: as the SDK does it,
    /// but without holding a permit, and before the pacing, which has been slowed down.
    fn pause(&self, throttled: u32) -> Option<Duration> {
        let standard = RetryConfig::standard();
        let retries = self.sdk.retry_config().unwrap_or(&standard);
        let longest = retries.initial_backoff().saturating_mul(2_u32.saturating_pow(throttled - 1));
        (throttled < retries.max_attempts()).then(|| longest.min(retries.max_backoff()).mul_f64(fastrand::f64()))
    }

    async fn once<T, E, F>(&self, api: &'static str, request: &impl Fn() -> F) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.throttle.pace(&self.pace, api).await;
        // A call that needs fresh credentials waits for this one with its own permit in hand: were a permit needed
        // here too, calls that hold all of them would wait for ever.
        let _permit = if api == ASSUME_ROLE { None } else { self.throttle.permit().await };
        request().await.map_err(|error| Refusal::from_sdk(api, &error))
    }
}
