//! Whether secrets stand in the scripts that run when a notebook instance is created or started.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, secret},
    finding::{Severity, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-lifecycle-secrets",
    version: 1,
    title: "Lifecycle configurations of notebook instances hold no secrets",
    severity: Severity::High,
    rationale: "Whoever may describe lifecycle configurations can read their scripts, and so can everybody who works on an \
                instance that runs them.",
    remediation: Remediation {
        summary: "Let the script read the secret from Secrets Manager or Parameter Store with the role of the instance, and \
                  change the value: it has been shown.",
        console: "SageMaker AI > Lifecycle configurations > Notebook instance > the configuration of {name} > Edit: take the \
                  secret out of the line that the finding names. Secrets Manager > Store a new secret.",
        cli: "aws secretsmanager create-secret --region {region} --name … --secret-string file://secret.json\n\
              aws sagemaker update-notebook-instance-lifecycle-config --region {region} \\\n  \
              --notebook-instance-lifecycle-config-name … --on-start Content=$(base64 -w0 on-start.sh)",
        python: "boto3.client(\"secretsmanager\", region_name=\"{region}\").get_secret_value(SecretId=\"…\")",
        code: "Type: AWS::SageMaker::NotebookInstanceLifecycleConfig\nProperties:\n  OnStart:\n    - Content: !Base64 |\n        \
               TOKEN=$(aws secretsmanager get-secret-value --secret-id …)",
    },
    reads: &[
        "DescribeNotebookInstance.NotebookInstanceLifecycleConfigName",
        "DescribeNotebookInstanceLifecycleConfig.OnCreate[].Content",
        "DescribeNotebookInstanceLifecycleConfig.OnStart[].Content",
    ],
    control: Control::Secrets,
    serves: &[],
    needs: &[Evidence::LifecycleScripts],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    secret::judge(&notebook.lifecycle_secrets, ("no_lifecycle_configuration", "it has no lifecycle configuration"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::alone,
        finding::Status,
        secret::{Looked, Place, in_script},
    };

    #[test]
    fn a_secret_is_named_by_rule_script_and_line() {
        let key = ["AKIA", "Z7VQ3KX2", "M5TJ6WPL"].concat();
        let script = format!("#!/bin/bash\nset -e\nexport AWS_ACCESS_KEY_ID={key}\n");
        let lifecycle_secrets = Looked::through(in_script(&Place::OnStart, &script));
        let verdict =
            evaluate(&NotebookInstance { lifecycle_secrets, ..NotebookInstance::default() }, alone::context());
        assert_eq!(verdict.status, Status::Fail);
        assert!(verdict.reason().contains("on-start script, line 3"), "{}", verdict.reason());
        assert!(!format!("{verdict:?}").contains(&key));
    }

    #[test]
    fn without_a_configuration_there_is_nothing_to_judge() {
        let none = NotebookInstance { lifecycle_secrets: Looked::Nothing, ..NotebookInstance::default() };
        assert_eq!(alone::told(&CHECK, none, alone::context()).0, Status::NotApplicable);
    }
}
