//! Whether people of a domain can run containers of their own beside their apps.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static CHECK: Check = Check {
    id: "domain-docker-access",
    version: 1,
    title: "Domains give their people no access to Docker",
    severity: Severity::Low,
    rationale: "With Docker people run any image on the instance of their app, with the network and the execution role that \
                it has, past what the organization allows as images of Studio.",
    remediation: Remediation {
        summary: "Set EnableDockerAccess to DISABLED in the DockerSettings of the domain, unless people build images there; then \
                  write an exception, and limit the registries with VpcOnlyTrustedAccounts.",
        console: "SageMaker AI > Domains > {name} shows the domain; access to Docker is set with the CLI or an SDK.",
        cli: "aws sagemaker update-domain --region {region} --domain-id {name} \\\n  \
              --domain-settings-for-update '{ \"DockerSettings\": { \"EnableDockerAccess\": \"DISABLED\" } }'",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 settings = {\"DockerSettings\": {\"EnableDockerAccess\": \"DISABLED\"}}\n\
                 client.update_domain(DomainId=\"{name}\", DomainSettingsForUpdate=settings)",
        code: "Type: AWS::SageMaker::Domain\n\
               Properties:\n  DomainSettings:\n    DockerSettings:\n      EnableDockerAccess: DISABLED",
    },
    reads: &["DescribeDomain.DomainSettings.DockerSettings.EnableDockerAccess"],
    control: Control::LeastPrivilege,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Domain(evaluate),
};

fn evaluate(domain: &Domain, _context: Context<'_>) -> Verdict {
    let access = domain.docker_access.as_deref();
    let verdict = match access {
        // A domain has no access unless it is given to it.
        None | Some("DISABLED") => Verdict::new(Status::Pass, "docker_access_disabled", "there is no access to Docker"),
        Some("ENABLED") => Verdict::new(Status::Fail, "docker_access_enabled", "there is access to Docker"),
        Some(other) => Verdict::new(
            Status::Unknown,
            "docker_access_unknown",
            format!("access to Docker is {other}, which this version does not know"),
        ),
    };
    verdict.with_evidence(|| json!({ "EnableDockerAccess": access, "expected": "DISABLED" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn access_fails_its_absence_passes_and_everything_else_is_unknown() {
        for (access, status) in [
            (None, Status::Pass),
            (Some("DISABLED"), Status::Pass),
            (Some("ENABLED"), Status::Fail),
            (Some("ROOTLESS"), Status::Unknown),
        ] {
            let domain = Domain { docker_access: access.map(ToOwned::to_owned), ..Domain::default() };
            assert_eq!(alone::told(&CHECK, domain, alone::context()).0, status, "{access:?}");
        }
    }
}
