//! Exceptions: what fails and may, for a while. An exception never changes a status; it says who answers for a FAIL, why, and
//! until when.
//!
//! ```text
//! file: a path or S3 ──► source ──► file, entry: text ──► Exceptions ──► applied: which one covers a FAIL ──► findings
//!                        once, into              all that is wrong                                              │
//!                        the plan of a run       at once, by line           usage: expired, unused, ending ◄────┘
//! ```
//!
//! Of several exceptions that cover a finding the first in the file counts. What is decided does not depend on anything but the
//! text and the day on which the run started, both of which its plan has: so all shards and attempts decide alike.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

pub mod applied;
mod arn_pattern;
mod entry;
mod file;
mod overlap;
pub mod prowler;
pub mod published;
pub mod scope;
pub mod source;
pub mod usage;
mod work;
pub mod written;

pub use file::read;
use scope::Scope;

use crate::{
    check::{Check, selection::Pattern},
    config::Problem,
};

/// An example of a file, with what each key means.
pub const EXAMPLE: &str = include_str!("../config/exceptions.toml");

/// Days before its end from which on an exception counts as one that ends soon; the view `exceptions_expiring` has them too.
pub const SOON: i32 = 30;

/// What decides about a file besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The day by which dates are judged, in UTC.
    pub today: Date,
    /// The days that an exception may last.
    pub max_days: u16,
}

/// One exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its identity, unique in the file: as written, or told from what it covers.
    pub id: String,
    /// Ids and patterns of checks.
    pub check: Vec<Pattern>,
    /// The checks that these name.
    checks: BTreeSet<&'static str>,
    /// Where it applies.
    pub scope: Scope,
    /// Why it was granted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The day on which it was granted, if that is known.
    pub created: Option<Date>,
    /// Its last day, in UTC.
    pub expires: Date,
    /// The line of the file in which it begins, from 1.
    pub line: usize,
}

/// How an exception stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It applies.
    InForce,
    /// It applies, and ends within [`SOON`] days.
    Expiring,
    /// It has ended and does not apply.
    Expired,
}

impl Standing {
    /// The name in tables and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "IN_FORCE",
            Self::Expiring => "EXPIRING",
            Self::Expired => "EXPIRED",
        }
    }
}

impl Exception {
    /// Whether it is one for this check.
    pub fn is_for(&self, check: &str) -> bool {
        self.checks.contains(check)
    }

    /// Days until its last one: none left on the last day, and fewer than none afterwards.
    pub fn days_left(&self, today: Date) -> i32 {
        (self.expires - today).get_days()
    }

    /// How it stands on a day.
    pub fn standing(&self, today: Date) -> Standing {
        match self.days_left(today) {
            ..0 => Standing::Expired,
            0..=SOON => Standing::Expiring,
            _ => Standing::InForce,
        }
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Exception {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Exception", 9)?;
        members.serialize_field("id", &self.id)?;
        members.serialize_field("check", &self.check)?;
        members.serialize_field("scope", &self.scope)?;
        members.serialize_field("reason", &self.reason)?;
        members.serialize_field("owner", &self.owner)?;
        members.serialize_field("ticket", &self.ticket)?;
        members.serialize_field("created", &self.created)?;
        members.serialize_field("expires", &self.expires)?;
        members.serialize_field("line", &self.line)?;
        members.end()
    }
}

/// The exceptions of a file, as they stand on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exceptions {
    today: Date,
    all: Vec<Arc<Exception>>,
    warnings: Vec<Problem>,
}

impl Exceptions {
    /// The day, in UTC.
    pub fn today(&self) -> Date {
        self.today
    }

    /// All of them in the order of the file, those that have ended among them.
    pub fn all(&self) -> &[Arc<Exception>] {
        &self.all
    }

    /// Those that apply, in the order of the file.
    pub fn in_force(&self) -> impl Iterator<Item = &Arc<Exception>> {
        self.all.iter().filter(|exception| exception.standing(self.today) != Standing::Expired)
    }

    /// What is odd about the file and keeps nobody from using it, in its order: what has ended or ends soon, what overlaps.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

/// A number of days in words.
pub(crate) fn in_days(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// The ids of the checks of a pattern.
fn checks_of(patterns: &[Pattern]) -> BTreeSet<&'static str> {
    let named = |check: &&Check| patterns.iter().any(|pattern| pattern.names(check));
    crate::check::profile::Profile::Both.checks().filter(named).map(|check| check.id).collect()
}

#[cfg(test)]
mod tests;
