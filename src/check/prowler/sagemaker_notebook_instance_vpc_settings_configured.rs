//! Whether a notebook instance is in a subnet.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, notebook_instance, setting},
    finding::{Severity, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &notebook_instance::vpc::CHECK,
        id: "sagemaker_notebook_instance_vpc_settings_configured",
        title: "Amazon SageMaker notebook instance has VPC settings configured",
        severity: Severity::High,
        reads: &["DescribeNotebookInstance.SubnetId"],
        needs: &[],
        evaluate: Evaluate::NotebookInstance(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let is_on = notebook.subnet.is_some();
    setting::required(
        is_on,
        ("vpc_configured", "it is in a subnet of a VPC"),
        ("vpc_absent", "no subnet is configured"),
        "SubnetId",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn a_subnet_passes_and_none_fails() {
        for (subnet, status) in [(Some("subnet-1".to_owned()), Status::Pass), (None, Status::Fail)] {
            let notebook = NotebookInstance { subnet, ..NotebookInstance::default() };
            assert_eq!(alone::told(&RULE.check, notebook, alone::context()).0, status);
        }
    }
}
