//! Whether the containers of a training job are cut off from every network.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, setting, training_job},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &training_job::network_isolation::CHECK,
        id: "sagemaker_training_jobs_network_isolation_enabled",
        title: "Amazon SageMaker training job has network isolation enabled",
        severity: Severity::High,
        reads: &["Search.Results.TrainingJob.EnableNetworkIsolation"],
        needs: &[],
        evaluate: Evaluate::TrainingJob(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    setting::network_isolation(job.network_isolation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let job = TrainingJob { network_isolation, ..TrainingJob::default() };
            assert_eq!(alone::told(&RULE.check, job, alone::context()).0, status);
        }
    }
}
