//! What doctor saw: one observation for each thing that was looked at, or for one problem that several accounts share.

use serde::Serialize;
use serde_json::Value;

use crate::{
    outcome::Refusal,
    place::{AccountId, Region},
};

/// What an observation is about; the order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Group {
    /// The configuration in effect.
    Configuration,
    /// Who we are, and what time it is.
    Identity,
    /// The accounts in scope.
    Organization,
    /// The way into each account.
    Accounts,
    /// Where the tables go.
    Lake,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 5] = [Self::Configuration, Self::Identity, Self::Organization, Self::Accounts, Self::Lake];

    /// The heading for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Configuration => "Configuration",
            Self::Identity => "Identity and clock",
            Self::Organization => "Organization",
            Self::Accounts => "Accounts",
            Self::Lake => "Lake",
        }
    }
}

/// How good it is, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// As it has to be.
    Ok,
    /// Worth knowing.
    Note,
    /// The night goes on, slower or with less in it than it could.
    Warn,
    /// Something would be missed, or the run would fail: the consequence says which.
    Fail,
}

impl Level {
    /// The level as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Note => "note",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// What a night would lose by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Consequence {
    /// Nothing.
    Nothing,
    /// Some regions of the accounts, or some of the facts.
    PartsMissed,
    /// The accounts as a whole.
    AccountsMissed,
    /// Everything.
    RunFails,
}

/// An account by its id and its name, which may hold anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// The id.
    pub id: AccountId,
    /// The name; the id where no name is known.
    pub name: String,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Advice {
    /// A sentence.
    Say(String),
    /// A command for a shell.
    Command(String),
    /// A line of the configuration.
    Setting(String),
    /// A policy, or a part of one.
    Policy(Value),
}

/// What AWS said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The API or IAM action.
    pub api: String,
    /// The error code.
    pub code: String,
    /// The message, of one account where several got the like.
    pub message: String,
}

impl From<&Refusal> for Answer {
    fn from(refusal: &Refusal) -> Self {
        Self { api: refusal.api.to_owned(), code: refusal.code.clone(), message: refusal.message.clone() }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// What it is about.
    pub group: Group,
    /// How good it is.
    pub level: Level,
    /// What a night would lose.
    pub consequence: Consequence,
    /// What was looked at: an IAM action, a setting, a thing.
    pub subject: String,
    /// What was seen, in plain words.
    pub text: String,
    /// The accounts concerned, by id; empty where it is about none in particular.
    pub accounts: Vec<Named>,
    /// The regions concerned, sorted.
    pub regions: Vec<Region>,
    /// The answer that it rests on.
    pub answer: Option<Answer>,
    /// What mends it, in order.
    pub advice: Vec<Advice>,
}

impl Observation {
    /// Something that is as it has to be, or worth knowing, without anything to do.
    pub fn new(group: Group, level: Level, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            group,
            level,
            consequence: Consequence::Nothing,
            subject: subject.into(),
            text: text.into(),
            accounts: Vec::new(),
            regions: Vec::new(),
            answer: None,
            advice: Vec::new(),
        }
    }

    /// Something that is as it has to be.
    pub fn ok(group: Group, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(group, Level::Ok, subject, text)
    }

    /// Something that makes the whole run fail.
    pub fn fatal(group: Group, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { consequence: Consequence::RunFails, ..Self::new(group, Level::Fail, subject, text) }
    }

    /// The same with the refusal that it rests on.
    #[must_use]
    pub fn answered(self, refusal: &Refusal) -> Self {
        Self { answer: Some(refusal.into()), ..self }
    }

    /// The same with what mends it.
    #[must_use]
    pub fn advised(self, advice: Vec<Advice>) -> Self {
        Self { advice, ..self }
    }
}
