//! Whether a model package group has an approved package. Prowler fails a region in which none has, which no group alone can tell.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, model_package_group},
    finding::{Severity, Status, Verdict},
    resource::model_package_group::{Approved, ModelPackageGroup},
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &model_package_group::approved_package::CHECK,
        id: "sagemaker_models_registry_in_use",
        title: "Amazon SageMaker Model Registry should have at least one approved model package",
        severity: Severity::Low,
        reads: &["ListModelPackages.ModelPackageSummaryList[].ModelApprovalStatus"],
        needs: &[],
        evaluate: Evaluate::ModelPackageGroup(evaluate),
    }
    .check(),
    refused: Refused::Passed,
};

fn evaluate(group: &ModelPackageGroup, _context: Context<'_>) -> Verdict {
    match group.approved {
        Approved::Yes => Verdict::new(Status::Pass, "package_approved", "a package of the group is approved"),
        Approved::No | Approved::Unread(_) => {
            let text = "no package of the group is known to be approved, which says nothing of its region";
            Verdict::new(Status::NotApplicable, "no_package_approved", text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn an_approved_package_passes_and_none_says_nothing() {
        for (approved, status) in [(Approved::Yes, Status::Pass), (Approved::No, Status::NotApplicable)] {
            assert_eq!(alone::told(&RULE.check, ModelPackageGroup { approved }, alone::context()).0, status);
        }
    }
}
