//! Whether all that a labeling job stores is encrypted with usable keys that the customer manages: its output and, where
//! models label too, the volumes on which they are trained and run.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role, judge},
    },
    finding::{Reason, Severity, Verdict},
    resource::labeling_job::LabelingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "labeling-job-customer-managed-keys",
    version: 1,
    title: "Labeling jobs encrypt their output and the volumes of automated labelling with customer managed keys",
    severity: Severity::High,
    rationale: "Labels say what is in your data, and who labelled them; automated labelling copies the data to the volumes of \
                the instances that train and run its model. With a key of your own you decide who can read these, you can see \
                each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "A labeling job cannot be changed: in what creates it, set OutputConfig.KmsKeyId and, with automated \
                  labelling, LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId, to a customer managed key \
                  that the execution role may use.",
        console: "SageMaker AI > Ground Truth > Labeling jobs > Create labeling job > Additional configuration: choose an \
                  encryption key for the output. The key of the volumes can only be set by the API.",
        cli: again!(
            "\"arn:aws:kms:{region}:{account}:key/…\" as $key | .OutputConfig.KmsKeyId = $key |\n    \
             (.LabelingJobAlgorithmsConfig | objects).LabelingJobResourceConfig.VolumeKmsKeyId = $key"
        ),
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_labeling_job(\n    …,\n    \
                 OutputConfig={\"S3OutputPath\": \"s3://…\", \"KmsKeyId\": key},\n    \
                 LabelingJobAlgorithmsConfig={\n        \
                 \"LabelingJobAlgorithmSpecificationArn\": \"…\",\n        \
                 \"LabelingJobResourceConfig\": {\"VolumeKmsKeyId\": key},\n    },\n)",
        code: "In a state machine, in the Parameters of the task arn:aws:states:::sagemaker:createLabelingJob.sync:\n\
               OutputConfig: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n\
               LabelingJobAlgorithmsConfig:\n  \
               LabelingJobResourceConfig: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "DescribeLabelingJob.OutputConfig.KmsKeyId",
        "DescribeLabelingJob.LabelingJobAlgorithmsConfig",
        "DescribeLabelingJob.LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::LabelingJob(evaluate),
};

fn evaluate(job: &LabelingJob, context: Context<'_>) -> Verdict {
    let output = (Role::Output, job.output_key.as_deref());
    let volume = job.automation.as_ref().map(|automation| (Role::Volume, automation.volume_key.as_deref()));
    let judged = |(role, key)| judge(role, key, context);
    let exempt = || {
        let text = "people alone label, so there are no volumes and the output key decides";
        KeyVerdict::Exempt(Reason::new("no_automated_labeling", text))
    };
    let keys = [judged(output), volume.map_or_else(exempt, judged)];
    key::combine(keys, "output and volumes have usable customer managed keys")
        .with_evidence(|| key::evidence([output].into_iter().chain(volume), context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::labeling_job::Automation};

    #[expect(clippy::option_option, reason = "no automation, and one without a key")]
    fn told(output: Option<&str>, volume: Option<Option<&str>>) -> (Status, String) {
        let automation =
            volume.map(|key| Automation { volume_key: key.map(ToOwned::to_owned), ..Automation::default() });
        let job = LabelingJob { output_key: output.map(ToOwned::to_owned), automation };
        alone::told(&CHECK, job, alone::with_keys())
    }

    fn said(status: Status, code: &str) -> (Status, String) {
        (status, code.to_owned())
    }

    #[test]
    fn where_people_alone_label_the_output_key_decides() {
        assert_eq!(told(Some("customer"), None), said(Status::Pass, "no_automated_labeling"));
        assert_eq!(told(None, None), said(Status::Fail, "output_key_absent"));
        assert_eq!(told(Some("aws"), None), said(Status::Fail, "output_key_aws_managed"));
        assert_eq!(told(Some("denied"), None), said(Status::Unknown, "output_key_unreadable"));
    }

    #[test]
    fn automated_labelling_needs_a_volume_key_too() {
        let key = Some("customer");
        assert_eq!(told(key, Some(key)), said(Status::Pass, "customer_managed_keys"));
        assert_eq!(told(key, Some(None)), said(Status::Fail, "volume_key_absent"));
        assert_eq!(told(key, Some(Some("missing"))), said(Status::Fail, "volume_key_not_found"));
    }
}
