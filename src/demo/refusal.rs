//! Errors as AWS words them: a code, a status and a message, written in the protocol of the service.

use super::operation::Service;

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A request that the service's model forbids.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message)
    }

    /// An operation that the service does not have.
    pub(super) fn unknown_operation(service: Service) -> Self {
        match service {
            Service::Sts => Self::new(400, "InvalidAction", "Could not find operation for version 2011-06-15"),
            Service::S3 => {
                Self::new(501, "NotImplemented", "A header you provided implies functionality that is not implemented.")
            }
            Service::Account | Service::Kms | Service::Organizations | Service::SageMaker => {
                Self::new(400, "UnknownOperationException", "")
            }
        }
    }

    /// More calls than the quota allows.
    pub(super) fn throttled(service: Service) -> Self {
        match service {
            Service::Kms | Service::SageMaker => Self::new(400, "ThrottlingException", "Rate exceeded"),
            Service::Organizations => Self::new(
                400,
                "TooManyRequestsException",
                "You have sent too many requests in too short a period of time.",
            ),
            Service::Account => Self::new(429, "TooManyRequestsException", "Rate exceeded"),
            Service::S3 => Self::new(503, "SlowDown", "Please reduce your request rate."),
            Service::Sts => Self::new(400, "Throttling", "Rate exceeded"),
        }
    }

    /// A service that fails.
    pub(super) fn failed(service: Service, status: u16) -> Self {
        match (status, service) {
            (503, _) => Self::new(503, "ServiceUnavailable", "Service is unavailable."),
            (_, Service::S3) => {
                Self::new(status, "InternalError", "We encountered an internal error. Please try again.")
            }
            (_, Service::Account | Service::Kms | Service::Organizations | Service::SageMaker | Service::Sts) => {
                let message = "The request processing has failed because of an unknown error.";
                Self::new(status, "InternalFailure", message)
            }
        }
    }

    /// A call that the caller is not allowed to make; `reason` follows the action.
    pub(super) fn denied(service: Service, caller: &str, action: &str, reason: &str) -> Self {
        let message = format!("User: {caller} is not authorized to perform: {action} {reason}");
        match service {
            Service::Kms | Service::SageMaker | Service::Organizations => {
                Self::new(400, "AccessDeniedException", message)
            }
            Service::Account => Self::new(403, "AccessDeniedException", message),
            Service::S3 | Service::Sts => Self::new(403, "AccessDenied", message),
        }
    }

    /// Credentials whose time is over.
    pub(super) fn expired(service: Service) -> Self {
        let message = "The security token included in the request is expired";
        match service {
            Service::S3 => Self::new(400, "ExpiredToken", "The provided token has expired."),
            Service::Sts => Self::new(403, "ExpiredToken", message),
            Service::Account => Self::new(403, "ExpiredTokenException", message),
            Service::Kms | Service::SageMaker | Service::Organizations => {
                Self::new(400, "ExpiredTokenException", message)
            }
        }
    }

    /// Credentials that are unknown here: also what a region says that the account has not enabled.
    pub(super) fn unrecognized(service: Service) -> Self {
        let message = "The security token included in the request is invalid.";
        match service {
            Service::S3 => Self::new(
                403,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            ),
            Service::Sts => Self::new(403, "InvalidClientTokenId", message),
            Service::Account => Self::new(403, "UnrecognizedClientException", message),
            Service::Kms | Service::SageMaker | Service::Organizations => {
                Self::new(400, "UnrecognizedClientException", message)
            }
        }
    }

    /// A clock that goes wrong at the caller's.
    pub(super) fn skewed(service: Service) -> Self {
        let message =
            "Signature expired: 20200101T000000Z is now earlier than 20200101T001500Z (20200101T002000Z - 5 min.)";
        match service {
            Service::S3 => Self::new(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            ),
            Service::Sts => Self::new(403, "RequestTimeTooSkewed", message),
            Service::Account => Self::new(403, "InvalidSignatureException", message),
            Service::Kms | Service::SageMaker | Service::Organizations => {
                Self::new(400, "InvalidSignatureException", message)
            }
        }
    }

    /// The body in the protocol of the service; the code travels in a header too, and for Account Management nowhere else.
    pub(super) fn body(&self, service: Service, request_id: &str) -> String {
        match service {
            Service::Sts => format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>{}</Type>\n    <Code>{}</Code>\n    \
                 <Message>{}</Message>\n  </Error>\n  <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n",
                if self.status < 500 { "Sender" } else { "Receiver" },
                self.code,
                escape(&self.message)
            ),
            Service::S3 => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><RequestId>{request_id}</RequestId></Error>",
                self.code,
                escape(&self.message)
            ),
            Service::Account => serde_json::json!({"message": self.message}).to_string(),
            Service::Kms | Service::SageMaker | Service::Organizations => {
                serde_json::json!({"__type": self.code, "message": self.message}).to_string()
            }
        }
    }
}

/// `text` as character data of an XML element.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            control if control < ' ' && !matches!(control, '\n' | '\t' | '\r') => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_carries_any_text() {
        assert_eq!(escape("a <b> & \"c\"\u{1}"), "a &lt;b&gt; &amp; &quot;c&quot;\u{fffd}");
    }
}
