//! Whether all that a batch transform job stores is encrypted with usable keys that the customer manages: its volume,
//! its output, and what it captures.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role, judge},
        storage,
    },
    finding::{Severity, Verdict},
    resource::transform_job::TransformJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "transform-job-customer-managed-keys",
    version: 1,
    title: "Batch transform jobs encrypt their volumes, their output and what they capture with customer managed keys",
    severity: Severity::High,
    rationale: "A batch transform job keeps the model on its volume and writes what the model says of each record; data \
                capture adds the records themselves. With a key of your own you decide who can read these, you can see \
                each use in CloudTrail, and you can withdraw access at once. Without a volume key the volume is encrypted \
                with a transient key that is discarded; without the others S3 encrypts with a key that AWS manages.",
    remediation: Remediation {
        summary: "A job cannot be changed: in what creates it, set TransformResources.VolumeKmsKeyId (not on instance types \
                  with local NVMe storage), TransformOutput.KmsKeyId and, where it captures data, \
                  DataCaptureConfig.KmsKeyId, to a customer managed key that the execution role of the model may use.",
        console: "SageMaker AI > Batch transform jobs > {name} > Clone: choose an encryption key for the job and one for the \
                  output, then create the job.",
        cli: "aws sagemaker describe-transform-job --region {region} --transform-job-name {name} |\n  \
              jq '{ BatchStrategy, DataCaptureConfig, DataProcessing, Environment, MaxConcurrentTransforms,\n    \
              MaxPayloadInMB, ModelClientConfig, ModelName, TransformInput, TransformOutput, TransformResources } |\n    \
              del(.. | nulls) | \"arn:aws:kms:{region}:{account}:key/…\" as $key |\n    \
              .TransformResources.VolumeKmsKeyId = $key |\n    \
              .TransformOutput.KmsKeyId = $key |\n    \
              (.DataCaptureConfig | objects).KmsKeyId = $key' > job.json\n\
              aws sagemaker create-transform-job --region {region} --transform-job-name {name}-2 \\\n  \
              --cli-input-json file://job.json",
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 transformer = Transformer(…, volume_kms_key=key, output_kms_key=key)\n\
                 capture = BatchDataCaptureConfig(destination_s3_uri=\"s3://…\", kms_key_id=key)\n\
                 transformer.transform(…, batch_data_capture_config=capture)",
        code: "In a pipeline definition or a state machine, in the Arguments of the transform step:\n\
               TransformResources: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n\
               TransformOutput: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n\
               DataCaptureConfig: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }  # where it captures data",
    },
    reads: &[
        "DescribeTransformJob.TransformResources.VolumeKmsKeyId",
        "DescribeTransformJob.TransformResources.InstanceType",
        "DescribeTransformJob.TransformOutput.KmsKeyId",
        "DescribeTransformJob.DataCaptureConfig.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::TransformJob(evaluate),
};

fn evaluate(job: &TransformJob, context: Context<'_>) -> Verdict {
    let (volume_key, output_key) = (job.volume_key.as_deref(), job.output_key.as_deref());
    let capture = job.capture.as_ref().map(|capture| (Role::DataCapture, capture.key.as_deref()));
    let volume = storage::volume(volume_key, job.instance_type.as_slice(), context);
    let written = || [(Role::Output, output_key)].into_iter().chain(capture);
    let judged = written().map(|(role, key)| judge(role, key, context));
    let all_well = "all that the job stores has usable customer managed keys";
    key::combine([volume].into_iter().chain(judged), all_well).with_evidence(|| {
        key::evidence_with(
            [(Role::Volume, volume_key)].into_iter().chain(written()),
            ("instance_type", json!(job.instance_type)),
            context,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::stored::Stored};

    /// A job on an EBS-only type whose volume and output are well.
    fn told(change: impl FnOnce(&mut TransformJob)) -> (Status, String) {
        let key = || Some("customer".to_owned());
        let mut job = TransformJob {
            volume_key: key(),
            output_key: key(),
            instance_type: Some("ml.m5.large".to_owned()),
            ..TransformJob::default()
        };
        change(&mut job);
        alone::told(&CHECK, job, alone::with_keys())
    }

    fn said(status: Status, code: &str) -> (Status, String) {
        (status, code.to_owned())
    }

    #[test]
    fn volume_and_output_are_judged_by_what_their_keys_are() {
        assert_eq!(told(|_| {}), said(Status::Pass, "customer_managed_keys"));
        let none = told(|job| (job.volume_key, job.output_key) = (None, None));
        assert_eq!(none, said(Status::Fail, "volume_key_absent,output_key_absent"));
        assert_eq!(told(|job| job.volume_key = Some("disabled".to_owned())), said(Status::Fail, "volume_key_unusable"));
        assert_eq!(told(|job| job.output_key = Some("aws".to_owned())), said(Status::Fail, "output_key_aws_managed"));
        assert_eq!(
            told(|job| job.output_key = Some("denied".to_owned())),
            said(Status::Unknown, "output_key_unreadable")
        );
    }

    #[test]
    fn local_storage_takes_no_volume_key_and_an_unknown_type_may_not() {
        let on =
            |name: Option<&str>| told(|job| (job.volume_key, job.instance_type) = (None, name.map(ToOwned::to_owned)));
        assert_eq!(on(Some("ml.g4dn.xlarge")), said(Status::Pass, "volume_on_local_storage"));
        assert_eq!(on(Some("ml.zz9.large")), said(Status::Unknown, "instance_storage_unknown"));
        assert_eq!(on(None), said(Status::Unknown, "instance_storage_unknown"));
    }

    #[test]
    fn captured_data_need_a_key_where_data_are_captured() {
        let with = |key: Option<&str>| told(|job| job.capture = Some(Stored { key: key.map(ToOwned::to_owned) }));
        assert_eq!(with(None), said(Status::Fail, "data_capture_key_absent"));
        assert_eq!(with(Some("missing")), said(Status::Fail, "data_capture_key_not_found"));
        assert_eq!(with(Some("customer")), said(Status::Pass, "customer_managed_keys"));
    }
}
