//! Whether people come into a domain by IAM Identity Center.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static CHECK: Check = Check {
    id: "domain-sso",
    version: 1,
    title: "People sign in to domains by IAM Identity Center",
    severity: Severity::Medium,
    rationale: "With IAM authentication whoever may call CreatePresignedDomainUrl can come in as anybody's profile. With IAM \
                Identity Center each person has the profile of their own, signs in with the organization's second factor, \
                and is out everywhere when they leave.",
    remediation: Remediation {
        summary: "The authentication of a domain cannot be changed: create another domain with AuthMode SSO in the region of \
                  IAM Identity Center, assign its people, move their files, and delete this one.",
        console: "SageMaker AI > Domains > Create domain > Set up for organizations > Users and ML activities: log in through \
                  IAM Identity Center. Move the files, then Domains > {name} > Delete.",
        cli: again!(".AuthMode = \"SSO\""),
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_domain(…, AuthMode=\"SSO\")",
        code: "Type: AWS::SageMaker::Domain\nProperties:\n  AuthMode: SSO  # a change replaces the domain",
    },
    reads: &[
        "DescribeDomain.AuthMode",
        "DescribeDomain.SingleSignOnManagedApplicationInstanceId",
        "DescribeDomain.SingleSignOnApplicationArn",
    ],
    control: Control::Authentication,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Domain(evaluate),
};

fn evaluate(domain: &Domain, _context: Context<'_>) -> Verdict {
    let verdict = match domain.auth_mode.as_deref() {
        Some("SSO") if domain.sso_application => {
            Verdict::new(Status::Pass, "sso_configured", "people sign in by IAM Identity Center")
        }
        Some("SSO") => Verdict::new(
            Status::Fail,
            "sso_application_absent",
            "sign-on by IAM Identity Center is set, and there is no application of it",
        ),
        Some("IAM") => Verdict::new(Status::Fail, "iam_authentication", "people come in by IAM"),
        other => Verdict::new(
            Status::Unknown,
            "auth_mode_unknown",
            format!("the authentication is {}, which this version does not know", other.unwrap_or("not told")),
        ),
    };
    verdict.with_evidence(
        || json!({ "AuthMode": domain.auth_mode, "sso_application": domain.sso_application, "expected": "SSO" }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn sso_with_its_application_passes() {
        for (mode, sso_application, status, code) in [
            (Some("SSO"), true, Status::Pass, "sso_configured"),
            (Some("SSO"), false, Status::Fail, "sso_application_absent"),
            (Some("IAM"), false, Status::Fail, "iam_authentication"),
            (Some("LDAP"), true, Status::Unknown, "auth_mode_unknown"),
            (None, false, Status::Unknown, "auth_mode_unknown"),
        ] {
            let domain = Domain { auth_mode: mode.map(ToOwned::to_owned), sso_application, ..Domain::default() };
            assert_eq!(alone::told(&CHECK, domain, alone::context()), (status, code.to_owned()), "{mode:?}");
        }
    }
}
