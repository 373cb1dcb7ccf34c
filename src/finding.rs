//! A finding: what one check says of one resource, in OCSF's terms (class 2003, Compliance Finding).

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{check::Check, exception::Exception, lake::hash::Digest, organization::Target, resource::Resource};

/// How bad a failed check is; the numbers are OCSF's `severity_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No action needed.
    Informational = 1,
    /// Worth mending in time.
    Low,
    /// A control of the second line is missing.
    Medium,
    /// Data or network is open to more than it should be.
    High,
    /// Mend today.
    Critical,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// OCSF `severity_id`.
    pub fn id(self) -> i32 {
        match self {
            Self::Informational => 1,
            Self::Low => 2,
            Self::Medium => 3,
            Self::High => 4,
            Self::Critical => 5,
        }
    }

    /// The severity of this number.
    pub fn of_id(id: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.id() == id)
    }

    /// OCSF `severity`, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What the evidence shows of a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// The control holds.
    Pass,
    /// The control does not hold.
    Fail,
    /// The evidence could not be read: neither of the two above.
    Unknown,
    /// The control cannot apply to this resource.
    NotApplicable,
}

impl Status {
    /// All statuses, the good ones last.
    pub const ALL: [Self; 4] = [Self::Fail, Self::Unknown, Self::NotApplicable, Self::Pass];

    /// The status as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Unknown => "UNKNOWN",
            Self::NotApplicable => "NOT_APPLICABLE",
        }
    }

    /// The status that tables spell like this.
    pub fn spelt(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// OCSF `compliance.status_id`: 2, Warning, is "did not yield a result due to missing information".
    pub fn compliance_status_id(self) -> i32 {
        match self {
            Self::Pass => 1,
            Self::Unknown => 2,
            Self::Fail => 3,
            Self::NotApplicable => 99,
        }
    }
}

/// Why a check came to its status: a stable code for queries, and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason {
    /// `snake_case`, stable between versions.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub text: Cow<'static, str>,
}

impl Reason {
    /// A reason with its code and sentence.
    pub fn new(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.into() }
    }
}

/// The outcome of one check on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the evidence shows.
    pub status: Status,
    /// At least one, the most telling first.
    pub reasons: Vec<Reason>,
    /// Observed against expected as a JSON object; kept for FAIL and UNKNOWN.
    pub evidence: Option<String>,
}

impl Verdict {
    /// A verdict with one reason and no evidence.
    pub fn new(status: Status, code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status, reasons: vec![Reason::new(code, text)], evidence: None }
    }

    /// Adds the evidence, which only FAIL and UNKNOWN keep.
    #[must_use]
    pub fn with_evidence(mut self, evidence: impl FnOnce() -> serde_json::Value) -> Self {
        if matches!(self.status, Status::Fail | Status::Unknown) {
            self.evidence = Some(evidence().to_string());
        }
        self
    }

    /// The codes of the reasons, each once, joined by commas.
    pub fn reason_code(&self) -> Cow<'static, str> {
        match self.reasons.as_slice() {
            [one] => Cow::Borrowed(one.code),
            many => {
                let mut codes = Vec::with_capacity(many.len());
                for reason in many {
                    if !codes.contains(&reason.code) {
                        codes.push(reason.code);
                    }
                }
                Cow::Owned(codes.join(","))
            }
        }
    }

    /// The sentences of the reasons, joined by semicolons.
    pub fn reason(&self) -> Cow<'_, str> {
        match self.reasons.as_slice() {
            [one] => Cow::Borrowed(&one.text),
            many => Cow::Owned(many.iter().map(|reason| reason.text.as_ref()).collect::<Vec<_>>().join("; ")),
        }
    }
}

/// What tells a finding from every other one, and is the same in each run that has it: SHA-256, in hexadecimal, of account,
/// region, ARN, creation time in milliseconds (empty when it is not known) and check, joined by `|`.
pub fn uid(account: &str, region: &str, arn: &str, created_at: Option<Timestamp>, check: &str) -> String {
    let created = created_at.map(|at| at.as_millisecond().to_string()).unwrap_or_default();
    Digest::of(format!("{account}|{region}|{arn}|{created}|{check}").as_bytes()).sha256
}

/// One row of the table `findings`.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Account and region of the resource.
    pub target: Arc<Target>,
    /// The resource that was judged.
    pub resource: Arc<Resource>,
    /// The check that judged it.
    pub check: &'static Check,
    /// What it found.
    pub verdict: Verdict,
    /// The exception that covers it; one never covers anything but a FAIL.
    pub exception: Option<Arc<Exception>>,
}
