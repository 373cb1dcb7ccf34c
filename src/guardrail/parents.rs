//! The requests of tuning, AutoML and labeling jobs, by which counts what the service made for them: the settings of a child are
//! not those of its parent's request, since the service leaves out what an instance type does not take.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    condition::Holds,
    condition_key::Action,
    guard::actions,
    policy::Statement,
    radius::{Made, UNKNOWN_FORM},
};
use crate::resource::{Facts, ResourceType};

/// The types of jobs for which the service makes others.
const TYPES: [ResourceType; 3] =
    [ResourceType::HyperParameterTuningJob, ResourceType::AutoMlJob, ResourceType::LabelingJob];

/// What statements say of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether one of them refuses it.
    pub holds: Holds,
    /// Those that do.
    pub refusing: Vec<String>,
}

impl Verdict {
    /// That of a request that was one of these actions.
    pub fn of(statements: &[Statement], facts: &Facts, actions: &[Action]) -> Self {
        let mut verdict = Self { holds: Holds::No, refusing: Vec::new() };
        for statement in statements {
            let holds = statement.refuses(facts, actions);
            if holds == Holds::Yes {
                verdict.refusing.push(statement.sid.clone());
            }
            verdict.holds = verdict.holds.or(holds);
        }
        verdict
    }

    fn untold(why: &str) -> Self {
        Self { holds: Holds::Untold(why.to_owned()), refusing: Vec::new() }
    }
}

/// What the statements say of the parents that are recorded, by ARN and creation.
#[derive(Debug, Default)]
pub struct Parents(BTreeMap<(String, Timestamp), Verdict>);

impl Parents {
    /// The types of parents whose requests one of the statements guards.
    pub fn types(statements: &[Statement]) -> Vec<ResourceType> {
        let guarded = |kind: ResourceType| statements.iter().any(|statement| statement.is_about(actions(kind)));
        TYPES.into_iter().filter(|kind| guarded(*kind)).collect()
    }

    /// Judges one.
    pub fn judge(&mut self, made: Made, statements: &[Statement]) {
        let Some(created_at) = made.created_at else { return };
        let verdict = match &made.facts {
            Some(facts) => Verdict::of(statements, facts, actions(facts.resource_type())),
            None => Verdict::untold(UNKNOWN_FORM),
        };
        self.0.insert((made.arn, created_at), verdict);
    }

    /// What is said of the request of a parent that was there at an instant.
    pub fn verdict(&self, arn: &str, at: Timestamp) -> Verdict {
        let mut found = self.0.range((arn.to_owned(), Timestamp::MIN)..=(arn.to_owned(), at));
        match found.next_back() {
            Some((_, verdict)) => verdict.clone(),
            None => Verdict::untold("the request of its parent job is not recorded in these days"),
        }
    }
}
