//! Whether the output of an optimization job is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::optimization_job::OptimizationJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "optimization-job-customer-managed-keys",
    version: 1,
    title: "Optimization jobs encrypt their output with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read the optimized model, you can see each use in \
                CloudTrail, and you can withdraw access at once. Without one it is encrypted with a key that AWS \
                manages for S3.",
    remediation: Remediation {
        summary: "A job cannot be changed: set OutputConfig.KmsKeyId in what creates it, to a customer managed key \
                  that the execution role may use, and optimize the model again.",
        console: "SageMaker Studio > Models > the model > Optimize: under Output choose an encryption key, then create \
                  the job.",
        cli: "aws sagemaker describe-optimization-job --region {region} --optimization-job-name {name} |\n  \
              jq '{ RoleArn, ModelSource, DeploymentInstanceType, MaxInstanceCount, OptimizationEnvironment,\n    \
              OptimizationConfigs, OutputConfig, VpcConfig, StoppingCondition, TrainingPlanArns } |\n    \
              del(.. | nulls) |\n    \
              .OutputConfig.KmsKeyId = \"arn:aws:kms:{region}:{account}:key/…\"' > job.json\n\
              aws sagemaker create-optimization-job --region {region} --optimization-job-name … --cli-input-json \
              file://job.json",
        python: "ModelBuilder(…).optimize(…, kms_key=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "In a state machine, in the Arguments of aws-sdk:sagemaker:createOptimizationJob:\n\
               OutputConfig: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &["DescribeOptimizationJob.OutputConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::OptimizationJob(evaluate),
};

fn evaluate(job: &OptimizationJob, context: Context<'_>) -> Verdict {
    let keys = [(Role::Output, job.output_key.as_deref())];
    key::all_required(&keys, "the output has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_is_judged_by_what_it_is() {
        for (key, status, code) in [
            (None, Status::Fail, "output_key_absent"),
            (Some(""), Status::Fail, "output_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "output_key_aws_managed"),
            (Some("disabled"), Status::Fail, "output_key_unusable"),
            (Some("missing"), Status::Fail, "output_key_not_found"),
            (Some("denied"), Status::Unknown, "output_key_unreadable"),
            (Some("outside"), Status::Pass, "customer_managed_keys,key_outside_organization"),
        ] {
            let facts = OptimizationJob { output_key: key.map(ToOwned::to_owned), ..OptimizationJob::default() };
            let told = alone::told(&CHECK, facts, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }
}
