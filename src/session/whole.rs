//! Answers that lack the member they are asked for: a listing without its list is no empty listing.
//!
//! The SDK fills a required list that is missing with an empty one, and a page of something in between the service and
//! us, such as a portal that answers 200 to all, would read as "there is nothing".

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::FinalizerInterceptorContextMut, dyn_dispatch_hint},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

/// The member that the answer of an operation must hold, as the service's model names it.
const MEMBERS: &[(&str, &str)] = &[
    ("ListTrainingJobs", "TrainingJobSummaries"),
    ("DescribeTrainingJob", "TrainingJobName"),
    ("Search", "Results"),
    ("ListAccounts", "Accounts"),
    ("ListAccountsForParent", "Accounts"),
    ("ListRoots", "Roots"),
    ("ListOrganizationalUnitsForParent", "OrganizationalUnits"),
    ("DescribeOrganizationalUnit", "OrganizationalUnit"),
    ("ListTagsForResource", "Tags"),
    ("ListRegions", "Regions"),
];

/// Fails an attempt whose answer lacks its member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole;

#[dyn_dispatch_hint]
impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = settings.load::<Metadata>().map_or("", |metadata| metadata.name());
        let Some((_, member)) = MEMBERS.iter().find(|(name, _)| *name == operation) else { return Ok(()) };
        let body = context
            .response()
            .filter(|response| response.status().is_success())
            .and_then(|answer| answer.body().bytes());
        match body {
            Some(body) if !holds(body, member) => Err(format!("the answer has no {member}").into()),
            _ => Ok(()),
        }
    }
}

/// Whether a JSON text has a member of this name.
fn holds(body: &[u8], member: &str) -> bool {
    let name = format!("\"{member}\"");
    body.windows(name.len()).any(|window| window == name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_empty_and_must_be_there() {
        assert!(holds(br#"{"Results":[]}"#, "Results"));
        assert!(!holds(b"{}", "Results") && !holds(br#"{"error":"please sign in"}"#, "Results"));
    }
}
