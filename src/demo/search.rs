//! `SageMaker` Search over training jobs: windows of creation time, found by binary search.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::cell::Cell;
use super::json::Json;
use super::page::{place, size, token};
use super::record::{Form, write};
use super::refusal::Refusal;
use super::sagemaker_api::{SortOrder, sorted};
use super::world::{Invocation, World};

/// Hits that can be counted and paged through.
pub(super) const MOST_HITS: u64 = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Search {
    resource: Resource,
    #[serde(rename = "SearchExpression")]
    expression: Option<Expression>,
    sort_by: Option<String>,
    sort_order: Option<SortOrder>,
    next_token: Option<String>,
    max_results: Option<i64>,
    #[serde(rename = "CrossAccountFilterOption")]
    _accounts: Option<Accounts>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Resource {
    TrainingJob,
    Experiment,
    ExperimentTrial,
    ExperimentTrialComponent,
    Endpoint,
    Model,
    ModelPackage,
    ModelPackageGroup,
    Pipeline,
    PipelineExecution,
    FeatureGroup,
    FeatureMetadata,
    Image,
    ImageVersion,
    Project,
    HyperParameterTuningJob,
    ModelCard,
    PipelineVersion,
    Job,
    HubContent,
}

#[derive(Debug, Deserialize)]
enum Accounts {
    SameAccount,
    CrossAccount,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Expression {
    filters: Vec<Filter>,
    operator: Option<Junction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Junction {
    And,
    Or,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    name: String,
    operator: Option<Operator>,
    value: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Operator {
    Equals,
    NotEquals,
    GreaterThan,
    GreaterThanOrEqualTo,
    LessThan,
    LessThanOrEqualTo,
    Contains,
    Exists,
    NotExists,
    In,
}

/// Answers a search. Sorting by anything but creation time is taken for that: the simulated jobs have no cheaper order.
pub(super) fn search(world: &World, cell: &Cell, invocation: &Invocation) -> Result<String, Refusal> {
    let request: Search = invocation.members()?;
    let (place, size) =
        (place(request.next_token.as_deref(), "ValidationException")?, size(request.max_results, 10, 100)?);
    if !matches!(request.sort_by.as_deref(), None | Some("CreationTime" | "LastModifiedTime")) {
        return Err(Refusal::validation("Unknown property name in SortBy."));
    }
    let indexed = seen(world, cell);
    let cell = indexed.as_ref().unwrap_or(cell);
    let lag = i64::try_from(world.behaviour.search_lag.saturating_mul(1000)).unwrap_or(i64::MAX);
    let indexed = cell.created_before(cell.calendar.end.saturating_sub(lag));
    let hidden = world.behaviour.search_hides.min(indexed);
    let mut range = hidden..if request.resource == Resource::TrainingJob { indexed } else { hidden };
    let expression = request.expression.unwrap_or_default();
    if expression.operator == Some(Junction::Or) && expression.filters.len() > 1 {
        return Err(Refusal::validation("The simulated search joins filters by And only."));
    }
    let filters = if world.behaviour.search_ignores_filters { &[][..] } else { &expression.filters };
    for filter in filters {
        let (low, high) = window(cell, filter)?;
        range = range.start.max(low)..range.end.min(high);
    }
    range.end = range.end.max(range.start);
    let total = range.end - range.start;
    if place.position >= MOST_HITS {
        return Err(Refusal::validation(format!("Search can not page beyond {MOST_HITS} results.")));
    }
    let first = place.position.min(total);
    let last = if place.empty { first } else { first.saturating_add(size).min(total).min(MOST_HITS) };
    let order = request.sort_order.unwrap_or(SortOrder::Descending);
    let mut json = Json::with_capacity(4 * 1024 * usize::try_from(last - first).unwrap_or_default() + 256);
    json.open();
    json.list("Results");
    for number in first..last {
        json.open();
        json.object("TrainingJob");
        write(&mut json, cell, &cell.job(sorted(&range, order, number)), Form::Search);
        json.close();
        json.close();
    }
    json.end_list();
    if last < total {
        json.text("NextToken", &token(last));
    }
    if !world.behaviour.search_counts_nothing {
        json.object("TotalHits");
        json.number("Value", total.min(MOST_HITS));
        json.text("Relation", if total > MOST_HITS { "GreaterThanOrEqualTo" } else { "EqualTo" });
        json.close();
    }
    json.close();
    Ok(json.finish())
}

/// A cell as the index has it, where that is something else than what is there.
fn seen(world: &World, cell: &Cell) -> Option<Cell> {
    let behaviour = &world.behaviour;
    let kept = behaviour.search_keeps_deleted.then(|| cell.with_the_deleted());
    match behaviour.search_hides_permille {
        0 => kept,
        permille => Some(kept.as_ref().unwrap_or(cell).hiding(permille)),
    }
}

/// The jobs that one filter leaves, as a range of indices.
fn window(cell: &Cell, filter: &Filter) -> Result<(u64, u64), Refusal> {
    if filter.name != "CreationTime" {
        return Err(Refusal::validation(format!("Unknown property name: {}", filter.name)));
    }
    let all = cell.count();
    let before = |value: Option<&str>, milliseconds: i64| {
        moment(value).map(|moment| cell.created_before(moment.saturating_add(milliseconds)))
    };
    let value = filter.value.as_deref();
    match filter.operator.unwrap_or(Operator::Equals) {
        Operator::GreaterThanOrEqualTo => Ok((before(value, 0)?, all)),
        Operator::GreaterThan => Ok((before(value, 1)?, all)),
        Operator::LessThan => Ok((0, before(value, 0)?)),
        Operator::LessThanOrEqualTo => Ok((0, before(value, 1)?)),
        Operator::Equals => Ok((before(value, 0)?, before(value, 1)?)),
        Operator::Exists => Ok((0, all)),
        Operator::NotExists => Ok((0, 0)),
        Operator::NotEquals | Operator::Contains | Operator::In => Err(Refusal::validation(format!(
            "Operator {:?} is not supported for the property CreationTime",
            filter.operator
        ))),
    }
}

/// Milliseconds since 1970 of a filter's value: `YYYY-mm-ddTHH:MM:SS` in UTC, with or without a Z.
fn moment(value: Option<&str>) -> Result<i64, Refusal> {
    let text = value.unwrap_or_default();
    let plain = text.strip_suffix('Z').unwrap_or(text);
    let whole_seconds = plain.len() == 19 && plain.as_bytes().get(10) == Some(&b'T');
    let civil = plain.parse::<DateTime>().ok().filter(|_| whole_seconds);
    let moment = civil.and_then(|civil| TimeZone::UTC.to_timestamp(civil).ok());
    moment.map(jiff::Timestamp::as_millisecond).ok_or_else(|| Refusal::validation(format!("Invalid timestamp: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_whole_seconds_in_universal_time() {
        assert_eq!(moment(Some("2025-01-01T00:00:00")), Ok(1_735_689_600_000));
        assert_eq!(moment(Some("2025-01-01T00:00:00Z")), Ok(1_735_689_600_000));
        for wrong in [None, Some(""), Some("2025-01-01"), Some("2025-01-01T00:00:00.5"), Some("2025-01-01 00:00:00")] {
            assert!(moment(wrong).is_err(), "{wrong:?}");
        }
    }
}
