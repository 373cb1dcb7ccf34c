//! Whether a training job names a volume key, whatever stands behind the name. The output key is not looked at.

use super::{Like, Refused, Rule, volume_key};
use crate::{
    check::{Context, Evaluate, training_job},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &training_job::customer_managed_keys::CHECK,
        id: "sagemaker_training_jobs_volume_and_output_encryption_enabled",
        title: "Amazon SageMaker training job volume has KMS encryption enabled",
        severity: Severity::High,
        reads: &["Search.Results.TrainingJob.ResourceConfig.VolumeKmsKeyId"],
        needs: &[],
        evaluate: Evaluate::TrainingJob(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    volume_key(job.volume_key.is_some(), "VolumeKmsKeyId")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn any_name_passes_and_none_fails_even_where_none_can_be_set() {
        use crate::resource::training_job::Instances;
        let told = |volume_key: Option<&str>, instances| {
            let volume_key = volume_key.map(ToOwned::to_owned);
            alone::told(
                &RULE.check,
                TrainingJob { volume_key, instances, ..TrainingJob::default() },
                alone::with_keys(),
            )
            .0
        };
        let local = || Instances::Type("ml.g5.xlarge".to_owned());
        assert_eq!(told(Some("aws"), local()), Status::Pass);
        assert_eq!(told(Some("missing"), Instances::Absent), Status::Pass);
        assert_eq!(told(None, local()), Status::Fail);
        assert_eq!(told(None, Instances::Serverless), Status::Fail);
    }
}
