//! The AWS boundary of errors: an SDK error becomes a [`Refusal`], once, with the outcome that coverage records.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use thiserror::Error;

mod refusals;

pub use refusals::Refusals;

use crate::{check::CHECKS, coverage::Outcome, printable::is_unsafe, session::policy};

/// An API call that gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[error("{api} failed with {code}: {message}")]
pub struct Refusal {
    /// What it means for coverage.
    pub outcome: Outcome,
    /// The call as `service:Operation`, which is also its IAM action.
    pub api: &'static str,
    /// The error code of the service, or a word of ours where no answer came.
    pub code: String,
    /// The service's message, or the chain of causes.
    pub message: String,
}

/// A refusal as it was written down.
#[derive(Deserialize)]
struct Recorded {
    outcome: Outcome,
    api: String,
    code: String,
    message: String,
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Recorded { outcome, api, code, message } = Recorded::deserialize(deserializer)?;
        let calls = [policy::member_actions(CHECKS), policy::caller_actions()].concat();
        let known = calls.into_iter().find(|known| *known == api);
        let api = known.ok_or_else(|| D::Error::custom(format!("this version does not call {api}")))?;
        Ok(Self { outcome, api, code, message })
    }
}

/// The longest message that is kept; SCP texts with their ARNs stay below it.
const MESSAGE_LIMIT: usize = 600;

impl Refusal {
    /// A refusal with all its parts; the message is cut to a bounded length and to one line.
    pub fn new(outcome: Outcome, api: &'static str, code: impl Into<String>, message: impl AsRef<str>) -> Self {
        let message = message.as_ref().chars().map(|letter| if is_unsafe(letter) { ' ' } else { letter });
        Self { outcome, api, code: code.into(), message: message.take(MESSAGE_LIMIT).collect() }
    }

    /// An answer without what it has to hold.
    pub fn lacks(api: &'static str, member: &str) -> Self {
        Self::new(Outcome::MalformedAnswer, api, "MalformedAnswer", format!("the answer has no {member}"))
    }

    /// Whether the refusal is about the whole region or account, so that asking another API there is pointless.
    pub fn is_about_the_target(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::DeniedByScp
                | Outcome::RegionDisabled
                | Outcome::ServiceNotInRegion
                | Outcome::AssumeRoleFailed
                | Outcome::AccountSuspended
        )
    }

    /// Whether the session token had expired, which a fresh one mends.
    pub fn is_expired_token(&self) -> bool {
        matches!(self.code.as_str(), "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired")
    }

    /// Whether the service said that the named resource does not exist (any more).
    pub fn is_not_found(&self) -> bool {
        match self.code.as_str() {
            "ResourceNotFound" | "ResourceNotFoundException" | "NotFoundException" => true,
            // SageMaker's Describe calls say it this way.
            "ValidationException" => {
                let message = self.message.to_ascii_lowercase();
                message.contains("not found")
                    || message.contains("could not find")
                    || message.contains("does not exist")
            }
            _ => false,
        }
    }

    /// From what the SDK returned for the call `api`.
    pub fn from_sdk<E>(api: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        if let Some(inner) = find_refusal(error) {
            return inner.clone();
        }
        match error {
            SdkError::TimeoutError(_) => Self::new(Outcome::Timeout, api, "Timeout", causes(error)),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                Self::new(Outcome::Timeout, api, "Timeout", causes(error))
            }
            SdkError::DispatchFailure(failure) if failure.is_io() => {
                Self::new(Outcome::Error, api, "ConnectionFailed", causes(error))
            }
            SdkError::DispatchFailure(_) => Self::new(Outcome::Error, api, "DispatchFailure", causes(error)),
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                if status >= 400 {
                    from_status(api, status, causes(error))
                } else if find_io(error) {
                    Self::new(Outcome::Error, api, "ConnectionFailed", causes(error))
                } else {
                    Self::new(Outcome::MalformedAnswer, api, "MalformedAnswer", causes(error))
                }
            }
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                match answer.err().code() {
                    Some(code) if !code.is_empty() => {
                        let message = answer.err().message().unwrap_or_default();
                        Self::new(from_code(code, message, status), api, code, message)
                    }
                    _ => from_status(api, status, causes(error)),
                }
            }
            SdkError::ConstructionFailure(_) | _ => Self::new(Outcome::Error, api, "RequestNotSent", causes(error)),
        }
    }
}

/// The meaning of an error code; `message` tells an SCP from IAM, `status` decides what no code does.
fn from_code(code: &str, message: &str, status: u16) -> Outcome {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "UnauthorizedException"
        | "NotAuthorized"
        | "Forbidden"
        | "ForbiddenException" => {
            // Both wordings: "with an explicit deny in a service control policy" and
            // "because no service control policy allows the … action".
            if message.contains("service control policy") { Outcome::DeniedByScp } else { Outcome::AccessDenied }
        }
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "LimitExceededException"
        | "BandwidthLimitExceeded"
        | "EC2ThrottledException"
        | "TransactionInProgressException" => Outcome::Throttled,
        // A token of a session is refused like this where the region is not enabled in the account.
        "UnrecognizedClientException" | "InvalidClientTokenId" | "OptInRequired" | "RegionDisabledException" => {
            Outcome::RegionDisabled
        }
        "UnknownOperationException"
        | "UnknownOperation"
        | "InvalidAction"
        | "UnsupportedOperation"
        | "UnsupportedOperationException"
        | "NotImplemented"
        | "OperationNotSupportedException" => Outcome::NotSupported,
        // What a type is called that a region or a partition does not have yet.
        "ValidationException" if is_about_a_place(message) => Outcome::NotSupported,
        "RequestTimeout" | "RequestTimeoutException" => Outcome::Timeout,
        _ => match status {
            429 => Outcome::Throttled,
            _ => Outcome::Error,
        },
    }
}

/// Whether a message says that there is no such thing in the region or the partition.
fn is_about_a_place(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let missing = ["not supported", "not available", "isn't supported", "isn't available"];
    missing.iter().any(|words| message.contains(words)) && (message.contains("region") || message.contains("partition"))
}

/// The meaning of an answer without a code that could be read, such as a page of HTML from something in between.
fn from_status(api: &'static str, status: u16, message: String) -> Refusal {
    let outcome = match status {
        200..=299 => return Refusal::new(Outcome::MalformedAnswer, api, "MalformedAnswer", message),
        401 | 403 => Outcome::AccessDenied,
        408 | 504 => Outcome::Timeout,
        429 => Outcome::Throttled,
        _ => Outcome::Error,
    };
    Refusal::new(outcome, api, format!("HTTP {status}"), message)
}

/// Our own refusal inside an SDK error, put there by the provider of role credentials.
fn find_refusal<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Refusal> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<Refusal>() {
            return Some(found);
        }
        next = current.source();
    }
    None
}

/// Whether a broken connection is among the causes.
fn find_io(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(current) = next {
        if current.downcast_ref::<std::io::Error>().is_some() || current.to_string().contains("connection") {
            return true;
        }
        next = current.source();
    }
    false
}

/// An error with the chain of its causes as one text, what was said already left out; the SDK's outermost text alone is
/// only "service error".
pub(crate) fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_wordings_of_a_service_control_policy_are_told_from_iam() {
        let explicit = "User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: sagemaker:Search with an explicit deny in a service control policy";
        let implicit = "… because no service control policy allows the sagemaker:Search action";
        let iam = "… because no identity-based policy allows the sagemaker:Search action";
        assert_eq!(from_code("AccessDeniedException", explicit, 400), Outcome::DeniedByScp);
        assert_eq!(from_code("AccessDenied", implicit, 403), Outcome::DeniedByScp);
        assert_eq!(from_code("AccessDeniedException", iam, 400), Outcome::AccessDenied);
    }

    #[test]
    fn an_answer_without_a_code_is_judged_by_its_status() {
        let cases = [
            (200, Outcome::MalformedAnswer),
            (403, Outcome::AccessDenied),
            (404, Outcome::Error),
            (429, Outcome::Throttled),
            (500, Outcome::Error),
            (503, Outcome::Error),
            (504, Outcome::Timeout),
        ];
        for (status, outcome) in cases {
            assert_eq!(from_status("sagemaker:Search", status, String::new()).outcome, outcome, "{status}");
        }
    }

    #[test]
    fn a_message_is_one_line_of_bounded_length() {
        let refusal = Refusal::new(Outcome::Error, "sagemaker:Search", "X", "a\nb\u{1b}[31m".repeat(500));
        assert!(refusal.message.chars().count() <= MESSAGE_LIMIT);
        assert!(!refusal.message.contains(char::is_control));
    }
}
