//! Whether volume and output of a training job are encrypted with usable keys that the customer manages.
//!
//! The volume half does not apply where no volume key can be set: on local NVMe storage, which a hardware module
//! encrypts, and on serverless jobs. A key is judged by what it is, not by being named.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Evaluate, Evidence,
        key::{KeyVerdict, Role, judge},
    },
    finding::{Reason, Severity, Status, Verdict},
    instance_type::{InstanceStorage, instance_storage},
    resource::training_job::{Instances, TrainingJob},
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-customer-managed-keys",
    version: 1,
    title: "Training jobs encrypt their volumes and their output with customer managed keys",
    severity: Severity::High,
    rationale: "With a key of your own you decide who can read training data and models, you can see each use in \
                CloudTrail, and you can withdraw access at once. Without a volume key the volume is encrypted with a \
                transient key that is discarded; without an output key the model is encrypted with a key that AWS manages.",
    remediation: "A finished job cannot be changed: set ResourceConfig.VolumeKmsKeyId (not on instance types with local \
                  NVMe storage) and OutputDataConfig.KmsKeyId in what creates the job, to a customer managed key that the \
                  execution role may use.",
    standards: &[
        "AWS Well-Architected SEC08-BP02",
        "C5 CRY-05.01AC",
        "CIS Controls 8.1 3.11",
        "CSA CCM CEK-03",
        "FedRAMP Low SC-13",
        "ISO 27001:2022 A.8.24",
    ],
    needs: &[Evidence::Keys],
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, context: Context<'_>) -> Verdict {
    let output = judge(Role::Output, job.output_key.as_deref(), context);
    let volume = match &job.volume_key {
        Some(_) => judge(Role::Volume, job.volume_key.as_deref(), context),
        None => without_volume_key(&job.instances),
    };
    combine(volume, output).with_evidence(|| {
        json!({
            "expected": "customer managed, usable keys",
            "volume_key": job.volume_key,
            "output_key": job.output_key,
            "instances": job.instances,
            "keys": job.keys().filter_map(|text| Some((text.to_owned(), json!(context.key(text)?)))).collect::<serde_json::Map<_, _>>(),
        })
    })
}

/// The volume half of a job that names no volume key.
fn without_volume_key(instances: &Instances) -> KeyVerdict {
    let unknown = |text: String| KeyVerdict::Unknown(Reason::new("instance_storage_unknown", text));
    match instances {
        Instances::Serverless => KeyVerdict::Exempt(Reason::new(
            "serverless",
            "the job is serverless, so no volume key can be set and the output key decides",
        )),
        Instances::Unconfirmed(why) => unknown(format!(
            "the job names no instances and its description was refused ({why}), so whether a volume key can be set is not known"
        )),
        Instances::Absent => {
            unknown("the job names no instances, so whether a volume key can be set is not known".to_owned())
        }
        Instances::Groups(_) | Instances::Selected(_) | Instances::Type(_) | Instances::Preferences(_) => {
            by_storage(instances.types())
        }
    }
}

fn by_storage(types: &[String]) -> KeyVerdict {
    let with = |storage: InstanceStorage| types.iter().find(|name| instance_storage(name) == storage);
    if types.is_empty() {
        let text = "the job names no instance types, so whether a volume key can be set is not known";
        KeyVerdict::Unknown(Reason::new("instance_storage_unknown", text))
    } else if let Some(name) = with(InstanceStorage::EbsOnly) {
        let text = format!(
            "no volume key is set on {name}, so the volume is encrypted with a transient key that is discarded"
        );
        KeyVerdict::Fail(Reason::new("volume_key_absent", text))
    } else if let Some(name) = with(InstanceStorage::Unknown) {
        let text = format!(
            "whether {name} has local storage is not known to this version, so whether a volume key can be set is not known"
        );
        KeyVerdict::Unknown(Reason::new("instance_storage_unknown", text))
    } else {
        KeyVerdict::Exempt(Reason::new(
            "volume_on_local_storage",
            "every instance has local NVMe storage, which its hardware encrypts and for which no key can be set, so the output key decides",
        ))
    }
}

/// Fails win over unknowns, and unknowns over passes; the reasons of the status that won are kept, volume first.
fn combine(volume: KeyVerdict, output: KeyVerdict) -> Verdict {
    let (mut fails, mut unknowns, mut exempts, mut notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for half in [volume, output] {
        match half {
            KeyVerdict::Fail(reason) => fails.push(reason),
            KeyVerdict::Unknown(reason) => unknowns.push(reason),
            KeyVerdict::Exempt(reason) => exempts.push(reason),
            KeyVerdict::Pass(note) => notes.extend(note),
        }
    }
    let (status, reasons) = if !fails.is_empty() {
        // An exemption explains why the other half alone decided.
        (Status::Fail, fails)
    } else if !unknowns.is_empty() {
        (Status::Unknown, unknowns)
    } else {
        let mut reasons = exempts;
        if reasons.is_empty() {
            reasons.push(Reason::new("customer_managed_keys", "volume and output have usable customer managed keys"));
        }
        // Both keys may have the same to say; once is enough.
        notes.dedup_by_key(|note: &mut Reason| note.code);
        reasons.extend(notes);
        (Status::Pass, reasons)
    };
    Verdict { status, reasons, evidence: None }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn of(instances: Instances) -> (Status, String) {
        let job = TrainingJob { output_key: Some("alias/aws/s3".to_owned()), instances, ..TrainingJob::default() };
        let keys = HashMap::from([("alias/aws/s3".to_owned(), std::sync::Arc::new(crate::kms::Key::NotFound))]);
        let verdict = evaluate(&job, Context { keys: &keys });
        (verdict.status, verdict.reason_code().into_owned())
    }

    #[test]
    fn an_output_key_that_fails_decides_whatever_is_unknown_of_the_volume() {
        let fails = (Status::Fail, "output_key_not_found".to_owned());
        for instances in [
            Instances::Type("ml.zz9.48xlarge".to_owned()),
            Instances::Groups(Vec::new()),
            Instances::Absent,
            Instances::Unconfirmed("sagemaker:DescribeTrainingJob: AccessDeniedException".to_owned()),
            Instances::Serverless,
        ] {
            assert_eq!(of(instances), fails);
        }
    }

    #[test]
    fn a_group_of_an_unknown_type_beside_one_without_local_storage_fails_and_beside_one_with_it_is_unknown() {
        let groups = |types: &[&str]| by_storage(&types.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let code = |verdict| match verdict {
            KeyVerdict::Fail(reason) | KeyVerdict::Unknown(reason) | KeyVerdict::Exempt(reason) => reason.code,
            KeyVerdict::Pass(_) => "pass",
        };
        assert_eq!(code(groups(&["ml.zz9.48xlarge", "ml.m5.large"])), "volume_key_absent");
        assert_eq!(code(groups(&["ml.zz9.48xlarge", "ml.g5.xlarge"])), "instance_storage_unknown");
        assert_eq!(code(groups(&["ml.p4d.24xlarge", "ml.g5.xlarge"])), "volume_on_local_storage");
        assert_eq!(code(groups(&["", "ml.g5.xlarge"])), "instance_storage_unknown");
    }
}
