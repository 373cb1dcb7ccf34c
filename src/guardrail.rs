//! Policies that refuse, before it is made, what the checks fail: with the exceptions that AWS itself makes necessary, within the
//! sizes that it takes, and with what they would have refused in the days that are recorded.
//!
//! ```text
//! checks ──► guard ──► policy ──────────────────► document
//!            rules     statements, within limits
//!                      │
//! lake ────► history ──► request ──► condition ──► radius ──► text, json
//!            what was    what it     whether
//!            made        carried     it holds
//! ```
//!
//! The conditions that stand in the document are those that are put to what is recorded, and they have three answers: a fact
//! that the audit does not keep is told as such.

pub mod condition;
pub mod condition_key;
pub mod guard;
pub mod history;
mod json;
mod limits;
pub mod parents;
pub mod policy;
pub mod radius;
pub mod request;
mod sighting;
mod text;

use std::{cmp::Reverse, collections::BTreeSet};

use thiserror::Error;

pub use json::json;
pub use text::text;

use guard::NoGuard;
use history::History;
use parents::Parents;
use policy::{Policy, PolicyKind, Statement, TooLong};
use radius::Radius;

use crate::{check::Check, query::QueryError, resource::ResourceType};

/// Why there is no guardrail.
#[derive(Debug, Error)]
pub enum GuardrailError {
    /// None of the checks can be guarded.
    #[error("{0}")]
    NothingToGuard(String),
    /// A statement does not fit.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// What is recorded cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl GuardrailError {
    /// Whether the command line or the configuration is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NothingToGuard(_) | Self::TooLong(_) => true,
            Self::Query(_) => false,
        }
    }
}

/// Checks, and the policies that prevent what they fail.
#[derive(Debug, Clone)]
pub struct Guardrail {
    /// The kind of the policies.
    pub kind: PolicyKind,
    /// The checks that are guarded.
    pub checks: Vec<&'static Check>,
    /// Those that cannot be, and why.
    pub unguarded: Vec<(&'static Check, NoGuard)>,
    /// The policies.
    pub policies: Vec<Policy>,
}

impl Guardrail {
    /// The guardrail of some checks. Keys that `approved` does not name are refused too, where it names any.
    pub fn of(
        checks: &[&'static Check],
        approved: &BTreeSet<String>,
        kind: PolicyKind,
    ) -> Result<Self, GuardrailError> {
        let (mut guarded, mut unguarded, mut rules) = (Vec::new(), Vec::new(), Vec::new());
        let mut known = BTreeSet::new();
        for check in checks.iter().filter(|check| known.insert(check.id)) {
            match guard::rules(check, approved) {
                Ok(found) => {
                    guarded.push(*check);
                    rules.extend(found);
                }
                Err(why) => unguarded.push((*check, why)),
            }
        }
        if guarded.is_empty() {
            return Err(GuardrailError::NothingToGuard(nothing(&unguarded)));
        }
        let policies = policy::policies(policy::statements(rules), kind)?;
        Ok(Self { kind, checks: guarded, unguarded, policies })
    }

    /// The statements of all policies.
    pub fn statements(&self) -> Vec<Statement> {
        self.policies.iter().flat_map(|policy| policy.statements().iter().cloned()).collect()
    }

    /// The resource types whose requests are guarded.
    pub fn resource_types(&self) -> Vec<ResourceType> {
        let types = self.checks.iter().map(|check| check.resource_type()).collect::<BTreeSet<_>>();
        types.into_iter().collect()
    }

    /// What it would have refused.
    pub async fn radius(&self, history: &History) -> Result<Radius, GuardrailError> {
        let (types, statements) = (self.resource_types(), self.statements());
        let nights = history.nights().await?.len();
        let mut radius = Radius::of(history.window, nights, history.unseen(&types).await?);
        let failing = history.failing(&self.checks).await?;
        let (of_parents, mut parents) = (Parents::types(&statements), Parents::default());
        if !of_parents.is_empty() {
            history
                .made(&of_parents, |made| {
                    parents.judge(made, &statements);
                    Ok(())
                })
                .await?;
        }
        history
            .made(&types, |made| {
                radius.count(made, &statements, &failing, &parents);
                Ok(())
            })
            .await?;
        radius.sort();
        Ok(radius)
    }

    /// What nobody should take it for.
    pub fn limits(&self) -> Vec<String> {
        limits::of(self)
    }
}

/// Checks that are named of those that cannot be guarded for the same reason.
const NAMED: usize = 3;

/// Checks that cannot be guarded, by why, those of the most first.
fn by_reason(unguarded: &[(&'static Check, NoGuard)]) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut reasons = Vec::<(&str, Vec<&str>)>::new();
    for (check, why) in unguarded {
        match reasons.iter_mut().find(|(known, _)| *known == why.0) {
            Some((_, ids)) => ids.push(check.id),
            None => reasons.push((why.0, vec![check.id])),
        }
    }
    reasons.sort_by_key(|(_, ids)| Reverse(ids.len()));
    reasons
}

/// That nothing can be guarded, and why, with a few of the checks of each reason.
fn nothing(unguarded: &[(&'static Check, NoGuard)]) -> String {
    let reasons = by_reason(unguarded).into_iter().map(|(why, ids)| {
        let named = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        match ids.len().saturating_sub(NAMED) {
            0 => format!("{why} ({named})"),
            more => format!("{why} ({named}, and {more} more)"),
        }
    });
    let reasons = reasons.collect::<Vec<_>>();
    if reasons.is_empty() {
        "nothing can be guarded: no check is selected".to_owned()
    } else {
        format!("nothing can be guarded: {}", reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CHECKS;

    #[test]
    fn that_nothing_can_be_guarded_is_said_once_for_each_reason() {
        let unguarded = CHECKS.iter().copied().filter(|check| guard::rules(check, &BTreeSet::new()).is_err());
        let unguarded = unguarded.collect::<Vec<_>>();
        let twice = [unguarded.clone(), unguarded.clone()].concat();
        let error = Guardrail::of(&twice, &BTreeSet::new(), PolicyKind::Scp).unwrap_err().to_string();
        assert_eq!(error.matches("no condition key of SageMaker").count(), 1, "{error}");
        assert!(error.contains(" more)") && error.chars().count() < 1_000, "{error}");
        let reasons = unguarded.iter().filter_map(|check| Some((*check, guard::rules(check, &BTreeSet::new()).err()?)));
        let reasons = by_reason(&reasons.collect::<Vec<_>>());
        assert_eq!(reasons.iter().map(|(_, ids)| ids.len()).sum::<usize>(), unguarded.len());
        assert!(reasons.windows(2).all(|pair| pair[0].1.len() >= pair[1].1.len()));
    }
}
