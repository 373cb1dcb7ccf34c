//! Whom a digest is sent to.

use super::{Digest, Notifier, SendError, event_bus, sns, url::WebhookUrl, webhook};
use crate::config::{Arn, Notify, UrlSource};

/// Whom a digest is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An SNS topic.
    Topic(Arn),
    /// An event bus of EventBridge.
    EventBus(Arn),
    /// A webhook, by where its URL is kept.
    Webhook(UrlSource),
}

impl Target {
    /// The targets that are configured.
    pub fn configured(notify: &Notify) -> Vec<Self> {
        let topic = notify.sns_topic.clone().map(Self::Topic);
        let event_bus = notify.event_bus.clone().map(Self::EventBus);
        topic.into_iter().chain(event_bus).chain(notify.webhook.clone().map(Self::Webhook)).collect()
    }

    /// The kind, in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Topic(_) => "sns",
            Self::EventBus(_) => "eventbridge",
            Self::Webhook(_) => "webhook",
        }
    }

    /// The target as the configuration names it; it holds no secret.
    pub fn name(&self) -> String {
        match self {
            Self::Topic(arn) | Self::EventBus(arn) => arn.to_string(),
            Self::Webhook(source) => source.to_string(),
        }
    }

    /// Sends a digest under a key by which it is told from others; what the target calls the message, where it says so.
    pub(super) async fn send(
        &self,
        notifier: &Notifier<'_>,
        digest: &Digest,
        key: &str,
    ) -> Result<Option<String>, SendError> {
        match self {
            Self::Topic(arn) => sns::publish(notifier.sdk, arn, digest, key, &notifier.patience).await.map(Some),
            Self::EventBus(arn) => event_bus::put(notifier.sdk, arn, digest, &notifier.patience).await,
            Self::Webhook(source) => {
                let url = WebhookUrl::find(source, notifier.environment, notifier.sdk).await?;
                webhook::post(&url, digest, key, &notifier.patience).await?;
                Ok(None)
            }
        }
    }
}
