//! Whether a key that resources name can be used: what a key that is disabled, to be deleted or gone has encrypted can be
//! read by nobody.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, kms_key::evidence},
    finding::{Severity, Status, Verdict},
    kms::{Description, Key, Usability},
    resource::kms_key::KmsKey,
};

/// The check.
pub static CHECK: Check = Check {
    id: "kms-key-usable",
    version: 1,
    title: "Keys that resources name are enabled and not about to be deleted",
    severity: Severity::High,
    rationale: "What a disabled key has encrypted cannot be read until it is enabled again, and what a deleted key has \
                encrypted is lost for ever: models, results and notebooks among it. A key that is scheduled for deletion can \
                be kept only until its date.",
    remediation: Remediation {
        summary: "Find out with CloudTrail who disabled the key or scheduled its deletion. If its data is still needed, \
                  cancel the deletion and enable the key; if not, take the key out of what names it.",
        console: "KMS > Customer managed keys > {name} > Key actions: Cancel key deletion, then Enable.",
        cli: "aws kms cancel-key-deletion --region {region} --key-id {arn}\n\
              aws kms enable-key --region {region} --key-id {arn}",
        python: "client = boto3.client(\"kms\", region_name=\"{region}\")\n\
                 client.cancel_key_deletion(KeyId=\"{arn}\")\n\
                 client.enable_key(KeyId=\"{arn}\")",
        code: "Type: AWS::KMS::Key\nDeletionPolicy: Retain\nProperties:\n  Enabled: true\n  PendingWindowInDays: 30",
    },
    reads: &["DescribeKey.KeyMetadata.KeyState", "DescribeKey.KeyMetadata.KeyUsage"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::KmsKey(evaluate),
};

fn evaluate(key: &KmsKey, _context: Context<'_>) -> Verdict {
    let unknown = |code, text: String| Verdict::new(Status::Unknown, code, text);
    let verdict = match &key.key {
        Key::Described(description) => described(description),
        Key::NotFound => Verdict::new(Status::Fail, "key_not_found", "KMS says that there is no such key"),
        Key::OutsideOrganization { account } => unknown(
            "key_outside_organization",
            format!("it belongs to account {account}, which is not in the organization and is not asked"),
        ),
        Key::Unverified { account, why } => {
            unknown("key_unreadable", format!("it belongs to account {account} and could not be described ({why})"))
        }
        Key::Unreadable { why } => unknown("key_unreadable", format!("it could not be described ({why})")),
        Key::OtherRegion { region } => {
            let text = format!("it is a key of the region {region}, which nothing here can use");
            Verdict::new(Status::NotApplicable, "key_other_region", text)
        }
        Key::AwsManagedAlias => Verdict::new(Status::NotApplicable, "key_aws_managed", "AWS manages it"),
    };
    verdict.with_evidence(|| evidence(key, "a key that can encrypt and decrypt"))
}

fn described(key: &Description) -> Verdict {
    let state = key.state.as_str();
    match (key.usability, state) {
        (Usability::Usable, _) => Verdict::new(Status::Pass, "key_usable", "the key is enabled"),
        (Usability::WrongUsage, _) => Verdict::new(
            Status::Fail,
            "key_wrong_usage",
            "it is not a key for encryption, though resources name it as one",
        ),
        (Usability::StateForbids, "Disabled") => Verdict::new(Status::Fail, "key_disabled", "the key is disabled"),
        (Usability::StateForbids, "PendingDeletion" | "PendingReplicaDeletion") => {
            let date = key.deletion_date.map(|date| format!(" on {date}")).unwrap_or_default();
            Verdict::new(Status::Fail, "key_pending_deletion", format!("the key will be deleted{date}"))
        }
        (Usability::StateForbids, _) => {
            Verdict::new(Status::Fail, "key_unusable", format!("the key cannot be used in the state {state}"))
        }
        (Usability::Unknown, _) => {
            let text = format!("the key is in the state {state}, which this version does not know");
            Verdict::new(Status::Unknown, "key_state_unknown", text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{alone, kms_key::samples};

    fn told(key: KmsKey) -> (Status, String) {
        alone::told(&CHECK, key, alone::context())
    }

    #[test]
    fn a_key_is_judged_by_its_state_and_usage() {
        for (usability, state, status, code) in [
            (Usability::Usable, "Enabled", Status::Pass, "key_usable"),
            (Usability::Usable, "Updating", Status::Pass, "key_usable"),
            (Usability::WrongUsage, "Enabled", Status::Fail, "key_wrong_usage"),
            (Usability::StateForbids, "Disabled", Status::Fail, "key_disabled"),
            (Usability::StateForbids, "PendingDeletion", Status::Fail, "key_pending_deletion"),
            (Usability::StateForbids, "PendingReplicaDeletion", Status::Fail, "key_pending_deletion"),
            (Usability::StateForbids, "PendingImport", Status::Fail, "key_unusable"),
            (Usability::Unknown, "Dozing", Status::Unknown, "key_state_unknown"),
        ] {
            assert_eq!(told(samples::described(usability, state)), (status, code.to_owned()), "{state}");
        }
    }

    #[test]
    fn a_date_of_deletion_is_told() {
        let mut key = samples::described(Usability::StateForbids, "PendingDeletion");
        if let Key::Described(description) = &mut key.key {
            description.deletion_date = Some("2026-12-06T00:00:00Z".parse().unwrap());
        }
        let verdict = CHECK.evaluate(&key.into(), alone::context()).unwrap();
        assert_eq!(verdict.reason(), "the key will be deleted on 2026-12-06T00:00:00Z");
    }

    #[test]
    fn a_key_that_is_gone_fails_and_one_that_cannot_be_described_is_unknown() {
        assert_eq!(told(samples::of(Key::NotFound)), (Status::Fail, "key_not_found".to_owned()));
        let codes = samples::undescribed().map(|key| told(samples::of(key)));
        let expected = ["key_outside_organization", "key_unreadable", "key_unreadable"];
        assert_eq!(codes, expected.map(|code| (Status::Unknown, code.to_owned())));
    }

    #[test]
    fn a_key_of_another_region_or_of_aws_is_not_judged() {
        let other = Key::OtherRegion { region: "us-east-1".to_owned() };
        assert_eq!(told(samples::of(other)), (Status::NotApplicable, "key_other_region".to_owned()));
        assert_eq!(told(samples::of(Key::AwsManagedAlias)).0, Status::NotApplicable);
    }
}
