//! Whether secrets stand in the lifecycle scripts of a notebook instance. What counts as a secret are our rules, since the
//! scanner of Prowler is a program of its own; what is made of it is Prowler's.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, Evidence, notebook_instance},
    finding::{Severity, Status, Verdict},
    resource::notebook_instance::NotebookInstance,
    secret::Looked,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &notebook_instance::lifecycle_secrets::CHECK,
        id: "sagemaker_notebook_instance_no_secrets",
        title: "SageMaker notebook instance lifecycle configuration contains no hardcoded secrets",
        severity: Severity::High,
        reads: &[
            "DescribeNotebookInstance.NotebookInstanceLifecycleConfigName",
            "DescribeNotebookInstanceLifecycleConfig.OnCreate[].Content",
            "DescribeNotebookInstanceLifecycleConfig.OnStart[].Content",
        ],
        needs: &[Evidence::LifecycleScripts],
        evaluate: Evaluate::NotebookInstance(evaluate),
    }
    .check(),
    // Without a description there is no lifecycle configuration to look through.
    refused: Refused::Passes,
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let verdict = match &notebook.lifecycle_secrets {
        Looked::Nothing => {
            Verdict::new(Status::Pass, "no_lifecycle_configuration", "it has no lifecycle configuration")
        }
        Looked::Through { rules: _, seen } if seen.is_empty() => {
            Verdict::new(Status::Pass, "no_secret_found", "no secret was found in its lifecycle configuration")
        }
        Looked::Through { rules: _, seen: _ } => {
            Verdict::new(Status::Fail, "secret_found", "secrets were found in its lifecycle configuration")
        }
        Looked::Refused(_) | Looked::Never => {
            Verdict::new(Status::Unknown, "text_unreadable", "its lifecycle configuration could not be scanned")
        }
    };
    verdict.with_evidence(|| json!({ "looked": notebook.lifecycle_secrets }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::alone,
        secret::{Place, in_values},
    };

    #[test]
    fn no_configuration_and_a_clean_one_pass_and_what_could_not_be_scanned_is_for_people() {
        let value = ["Tr0ub4dor", "&3xK9", "qLmZ81"].concat();
        let seen = Looked::through(in_values(Place::Variable, [("DB_PASSWORD", value.as_str())]));
        for (lifecycle_secrets, status) in [
            (Looked::Nothing, Status::Pass),
            (Looked::through([]), Status::Pass),
            (seen, Status::Fail),
            (Looked::Refused("denied".to_owned()), Status::Unknown),
        ] {
            let notebook = NotebookInstance { lifecycle_secrets, ..NotebookInstance::default() };
            assert_eq!(alone::told(&RULE.check, notebook, alone::context()).0, status);
        }
    }
}
