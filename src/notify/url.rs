//! The URL of a webhook: who has it may write there, so it is found at the last moment and shown nowhere.

use std::{fmt, net::IpAddr};

use aws_config::{Region, SdkConfig};
use url::{Host, Url};

use super::{Environment, SendError};
use crate::{config::UrlSource, outcome::Refusal};

/// The IAM action that reads a secret, on it alone.
pub const GET_SECRET_VALUE: &str = "secretsmanager:GetSecretValue";

/// A URL that may be called. Nothing shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookUrl(…)")
    }
}

impl WebhookUrl {
    /// Takes a URL: `https`, or `http` to this machine itself.
    pub fn new(text: &str) -> Result<Self, SendError> {
        // What the parser says may repeat what it read.
        let url = Url::parse(text.trim()).map_err(|_not_shown| SendError::Url("it cannot be read as one"))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(SendError::Url("it begins with http, which is only used to this machine; use https")),
            _ => return Err(SendError::Url("it begins with neither https nor http")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SendError::Url("it holds a user or a password, which are not sent; use a URL without"));
        }
        Ok(Self(url))
    }

    /// Finds the URL where it is kept.
    pub async fn find(source: &UrlSource, environment: Environment<'_>, sdk: &SdkConfig) -> Result<Self, SendError> {
        match source {
            UrlSource::Environment(name) => {
                let value = environment(name).filter(|value| !value.trim().is_empty());
                Self::new(&value.ok_or_else(|| SendError::NoVariable(name.clone()))?)
            }
            UrlSource::Secret(arn) => {
                let region = Region::new(arn.region().to_string());
                let settings = aws_sdk_secretsmanager::config::Builder::from(sdk).region(region);
                let client = aws_sdk_secretsmanager::Client::from_conf(settings.build());
                let answer = Box::pin(client.get_secret_value().secret_id(arn.as_str()).send()).await;
                let answer = answer.map_err(|error| SendError::Refused {
                    key: "the secret of notify.webhook",
                    refusal: Refusal::from_sdk(GET_SECRET_VALUE, &error),
                })?;
                Self::new(answer.secret_string().ok_or(SendError::NoText)?)
            }
        }
    }

    /// The URL, to be called and not to be shown.
    pub(super) fn expose(&self) -> &str {
        self.0.as_str()
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_called_and_http_only_on_this_machine() {
        for right in [
            "https://hooks.example.com/x",
            "http://127.0.0.1:9/x",
            "http://[::1]/x",
            "http://localhost:80",
            " https://a.b\n",
        ] {
            assert!(WebhookUrl::new(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "x",
            "http://example.com/",
            "http://10.0.0.1/",
            "http://localhost.example.com/",
            "ftp://a/",
            "https://u:p@a/",
            "file:///etc/passwd",
        ] {
            assert!(WebhookUrl::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_shows_the_url() {
        let url = WebhookUrl::new("https://hooks.example.com/s3cr3t").unwrap();
        assert!(!format!("{url:?}").contains("s3cr3t"));
        let refused = WebhookUrl::new("http://hooks.example.com/s3cr3t").unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains("s3cr3t"));
    }
}
