//! A gate: the one way to make a call in one (account, region), paced, counted and with its errors understood.

use std::{error::Error as StdError, fmt, future::Future, sync::Arc, time::Duration};

use aws_config::retry::RetryConfig;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{
    clients::{Clients, on_behalf_of},
    credentials::{ASSUME_ROLE, RoleCredentials},
};
use crate::{
    coverage::Outcome,
    outcome::Refusal,
    throttle::{Pace, Throttle},
};

/// The way to call APIs in one place. Its clients are those of the region, and work within [`Gate::call`] alone.
#[derive(Clone)]
pub struct Gate {
    clients: Arc<Clients>,
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
    ($name:ident, $sdk:ident, $doc:literal) => {
        #[doc = $doc]
        pub fn $name(&self) -> $sdk::Client {
            self.clients.$name(self.credentials.is_some(), &self.throttle)
        }
    };
}

impl Gate {
    /// A gate to the region of `clients`, with their own credentials where there are no others.
    pub fn new(
        clients: Arc<Clients>,
        throttle: Arc<Throttle>,
        pace: Arc<Pace>,
        credentials: Option<RoleCredentials>,
    ) -> Self {
        Self { clients, throttle, pace, credentials }
    }

    /// Whether a call there waits for its turn.
    pub fn is_waiting(&self) -> bool {
        self.pace.is_waited_for()
    }

    /// The same gate to another region.
    pub(super) fn elsewhere(&self, clients: Arc<Clients>) -> Self {
        Self { clients, ..self.clone() }
    }

    /// The same gate with other credentials, and a pace of its own.
    pub(super) fn as_role(&self, credentials: Option<RoleCredentials>) -> Self {
        Self { credentials, pace: Arc::default(), ..self.clone() }
    }

    /// The credentials of the gate, where a role's.
    pub(super) fn credentials(&self) -> Option<&RoleCredentials> {
        self.credentials.as_ref()
    }

    client!(sagemaker, aws_sdk_sagemaker, "A client of SageMaker.");
    client!(kms, aws_sdk_kms, "A client of KMS.");
    client!(sts, aws_sdk_sts, "A client of STS.");
    client!(account, aws_sdk_account, "A client of Account Management.");
    client!(organizations, aws_sdk_organizations, "A client of Organizations.");

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
        let retries = self.clients.sdk.retry_config().unwrap_or(&standard);
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
        // Boxed once here, so that what waits for it stays small.
        let call = on_behalf_of(self.credentials.as_ref(), Box::pin(request()));
        self.pace.within(call).await.map_err(|error| Refusal::from_sdk(api, &error))
    }
}
