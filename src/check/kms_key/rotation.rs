//! Whether a key that resources name gets new material every year by itself.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement, kms_key::evidence},
    finding::{Severity, Status, Verdict},
    kms::{
        Key,
        rotation::{Fixed, Rotation},
    },
    resource::kms_key::KmsKey,
};

/// The check.
pub static CHECK: Check = Check {
    id: "kms-key-rotation",
    version: 1,
    title: "Keys that resources name are rotated automatically where KMS can rotate them",
    severity: Severity::Low,
    rationale: "With rotation new data is encrypted with new material each year, so that less lies behind one piece of \
                material; what was encrypted before stays readable, and nothing that names the key has to change.",
    remediation: Remediation {
        summary: "Enable automatic rotation in the account that owns the key; of a multi-Region key, on its primary.",
        console: "KMS > Customer managed keys > {name} > Key rotation > Automatic key rotation > Edit: Enable.",
        cli: "aws kms enable-key-rotation --region {region} --key-id {arn}",
        python: "client = boto3.client(\"kms\", region_name=\"{region}\")\n\
                 client.enable_key_rotation(KeyId=\"{arn}\")",
        code: "Type: AWS::KMS::Key\nProperties:\n  EnableKeyRotation: true",
    },
    reads: &[
        "GetKeyRotationStatus.KeyRotationEnabled",
        "DescribeKey.KeyMetadata.KeyManager",
        "DescribeKey.KeyMetadata.KeySpec",
        "DescribeKey.KeyMetadata.KeyState",
        "DescribeKey.KeyMetadata.Origin",
    ],
    control: Control::EncryptionAtRest,
    serves: &[Requirement(Framework::CsaCcm, "CEK-12"), Requirement(Framework::PciDss, "3.7.4")],
    needs: &[Evidence::Keys, Evidence::KeyRotation],
    by_default: true,
    evaluate: Evaluate::KmsKey(evaluate),
};

fn evaluate(key: &KmsKey, _context: Context<'_>) -> Verdict {
    let unknown = |text: String| Verdict::new(Status::Unknown, "rotation_unreadable", text);
    let exempt = |code, text: String| Verdict::new(Status::NotApplicable, code, text);
    let verdict = match (&key.key, &key.rotation) {
        (Key::Described(_), rotation) => described(rotation),
        (Key::NotFound, _) => exempt("key_not_found", "there is no such key".to_owned()),
        (Key::OtherRegion { region }, _) => {
            exempt("key_other_region", format!("it is a key of the region {region}, which nothing here can use"))
        }
        (Key::AwsManagedAlias, _) => exempt("key_aws_managed", "AWS manages it, and rotates it every year".to_owned()),
        (Key::OutsideOrganization { account }, _) => {
            unknown(format!("it belongs to account {account}, which is not in the organization and is not asked"))
        }
        (Key::Unverified { account, why }, _) => {
            unknown(format!("it belongs to account {account} and could not be described ({why})"))
        }
        (Key::Unreadable { why }, _) => unknown(format!("it could not be described ({why})")),
    };
    verdict.with_evidence(|| evidence(key, "automatic rotation"))
}

/// Of a key that was described.
fn described(rotation: &Rotation) -> Verdict {
    match rotation {
        Rotation::On { days } => {
            let every = days.map(|days| format!(" every {days} days")).unwrap_or_default();
            Verdict::new(Status::Pass, "rotation_on", format!("KMS rotates it{every}"))
        }
        Rotation::Off => Verdict::new(Status::Fail, "rotation_off", "KMS does not rotate it"),
        Rotation::Impossible(fixed) => {
            let (code, text) = match fixed {
                Fixed::NotSymmetric => ("key_not_symmetric", "KMS rotates symmetric keys for encryption alone"),
                Fixed::ForeignMaterial => ("key_material_foreign", "KMS rotates only material that it made and keeps"),
                Fixed::NotEnabled => ("key_not_enabled", "KMS rotates keys only while they are enabled"),
                Fixed::AwsManaged => ("key_aws_managed", "AWS manages it, and rotates it every year"),
                Fixed::Unsupported => ("rotation_unsupported", "KMS says that it cannot rotate the key"),
            };
            Verdict::new(Status::NotApplicable, code, text)
        }
        Rotation::Unread { why } => Verdict::new(
            Status::Unknown,
            "rotation_unreadable",
            format!("whether it rotates could not be read ({why})"),
        ),
        Rotation::NotAsked => Verdict::new(Status::Unknown, "rotation_unreadable", "whether it rotates was not asked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{alone, kms_key::samples},
        kms::Usability,
    };

    #[test]
    fn a_key_that_rotates_passes_one_that_could_fails_and_one_that_cannot_is_exempt() {
        let impossible = Rotation::Impossible;
        for (rotation, status, code) in [
            (Rotation::On { days: Some(365) }, Status::Pass, "rotation_on"),
            (Rotation::Off, Status::Fail, "rotation_off"),
            (impossible(Fixed::NotSymmetric), Status::NotApplicable, "key_not_symmetric"),
            (impossible(Fixed::ForeignMaterial), Status::NotApplicable, "key_material_foreign"),
            (impossible(Fixed::NotEnabled), Status::NotApplicable, "key_not_enabled"),
            (impossible(Fixed::AwsManaged), Status::NotApplicable, "key_aws_managed"),
            (impossible(Fixed::Unsupported), Status::NotApplicable, "rotation_unsupported"),
            (Rotation::Unread { why: "denied".to_owned() }, Status::Unknown, "rotation_unreadable"),
            (Rotation::NotAsked, Status::Unknown, "rotation_unreadable"),
        ] {
            let key = KmsKey { rotation, ..samples::described(Usability::Usable, "Enabled") };
            assert_eq!(alone::told(&CHECK, key, alone::context()), (status, code.to_owned()));
        }
    }

    #[test]
    fn what_was_not_described_is_unknown_and_what_is_not_there_does_not_apply() {
        let told = |key| alone::told(&CHECK, samples::of(key), alone::context());
        for key in samples::undescribed() {
            assert_eq!(told(key), (Status::Unknown, "rotation_unreadable".to_owned()));
        }
        assert_eq!(told(Key::NotFound), (Status::NotApplicable, "key_not_found".to_owned()));
        assert_eq!(told(Key::AwsManagedAlias), (Status::NotApplicable, "key_aws_managed".to_owned()));
        let other = Key::OtherRegion { region: "us-east-1".to_owned() };
        assert_eq!(told(other), (Status::NotApplicable, "key_other_region".to_owned()));
    }
}
