//! Whether a group of model packages has an approved one.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    resource::model_package_group::{Approved, ModelPackageGroup},
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-package-group-approved-package",
    version: 1,
    title: "Model package groups have an approved model package",
    severity: Severity::Low,
    rationale: "Approval in the registry is how a model is released by somebody who looked at it. A group without an \
                approved version is unused, or its models are deployed past the registry.",
    remediation: Remediation {
        summary: "Review the versions of the group and approve the one that may be deployed, or delete the group if it is \
                  not used.",
        console: "SageMaker Studio > Models > Registered models > {name} > the version > Update status: Approved.",
        cli: "aws sagemaker list-model-packages --region {region} --model-package-group-name {name}\n\
              aws sagemaker update-model-package --region {region} --model-package-arn … \\\n  \
              --model-approval-status Approved",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.update_model_package(ModelPackageArn=…, ModelApprovalStatus=\"Approved\")",
        code: "Type: AWS::SageMaker::ModelPackage\nProperties:\n  ModelPackageGroupName: {name}\n  \
               ModelApprovalStatus: Approved",
    },
    reads: &["ListModelPackages.ModelPackageSummaryList[].ModelApprovalStatus"],
    control: Control::ModelGovernance,
    serves: &[],
    needs: &[],
    by_default: false,
    evaluate: Evaluate::ModelPackageGroup(evaluate),
};

fn evaluate(group: &ModelPackageGroup, _context: Context<'_>) -> Verdict {
    match &group.approved {
        Approved::Yes => Verdict::new(Status::Pass, "package_approved", "a package of the group is approved"),
        Approved::No => Verdict::new(Status::Fail, "no_package_approved", "no package of the group is approved"),
        Approved::Unread(why) => Verdict::new(
            Status::Unknown,
            "approval_unreadable",
            format!("whether a package of the group is approved could not be read ({why})"),
        ),
    }
    .with_evidence(|| json!({ "approved": group.approved, "expected": "a package with ModelApprovalStatus Approved" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn an_approved_package_passes_none_fails_and_a_refused_listing_is_unknown() {
        for (approved, status) in [
            (Approved::Yes, Status::Pass),
            (Approved::No, Status::Fail),
            (Approved::Unread("denied".to_owned()), Status::Unknown),
        ] {
            assert_eq!(alone::told(&CHECK, ModelPackageGroup { approved }, alone::context()).0, status);
        }
    }
}
