//! `[notify]`: who is told of a published run, and of what.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::print::or_empty;
use crate::{
    finding::Severity,
    place::{AccountId, Partition, Region},
};

/// Who is told of a published run, and of what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notify {
    /// The SNS topic, by its ARN.
    #[serde(serialize_with = "or_empty")]
    pub sns_topic: Option<Arn>,
    /// The event bus of EventBridge, by its ARN.
    #[serde(serialize_with = "or_empty")]
    pub event_bus: Option<Arn>,
    /// Where the URL of a webhook is; the URL itself is a secret and never stands in a configuration.
    #[serde(serialize_with = "or_empty")]
    pub webhook: Option<UrlSource>,
    /// New FAILs are told from this severity on.
    pub minimum_severity: Severity,
    /// A loss of coverage since the run before is told from so many percentage points on.
    pub coverage_drop_points: f64,
    /// Exceptions are told that end within so many days.
    pub expiring_days: u16,
    /// Whether a run is told of in which there is nothing of these.
    pub quiet_runs: bool,
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            sns_topic: None,
            event_bus: None,
            webhook: None,
            minimum_severity: Severity::High,
            coverage_drop_points: 1.0,
            expiring_days: 14,
            quiet_runs: true,
        }
    }
}

/// The ARN of something in a region of an account, which is called there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn {
    text: String,
    region: Region,
}

impl Arn {
    /// Its region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The whole of it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// An ARN of this service whose resource is legal.
    fn of(service: &str, text: &str, is_legal: impl Fn(&str) -> bool) -> Option<Self> {
        match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", partition, found, region, account, resource]
                if *found == service
                    && partition.parse::<Partition>().is_ok()
                    && account.parse::<AccountId>().is_ok()
                    && is_legal(resource) =>
            {
                Some(Self { text: text.to_owned(), region: region.parse().ok()? })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Where the URL of a webhook is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlSource {
    /// In a variable of the environment.
    Environment(String),
    /// In a secret of Secrets Manager.
    Secret(Arn),
}

/// What a reference to a variable begins with.
const VARIABLE: &str = "env:";

impl FromStr for UrlSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(name) = text.strip_prefix(VARIABLE) {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            let is_name =
                (1..=128).contains(&name.len()) && name.bytes().all(legal) && !name.starts_with(char::is_numeric);
            return if name.starts_with(super::keys::VARIABLES) {
                Err(format!("`{name}` begins as the keys of the configuration do; give the variable another name"))
            } else if is_name {
                Ok(Self::Environment(name.to_owned()))
            } else {
                Err("this is not the name of a variable, such as env:AUDIT_WEBHOOK_URL".to_owned())
            };
        }
        let is_secret =
            |resource: &str| resource.strip_prefix("secret:").is_some_and(|name| is_word(name, 512, "/_+=.@-"));
        Arn::of("secretsmanager", text, is_secret).map(Self::Secret).ok_or_else(|| {
            // What was written may be the URL itself, and is not repeated.
            "a webhook's URL is a secret and is named by where it is kept: env:AUDIT_WEBHOOK_URL for a variable of the \
             environment, or the ARN of a secret of Secrets Manager"
                .to_owned()
        })
    }
}

impl fmt::Display for UrlSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(formatter, "{VARIABLE}{name}"),
            Self::Secret(arn) => write!(formatter, "{arn}"),
        }
    }
}

impl Serialize for UrlSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The ARN of a topic.
pub(super) fn topic(text: &str) -> Result<Arn, String> {
    let is_topic = |name: &str| is_word(name.strip_suffix(".fifo").unwrap_or(name), 256, "_-");
    Arn::of("sns", text, is_topic).ok_or_else(|| {
        format!("`{text}` is not the ARN of a topic, such as arn:aws:sns:eu-central-1:111111111111:audit")
    })
}

/// The ARN of an event bus.
pub(super) fn event_bus(text: &str) -> Result<Arn, String> {
    let is_bus = |resource: &str| resource.strip_prefix("event-bus/").is_some_and(|name| is_word(name, 256, "/_.-"));
    Arn::of("events", text, is_bus).ok_or_else(|| {
        format!(
            "`{text}` is not the ARN of an event bus, such as arn:aws:events:eu-central-1:111111111111:event-bus/audit"
        )
    })
}

fn is_word(text: &str, longest: usize, marks: &str) -> bool {
    let legal = |char: char| char.is_ascii_alphanumeric() || marks.contains(char);
    (1..=longest).contains(&text.len()) && text.chars().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_named_by_their_arns_which_tell_their_regions() {
        for (text, region) in [
            ("arn:aws:sns:eu-central-1:111111111111:audit", "eu-central-1"),
            ("arn:aws-us-gov:sns:us-gov-west-1:111111111111:audit.fifo", "us-gov-west-1"),
        ] {
            let arn = topic(text).unwrap();
            assert_eq!((arn.as_str(), arn.region().as_str()), (text, region));
        }
        assert!(event_bus("arn:aws:events:eu-central-1:111111111111:event-bus/default").is_ok());
        for wrong in ["", "audit", "arn:aws:sns:eu-central-1:1:x", "arn:aws:sns:eu-central-1:111111111111:x:y"] {
            assert!(topic(wrong).is_err() && event_bus(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_webhook_is_named_by_where_its_url_is_kept() {
        let secret = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:audit/webhook-a1b2c3";
        for text in ["env:AUDIT_WEBHOOK_URL", secret] {
            assert_eq!(text.parse::<UrlSource>().unwrap().to_string(), text);
        }
        for wrong in ["", "env:", "env:A B", "env:1A", "env:SAGESWEEP_NOTIFY_WEBHOOK", "arn:aws:s3:::secret"] {
            assert!(wrong.parse::<UrlSource>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_url_in_the_place_of_a_reference_is_not_repeated() {
        let error = "https://hooks.example.com/T0/B0/s3cr3t".parse::<UrlSource>().unwrap_err();
        assert!(error.contains("env:AUDIT_WEBHOOK_URL") && !error.contains("s3cr3t"), "{error}");
    }
}
