//! Whether a notebook instance is connected to a VPC of the customer.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement, setting},
    finding::{Severity, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-vpc",
    version: 1,
    title: "Notebook instances are connected to a VPC",
    severity: Severity::High,
    rationale: "Without a subnet of yours the instance lives in a VPC of the service alone, where your security groups, \
                endpoint policies and flow logs do not reach and data stores of yours are reached through public endpoints.",
    remediation: Remediation {
        summary: "The subnet cannot be changed: create another instance with SubnetId and SecurityGroupIds, move the files, \
                  and delete this one.",
        console: "SageMaker AI > Notebook instances > Create notebook instance > Network: choose a VPC, a private subnet and \
                  security groups. Move the files, then {name} > Actions > Delete.",
        cli: again!(".SubnetId = \"subnet-…\" | .SecurityGroupIds = [\"sg-…\"] | .DirectInternetAccess = \"Disabled\""),
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_notebook_instance(…, SubnetId=\"subnet-…\", SecurityGroupIds=[\"sg-…\"])",
        code: "Type: AWS::SageMaker::NotebookInstance\n\
               Properties:\n  SubnetId: subnet-…  # a change replaces the instance\n  SecurityGroupIds: [sg-…]",
    },
    reads: &["DescribeNotebookInstance.SubnetId"],
    control: Control::NetworkBoundary,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.2")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    setting::vpc(notebook.subnet.as_slice()).with_evidence(|| json!({ "SubnetId": null }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn a_subnet_passes_and_its_absence_fails() {
        for (subnet, status) in [(Some("subnet-1".to_owned()), Status::Pass), (None, Status::Fail)] {
            let notebook = NotebookInstance { subnet, ..NotebookInstance::default() };
            assert_eq!(alone::told(&CHECK, notebook, alone::context()).0, status);
        }
    }
}
