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
pub mod policy;
pub mod radius;
pub mod request;
mod text;

use std::collections::BTreeSet;

use thiserror::Error;

pub use json::json;
pub use text::text;

use condition::Condition;
use guard::NoGuard;
use history::History;
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
        for check in checks {
            match guard::rules(check, approved) {
                Ok(found) => {
                    guarded.push(*check);
                    rules.extend(found);
                }
                Err(why) => unguarded.push((*check, why)),
            }
        }
        if guarded.is_empty() {
            let lines = unguarded.iter().map(|(check, why)| format!("{}: {}", check.id, why.0)).collect::<Vec<_>>();
            return Err(GuardrailError::NothingToGuard(format!("nothing can be guarded: {}", lines.join("; "))));
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
        history
            .made(&types, |made| {
                radius.count(made, &statements, &failing);
                Ok(())
            })
            .await?;
        radius.sort();
        Ok(radius)
    }

    /// What nobody should take it for.
    pub fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        let has = |suffix: &str| self.checks.iter().any(|check| check.id.ends_with(suffix));
        if has("-keys") || has("-key") {
            limits.push(
                "A policy sees whether a key is named, and not what it is: keys that AWS manages, are disabled or do not \
                 exist pass it, and the audit still finds them. parameters.approved_keys narrows it to keys of yours.",
            );
        }
        if has("inter-container-encryption") {
            limits.push(
                "No condition key tells how many instances there are: jobs of one instance are refused too, although they have \
                 no traffic between containers and the check does not apply to them.",
            );
        }
        let excepts = |condition: &Condition| matches!(condition, Condition::SomeUnlike(..));
        if self.statements().iter().flat_map(|statement| &statement.conditions).any(excepts) {
            limits.push(
                "Instance types with local NVMe storage are excepted by family, since no volume key can be set there. A new \
                 family is refused until it is in the list: print the policy again after an update.",
            );
        }
        limits.push(match self.kind {
            PolicyKind::Scp => {
                "An SCP does not bind the management account, which the tables do not tell from the others (--except-account leaves \
                 it out), takes nothing from what already runs, and gives no permission."
            }
            PolicyKind::Iam => {
                "A policy of IAM binds the roles and users that it is attached to, or whose boundary it is, and nobody else. \
                 As a boundary it needs a statement beside it that allows the rest."
            }
        });
        limits.into_iter().map(str::to_owned).collect()
    }
}
