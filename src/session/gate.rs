//! A gate: the one way to make a call in one (account, region), paced, counted and with its errors understood.

use std::{error::Error as StdError, fmt, future::Future, sync::Arc};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{
    credentials::{ASSUME_ROLE, RoleCredentials},
    retry_partition, watch,
    whole::Whole,
};
use crate::{
    outcome::Refusal,
    throttle::{Pace, Throttle},
};

/// The way to call APIs in one place. Clients are made when asked for and dropped after use: one is 16 KB.
#[derive(Clone)]
pub struct Gate {
    sdk: SdkConfig,
    throttle: Arc<Throttle>,
    pace: Arc<Pace>,
    credentials: Option<RoleCredentials>,
    name: Arc<str>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gate").field("name", &self.name).finish_non_exhaustive()
    }
}

macro_rules! client {
    ($name:ident, $service:literal, $sdk:ident, $doc:literal) => {
        #[doc = $doc]
        pub fn $name(&self) -> $sdk::Client {
            let config = $sdk::config::Builder::from(&self.sdk)
                .retry_partition(retry_partition(&self.name))
                .interceptor(watch($service, &self.pace, &self.throttle))
                .interceptor(Whole)
                .build();
            $sdk::Client::from_conf(config)
        }
    };
}

impl Gate {
    /// A gate with the credentials and region of `sdk`; `name` names its retry budget.
    pub fn new(
        sdk: &SdkConfig,
        throttle: Arc<Throttle>,
        pace: Arc<Pace>,
        credentials: Option<RoleCredentials>,
        name: impl Into<Arc<str>>,
    ) -> Self {
        Self { sdk: sdk.clone(), throttle, pace, credentials, name: name.into() }
    }

    /// The same gate with another configuration, such as of another region.
    pub(super) fn elsewhere(&self, sdk: &SdkConfig) -> Self {
        Self { sdk: sdk.clone(), ..self.clone() }
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
    /// a fresh one.
    pub async fn call<T, E, F>(&self, api: &'static str, request: impl Fn() -> F) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        match self.once(api, &request).await {
            Err(refusal) if refusal.is_expired_token() => match &self.credentials {
                Some(credentials) => {
                    credentials.forget().await;
                    self.once(api, &request).await
                }
                None => Err(refusal),
            },
            answer => answer,
        }
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
