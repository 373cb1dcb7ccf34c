//! Whether a notebook instance says that its users are root: everything but Enabled passes, also what could not be read.

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
        ours: &notebook_instance::root_access::CHECK,
        id: "sagemaker_notebook_instance_root_access_disabled",
        title: "Amazon SageMaker notebook instance has root access disabled",
        severity: Severity::Medium,
        reads: &["DescribeNotebookInstance.RootAccess"],
        needs: &[],
        evaluate: Evaluate::NotebookInstance(evaluate),
    }
    .check(),
    refused: Refused::Passes,
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let is_enabled = notebook.root_access.as_deref() == Some("Enabled");
    let verdict = if is_enabled {
        Verdict::new(Status::Fail, "root_access_enabled", "users have root access")
    } else {
        Verdict::new(Status::Pass, "root_access_not_enabled", "root access is not said to be enabled")
    };
    verdict.with_evidence(|| json!({ "RootAccess": notebook.root_access }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn everything_but_enabled_passes() {
        for (root_access, status) in [
            (Some("Enabled"), Status::Fail),
            (Some("Disabled"), Status::Pass),
            (Some("Limited"), Status::Pass),
            (None, Status::Pass),
        ] {
            let notebook =
                NotebookInstance { root_access: root_access.map(ToOwned::to_owned), ..NotebookInstance::default() };
            assert_eq!(alone::told(&RULE.check, notebook, alone::context()).0, status);
        }
    }
}
