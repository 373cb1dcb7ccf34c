//! Whether a training job is connected to subnets.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, setting, training_job},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &training_job::vpc::CHECK,
        id: "sagemaker_training_jobs_vpc_settings_configured",
        title: "Amazon SageMaker training job has VPC configuration enabled",
        severity: Severity::High,
        reads: &["Search.Results.TrainingJob.VpcConfig.Subnets"],
        needs: &[],
        evaluate: Evaluate::TrainingJob(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    setting::vpc(&job.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let job = TrainingJob { subnets, ..TrainingJob::default() };
            assert_eq!(alone::told(&RULE.check, job, alone::context()).0, status);
        }
    }
}
