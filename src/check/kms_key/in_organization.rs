//! Whether a key that resources name belongs to an account of the organization: whoever owns another one can withdraw it, and
//! may read along.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, kms_key::evidence},
    finding::{Severity, Status, Verdict},
    resource::kms_key::{KmsKey, Owner},
};

/// The check.
pub static CHECK: Check = Check {
    id: "kms-key-in-organization",
    version: 1,
    title: "Keys that resources name belong to accounts of the organization",
    severity: Severity::Medium,
    rationale: "Whoever owns a key decides who may decrypt with it, and can disable or delete it at any time, with all that it \
                has encrypted. Of a key outside the organization neither policy nor state is yours to see, and no policy of \
                the organization holds.",
    remediation: Remediation {
        summary: "Find out whose account {arn} names. If it is meant to be, as with a partner, write that down and exclude it \
                  where findings are handled; if not, encrypt anew with a key of the organization and take this one out of \
                  what names it.",
        console: "KMS > Customer managed keys > Create key; then choose it where resources name {name}, and re-encrypt what \
                  they wrote.",
        cli: "aws kms create-key --region {region} --description \"in place of {arn}\"\n\
              aws s3 cp s3://…/ s3://…/ --recursive --sse aws:kms --sse-kms-key-id …",
        python: "client = boto3.client(\"kms\", region_name=\"{region}\")\n\
                 key = client.create_key(Description=\"in place of {arn}\")[\"KeyMetadata\"][\"Arn\"]",
        code: "In a service control policy:\nEffect: Deny\nAction: kms:*\nResource: \"*\"\n\
               Condition: { StringNotEquals: { aws:ResourceOrgID: o-… } }",
    },
    reads: &["DescribeKey.KeyMetadata.Arn", "DescribeOrganization.Organization.Id", "ListAccounts.Accounts[].Id"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::KmsKey(evaluate),
};

fn evaluate(key: &KmsKey, _context: Context<'_>) -> Verdict {
    let owner = key.owner;
    let verdict = match key.owner_is {
        Owner::User => Verdict::new(Status::Pass, "key_own", "it belongs to the account whose resources name it"),
        Owner::InOrganization => {
            let text = format!("it belongs to account {owner}, which is in the organization");
            Verdict::new(Status::Pass, "key_in_organization", text)
        }
        Owner::Outside => {
            let text = format!("it belongs to account {owner}, which is not in the organization");
            Verdict::new(Status::Fail, "key_outside_organization", text)
        }
        Owner::NotListed => Verdict::new(
            Status::Unknown,
            "organization_not_listed",
            format!("it belongs to account {owner}, and the accounts of the organization were not listed"),
        ),
    };
    verdict.with_evidence(|| evidence(key, "a key of an account of the organization"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{alone, kms_key::samples},
        kms::Key,
    };

    #[test]
    fn the_owner_decides_whatever_is_known_of_the_key() {
        for (owner_is, status, code) in [
            (Owner::User, Status::Pass, "key_own"),
            (Owner::InOrganization, Status::Pass, "key_in_organization"),
            (Owner::Outside, Status::Fail, "key_outside_organization"),
            (Owner::NotListed, Status::Unknown, "organization_not_listed"),
        ] {
            for known in [Key::NotFound].into_iter().chain(samples::undescribed()) {
                let key = KmsKey { owner_is, ..samples::of(known) };
                assert_eq!(alone::told(&CHECK, key, alone::context()), (status, code.to_owned()));
            }
        }
    }
}
