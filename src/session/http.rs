//! The one HTTP client of all our clients.

use std::time::Duration;

use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

use crate::limits::OpenFiles;

/// A client that is shared by clients of the SDK, of which there are as many as there are accounts and regions.
///
/// Each new client of the SDK lets its HTTP client be validated, for which the SDK's own one makes a connector, with all
/// of its TLS configuration, and throws it away. This one is not validated: its first request makes the connector that
/// is kept.
#[derive(Debug)]
struct Shared(SharedHttpClient);

/// A client with one pool of connections to each endpoint.
pub(super) fn client() -> SharedHttpClient {
    let client = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .pool_idle_timeout(Duration::from_mins(1))
        .pool_max_idle_per_host(OpenFiles::now().idle_connections(64))
        .build_https();
    SharedHttpClient::new(Shared(client))
}

impl HttpClient for Shared {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}
