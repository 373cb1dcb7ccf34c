//! Whether all that a processing job stores is encrypted with usable keys that the customer manages: its volume, its
//! output, and the results of queries that it has made for its input.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role, judge},
        storage,
    },
    finding::{Reason, Severity, Verdict},
    resource::processing_job::ProcessingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "processing-job-customer-managed-keys",
    version: 1,
    title: "Processing jobs encrypt their volumes, their output and their query results with customer managed keys",
    severity: Severity::High,
    rationale: "Processing jobs read raw data and write what models learn from; the results of a query on Athena or \
                Redshift are copied to S3 before the job reads them. With a key of your own you decide who can read each \
                of these copies, you can see each use in CloudTrail, and you can withdraw access at once. Without a \
                volume key the volume is encrypted with a transient key that is discarded; without the others S3 \
                encrypts with a key that AWS manages.",
    remediation: Remediation {
        summary: "A job cannot be changed: in what creates it, set VolumeKmsKeyId of its cluster (not on instance types \
                  with local NVMe storage), KmsKeyId of its output and KmsKeyId of each Athena or Redshift dataset, to a \
                  customer managed key that the execution role (for Redshift, the role of the cluster) may use.",
        console: "SageMaker AI > Processing jobs > Create processing job: choose an encryption key for the volume and one \
                  for the output. Keys of datasets can only be set by the API.",
        cli: again!(
            "\"arn:aws:kms:{region}:{account}:key/…\" as $key |\n    \
             .ProcessingResources.ClusterConfig.VolumeKmsKeyId = $key |\n    \
             (.ProcessingOutputConfig | objects).KmsKeyId = $key |\n    \
             (.ProcessingInputs[]?.DatasetDefinition | objects |\n      \
             (.AthenaDatasetDefinition, .RedshiftDatasetDefinition) | objects).KmsKeyId = $key"
        ),
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 Processor(…, volume_kms_key=key, output_kms_key=key)\n\
                 AthenaDatasetDefinition(…, kms_key_id=key)\n\
                 RedshiftDatasetDefinition(…, kms_key_id=key)",
        code: "Type: AWS::SageMaker::ProcessingJob\nProperties:\n  \
               ProcessingResources:\n    ClusterConfig:\n      VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/…\n  \
               ProcessingOutputConfig:\n    KmsKeyId: arn:aws:kms:{region}:{account}:key/…\n  \
               ProcessingInputs:\n    - DatasetDefinition:\n        AthenaDatasetDefinition:\n          \
               KmsKeyId: arn:aws:kms:{region}:{account}:key/…\n\
               # the same members stand in the Arguments of a processing step of a pipeline",
    },
    reads: &[
        "DescribeProcessingJob.ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        "DescribeProcessingJob.ProcessingResources.ClusterConfig.InstanceType",
        "DescribeProcessingJob.ProcessingOutputConfig.KmsKeyId",
        "DescribeProcessingJob.ProcessingOutputConfig.Outputs[].S3Output",
        "DescribeProcessingJob.ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition.KmsKeyId",
        "DescribeProcessingJob.ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::ProcessingJob(evaluate),
};

fn evaluate(job: &ProcessingJob, context: Context<'_>) -> Verdict {
    let (volume_key, output_key) = (job.volume_key.as_deref(), job.output_key.as_deref());
    let volume = storage::volume(volume_key, job.instance_type.as_slice(), context);
    let output = if job.has_output || output_key.is_some() {
        judge(Role::Output, output_key, context)
    } else {
        KeyVerdict::Exempt(Reason::new("no_output", "the job writes nothing to S3 that an output key could encrypt"))
    };
    let athena = job.athena_keys.iter().map(|key| (Role::AthenaResults, key.as_deref()));
    let redshift = job.redshift_keys.iter().map(|key| (Role::RedshiftResults, key.as_deref()));
    let datasets = athena.chain(redshift).collect::<Vec<_>>();
    let judged = datasets.iter().map(|(role, key)| judge(*role, *key, context));
    let all_well = "all that the job stores has usable customer managed keys";
    key::combine([volume, output].into_iter().chain(judged), all_well).with_evidence(|| {
        let uses = [(Role::Volume, volume_key), (Role::Output, output_key)];
        key::evidence_with(
            uses.into_iter().chain(datasets.iter().copied()),
            ("instance_type", json!(job.instance_type)),
            context,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    /// A job on an EBS-only type whose volume and output are well.
    fn well() -> ProcessingJob {
        ProcessingJob {
            volume_key: Some("customer".to_owned()),
            output_key: Some("customer".to_owned()),
            has_output: true,
            instance_type: Some("ml.m5.large".to_owned()),
            ..ProcessingJob::default()
        }
    }

    fn told(change: impl FnOnce(&mut ProcessingJob)) -> (Status, String) {
        let mut job = well();
        change(&mut job);
        alone::told(&CHECK, job, alone::with_keys())
    }

    fn said(status: Status, code: &str) -> (Status, String) {
        (status, code.to_owned())
    }

    #[test]
    fn volume_and_output_are_judged_by_what_their_keys_are() {
        assert_eq!(told(|_| {}), said(Status::Pass, "customer_managed_keys"));
        assert_eq!(told(|job| job.volume_key = None), said(Status::Fail, "volume_key_absent"));
        assert_eq!(told(|job| job.volume_key = Some("aws".to_owned())), said(Status::Fail, "volume_key_aws_managed"));
        assert_eq!(told(|job| job.output_key = None), said(Status::Fail, "output_key_absent"));
        assert_eq!(told(|job| job.output_key = Some("disabled".to_owned())), said(Status::Fail, "output_key_unusable"));
        assert_eq!(
            told(|job| job.output_key = Some("denied".to_owned())),
            said(Status::Unknown, "output_key_unreadable")
        );
    }

    #[test]
    fn local_storage_takes_no_volume_key_and_an_unknown_type_may_not() {
        let on = |name: &str, output: &str| {
            told(|job| {
                job.volume_key = None;
                job.instance_type = Some(name.to_owned());
                job.output_key = Some(output.to_owned());
            })
        };
        assert_eq!(on("ml.g4dn.xlarge", "customer"), said(Status::Pass, "volume_on_local_storage"));
        assert_eq!(on("ml.g4dn.xlarge", "aws"), said(Status::Fail, "output_key_aws_managed"));
        assert_eq!(on("ml.zz9.large", "customer"), said(Status::Unknown, "instance_storage_unknown"));
        let untold = told(|job| (job.volume_key, job.instance_type) = (None, None));
        assert_eq!(untold, said(Status::Unknown, "instance_storage_unknown"));
    }

    #[test]
    fn a_job_without_output_needs_no_output_key() {
        let without = |change: fn(&mut ProcessingJob)| {
            told(|job| {
                (job.has_output, job.output_key) = (false, None);
                change(job);
            })
        };
        assert_eq!(without(|_| {}), said(Status::Pass, "no_output"));
        let nothing = without(|job| (job.volume_key, job.instance_type) = (None, Some("ml.g5.xlarge".to_owned())));
        assert_eq!(nothing, said(Status::NotApplicable, "volume_on_local_storage,no_output"));
    }

    #[test]
    fn results_of_queries_need_keys_of_their_own() {
        let key = |text: &str| Some(text.to_owned());
        assert_eq!(told(|job| job.athena_keys = vec![key("customer"), key("customer")]).0, Status::Pass);
        assert_eq!(told(|job| job.athena_keys = vec![None, None]), said(Status::Fail, "athena_results_key_absent"));
        let redshift = told(|job| job.redshift_keys = vec![key("customer"), key("missing")]);
        assert_eq!(redshift, said(Status::Fail, "redshift_results_key_not_found"));
        assert_eq!(told(|job| job.redshift_keys = vec![key("denied")]).0, Status::Unknown);
    }
}
