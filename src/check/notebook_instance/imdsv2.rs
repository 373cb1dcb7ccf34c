//! Whether the instance metadata service of a notebook instance asks for a session token.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::notebook_instance::NotebookInstance,
};

/// The check.
pub static CHECK: Check = Check {
    id: "notebook-instance-imdsv2",
    version: 1,
    title: "Notebook instances accept version 2 of the instance metadata service only",
    severity: Severity::Medium,
    rationale: "Version 1 of the instance metadata service answers any plain request, so that code which can be made to fetch \
                a URL gives away the credentials of the execution role. Version 2 asks for a token that such a request \
                cannot get.",
    remediation: Remediation {
        summary: "Stop the instance, set MinimumInstanceMetadataServiceVersion to 2, and start it again. Old SDKs in the \
                  instance have to be updated if they know version 1 alone.",
        console: "SageMaker AI > Notebook instances > {name} > Stop, then Edit > Additional configuration > Minimum IMDS \
                  version: 2, then Start.",
        cli: "aws sagemaker stop-notebook-instance --region {region} --notebook-instance-name {name}\n\
              aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
              aws sagemaker update-notebook-instance --region {region} --notebook-instance-name {name} \\\n  \
              --instance-metadata-service-configuration MinimumInstanceMetadataServiceVersion=2\n\
              aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
              aws sagemaker start-notebook-instance --region {region} --notebook-instance-name {name}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_notebook_instance(NotebookInstanceName=\"{name}\",\n    \
                 InstanceMetadataServiceConfiguration={\"MinimumInstanceMetadataServiceVersion\": \"2\"})",
        code: "Type: AWS::SageMaker::NotebookInstance\n\
               Properties:\n  InstanceMetadataServiceConfiguration:\n    MinimumInstanceMetadataServiceVersion: \"2\"",
    },
    reads: &["DescribeNotebookInstance.InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"],
    control: Control::LeastPrivilege,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::NotebookInstance(evaluate),
};

fn evaluate(notebook: &NotebookInstance, _context: Context<'_>) -> Verdict {
    let version = notebook.metadata_service_version.as_deref();
    let verdict = match version {
        Some("2") => Verdict::new(Status::Pass, "imdsv2_required", "the metadata service asks for a session token"),
        // Without a choice the service takes version 1 (CreateNotebookInstance, MinimumInstanceMetadataServiceVersion).
        Some("1") | None => {
            Verdict::new(Status::Fail, "imdsv1_accepted", "the metadata service answers without a session token too")
        }
        Some(other) => Verdict::new(
            Status::Unknown,
            "imds_version_unknown",
            format!("the least version of the metadata service is {other}, which is none that is known here"),
        ),
    };
    verdict.with_evidence(|| json!({ "MinimumInstanceMetadataServiceVersion": version, "expected": "2" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn version_2_passes_version_1_fails_as_no_choice_does_and_other_versions_are_unknown() {
        for (version, status) in
            [(Some("2"), Status::Pass), (Some("1"), Status::Fail), (Some("3"), Status::Unknown), (None, Status::Fail)]
        {
            let metadata_service_version = version.map(ToOwned::to_owned);
            let notebook = NotebookInstance { metadata_service_version, ..NotebookInstance::default() };
            assert_eq!(alone::told(&CHECK, notebook, alone::context()).0, status, "{version:?}");
        }
    }
}
