//! Whether who works on a notebook instance is root there.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement},
    finding::{Severity, Status, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-root-access",
    version: 1,
    title: "Notebook instances give their users no root access",
    severity: Severity::High,
    rationale: "Who is root on the instance can change its system, turn off what watches it, and read the data and \
                credentials of everybody who uses it.",
    remediation: Remediation {
        summary: "Stop the instance, set RootAccess to Disabled, and start it again. Lifecycle configurations still run as root.",
        console: "SageMaker AI > Notebook instances > {name} > Stop, then Edit > Permissions and encryption > Root access: \
                  disable, then Start.",
        cli: "aws sagemaker stop-notebook-instance --region {region} --notebook-instance-name {name}\n\
              aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
              aws sagemaker update-notebook-instance --region {region} --notebook-instance-name {name} --root-access Disabled\n\
              aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
              aws sagemaker start-notebook-instance --region {region} --notebook-instance-name {name}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_notebook_instance(NotebookInstanceName=\"{name}\", RootAccess=\"Disabled\")",
        code: "Type: AWS::SageMaker::NotebookInstance\nProperties:\n  RootAccess: Disabled",
    },
    reads: &["DescribeNotebookInstance.RootAccess"],
    control: Control::LeastPrivilege,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.3")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let verdict = match notebook.root_access.as_deref() {
        Some("Disabled") => Verdict::new(Status::Pass, "root_access_disabled", "users have no root access"),
        Some("Enabled") => Verdict::new(Status::Fail, "root_access_enabled", "users have root access"),
        other => Verdict::new(
            Status::Unknown,
            "root_access_unknown",
            format!("root access is {}, which this version does not know", other.unwrap_or("not told")),
        ),
    };
    verdict.with_evidence(|| json!({ "RootAccess": notebook.root_access, "expected": "Disabled" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn disabled_passes_enabled_fails_and_everything_else_is_unknown() {
        for (root_access, status) in [
            (Some("Disabled"), Status::Pass),
            (Some("Enabled"), Status::Fail),
            (Some("Limited"), Status::Unknown),
            (None, Status::Unknown),
        ] {
            let notebook =
                NotebookInstance { root_access: root_access.map(ToOwned::to_owned), ..NotebookInstance::default() };
            assert_eq!(alone::told(&CHECK, notebook, alone::context()).0, status, "{root_access:?}");
        }
    }
}
