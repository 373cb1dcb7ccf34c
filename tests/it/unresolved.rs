//! An HTTP client for whose calls the name of the host is now and then not found, as when a resolver fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};

/// The client, and how many calls did not get through.
#[derive(Debug, Clone)]
pub(crate) struct Unresolved {
    inner: SharedHttpClient,
    patience: Duration,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    seed: u64,
    /// One call in so many fails; none where it is 0.
    one_in: u64,
    calls: AtomicU64,
    failed: AtomicU64,
}

impl Unresolved {
    /// Around the client of `sdk`. No answer is waited for longer than `patience`, whatever a client asks for.
    pub(crate) fn around(sdk: &SdkConfig, seed: u64, one_in: u64, patience: Duration) -> Self {
        let (calls, failed) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { inner: sdk.http_client().unwrap(), patience, state: Arc::new(State { seed, one_in, calls, failed }) }
    }

    /// Calls that did not get through.
    pub(crate) fn failed(&self) -> u64 {
        self.state.failed.load(Ordering::Relaxed)
    }
}

impl HttpClient for Unresolved {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let mut hasty = HttpConnectorSettings::builder().read_timeout(self.patience);
        hasty.set_connect_timeout(settings.connect_timeout());
        let inner = self.inner.http_connector(&hasty.build(), components);
        SharedHttpConnector::new(Connector { inner, state: Arc::clone(&self.state) })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    state: Arc<State>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let State { seed, one_in, calls, failed } = &*self.state;
        let call = calls.fetch_add(1, Ordering::Relaxed);
        // As good as chance, and the same for the same seed.
        let mixed = (seed ^ (call << 32 | call)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        if mixed.checked_rem(*one_in).is_some_and(|rest| rest == 0) {
            failed.fetch_add(1, Ordering::Relaxed);
            let message = "dns error: failed to lookup address information: Name or service not known";
            return HttpConnectorFuture::ready(Err(ConnectorError::io(message.into())));
        }
        self.inner.call(request)
    }
}
