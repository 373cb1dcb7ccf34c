//! Whether secrets stand where everybody who may describe the job can read them.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, secret},
    finding::{Severity, Verdict},
    resource::processing_job::ProcessingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "processing-job-secrets",
    version: 1,
    title: "Processing jobs carry no secrets in their environment",
    severity: Severity::Critical,
    rationale: "A job keeps its environment for ever, and whoever may describe processing jobs can read it, long \
                after the job has ended.",
    remediation: Remediation {
        summary: "Move the secret to Secrets Manager or Parameter Store, let the execution role read it in the \
                  container, and change the value: it has been shown. A finished job cannot be changed: delete it \
                  where its description has to go.",
        console: "SageMaker AI > Processing jobs > {name}: see which variable the finding names. Secrets Manager > Store a new \
                  secret.",
        cli: "aws secretsmanager create-secret --region {region} --name … --secret-string file://secret.json\n\
              # in the container: aws secretsmanager get-secret-value --secret-id …\n\
              # when nobody needs its record:\n\
              aws sagemaker delete-processing-job --region {region} --processing-job-name {name}",
        python: "boto3.client(\"secretsmanager\", region_name=\"{region}\").get_secret_value(SecretId=\"…\")",
        code: "In a pipeline definition or a state machine, in the Arguments of the processing step:\n\
               Environment: { SECRET_ID: arn:aws:secretsmanager:{region}:{account}:secret:… }",
    },
    reads: &["DescribeProcessingJob.Environment"],
    control: Control::Secrets,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::ProcessingJob(evaluate),
};

fn evaluate(job: &ProcessingJob, _context: Context<'_>) -> Verdict {
    secret::judge(&job.secrets, ("no_environment", "the job has no environment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn what_was_seen_decides() {
        alone::secrets_decide(&CHECK, |secrets| ProcessingJob { secrets, ..ProcessingJob::default() });
    }
}
