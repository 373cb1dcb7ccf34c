//! Whether a training job encrypts the traffic between its instances, however many there are.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, setting, training_job},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &training_job::inter_container_encryption::CHECK,
        id: "sagemaker_training_jobs_intercontainer_encryption_enabled",
        title: "Amazon SageMaker training job has inter-container traffic encryption enabled",
        severity: Severity::Medium,
        reads: &["Search.Results.TrainingJob.EnableInterContainerTrafficEncryption"],
        needs: &[],
        evaluate: Evaluate::TrainingJob(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    let is_on = job.inter_container_encryption;
    setting::required(
        is_on,
        ("inter_container_traffic_encrypted", "traffic between instances is encrypted"),
        ("inter_container_traffic_not_encrypted", "traffic between instances is not encrypted"),
        "EnableInterContainerTrafficEncryption",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn one_instance_fails_like_several() {
        for (inter_container_encryption, instance_count, status) in
            [(true, Some(1), Status::Pass), (false, Some(1), Status::Fail), (false, None, Status::Fail)]
        {
            let job = TrainingJob { instance_count, inter_container_encryption, ..TrainingJob::default() };
            assert_eq!(alone::told(&RULE.check, job, alone::context()).0, status);
        }
    }
}
