//! Whether secrets stand where everybody who may describe the job can read them.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, secret},
    finding::{Severity, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-secrets",
    version: 1,
    title: "Training jobs carry no secrets in their environment and hyperparameters",
    severity: Severity::Critical,
    rationale: "A job keeps its environment and hyperparameters for ever, and whoever may describe or search \
                training jobs can read them, long after the job has ended.",
    remediation: Remediation {
        summary: "Move the secret to Secrets Manager or Parameter Store, let the execution role read it in the \
                  container, and change the value: it has been shown. A finished job cannot be changed: delete it \
                  where its description has to go.",
        console: "SageMaker AI > Training jobs > {name}: see which variable or hyperparameter the finding names. Secrets Manager > Store a new \
                  secret.",
        cli: "aws secretsmanager create-secret --region {region} --name … --secret-string file://secret.json\n\
              # in the container: aws secretsmanager get-secret-value --secret-id …\n\
              # when nobody needs its record:\n\
              aws sagemaker delete-training-job --region {region} --training-job-name {name}",
        python: "boto3.client(\"secretsmanager\", region_name=\"{region}\").get_secret_value(SecretId=\"…\")",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               Environment: { SECRET_ID: arn:aws:secretsmanager:{region}:{account}:secret:… }",
    },
    reads: &["Search.Results.TrainingJob.Environment", "Search.Results.TrainingJob.HyperParameters"],
    control: Control::Secrets,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    secret::judge(&job.secrets, ("no_texts", "the job has neither an environment nor hyperparameters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, secret::Looked};

    #[test]
    fn what_was_seen_decides() {
        let told = |secrets| alone::told(&CHECK, TrainingJob { secrets, ..TrainingJob::default() }, alone::context()).0;
        assert_eq!((told(Looked::Nothing), told(Looked::through([]))), (Status::NotApplicable, Status::Pass));
        assert_eq!(told(Looked::Never), Status::Unknown);
    }
}
