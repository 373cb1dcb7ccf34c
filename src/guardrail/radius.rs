//! The blast radius: which of the recorded requests would have been refused, whose they were, and what of that cannot be told.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::{
    condition::Holds,
    guard::actions,
    history::{Identity, Window},
    parents::{Parents, Verdict},
    policy::Statement,
};
use crate::{
    query::{QueryError, rows::Row},
    resource::{Facts, OriginKind, ResourceType},
};

/// Why nothing is told of facts that a later version wrote.
pub(super) const UNKNOWN_FORM: &str = "its facts are in a form that this version does not know";

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

    /// The job for which the service made it, if it did, by type and ARN: its settings stand in the request of that job.
    fn parent(&self) -> Option<(ResourceType, &str)> {
        let (kind, arn) = self.origin.as_ref()?;
        let kind = match OriginKind::ALL.into_iter().find(|one| one.as_str() == kind)? {
            OriginKind::TuningJob => ResourceType::HyperParameterTuningJob,
            OriginKind::AutoMlJob => ResourceType::AutoMlJob,
            OriginKind::LabelingJob => ResourceType::LabelingJob,
            // It makes the request itself.
            OriginKind::PipelineExecution => return None,
        };
        Some((kind, arn.as_str()))
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

    /// Counts a resource. What the service made for a parent job counts as the request of that job.
    pub fn count(&mut self, made: Made, statements: &[Statement], failing: &HashSet<Identity>, parents: &Parents) {
        let Some(created_at) = made.created_at else {
            self.undated += 1;
            return;
        };
        self.requests += 1;
        let fails = failing.contains(&(made.account_id.clone(), made.arn.clone(), made.created_at));
        self.failing += u64::from(fails);
        let Some(facts) = &made.facts else {
            *self.untold.entry(UNKNOWN_FORM.to_owned()).or_default() += 1;
            return;
        };
        let own = actions(facts.resource_type());
        let (verdict, is_child) = match made.parent() {
            None => (Verdict::of(statements, facts, own), false),
            Some((kind, arn)) => {
                let (about, not): (Vec<_>, Vec<_>) =
                    statements.iter().partition(|statement| statement.is_about(actions(kind)));
                let verdict = if about.is_empty() {
                    Verdict { holds: Holds::No, refusing: Vec::new() }
                } else {
                    parents.verdict(arn, created_at)
                };
                let would = not.iter().any(|statement| statement.refuses(facts, own) == Holds::Yes);
                self.unguarded_parents += u64::from(verdict.holds == Holds::No && would);
                (verdict, true)
            }
        };
        match verdict.holds {
            Holds::No => {}
            Holds::Untold(why) => *self.untold.entry(why).or_default() += 1,
            Holds::Yes => {
                self.prevented += u64::from(fails);
                self.of_parents += u64::from(is_child);
                for sid in &verdict.refusing {
                    *self.by_statement.entry(sid.clone()).or_default() += 1;
                }
                let made = Made { facts: None, ..made };
                self.refused.push(Refused { made, statements: verdict.refusing, fails });
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        check::CHECKS,
        guardrail::{guard::rules, policy::statements},
        resource::{
            auto_ml_job::AutoMlJob,
            training_job::{Instances, TrainingJob},
        },
    };

    const PARENT: &str = "arn:aws:sagemaker:eu-west-1:111111111111:automl-job/churn";

    fn of(ids: &[&str]) -> Vec<Statement> {
        let named = CHECKS.iter().filter(|check| ids.contains(&check.id));
        statements(named.flat_map(|check| rules(check, &BTreeSet::new()).unwrap()))
    }

    fn made(arn: &str, at: &str, facts: Facts, parent: Option<&str>) -> Made {
        Made {
            account_id: "111111111111".to_owned(),
            account_name: "ml".to_owned(),
            region: "eu-west-1".to_owned(),
            arn: arn.to_owned(),
            created_at: Some(at.parse().unwrap()),
            role_arn: None,
            origin: parent.map(|arn| (OriginKind::AutoMlJob.as_str().to_owned(), arn.to_owned())),
            facts: Some(facts),
        }
    }

    /// A child on instances that take no volume key.
    fn child() -> Made {
        let instances = Instances::Type("ml.g5.xlarge".to_owned());
        let job = TrainingJob { instances, ..TrainingJob::default() };
        made("arn:job", "2026-11-20T04:00:00Z", job.into(), Some(PARENT))
    }

    fn parent(key: Option<&str>, at: &str) -> Made {
        let key = key.map(str::to_owned);
        let job = AutoMlJob { volume_key: key.clone(), output_key: key, ..AutoMlJob::default() };
        made(PARENT, at, job.into(), None)
    }

    /// The radius of the child, with these parents recorded.
    fn radius(ids: &[&str], recorded: Vec<Made>) -> Radius {
        let (statements, mut parents) = (of(ids), Parents::default());
        for made in recorded {
            parents.judge(made, &statements);
        }
        let window = Window::before("2026-11-24T03:15:00Z".parse().unwrap(), 30);
        let mut radius = Radius::of(window, 1, Unseen::default());
        radius.count(child(), &statements, &HashSet::new(), &parents);
        radius
    }

    const BOTH: [&str; 2] = ["training-job-customer-managed-keys", "auto-ml-job-customer-managed-keys"];

    #[test]
    fn a_child_counts_by_the_request_of_its_parent() {
        let keyed = radius(&BOTH, vec![parent(Some("arn:key"), "2026-11-20T03:00:00Z")]);
        assert_eq!((keyed.refused.len(), keyed.untold.len(), keyed.unguarded_parents), (0, 0, 0));
        let bare = radius(&BOTH, vec![parent(None, "2026-11-20T03:00:00Z")]);
        assert_eq!((bare.refused.len(), bare.of_parents, bare.by_statement.len()), (1, 1, 2));
        // One of the same name that was made after it is not the one that made it.
        let later = parent(None, "2026-11-21T03:00:00Z");
        let earlier = parent(Some("arn:key"), "2026-11-20T03:00:00Z");
        assert_eq!(radius(&BOTH, vec![later, earlier]).refused.len(), 0);
    }

    #[test]
    fn a_child_whose_parent_is_not_recorded_is_not_told_and_one_whose_parent_is_not_guarded_is_counted_apart() {
        let alone = radius(&BOTH, Vec::new());
        let why = "the request of its parent job is not recorded in these days";
        assert_eq!((alone.refused.len(), alone.untold.get(why), alone.unguarded_parents), (0, Some(&1), 0));
        let unguarded = radius(&["training-job-customer-managed-keys"], Vec::new());
        assert_eq!((unguarded.refused.len(), unguarded.untold.len(), unguarded.unguarded_parents), (0, 0, 1));
    }
}
