//! A webhook: the digest as JSON, posted until it is taken or refused. Redirections are not followed.

use std::time::Duration;

use aws_smithy_http_client::{
    Connector,
    tls::{self, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::HttpConnector as _,
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;
use tokio::time::timeout;

use super::{Digest, Patience, SendError, patience::Miss, url::WebhookUrl};

/// As much as the others take, so that a digest is the same everywhere.
const LIMIT: usize = 256 << 10;

/// Posts a digest. `key` is what a receiver tells it by from what it has seen already.
pub async fn post(url: &WebhookUrl, digest: &Digest, key: &str, patience: &Patience) -> Result<(), SendError> {
    // The pool of the other clients is theirs: its requests are signed, counted and paced.
    let connector = Connector::builder().tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc)).build();
    let body = body(digest);
    patience
        .keep_trying(async |attempts| {
            let request = request(url, &body, key).map_err(Miss::Lasting)?;
            let why = match timeout(patience.answer, connector.call(request)).await {
                Ok(Ok(answer)) => return judged(&answer, attempts),
                // What the connector says may name the URL.
                Ok(Err(error)) if error.is_timeout() => "without an answer in time",
                Ok(Err(error)) if error.is_io() => "without a connection, or with one that broke",
                Ok(Err(_)) => "with an answer that is none",
                Err(_elapsed) => "without an answer in time",
            };
            Err(Miss::Passing(SendError::Unreachable { attempts, why }, None))
        })
        .await
}

/// The digest, with its text in the member that chat systems show.
fn body(digest: &Digest) -> String {
    digest.shortened(LIMIT, Digest::to_json_with_text)
}

fn request(url: &WebhookUrl, body: &str, key: &str) -> Result<HttpRequest, SendError> {
    let refused = |error: &dyn std::error::Error| SendError::Request(error.to_string());
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").map_err(|error| refused(&error))?;
    request.set_uri(url.expose()).map_err(|_not_shown| SendError::Url("it cannot be called"))?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/json");
    headers.insert("content-length", body.len().to_string());
    headers.insert("user-agent", concat!("sagesweep/", env!("CARGO_PKG_VERSION")));
    headers.insert("idempotency-key", key.to_owned());
    Ok(request)
}

fn judged(answer: &HttpResponse, attempts: u32) -> Result<(), Miss<SendError>> {
    let status = answer.status().as_u16();
    let refused = SendError::Status { status, attempts };
    match status {
        200..=299 => Ok(()),
        408 | 425 | 429 | 500..=599 => {
            let seconds = answer.headers().get("retry-after").and_then(|text| text.trim().parse().ok());
            Err(Miss::Passing(refused, seconds.map(Duration::from_secs)))
        }
        _ => Err(Miss::Lasting(refused)),
    }
}
