//! Whether a notebook instance reaches the internet past the networks of the customer.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement},
    finding::{Severity, Status, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-direct-internet-access",
    version: 1,
    title: "Notebook instances have no direct access to the internet",
    severity: Severity::High,
    rationale: "With direct internet access SageMaker gives the instance an interface of its own to the internet, past your \
                route tables, firewalls and flow logs: what people read there can leave, and what they load can come in, \
                unseen.",
    remediation: Remediation {
        summary: "The setting cannot be changed: create another instance in a subnet of yours with DirectInternetAccess \
                  Disabled, give its VPC the endpoints that it needs (SageMaker API and runtime, S3) or a NAT gateway, move \
                  the files, and delete this one.",
        console: "SageMaker AI > Notebook instances > Create notebook instance > Network: choose a VPC, a private subnet and \
                  security groups, and Direct internet access: Disable. Move the files, then {name} > Actions > Delete.",
        cli: again!(
            ".DirectInternetAccess = \"Disabled\" | .SubnetId //= \"subnet-…\" | .SecurityGroupIds //= [\"sg-…\"]"
        ),
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_notebook_instance(…, SubnetId=\"subnet-…\", SecurityGroupIds=[\"sg-…\"],\n    \
                 DirectInternetAccess=\"Disabled\")",
        code: "Type: AWS::SageMaker::NotebookInstance\n\
               Properties:\n  DirectInternetAccess: Disabled  # a change replaces the instance\n  \
               SubnetId: subnet-…\n  SecurityGroupIds: [sg-…]",
    },
    reads: &["DescribeNotebookInstance.DirectInternetAccess"],
    control: Control::NetworkBoundary,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.1")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let verdict = match notebook.direct_internet_access.as_deref() {
        Some("Disabled") => {
            Verdict::new(Status::Pass, "direct_internet_access_disabled", "it has no direct access to the internet")
        }
        Some("Enabled") => {
            Verdict::new(Status::Fail, "direct_internet_access_enabled", "it has direct access to the internet")
        }
        other => Verdict::new(
            Status::Unknown,
            "direct_internet_access_unknown",
            format!("direct internet access is {}, which this version does not know", other.unwrap_or("not told")),
        ),
    };
    verdict.with_evidence(
        || json!({ "DirectInternetAccess": notebook.direct_internet_access, "SubnetId": notebook.subnet, "expected": "Disabled" }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn disabled_passes_enabled_fails_and_everything_else_is_unknown() {
        for (access, status) in [
            (Some("Disabled"), Status::Pass),
            (Some("Enabled"), Status::Fail),
            (Some("Sometimes"), Status::Unknown),
            (None, Status::Unknown),
        ] {
            let direct_internet_access = access.map(ToOwned::to_owned);
            let notebook = NotebookInstance { direct_internet_access, ..NotebookInstance::default() };
            assert_eq!(alone::told(&CHECK, notebook, alone::context()).0, status, "{access:?}");
        }
    }
}
