//! Why a digest was not sent, in words that say what to do and hold nothing of a webhook's URL.

use thiserror::Error;

use crate::outcome::Refusal;

/// Why a digest was not sent.
#[derive(Debug, Error)]
pub enum SendError {
    /// AWS refused.
    #[error("cannot use {key}; `sagesweep iam-policy task` prints what our identity must be allowed")]
    Refused {
        /// The key of the configuration that names what was called.
        key: &'static str,
        /// The refusal.
        #[source]
        refusal: Refusal,
    },
    /// EventBridge took the call and not the event.
    #[error("the event bus of notify.event_bus did not take the event: {code}: {message}")]
    Entry {
        /// The error code.
        code: String,
        /// The message.
        message: String,
    },
    /// There is no such variable.
    #[error("notify.webhook names the variable {0}, which is not set; set it to the URL of the webhook")]
    NoVariable(String),
    /// The secret is no text.
    #[error("the secret of notify.webhook holds no text; put the URL of the webhook into it as its SecretString")]
    NoText,
    /// The URL is none that is used.
    #[error("what notify.webhook leads to is no URL that is called: {0}")]
    Url(&'static str),
    /// The webhook could not be reached, however often.
    #[error(
        "the webhook of notify.webhook gave no answer in {attempts} attempts, the last one {why}; look at the URL and at what stands between"
    )]
    Unreachable {
        /// How often it was tried.
        attempts: u32,
        /// How the last attempt ended.
        why: &'static str,
    },
    /// The webhook refused.
    #[error("the webhook of notify.webhook answered {status} at attempt {attempts}; {}", advice(*.status))]
    Status {
        /// The status of HTTP.
        status: u16,
        /// How often it was tried.
        attempts: u32,
    },
    /// There is no way to speak TLS.
    #[error("no request can be made: {0}")]
    Request(String),
}

fn advice(status: u16) -> &'static str {
    match status {
        300..=399 => "redirections are not followed, so give the URL that it leads to",
        401 | 403 => "its URL may have been revoked or mistyped",
        404 | 410 => "there is no such webhook any more, or its URL is mistyped",
        413 => "it takes less than 256 KiB",
        408 | 425 | 429 | 500..=599 => "it was tried again and may be well later",
        _ => "it does not take the digest in this form",
    }
}
