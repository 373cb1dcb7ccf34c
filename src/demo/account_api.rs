//! Account Management: which regions an account has enabled.

use serde::Deserialize;
use serde_json::{Value, json};

use super::organization::Organization;
use super::page::{cut, place, size};
use super::refusal::Refusal;
use super::region::{Enablement, all};
use super::world::{Invocation, World};
use crate::place::AccountId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRegions {
    account_id: Option<AccountId>,
    max_results: Option<i64>,
    next_token: Option<String>,
    region_opt_status_contains: Option<Vec<OptStatus>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum OptStatus {
    Enabled,
    Enabling,
    Disabling,
    Disabled,
    EnabledByDefault,
}

pub(super) fn answer(world: &World, invocation: &Invocation) -> Result<String, Refusal> {
    let request: ListRegions = invocation.members()?;
    let organization = &world.organization;
    let account = match request.account_id {
        Some(account) if invocation.caller.account != organization.management() => {
            return Err(invocation
                .denied(&format!("on resource: arn:aws:account::{}:account/{account}", invocation.caller.account)));
        }
        Some(account) if account == organization.management() => {
            return Err(Refusal::validation("The management account can not be specified by its own account id."));
        }
        Some(account) => account,
        None => invocation.caller.account,
    };
    let wanted = request.region_opt_status_contains.unwrap_or_default();
    let regions: Vec<Value> = all()
        .into_iter()
        .map(|name| (name, status(organization, account, name)))
        .filter(|(_, status)| wanted.is_empty() || wanted.contains(status))
        .map(|(name, status)| json!({"RegionName": name, "RegionOptStatus": status}))
        .collect();
    let (page, next) =
        cut(&regions, place(request.next_token.as_deref(), "ValidationException")?, size(request.max_results, 20, 50)?);
    let mut answer = json!({"Regions": page});
    if let (Some(next), Some(members)) = (next, answer.as_object_mut()) {
        members.insert("NextToken".to_owned(), Value::String(next));
    }
    Ok(answer.to_string())
}

/// Regions that the organization does not use are disabled, those of AWS's defaults among them: calls there fail as in a disabled region.
fn status(organization: &Organization, account: AccountId, region: &str) -> OptStatus {
    match organization.enablement(region) {
        Some(Enablement::ByDefault) => OptStatus::EnabledByDefault,
        Some(Enablement::OptIn) if organization.account(account).is_some_and(|account| account.opted_in) => {
            OptStatus::Enabled
        }
        Some(Enablement::OptIn) | None => OptStatus::Disabled,
    }
}
