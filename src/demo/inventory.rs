//! What there is besides training jobs: a few resources of every other type in each place that has jobs, listed and
//! described. Each type has a file that says what its answers look like; like jobs they are drawn, never remembered.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::cell::Cell;
use super::draw::{Draw, text};
use super::operation::Operation;
use super::page::{cut, place, size};
use super::refusal::Refusal;
use super::scenario::KeyUse;
use super::world::Invocation;

mod app_image_config;
mod auto_ml_job;
mod cluster;
mod compilation_job;
mod device_fleet;
mod domain;
mod edge_packaging_job;
mod endpoint_config;
mod feature_group;
mod flow_definition;
mod hyper_parameter_tuning_job;
mod image;
mod inference_experiment;
mod inference_recommendations_job;
mod job_definition;
mod labeling_job;
mod mlflow_app;
mod model;
mod model_card;
mod model_package;
mod monitoring_schedule;
mod notebook_instance;
mod optimization_job;
mod partner_app;
mod processing_job;
mod secret;
mod studio_lifecycle_config;
mod transform_job;
mod user_profile;
mod workforce;

/// Every type.
static STOCKS: &[&Stock] = &[
    &app_image_config::STOCK,
    &auto_ml_job::STOCK,
    &cluster::STOCK,
    &compilation_job::STOCK,
    &device_fleet::STOCK,
    &domain::STOCK,
    &edge_packaging_job::STOCK,
    &endpoint_config::STOCK,
    &feature_group::STOCK,
    &flow_definition::STOCK,
    &hyper_parameter_tuning_job::STOCK,
    &image::STOCK,
    &inference_experiment::STOCK,
    &inference_recommendations_job::STOCK,
    &job_definition::DATA_QUALITY,
    &job_definition::MODEL_BIAS,
    &job_definition::MODEL_EXPLAINABILITY,
    &job_definition::MODEL_QUALITY,
    &labeling_job::STOCK,
    &mlflow_app::STOCK,
    &model::STOCK,
    &model_card::STOCK,
    &model_package::GROUPS,
    &model_package::STOCK,
    &monitoring_schedule::STOCK,
    &notebook_instance::STOCK,
    &optimization_job::STOCK,
    &partner_app::STOCK,
    &processing_job::STOCK,
    &studio_lifecycle_config::STOCK,
    &transform_job::STOCK,
    &user_profile::STOCK,
    &workforce::STOCK,
];

/// The most resources of one type in a place.
const MOST: u64 = 4;

/// A resource type: its operations and the members of its answers.
pub(super) struct Stock {
    pub(super) list: Operation,
    pub(super) describe: Operation,
    /// What its ARNs name it.
    pub(super) arn_type: &'static str,
    /// The member of the listing that holds the lines.
    pub(super) lines: &'static str,
    /// The member by which a description is asked for, with the name or the ARN.
    pub(super) asked_by: &'static str,
    /// A line of the listing.
    pub(super) summary: fn(&Item<'_>) -> Value,
    /// A description.
    pub(super) description: fn(&Item<'_>) -> Value,
}

/// A resource.
pub(super) struct Item<'a> {
    pub(super) cell: &'a Cell,
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) created_at: Timestamp,
    seed: [u64; 3],
}

impl Item<'_> {
    /// Draws of its own for one of its members: the same whichever answer asks.
    pub(super) fn draw(&self, member: &str) -> Draw {
        let [cell, kind, index] = self.seed;
        Draw::new(&[cell, kind, index, text(member)])
    }

    /// True in `share` of 100 resources, by a member.
    pub(super) fn percent(&self, member: &str, share: u64) -> bool {
        self.draw(member).percent(share)
    }

    /// One of some texts, by a member.
    pub(super) fn one_of(&self, member: &str, texts: &[&'static str]) -> &'static str {
        self.draw(member).one_of(texts)
    }

    /// What the resource names as a key in a member; null for none.
    pub(super) fn key(&self, member: &str) -> Value {
        let mut draw = self.draw(member);
        let usage = draw.weighted(
            &[
                (20, KeyUse::Absent),
                (5, KeyUse::EmptyText),
                (6, KeyUse::AwsManagedArn),
                (4, KeyUse::Disabled),
                (3, KeyUse::NotFound),
                (3, KeyUse::Denied),
                (4, KeyUse::ForeignOutside),
                (20, KeyUse::KeyId),
            ],
            KeyUse::KeyArn,
        );
        json!(self.cell.keys.text(usage, draw.bits()))
    }

    /// Seconds since 1970, as the API writes times.
    pub(super) fn created(&self) -> Value {
        json!(self.created_at.as_second())
    }

    /// A `VpcConfig`, in some resources; null in the others.
    pub(super) fn vpc(&self) -> Value {
        if self.percent("vpc", 60) {
            json!({ "SecurityGroupIds": ["sg-0123456789abcdef0"], "Subnets": ["subnet-0123456789abcdef0"] })
        } else {
            Value::Null
        }
    }

    /// The execution role.
    pub(super) fn role(&self) -> Value {
        json!(format!("arn:aws:iam::{}:role/service-role/sagemaker-{}", self.cell.account(), self.cell.team))
    }
}

impl Stock {
    fn count(&self, cell: &Cell) -> u64 {
        match cell.count() {
            0 => 0,
            jobs => Draw::new(&[cell.seed, text(self.arn_type)]).below(MOST + 1).min(jobs),
        }
    }

    fn item<'a>(&self, cell: &'a Cell, index: u64) -> Item<'a> {
        let name = format!("{}-{}-{index}", cell.team, self.arn_type);
        let arn = format!("arn:aws:sagemaker:{}:{}:{}/{name}", cell.region(), cell.account(), self.arn_type);
        Item { cell, name, arn, created_at: cell.created_at(index), seed: [cell.seed, text(self.arn_type), index] }
    }

    fn list(&self, cell: &Cell, invocation: &Invocation) -> Result<String, Refusal> {
        let request: Map<String, Value> = invocation.members()?;
        let token = request.get("NextToken").and_then(Value::as_str);
        let size = size(request.get("MaxResults").and_then(Value::as_i64), 10, 100)?;
        let all = (0..self.count(cell)).map(|index| self.item(cell, index)).collect::<Vec<_>>();
        let (page, next) = cut(&all, place(token, "ValidationException")?, size);
        let lines = page.iter().map(|item| spoken((self.summary)(item))).collect::<Vec<_>>();
        Ok(spoken(json!({ self.lines: lines, "NextToken": next })).to_string())
    }

    fn describe(&self, cell: &Cell, invocation: &Invocation) -> Result<String, Refusal> {
        let request: Map<String, Value> = invocation.members()?;
        let asked = request.get(self.asked_by).and_then(Value::as_str).unwrap_or_default();
        let mut all = (0..self.count(cell)).map(|index| self.item(cell, index));
        let found = all.find(|item| asked == item.name || asked == item.arn);
        let item = found.ok_or_else(|| Refusal::validation("Could not find the requested resource."))?;
        Ok(spoken((self.description)(&item)).to_string())
    }
}

/// The answer to an operation of one of the types; none for another operation.
pub(super) fn answer(cell: &Cell, invocation: &Invocation) -> Option<Result<String, Refusal>> {
    if invocation.operation == Operation::DescribeNotebookInstanceLifecycleConfig {
        return Some(notebook_instance::lifecycle(invocation));
    }
    STOCKS.iter().find_map(|stock| match invocation.operation {
        operation if operation == stock.list => Some(stock.list(cell, invocation)),
        operation if operation == stock.describe => Some(stock.describe(cell, invocation)),
        _ => None,
    })
}

/// The tags of a resource of one of the types, as `ListTags` writes them; none for another ARN.
pub(super) fn tags(cell: &Cell, arn: &str) -> Option<String> {
    let items = |stock: &&'static Stock| {
        let stock = *stock;
        (0..stock.count(cell)).map(move |index| stock.item(cell, index))
    };
    let item = STOCKS.iter().flat_map(items).find(|item| item.arn == arn)?;
    let owner = json!({ "Key": "owner", "Value": cell.team });
    let tags = if item.percent("tagged", 60) { vec![owner] } else { Vec::new() };
    Some(json!({ "Tags": tags }).to_string())
}

/// The member that holds the lines of a listing of one of the types.
pub(super) fn lines_of(operation: Operation) -> Option<&'static str> {
    STOCKS.iter().find(|stock| stock.list == operation).map(|stock| stock.lines)
}

/// A value without the members that are null, as services write it.
fn spoken(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, spoken(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(spoken).collect(),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}
