//! Whether the output of an edge packaging job is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::edge_packaging_job::EdgePackagingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "edge-packaging-job-customer-managed-keys",
    version: 1,
    title: "Edge packaging jobs encrypt their output with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read the packaged model, you can see each use in CloudTrail, \
                and you can withdraw access at once. Without one it is encrypted with a key that AWS manages for S3.",
    remediation: Remediation {
        summary: "A job cannot be changed, and SageMaker Edge Manager ended on April 26, 2024: encrypt what the job \
                  left in S3 with a customer managed key, or delete it.",
        console: "S3 > the bucket of OutputConfig.S3OutputLocation > the packages of {name} > Actions > Edit \
                  server-side encryption: choose a customer managed KMS key; or Delete.",
        cli: "aws sagemaker describe-edge-packaging-job --region {region} --edge-packaging-job-name {name} \\\n  \
              --query ModelArtifact\n\
              # copy the package onto itself, with the key:\n\
              aws s3 cp s3://… s3://… --sse aws:kms --sse-kms-key-id arn:aws:kms:{region}:{account}:key/…",
        python: "boto3.client(\"s3\").copy_object(\n  \
                 Bucket=\"…\", Key=\"…\", CopySource={\"Bucket\": \"…\", \"Key\": \"…\"},\n  \
                 ServerSideEncryption=\"aws:kms\", SSEKMSKeyId=\"arn:aws:kms:{region}:{account}:key/…\")",
        code: "Type: AWS::S3::Bucket\n\
               Properties:\n  \
               BucketEncryption:\n    \
               ServerSideEncryptionConfiguration:\n    \
               - ServerSideEncryptionByDefault: { SSEAlgorithm: aws:kms, KMSMasterKeyID: \
               arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &["DescribeEdgePackagingJob.OutputConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::EdgePackagingJob(evaluate),
};

fn evaluate(job: &EdgePackagingJob, context: Context<'_>) -> Verdict {
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
            let facts = EdgePackagingJob { output_key: key.map(ToOwned::to_owned) };
            let told = alone::told(&CHECK, facts, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }
}
