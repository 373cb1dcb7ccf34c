//! The policies: rules as statements, in as many documents as the size of one allows.

use clap::ValueEnum;
use serde_json::{Value, json};
use thiserror::Error;

use super::{
    condition::{Condition, Holds, element},
    condition_key::{Action, ConditionKey},
    guard::Rule,
    request::carried,
};
use crate::resource::Facts;

/// What kind of policy refuses the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyKind {
    /// A service control policy, for an organizational unit, an account or the root.
    Scp,
    /// A managed policy of IAM, for the roles of one account or as their permissions boundary.
    Iam,
}

impl PolicyKind {
    /// The most characters that a policy of the kind may have (quotas of Organizations and of IAM). Organizations counts
    /// white space, and IAM does not, so that documents are held against it without any.
    pub fn limit(self) -> usize {
        match self {
            Self::Scp => 5_120,
            Self::Iam => 6_144,
        }
    }

    /// What it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scp => "SCP",
            Self::Iam => "IAM policy",
        }
    }
}

/// A statement that denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is called in the policy: letters and digits.
    pub sid: String,
    /// The actions, sorted.
    pub actions: Vec<Action>,
    /// The conditions, sorted.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// Whether it is about one of these actions.
    pub fn is_about(&self, actions: &[Action]) -> bool {
        actions.iter().any(|action| self.actions.contains(action))
    }

    /// Whether it refuses the request that made this resource, which was one of these actions.
    pub fn refuses(&self, facts: &Facts, actions: &[Action]) -> Holds {
        if !self.is_about(actions) {
            return Holds::No;
        }
        let each = self.conditions.iter().map(|condition| condition.holds(&carried(facts, condition.key())));
        each.fold(Holds::Yes, Holds::and)
    }

    /// The element of a policy.
    fn to_json(&self) -> Value {
        json!({
            "Sid": self.sid,
            "Effect": "Deny",
            "Action": self.actions.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
            "Resource": "*",
            "Condition": element(&self.conditions),
        })
    }

    /// The two halves of its actions, as statements of their own; none where there is one action alone.
    fn halves(&self) -> Option<[Self; 2]> {
        let (first, second) = self.actions.split_at_checked(self.actions.len() / 2)?;
        if first.is_empty() {
            return None;
        }
        let of = |actions: &[Action], letter| Self {
            sid: format!("{}{letter}", self.sid),
            actions: actions.to_vec(),
            conditions: self.conditions.clone(),
        };
        Some([of(first, 'A'), of(second, 'B')])
    }
}

/// Rules as statements: those with the same conditions are one.
pub fn statements(rules: impl IntoIterator<Item = Rule>) -> Vec<Statement> {
    let mut merged = Vec::<Rule>::new();
    for rule in rules {
        match merged.iter_mut().find(|known| known.conditions == rule.conditions) {
            Some(known) => known.actions.extend(rule.actions),
            None => merged.push(rule),
        }
    }
    let mut named = Vec::<(ConditionKey, usize)>::new();
    let mut statements = Vec::new();
    for Rule { mut actions, conditions } in merged {
        actions.sort_unstable();
        actions.dedup();
        let Some(key) = main_key(&conditions) else { continue };
        let number = 1 + named.iter().filter(|(known, _)| *known == key).count();
        named.push((key, number));
        let name = key.as_str().trim_start_matches("sagemaker:");
        let sid = if number == 1 { format!("Sagesweep{name}") } else { format!("Sagesweep{name}{number}") };
        statements.push(Statement { sid, actions, conditions });
    }
    statements
}

/// The key that a statement is about: instance types and stores only narrow it.
fn main_key(conditions: &[Condition]) -> Option<ConditionKey> {
    let narrows = |key: ConditionKey| {
        matches!(
            key,
            ConditionKey::InstanceTypes
                | ConditionKey::FeatureGroupEnableOnlineStore
                | ConditionKey::FeatureGroupOfflineStoreConfig
        )
    };
    let keys = || conditions.iter().map(Condition::key);
    keys().find(|key| !narrows(*key)).or_else(|| keys().next())
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    statements: Vec<Statement>,
}

impl Policy {
    /// Its statements.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The document.
    pub fn document(&self) -> Value {
        let statements = self.statements.iter().map(Statement::to_json).collect::<Vec<_>>();
        json!({ "Version": "2012-10-17", "Statement": statements })
    }

    /// The document without white space, as the service takes it.
    pub fn content(&self) -> String {
        self.document().to_string()
    }

    /// The characters of the content.
    pub fn characters(&self) -> usize {
        self.content().chars().count()
    }
}

/// A statement that is too long for any policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the statement {sid} alone makes a policy of {characters} characters, and the most that an {kind} may have is {limit}; \
     name fewer keys in parameters.approved_keys, or shorter patterns of them"
)]
pub struct TooLong {
    sid: String,
    kind: &'static str,
    characters: usize,
    limit: usize,
}

/// Statements as policies, each within the limit of the kind, as few as filling one after the other makes.
pub fn policies(statements: Vec<Statement>, kind: PolicyKind) -> Result<Vec<Policy>, TooLong> {
    let (mut filled, mut open) = (Vec::new(), Policy { statements: Vec::new() });
    let mut waiting = statements.into_iter().rev().collect::<Vec<_>>();
    while let Some(statement) = waiting.pop() {
        open.statements.push(statement);
        if open.characters() <= kind.limit() {
            continue;
        }
        // A place is there for what was just put in.
        let Some(statement) = open.statements.pop() else { continue };
        if open.statements.is_empty() {
            let alone = Policy { statements: vec![statement.clone()] };
            let too_long = || TooLong {
                sid: statement.sid.clone(),
                kind: kind.as_str(),
                characters: alone.characters(),
                limit: kind.limit(),
            };
            let [first, second] = statement.halves().ok_or_else(too_long)?;
            waiting.extend([second, first]);
        } else {
            waiting.push(statement);
            filled.push(std::mem::replace(&mut open, Policy { statements: Vec::new() }));
        }
    }
    if !open.statements.is_empty() {
        filled.push(open);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
