//! The blast radius: which of the recorded requests would have been refused, whose they were, and what of that cannot be told.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::{
    condition::Holds,
    guard::actions,
    history::{Identity, Window},
    policy::Statement,
};
use crate::{
    query::{QueryError, rows::Row},
    resource::{Facts, OriginKind, ResourceType},
};

/// A resource, as the request that made it is known from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Its account.
    pub account_id: String,
    /// The name of the account.
    pub account_name: String,
    /// Its region.
    pub region: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Its execution role.
    pub role_arn: Option<String>,
    /// What made it: the kind, and the ARN or name.
    pub origin: Option<(String, String)>,
    /// Its facts; none in a form that this version does not know, and once they were judged.
    pub facts: Option<Facts>,
}

impl Made {
    /// A row of the table `resources`.
    pub(super) fn of(row: Row<'_>) -> Result<Self, QueryError> {
        let text = |name| row.known(name).map(str::to_owned);
        let kind = row.known("resource_type")?;
        let resource_type = ResourceType::ALL.iter().find(|one| one.as_str() == kind);
        let json = row.text("config_json").unwrap_or_default();
        Ok(Self {
            account_id: text("account_id")?,
            account_name: text("account_name")?,
            region: text("region")?,
            arn: text("resource_arn")?,
            created_at: row.instant("created_at"),
            role_arn: row.text("role_arn").map(str::to_owned),
            origin: row.text("origin_kind").map(str::to_owned).zip(row.text("origin").map(str::to_owned)),
            facts: resource_type.and_then(|kind| Facts::from_json(*kind, json).ok()),
        })
    }

    /// The type of the job for which the service made it, if it did: its settings stand in the request of that job.
    fn parent(&self) -> Option<ResourceType> {
        let (kind, _) = self.origin.as_ref()?;
        match OriginKind::ALL.into_iter().find(|one| one.as_str() == kind)? {
            OriginKind::TuningJob => Some(ResourceType::HyperParameterTuningJob),
            OriginKind::AutoMlJob => Some(ResourceType::AutoMlJob),
            OriginKind::LabelingJob => Some(ResourceType::LabelingJob),
            // It makes the request itself.
            OriginKind::PipelineExecution => None,
        }
    }
}

/// A request that would have been refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// What it made.
    pub made: Made,
    /// The statements that refuse it.
    pub statements: Vec<String>,
    /// Whether one of the checks fails what it made.
    pub fails: bool,
}

/// Cells that were not read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The resource type.
    pub resource_type: String,
    /// How it ended there.
    pub outcome: String,
    /// How many cells.
    pub cells: u64,
    /// Of how many accounts.
    pub accounts: u64,
}

/// What was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unseen {
    /// Cells of the run that count.
    pub cells: u64,
    /// Those of them that were not read whole.
    pub gaps: Vec<Gap>,
    /// Resource types that the run did not look at.
    pub types: Vec<String>,
}

/// The blast radius of statements in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Radius {
    /// The days.
    pub window: Window,
    /// The nights of them that were published.
    pub nights: usize,
    /// Requests that are known from what they made.
    pub requests: u64,
    /// Those that would have been refused.
    pub refused: Vec<Refused>,
    /// Of these, how many the service made for a parent job, whose own request is the one that is refused.
    pub of_parents: u64,
    /// Those that the service made for a parent job whose request is not guarded: they would be refused if it were.
    pub unguarded_parents: u64,
    /// How many each statement refuses.
    pub by_statement: BTreeMap<String, u64>,
    /// Requests of which that cannot be told, by why.
    pub untold: BTreeMap<String, u64>,
    /// Resources of which it is not recorded when they were made.
    pub undated: u64,
    /// Requests whose resource fails one of the checks.
    pub failing: u64,
    /// Those of them that would have been refused.
    pub prevented: u64,
    /// What was not seen.
    pub unseen: Unseen,
}

impl Radius {
    /// Nothing yet.
    pub fn of(window: Window, nights: usize, unseen: Unseen) -> Self {
        Self {
            window,
            nights,
            requests: 0,
            refused: Vec::new(),
            of_parents: 0,
            unguarded_parents: 0,
            by_statement: BTreeMap::new(),
            untold: BTreeMap::new(),
            undated: 0,
            failing: 0,
            prevented: 0,
            unseen,
        }
    }

    /// Counts a resource.
    pub fn count(&mut self, made: Made, statements: &[Statement], failing: &HashSet<Identity>) {
        if made.created_at.is_none() {
            self.undated += 1;
            return;
        }
        self.requests += 1;
        let fails = failing.contains(&(made.account_id.clone(), made.arn.clone(), made.created_at));
        self.failing += u64::from(fails);
        let Some(facts) = &made.facts else {
            *self.untold.entry("its facts are in a form that this version does not know".to_owned()).or_default() += 1;
            return;
        };
        let (mut refusing, mut whole) = (Vec::new(), Holds::No);
        let (own, parent) = (actions(facts.resource_type()), made.parent());
        for statement in statements {
            let holds = statement.refuses(facts, parent.map_or(own, actions));
            if holds == Holds::Yes {
                refusing.push(statement.sid.clone());
            }
            whole = whole.or(holds);
        }
        match whole {
            Holds::No => {
                let refused = |statement: &Statement| statement.refuses(facts, own) == Holds::Yes;
                self.unguarded_parents += u64::from(parent.is_some() && statements.iter().any(refused));
            }
            Holds::Untold(why) => *self.untold.entry(why).or_default() += 1,
            Holds::Yes => {
                self.prevented += u64::from(fails);
                self.of_parents += u64::from(parent.is_some());
                for sid in &refusing {
                    *self.by_statement.entry(sid.clone()).or_default() += 1;
                }
                self.refused.push(Refused { made: Made { facts: None, ..made }, statements: refusing, fails });
            }
        }
    }

    /// Whether an execution of a pipeline made some of the refused: its name does not tell the pipeline.
    pub fn has_executions(&self) -> bool {
        let kind = OriginKind::PipelineExecution.as_str();
        self.refused.iter().any(|refused| refused.made.origin.as_ref().is_some_and(|(one, _)| one == kind))
    }

    /// Puts the newest first.
    pub fn sort(&mut self) {
        self.refused.sort_by(|one, other| {
            other.made.created_at.cmp(&one.made.created_at).then_with(|| one.made.arn.cmp(&other.made.arn))
        });
    }

    /// The requests that were refused, counted by what this tells of each, the most first.
    pub fn by<K: Ord>(&self, key: impl Fn(&Made) -> Option<K>) -> Vec<(K, u64)> {
        let mut counts = BTreeMap::<K, u64>::new();
        for refused in &self.refused {
            if let Some(key) = key(&refused.made) {
                *counts.entry(key).or_default() += 1;
            }
        }
        let mut counts = counts.into_iter().collect::<Vec<_>>();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}
