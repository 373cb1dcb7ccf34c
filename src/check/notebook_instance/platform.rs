//! Whether a notebook instance runs on a platform that is still supported.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement},
    finding::{Severity, Status, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-platform",
    version: 1,
    title: "Notebook instances run on a supported platform",
    severity: Severity::Medium,
    rationale: "A platform whose operating system and Jupyter are not supported any more gets no security patches, so that \
                known vulnerabilities stay open beside the data and credentials of the instance.",
    remediation: Remediation {
        summary: "Stop the instance, set PlatformIdentifier to a supported one, and start it again; where the service does not \
                  allow that step, create another instance with it, move the files, and delete this one. Which platforms are \
                  supported is configured as notebook_platforms in [parameters].",
        console: "SageMaker AI > Notebook instances > {name} > Stop, then Edit > Platform identifier: choose the newest, then \
                  Start.",
        cli: "aws sagemaker stop-notebook-instance --region {region} --notebook-instance-name {name}\n\
              aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
              aws sagemaker update-notebook-instance --region {region} --notebook-instance-name {name} \\\n  \
              --platform-identifier notebook-al2023-v1\n\
              aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
              aws sagemaker start-notebook-instance --region {region} --notebook-instance-name {name}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_notebook_instance(NotebookInstanceName=\"{name}\", PlatformIdentifier=\"notebook-al2023-v1\")",
        code: "Type: AWS::SageMaker::NotebookInstance\nProperties:\n  PlatformIdentifier: notebook-al2023-v1",
    },
    reads: &["DescribeNotebookInstance.PlatformIdentifier"],
    control: Control::SupportedSoftware,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.8")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, context: Context<'_>) -> Verdict {
    let supported = &context.parameters.notebook_platforms;
    let verdict = match notebook.platform.as_deref() {
        Some(platform) if supported.contains(platform) => {
            Verdict::new(Status::Pass, "platform_supported", format!("the platform {platform} is supported"))
        }
        Some(platform) => Verdict::new(
            Status::Fail,
            "platform_not_supported",
            format!("the platform {platform} is none of those that are supported"),
        ),
        None => Verdict::new(Status::Unknown, "platform_unknown", "the platform is not told"),
    };
    verdict.with_evidence(|| json!({ "PlatformIdentifier": notebook.platform, "expected": supported }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, config::Parameters};

    #[test]
    fn a_platform_that_is_configured_passes_another_fails_and_none_is_unknown() {
        let told = |platform: Option<&str>, context| {
            let platform = platform.map(ToOwned::to_owned);
            alone::told(&CHECK, NotebookInstance { platform, ..NotebookInstance::default() }, context).0
        };
        assert_eq!(told(Some("notebook-al2023-v1"), alone::context()), Status::Pass);
        assert_eq!(told(Some("notebook-al2-v3"), alone::context()), Status::Fail);
        assert_eq!(told(None, alone::context()), Status::Unknown);
        let notebook_platforms = ["notebook-al2-v3".to_owned()].into();
        let parameters = Parameters { notebook_platforms, ..Parameters::default() };
        let configured = Context { parameters: &parameters, ..alone::context() };
        assert_eq!(told(Some("notebook-al2-v3"), configured), Status::Pass);
        assert_eq!(told(Some("notebook-al2023-v1"), configured), Status::Fail);
    }
}
