//! Whether a notebook instance names a key, whatever stands behind the name.

use super::{Like, Refused, Rule, volume_key};
use crate::{
    check::{Context, Evaluate, notebook_instance},
    finding::{Severity, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &notebook_instance::customer_managed_keys::CHECK,
        id: "sagemaker_notebook_instance_encryption_enabled",
        title: "SageMaker notebook instance is encrypted with a KMS key",
        severity: Severity::High,
        reads: &["DescribeNotebookInstance.KmsKeyId"],
        needs: &[],
        evaluate: Evaluate::NotebookInstance(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    volume_key(notebook.volume_key.is_some(), "KmsKeyId")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn any_name_passes_and_none_fails() {
        for (volume_key, status) in [(Some("aws".to_owned()), Status::Pass), (None, Status::Fail)] {
            let notebook = NotebookInstance { volume_key, ..NotebookInstance::default() };
            assert_eq!(alone::told(&RULE.check, notebook, alone::with_keys()).0, status);
        }
    }
}
