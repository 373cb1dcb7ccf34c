//! The cheap reads that tell whether an action is allowed in a region of an account, keyed by the action.

use aws_sdk_sagemaker::types::ResourceType as Searched;

use crate::{
    kms::DESCRIBE_KEY,
    outcome::Refusal,
    resource::training_job::{DESCRIBE, LIST, SEARCH},
    session::gate::Gate,
};

/// A read whose content nobody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// One line of the listing of training jobs.
    TrainingJobs,
    /// One record of the search for training jobs.
    SearchTrainingJobs,
    /// A training job that cannot be there.
    TrainingJob,
    /// A key that cannot be there.
    Key,
}

/// Every action of the role in each account that is used in a region, with its read; the first of each service is the
/// call with which a run begins there.
pub(super) const ASKS: &[(&str, Ask)] = &[
    (LIST, Ask::TrainingJobs),
    (SEARCH, Ask::SearchTrainingJobs),
    (DESCRIBE, Ask::TrainingJob),
    (DESCRIBE_KEY, Ask::Key),
];

/// A name that no training job has by chance.
const NO_JOB: &str = "sagesweep-doctor-looks-for-no-job";
/// The id of no key.
const NO_KEY: &str = "00000000-0000-0000-0000-000000000000";

impl Ask {
    /// Makes the read; an error is a refusal of the action, not of the name.
    pub(super) async fn put_to(self, gate: &Gate, action: &'static str) -> Result<(), Refusal> {
        let answer = match self {
            Self::TrainingJobs => {
                let client = gate.sagemaker();
                gate.call(action, || client.list_training_jobs().max_results(1).send()).await.map(drop)
            }
            Self::SearchTrainingJobs => {
                let client = gate.sagemaker();
                let send = || client.search().resource(Searched::TrainingJob).max_results(1).send();
                gate.call(action, send).await.map(drop)
            }
            Self::TrainingJob => {
                let client = gate.sagemaker();
                gate.call(action, || client.describe_training_job().training_job_name(NO_JOB).send()).await.map(drop)
            }
            Self::Key => {
                let client = gate.kms();
                gate.call(action, || client.describe_key().key_id(NO_KEY).send()).await.map(drop)
            }
        };
        match answer {
            // Whoever is told that there is no such thing was allowed to ask.
            Err(refusal) if refusal.is_not_found() || refusal.code == "ValidationException" => Ok(()),
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::session::{policy::member_actions, regions};

    #[test]
    fn every_action_of_the_role_in_each_account_is_tried() {
        let asked = ASKS.iter().map(|(action, _)| *action).chain(regions::ACTIONS.iter().copied());
        assert_eq!(asked.collect::<BTreeSet<_>>(), member_actions().into_iter().collect(), "add a read to ASKS");
    }
}
