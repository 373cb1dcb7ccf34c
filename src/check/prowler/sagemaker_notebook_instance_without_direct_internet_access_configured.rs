//! Whether a notebook instance reaches the internet past the VPC; MANUAL, which is UNKNOWN here, where it does not tell.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, notebook_instance},
    finding::{Severity, Status, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &notebook_instance::direct_internet_access::CHECK,
        id: "sagemaker_notebook_instance_without_direct_internet_access_configured",
        title: "Amazon SageMaker notebook instance has direct internet access disabled",
        severity: Severity::High,
        reads: &["DescribeNotebookInstance.DirectInternetAccess"],
        needs: &[],
        evaluate: Evaluate::NotebookInstance(evaluate),
    }
    .check(),
    refused: Refused::Manual,
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let verdict = match notebook.direct_internet_access.as_deref() {
        None => Verdict::new(Status::Unknown, "direct_internet_access_unknown", "direct internet access is not told"),
        Some("Enabled") => {
            Verdict::new(Status::Fail, "direct_internet_access_enabled", "direct internet access is enabled")
        }
        Some(_) => {
            Verdict::new(Status::Pass, "direct_internet_access_not_enabled", "direct internet access is not enabled")
        }
    };
    verdict.with_evidence(|| json!({ "DirectInternetAccess": notebook.direct_internet_access }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn enabled_fails_and_what_is_not_told_is_for_people() {
        for (access, status) in
            [(Some("Enabled"), Status::Fail), (Some("Disabled"), Status::Pass), (None, Status::Unknown)]
        {
            let direct_internet_access = access.map(ToOwned::to_owned);
            let notebook = NotebookInstance { direct_internet_access, ..NotebookInstance::default() };
            assert_eq!(alone::told(&RULE.check, notebook, alone::context()).0, status);
        }
    }
}
