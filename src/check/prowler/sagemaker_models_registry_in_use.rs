//! Whether a model package group has an approved package: a region passes with one that has, and fails without.

use serde_json::json;

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, model_package_group},
    coverage::Outcome,
    finding::{Severity, Status, Verdict},
    resource::{
        account_region::{AccountRegion, Use},
        model_package_group::{Approved, ModelPackageGroup},
    },
};

/// The check as it is put to what these evaluate.
const fn rule(evaluate: Evaluate) -> Rule {
    let check = Like {
        ours: &model_package_group::approved_package::CHECK,
        id: "sagemaker_models_registry_in_use",
        title: "Amazon SageMaker Model Registry should have at least one approved model package",
        severity: Severity::Low,
        reads: &["ListModelPackages.ModelPackageSummaryList[].ModelApprovalStatus"],
        needs: &[],
        evaluate,
    };
    Rule { check: check.check(), refused: Refused::PassedOver }
}

/// The check of a group, which says which of them lets its region pass.
pub static RULE: Rule = rule(Evaluate::ModelPackageGroup(evaluate));

/// The check of a region.
pub static REGION: Rule = rule(Evaluate::AccountRegion(region));

fn evaluate(group: &ModelPackageGroup, _context: Context<'_>) -> Verdict {
    match group.approved {
        Approved::Yes => Verdict::new(Status::Pass, "package_approved", "a package of the group is approved"),
        Approved::No | Approved::Unread(_) => {
            let text = "no package of the group is known to be approved, which says nothing of its region";
            Verdict::new(Status::NotApplicable, "no_package_approved", text)
        }
    }
}

fn region(region: &AccountRegion, _context: Context<'_>) -> Verdict {
    let verdict = match &region.registry {
        Use::By(_) => Verdict::new(Status::Pass, "region_has_approved_package", "a package of the region is approved"),
        Use::Unused => {
            Verdict::new(Status::Fail, "region_without_approved_package", "no package of the region is approved")
        }
        Use::Untold(why) if region.groups.is_some_and(is_mishap) => {
            let text = format!(
                "Prowler fails a region whose groups it could not list for another reason than a denial ({why})"
            );
            Verdict::new(Status::Fail, "region_not_listed", text)
        }
        Use::Untold(why) => {
            let text = format!("Prowler passes over a region whose groups or packages it may not list ({why})");
            Verdict::new(Status::NotApplicable, "region_untold", text)
        }
    };
    verdict.with_evidence(|| json!({ "registry": region.registry, "groups": region.groups }))
}

/// Whether a listing failed otherwise than by a denial.
fn is_mishap(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Throttled | Outcome::Timeout | Outcome::MalformedAnswer | Outcome::Error)
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

    #[test]
    fn a_region_that_could_not_be_listed_is_passed_over_where_that_was_denied_and_fails_else() {
        for (outcome, status) in [
            (Outcome::AccessDenied, Status::NotApplicable),
            (Outcome::DeniedByScp, Status::NotApplicable),
            (Outcome::Partial, Status::NotApplicable),
            (Outcome::Throttled, Status::Fail),
            (Outcome::Error, Status::Fail),
        ] {
            let registry = Use::Untold(outcome.to_string());
            let region = AccountRegion { registry, groups: Some(outcome), ..AccountRegion::default() };
            assert_eq!(alone::told(&REGION.check, region, alone::context()).0, status, "{outcome}");
        }
    }

    #[test]
    fn a_region_passes_with_an_approved_package_and_fails_without() {
        for (registry, status) in [
            (Use::By(1), Status::Pass),
            (Use::Unused, Status::Fail),
            (Use::Untold("denied".to_owned()), Status::NotApplicable),
        ] {
            let region = AccountRegion { registry, ..AccountRegion::default() };
            assert_eq!(alone::told(&REGION.check, region, alone::context()).0, status);
        }
    }
}
