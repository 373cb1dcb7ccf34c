//! The clients of one region, made once for all accounts: on whose behalf one calls is told with each call.
//!
//! To make and drop a client costs a third of what a call costs, and most calls of a night are the only ones of their
//! account, region and type.

use std::{future::Future, sync::OnceLock};

use aws_config::{SdkConfig, identity::IdentityCache};
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError, future};

use super::{credentials::RoleCredentials, whole::Whole};
use crate::throttle::{LeaveThrottles, Throttle, Watch};

tokio::task_local! {
    static ROLE: RoleCredentials;
}

/// Does work, which is one call, with the credentials of a role, or with one's own.
pub(super) async fn on_behalf_of<F: Future>(role: Option<&RoleCredentials>, call: F) -> F::Output {
    match role {
        Some(role) => ROLE.scope(role.clone(), call).await,
        None => call.await,
    }
}

/// Provides the credentials of whomever the call is made for.
#[derive(Debug)]
struct OfTheCall;

impl ProvideCredentials for OfTheCall {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let role = ROLE.try_with(Clone::clone);
        future::ProvideCredentials::new(async {
            let role = role.map_err(CredentialsError::not_loaded)?;
            role.provide_credentials().await
        })
    }
}

/// A client with one's own credentials, and one with those of the call.
#[derive(Debug)]
struct Pair<C> {
    own: OnceLock<C>,
    of_the_call: OnceLock<C>,
}

impl<C> Default for Pair<C> {
    fn default() -> Self {
        Self { own: OnceLock::new(), of_the_call: OnceLock::new() }
    }
}

/// The clients of a region, each made when it is first asked for.
#[derive(Debug)]
pub struct Clients {
    pub(super) sdk: SdkConfig,
    account: Pair<aws_sdk_account::Client>,
    kms: Pair<aws_sdk_kms::Client>,
    organizations: Pair<aws_sdk_organizations::Client>,
    sagemaker: Pair<aws_sdk_sagemaker::Client>,
    sts: Pair<aws_sdk_sts::Client>,
}

macro_rules! client {
    ($name:ident, $service:literal, $sdk:ident) => {
        pub(super) fn $name(&self, has_role: bool, throttle: &Throttle) -> $sdk::Client {
            let config = || {
                $sdk::config::Builder::from(&self.sdk)
                    .retry_classifier(LeaveThrottles)
                    .interceptor(Watch { service: $service, counters: throttle.counters().clone() })
                    .interceptor(Whole)
            };
            let client = if has_role {
                self.$name.of_the_call.get_or_init(|| {
                    // Cached by their own provider alone: the identity cache that the SDK shares holds 64 identities,
                    // and would assume roles again and again.
                    let config = config().credentials_provider(OfTheCall).identity_cache(IdentityCache::no_cache());
                    $sdk::Client::from_conf(config.build())
                })
            } else {
                self.$name.own.get_or_init(|| $sdk::Client::from_conf(config().build()))
            };
            client.clone()
        }
    };
}

impl Clients {
    /// Clients with this configuration, region included; what they send is counted by one throttle.
    pub fn new(sdk: SdkConfig) -> Self {
        Self {
            sdk,
            account: Pair::default(),
            kms: Pair::default(),
            organizations: Pair::default(),
            sagemaker: Pair::default(),
            sts: Pair::default(),
        }
    }

    client!(account, "account", aws_sdk_account);
    client!(kms, "kms", aws_sdk_kms);
    client!(organizations, "organizations", aws_sdk_organizations);
    client!(sagemaker, "sagemaker", aws_sdk_sagemaker);
    client!(sts, "sts", aws_sdk_sts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_call_for_somebody_there_are_no_credentials() {
        assert!(OfTheCall.provide_credentials().await.is_err());
    }
}
