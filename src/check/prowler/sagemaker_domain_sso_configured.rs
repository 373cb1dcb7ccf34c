//! Whether people enter a domain by the organization's sign-on.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, domain},
    finding::{Severity, Status, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &domain::sso::CHECK,
        id: "sagemaker_domain_sso_configured",
        title: "SageMaker domains use SSO authentication instead of IAM mode",
        severity: Severity::Medium,
        reads: &[
            "DescribeDomain.AuthMode",
            "DescribeDomain.SingleSignOnManagedApplicationInstanceId",
            "DescribeDomain.SingleSignOnApplicationArn",
        ],
        needs: &[],
        evaluate: Evaluate::Domain(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(domain: &Domain, _context: Context<'_>) -> Verdict {
    let verdict = match (domain.auth_mode.as_deref(), domain.sso_application) {
        (Some("SSO"), true) => {
            Verdict::new(Status::Pass, "sso_configured", "people sign in through IAM Identity Center")
        }
        (Some("SSO"), false) => {
            Verdict::new(Status::Fail, "sso_application_absent", "it belongs to no instance of IAM Identity Center")
        }
        (mode, _) => {
            let text = format!("its mode of authentication is {}", mode.unwrap_or("unknown"));
            Verdict::new(Status::Fail, "sso_not_configured", text)
        }
    };
    verdict.with_evidence(|| json!({ "AuthMode": domain.auth_mode, "sso_application": domain.sso_application }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn only_sso_with_its_application_passes() {
        for (mode, sso_application, status) in [
            (Some("SSO"), true, Status::Pass),
            (Some("SSO"), false, Status::Fail),
            (Some("IAM"), true, Status::Fail),
            (None, false, Status::Fail),
        ] {
            let auth_mode = mode.map(ToOwned::to_owned);
            let domain = Domain { auth_mode, sso_application, ..Domain::default() };
            assert_eq!(alone::told(&RULE.check, domain, alone::context()).0, status);
        }
    }
}
