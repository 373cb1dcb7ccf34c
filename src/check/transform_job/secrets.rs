//! Whether secrets stand where everybody who may describe the job can read them.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, secret},
    finding::{Severity, Verdict},
    resource::transform_job::TransformJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "transform-job-secrets",
    version: 1,
    title: "Batch transform jobs carry no secrets in their environment",
    severity: Severity::Critical,
    rationale: "A job keeps its environment for ever, since batch transform jobs cannot be deleted, and whoever may \
                describe them can read it.",
    remediation: Remediation {
        summary: "Move the secret to Secrets Manager or Parameter Store, let the execution role read it in the \
                  container, and change the value: it has been shown. The old value stays to be seen.",
        console: "SageMaker AI > Batch transform jobs > {name}: see which variable the finding names. Secrets Manager > Store a new \
                  secret.",
        cli: "aws secretsmanager create-secret --region {region} --name … --secret-string file://secret.json\n\
              # in the container: aws secretsmanager get-secret-value --secret-id …",
        python: "boto3.client(\"secretsmanager\", region_name=\"{region}\").get_secret_value(SecretId=\"…\")",
        code: "In a pipeline definition or a state machine, in the Arguments of the transform step:\n\
               Environment: { SECRET_ID: arn:aws:secretsmanager:{region}:{account}:secret:… }",
    },
    reads: &["DescribeTransformJob.Environment"],
    control: Control::Secrets,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::TransformJob(evaluate),
};

fn evaluate(job: &TransformJob, _context: Context<'_>) -> Verdict {
    secret::judge(&job.secrets, ("no_environment", "the job has no environment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn what_was_seen_decides() {
        alone::secrets_decide(&CHECK, |secrets| TransformJob { secrets, ..TransformJob::default() });
    }
}
