//! Whether all that an AutoML job stores is encrypted with usable keys that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::auto_ml_job::AutoMlJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "auto-ml-job-customer-managed-keys",
    version: 1,
    title: "AutoML jobs encrypt their volumes and their output with customer managed keys",
    severity: Severity::High,
    rationale: "An AutoML job starts processing, training and transform jobs by itself and gives its keys to them: they hold \
                copies of the data in every form that was tried, and every candidate model. With a key of your own you decide \
                who can read these, you can see each use in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "An AutoML job cannot be changed: in what creates it, set SecurityConfig.VolumeKmsKeyId (in the first version \
                  of the API in AutoMLJobConfig) and OutputDataConfig.KmsKeyId, to a customer managed key that the execution \
                  role may use.",
        console: "Studio Classic > AutoML > Create Autopilot experiment > Deployment and advanced settings: choose an \
                  encryption key for the volume and one for the output.",
        cli: again!(
            "\"arn:aws:kms:{region}:{account}:key/…\" as $key |\n    \
             .SecurityConfig.VolumeKmsKeyId = $key | .OutputDataConfig.KmsKeyId = $key"
        ),
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 AutoMLV2(…, volume_kms_key=key, output_kms_key=key)",
        code: "In a pipeline definition or a state machine, in the Arguments of the AutoML step:\n\
               AutoMLJobConfig:  # createAutoMLJobV2 has SecurityConfig without it\n  \
               SecurityConfig: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n\
               OutputDataConfig: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "DescribeAutoMLJobV2.SecurityConfig.VolumeKmsKeyId",
        "DescribeAutoMLJobV2.OutputDataConfig.KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::AutoMlJob(evaluate),
};

fn evaluate(job: &AutoMlJob, context: Context<'_>) -> Verdict {
    // No answer names the instances that the service chooses, so that the keys alone decide.
    let uses = [(Role::Volume, job.volume_key.as_deref()), (Role::Output, job.output_key.as_deref())];
    key::all_required(&uses, "volume and output have usable customer managed keys", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn both_keys_have_to_be_usable_and_customer_managed() {
        let told = |volume: Option<&str>, output: Option<&str>| {
            let (volume_key, output_key) = (volume.map(ToOwned::to_owned), output.map(ToOwned::to_owned));
            alone::told(&CHECK, AutoMlJob { volume_key, output_key, ..AutoMlJob::default() }, alone::with_keys())
        };
        let said = |status: Status, code: &str| (status, code.to_owned());
        let key = Some("customer");
        assert_eq!(told(key, key), said(Status::Pass, "customer_managed_keys"));
        assert_eq!(told(None, key), said(Status::Fail, "volume_key_absent"));
        assert_eq!(told(key, None), said(Status::Fail, "output_key_absent"));
        assert_eq!(told(None, None), said(Status::Fail, "volume_key_absent,output_key_absent"));
        assert_eq!(told(Some("disabled"), key), said(Status::Fail, "volume_key_unusable"));
        assert_eq!(told(key, Some("denied")), said(Status::Unknown, "output_key_unreadable"));
    }
}
