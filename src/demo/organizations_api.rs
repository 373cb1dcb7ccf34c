//! Organizations: accounts, units and tags, readable from the management account.

use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{Account, Standing};
use super::operation::Operation;
use super::organization::Organization;
use super::page::{Place, cut, detour, place, size};
use super::refusal::Refusal;
use super::unit::Unit;
use super::world::{Invocation, World};

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    max_results: Option<i64>,
    next_token: Option<String>,
    parent_id: Option<String>,
    organizational_unit_id: Option<String>,
    resource_id: Option<String>,
}

impl Request {
    fn place(&self) -> Result<Place, Refusal> {
        place(self.next_token.as_deref(), "InvalidInputException")
    }

    fn size(&self) -> Result<u64, Refusal> {
        size(self.max_results, 20, 20).map_err(|refusal| Refusal::new(400, "InvalidInputException", refusal.message))
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the operations of other services do not come here")]
pub(super) fn answer(world: &World, invocation: &Invocation) -> Result<String, Refusal> {
    let request: Request = invocation.members()?;
    let organization = &world.organization;
    let from_management = invocation.caller.account == organization.management();
    if !from_management && invocation.operation != Operation::DescribeOrganization {
        return Err(Refusal::new(400, "AccessDeniedException", "You don't have permissions to access this resource."));
    }
    let older = world.behaviour.omit_paths;
    let members = || organization.accounts().iter().filter(|account| !world.behaviour.departed.contains(&account.id));
    match invocation.operation {
        Operation::DescribeOrganization => Ok(describe_organization(organization).to_string()),
        Operation::ListRoots => page("Roots", &[root(organization)], &request),
        Operation::DescribeOrganizationalUnit => {
            let id = required(request.organizational_unit_id.as_deref(), "organizationalUnitId")?;
            let unit = organization.units().iter().find(|unit| unit.id == id);
            let unit = unit.ok_or_else(|| missing("OrganizationalUnitNotFoundException", "organizational unit"))?;
            Ok(json!({"OrganizationalUnit": describe_unit(organization, unit, older)}).to_string())
        }
        Operation::ListOrganizationalUnitsForParent => {
            let parent = parent(organization, &request)?;
            let units = organization.units().iter().filter(|unit| unit.parent == parent);
            page(
                "OrganizationalUnits",
                &units.map(|unit| describe_unit(organization, unit, older)).collect::<Vec<_>>(),
                &request,
            )
        }
        Operation::ListAccountsForParent => {
            let parent = parent(organization, &request)?;
            let accounts: Vec<_> = members().filter(|account| account.unit == parent).collect();
            accounts_page(organization, &accounts, &request, older)
        }
        Operation::ListTagsForResource => {
            let id = required(request.resource_id.as_deref(), "resourceId")?;
            let tags = tags(organization, id).ok_or_else(|| missing("TargetNotFoundException", "target"))?;
            page("Tags", &tags, &request)
        }
        Operation::ListAccounts => {
            let accounts: Vec<_> = members().collect();
            accounts_page(organization, &accounts, &request, older)
        }
        _ => Err(Refusal::unknown_operation(invocation.operation.service())),
    }
}

fn required<'a>(value: Option<&'a str>, member: &str) -> Result<&'a str, Refusal> {
    value.ok_or_else(|| {
        Refusal::validation(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

fn missing(code: &'static str, what: &str) -> Refusal {
    Refusal::new(400, code, format!("You specified a {what} that doesn't exist."))
}

/// The position of the unit that a request names as the parent, or none for the root.
fn parent(organization: &Organization, request: &Request) -> Result<Option<usize>, Refusal> {
    let id = required(request.parent_id.as_deref(), "parentId")?;
    if id == organization.root {
        return Ok(None);
    }
    let found = organization.units().iter().position(|unit| unit.id == id);
    found.map(Some).ok_or_else(|| missing("ParentNotFoundException", "parent"))
}

fn page(member: &str, items: &[Value], request: &Request) -> Result<String, Refusal> {
    let (page, next) = cut(items, request.place()?, request.size()?);
    Ok(answer_of(member, page.to_vec(), next))
}

/// A page of accounts; after the first twenty, and then after every hundred, comes a page without any.
fn accounts_page(
    organization: &Organization,
    accounts: &[&Account],
    request: &Request,
    older: bool,
) -> Result<String, Refusal> {
    let (place, size) = (request.place()?, request.size()?);
    let (page, next) = cut(accounts, place, size);
    let next =
        next.map(|token| if !place.empty && (place.position + size) % 100 == 20 { detour(&token) } else { token });
    Ok(answer_of("Accounts", page.iter().map(|account| describe_account(organization, account, older)).collect(), next))
}

fn answer_of(member: &str, items: Vec<Value>, next: Option<String>) -> String {
    let mut answer = serde_json::Map::new();
    answer.insert(member.to_owned(), Value::Array(items));
    if let Some(next) = next {
        answer.insert("NextToken".to_owned(), Value::String(next));
    }
    Value::Object(answer).to_string()
}

fn arn(organization: &Organization, kind: &str, id: &str) -> String {
    format!("arn:aws:organizations::{}:{kind}/{}/{id}", organization.management(), organization.id)
}

fn root(organization: &Organization) -> Value {
    let arn = arn(organization, "root", &organization.root);
    json!({"Id": organization.root, "Arn": arn, "Name": "Root", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]})
}

fn describe_organization(organization: &Organization) -> Value {
    let management = organization.accounts().first();
    json!({"Organization": {
        "Id": organization.id,
        "Arn": format!("arn:aws:organizations::{}:organization/{}", organization.management(), organization.id),
        "FeatureSet": "ALL",
        "MasterAccountArn": arn(organization, "account", organization.management().as_str()),
        "MasterAccountId": organization.management(),
        "MasterAccountEmail": management.map(|account| account.email.as_str()),
        "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }})
}

fn describe_unit(organization: &Organization, unit: &Unit, older: bool) -> Value {
    let mut answer = json!({"Id": unit.id, "Arn": arn(organization, "ou", &unit.id), "Name": unit.name});
    if let (false, Some(members)) = (older, answer.as_object_mut()) {
        members.insert("Path".to_owned(), Value::String(unit.id_path.clone()));
    }
    answer
}

fn describe_account(organization: &Organization, account: &Account, older: bool) -> Value {
    let state = if account.standing == Standing::Suspended { "SUSPENDED" } else { "ACTIVE" };
    let mut answer = json!({
        "Id": account.id,
        "Arn": arn(organization, "account", account.id.as_str()),
        "Email": account.email,
        "Name": account.name,
        "Status": state,
        "JoinedMethod": if account.standing == Standing::Management { "INVITED" } else { "CREATED" },
        "JoinedTimestamp": 1_600_000_000.123,
    });
    if let (false, Some(members)) = (older, answer.as_object_mut()) {
        let above = organization
            .unit_of(account)
            .map_or_else(|| format!("{}/{}/", organization.id, organization.root), |unit| unit.id_path.clone());
        members.insert("State".to_owned(), Value::String(state.to_owned()));
        members.insert("Paths".to_owned(), json!([format!("{above}{}/", account.id)]));
    }
    answer
}

/// The tags of an account; units and the root have none.
fn tags(organization: &Organization, id: &str) -> Option<Vec<Value>> {
    if id == organization.root || organization.units().iter().any(|unit| unit.id == id) {
        return Some(Vec::new());
    }
    let account = organization.account(id.parse().ok()?)?;
    Some(account.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect())
}
