//! An SNS topic: JSON for programs, and the text for those who read e-mail.

use aws_config::{Region, SdkConfig};
use aws_sdk_sns::{Client, types::MessageAttributeValue};
use serde_json::json;

use super::{Digest, Patience, SendError};
use crate::{config::Arn, outcome::Refusal};

/// The IAM action, on the topic alone.
pub const PUBLISH: &str = "sns:Publish";

/// What a message may have, its attributes and its subject among it, for which a little is left.
const LIMIT: usize = (256 << 10) - 1_024;

/// Publishes a digest, and says what SNS calls the message. `key` is what a FIFO topic tells messages apart by.
pub(super) async fn publish(
    sdk: &SdkConfig,
    topic: &Arn,
    digest: &Digest,
    key: &str,
    patience: &Patience,
) -> Result<String, SendError> {
    let settings = aws_sdk_sns::config::Builder::from(sdk)
        .region(Region::new(topic.region().to_string()))
        .retry_config(patience.retries())
        .timeout_config(patience.timeouts());
    let client = Client::from_conf(settings.build());
    let request = client.publish().topic_arn(topic.as_str()).subject(digest.subject()).message_structure("json");
    let mut request = request.message(digest.shortened(LIMIT, message));
    for (name, value) in attributes(digest) {
        let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
        let value = value.map_err(|error| SendError::Request(error.to_string()))?;
        request = request.message_attributes(name, value);
    }
    if let Some((_, "fifo")) = topic.as_str().rsplit_once('.') {
        // What was sent within five minutes is not delivered again.
        request = request.message_group_id("sagesweep").message_deduplication_id(key);
    }
    let answer = Box::pin(request.send()).await.map_err(|error| SendError::Refused {
        key: "the topic of notify.sns_topic",
        refusal: Refusal::from_sdk(PUBLISH, &error),
    })?;
    Ok(answer.message_id().unwrap_or_default().to_owned())
}

/// One message in the forms of its subscriptions.
fn message(digest: &Digest) -> String {
    json!({ "default": digest.to_json(), "email": digest.to_text() }).to_string()
}

/// What subscriptions can be filtered by.
fn attributes(digest: &Digest) -> Vec<(&'static str, String)> {
    let worst = digest.new_failures.by_check.first().map(|check| check.severity.as_str().to_owned());
    let all = [
        ("run_id", Some(digest.run.run_id.to_string())),
        ("status", Some(digest.run.status.as_str().to_owned())),
        ("is_quiet", Some(digest.is_quiet().to_string())),
        ("worst_severity", worst),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
