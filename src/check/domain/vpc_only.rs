//! Whether the apps of a domain reach the network only through a VPC of the customer.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static CHECK: Check = Check {
    id: "domain-vpc-only",
    version: 1,
    title: "Domains send all traffic through a VPC",
    severity: Severity::High,
    rationale: "With PublicInternetOnly the apps of a domain reach the internet through a VPC of the service, past your route \
                tables, firewalls and flow logs: what people read there can leave, and what they load can come in, unseen.",
    remediation: Remediation {
        summary: "Give the VPC of the domain the endpoints that its apps need (SageMaker API, runtime and Studio, S3, STS, \
                  CloudWatch Logs), delete all running apps, and set AppNetworkAccessType to VpcOnly.",
        console: "SageMaker AI > Domains > {name} > Domain settings > Network > Edit: VPC only. No app may be running.",
        cli: "aws sagemaker list-apps --region {region} --domain-id-equals {name}\n\
              # delete those that are not deleted yet, and run:\n\
              aws sagemaker update-domain --region {region} --domain-id {name} --app-network-access-type VpcOnly",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_domain(DomainId=\"{name}\", AppNetworkAccessType=\"VpcOnly\")",
        code: "Type: AWS::SageMaker::Domain\n\
               Properties:\n  AppNetworkAccessType: VpcOnly\n  VpcId: vpc-…\n  SubnetIds: [subnet-…, subnet-…]",
    },
    reads: &["DescribeDomain.AppNetworkAccessType"],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Domain(evaluate),
};

fn evaluate(domain: &Domain, _context: Context<'_>) -> Verdict {
    let access = domain.network_access.as_deref();
    let verdict = match access {
        Some("VpcOnly") => Verdict::new(Status::Pass, "vpc_only", "all traffic goes through its VPC"),
        Some("PublicInternetOnly") => {
            Verdict::new(Status::Fail, "public_internet", "its apps reach the internet past its VPC")
        }
        other => Verdict::new(
            Status::Unknown,
            "network_access_unknown",
            format!("network access is {}, which this version does not know", other.unwrap_or("not told")),
        ),
    };
    verdict.with_evidence(|| json!({ "AppNetworkAccessType": access, "expected": "VpcOnly" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn vpc_only_passes_the_internet_fails_and_everything_else_is_unknown() {
        for (access, status) in [
            (Some("VpcOnly"), Status::Pass),
            (Some("PublicInternetOnly"), Status::Fail),
            (Some("PrivateLinkOnly"), Status::Unknown),
            (None, Status::Unknown),
        ] {
            let domain = Domain { network_access: access.map(ToOwned::to_owned), ..Domain::default() };
            assert_eq!(alone::told(&CHECK, domain, alone::context()).0, status, "{access:?}");
        }
    }
}
