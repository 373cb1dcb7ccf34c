//! `SageMaker`: lists, descriptions and tags of training jobs; searching them has a file of its own.

use std::ops::Range;

use serde::Deserialize;

use super::account::Standing;
use super::cell::{Access, Cell};
use super::inventory;
use super::job::{Job, JobStatus, algorithm_of};
use super::json::Json;
use super::operation::Operation;
use super::page::{place, size, token};
use super::record::{Form, write, write_summary, write_tags};
use super::refusal::Refusal;
use super::search::search;
use super::world::{Invocation, World};

#[expect(clippy::wildcard_enum_match_arm, reason = "the operations of other services do not come here")]
pub(super) fn answer(world: &World, invocation: &Invocation) -> Result<String, Refusal> {
    let account = world.organization.account(invocation.caller.account);
    let cell = world.organization.cell(invocation.caller.account, invocation.caller.region.as_str());
    let Some((account, cell)) = account.zip(cell) else {
        return Err(Refusal::unrecognized(invocation.operation.service()));
    };
    if cell.access() == Access::DeniedByScp && account.standing == Standing::Member {
        return Err(invocation.denied_by_scp(account.explicit_deny));
    }
    match invocation.operation {
        Operation::Search => search(world, cell, invocation),
        Operation::ListTrainingJobs => list(cell, invocation),
        Operation::DescribeTrainingJob => describe(cell, invocation),
        Operation::ListTags => list_tags(cell, invocation),
        operation => {
            inventory::answer(cell, invocation).unwrap_or_else(|| Err(Refusal::unknown_operation(operation.service())))
        }
    }
}

/// The direction in which a listing is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum SortOrder {
    /// Oldest or least first.
    Ascending,
    /// Newest or greatest first.
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum SortBy {
    Name,
    CreationTime,
    Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum WantedStatus {
    InProgress,
    Completed,
    Failed,
    Stopping,
    Stopped,
    Deleting,
}

impl WantedStatus {
    fn is(self, status: JobStatus) -> bool {
        match self {
            Self::InProgress => status == JobStatus::InProgress,
            Self::Completed => status == JobStatus::Completed,
            Self::Failed => status == JobStatus::Failed,
            Self::Stopped => status == JobStatus::Stopped,
            Self::Stopping | Self::Deleting => false,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ListTrainingJobs {
    max_results: Option<i64>,
    next_token: Option<String>,
    creation_time_after: Option<serde_json::Number>,
    creation_time_before: Option<serde_json::Number>,
    last_modified_time_after: Option<serde_json::Number>,
    last_modified_time_before: Option<serde_json::Number>,
    name_contains: Option<String>,
    status_equals: Option<WantedStatus>,
    sort_by: Option<SortBy>,
    sort_order: Option<SortOrder>,
}

/// Which job stands at a place of a listing: `number` from its beginning, of the jobs in `range`.
pub(super) fn sorted(range: &Range<u64>, order: SortOrder, number: u64) -> u64 {
    match order {
        SortOrder::Ascending => range.start + number,
        SortOrder::Descending => range.end - 1 - number,
    }
}

/// A page is cut first, by position, then filtered by status, name and time of change: it can be empty although more follow.
fn list(cell: &Cell, invocation: &Invocation) -> Result<String, Refusal> {
    let request: ListTrainingJobs = invocation.members()?;
    let (place, size) =
        (place(request.next_token.as_deref(), "ValidationException")?, size(request.max_results, 10, 100)?);
    // Both bounds belong to the window: a caller who takes them for half-open sees a job twice, not never.
    let after = request.creation_time_after.as_ref().map_or(0, |time| cell.created_before(milliseconds(time)));
    let before = request
        .creation_time_before
        .as_ref()
        .map_or(cell.count(), |time| cell.created_before(milliseconds(time).saturating_add(1)));
    let range = after..before.max(after);
    let total = range.end - range.start;
    let (first, order) = (place.position.min(total), request.sort_order.unwrap_or(SortOrder::Ascending));
    let last = if place.empty { first } else { first.saturating_add(size).min(total) };
    let mut indices: Vec<u64> = Vec::new();
    match request.sort_by.unwrap_or(SortBy::CreationTime) {
        SortBy::CreationTime => indices.extend((first..last).map(|number| sorted(&range, order, number))),
        SortBy::Name => {
            let algorithm = |place| algorithm_of(cell, cell.deletions.number(place));
            indices.extend(in_page(range, first..last, order, algorithm));
        }
        SortBy::Status => indices.extend(in_page(range, first..last, order, |index| cell.job(index).status.as_str())),
    }
    let modified = |job: &Job| job.last_modified_at().as_millisecond();
    let kept = |job: &Job| {
        request.status_equals.is_none_or(|status| status.is(job.status))
            && request.name_contains.as_ref().is_none_or(|part| job.name.contains(part.as_str()))
            && request.last_modified_time_after.as_ref().is_none_or(|time| modified(job) >= milliseconds(time))
            && request.last_modified_time_before.as_ref().is_none_or(|time| modified(job) <= milliseconds(time))
    };
    let mut json = Json::with_capacity(32 * 1024);
    json.open();
    json.list("TrainingJobSummaries");
    for job in indices.into_iter().map(|index| cell.job(index)).filter(kept) {
        write_summary(&mut json, &job);
    }
    json.end_list();
    if last < total {
        json.text("NextToken", &token(last));
    }
    json.close();
    Ok(json.finish())
}

/// The page `places` of the jobs in `range`, sorted by a text and then by age. Names begin with what `by` yields, so this is their order too.
fn in_page(range: Range<u64>, places: Range<u64>, order: SortOrder, by: impl Fn(u64) -> &'static str) -> Vec<u64> {
    let mut sorted: Vec<_> = range.map(|index| (by(index), index)).collect();
    sorted.sort_unstable();
    if order == SortOrder::Descending {
        sorted.reverse();
    }
    let length = usize::try_from(places.end - places.start).unwrap_or_default();
    sorted
        .into_iter()
        .map(|(_, index)| index)
        .skip(usize::try_from(places.start).unwrap_or(usize::MAX))
        .take(length)
        .collect()
}

/// A number of seconds, decimals or not, as milliseconds.
fn milliseconds(seconds: &serde_json::Number) -> i64 {
    let text = seconds.to_string();
    let Some((whole, fraction)) = text.split_once('.') else {
        return text.parse::<i64>().unwrap_or_default().saturating_mul(1000);
    };
    let thousandths =
        format!("{fraction:0<3}").get(..3).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or_default();
    whole.parse::<i64>().unwrap_or_default().saturating_mul(1000).saturating_add(thousandths)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeTrainingJob {
    training_job_name: String,
}

fn describe(cell: &Cell, invocation: &Invocation) -> Result<String, Refusal> {
    let request: DescribeTrainingJob = invocation.members()?;
    let job = cell
        .job_named(&request.training_job_name)
        .ok_or_else(|| Refusal::validation("Requested resource not found."))?;
    let mut json = Json::with_capacity(4 * 1024);
    json.open();
    write(&mut json, cell, &job, Form::Description);
    json.close();
    Ok(json.finish())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTags {
    resource_arn: String,
}

fn list_tags(cell: &Cell, invocation: &Invocation) -> Result<String, Refusal> {
    let request: ListTags = invocation.members()?;
    if let Some(tags) = inventory::tags(cell, &request.resource_arn) {
        return Ok(tags);
    }
    let name = request.resource_arn.rsplit('/').next().unwrap_or_default();
    let job = cell
        .job_named(name)
        .filter(|job| job.arn == request.resource_arn)
        .ok_or_else(|| Refusal::validation("Requested resource not found."))?;
    let mut json = Json::with_capacity(512);
    json.open();
    json.list("Tags");
    write_tags(&mut json, &job);
    json.end_list();
    json.close();
    Ok(json.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_milliseconds() {
        let read = |text: &str| milliseconds(&serde_json::from_str(text).unwrap());
        assert_eq!(
            [read("1700000000"), read("1700000000.007"), read("1700000000.5")],
            [1_700_000_000_000, 1_700_000_000_007, 1_700_000_000_500]
        );
    }
}
