//! Training jobs by `Search`: 100 full records a call, page after page.

use std::{
    collections::HashSet,
    sync::OnceLock,
    time::{Duration, Instant},
};

use aws_sdk_sagemaker::types::{Filter, Operator, ResourceType as Searched, SearchExpression, SearchSortOrder};
use jiff::{Timestamp, tz::Offset};

use super::{
    answer::{Answer, Lean, Total},
    project::identity,
    window::Window,
};
use crate::{outcome::Refusal, paging::Pages, resource::Resource, scan::cell::Cell};

pub(crate) const SEARCH: &str = "sagemaker:Search";

/// Above so many hits a search may stop short (the service's own tools stop at 10,000).
pub(super) const HITS_LIMIT: u64 = 9_000;

/// One page of a search.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) jobs: Vec<Resource>,
    /// Records on the page that do not even name their job.
    nameless: u64,
    pub(super) total: Option<Total>,
    pub(super) next: Option<String>,
    pub(super) turn: Turn,
}

/// How long one call waited for its turn, or for what comes after it, and how long for its answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) waited: Duration,
    pub(super) answered: Duration,
}

pub(super) async fn page(cell: &Cell, window: Option<Window>, token: Option<String>) -> Result<Page, Refusal> {
    let client = cell.sagemaker();
    let expression = window.map(expression);
    let lean = Lean::new(&cell.target, cell.clock());
    let (asked, waited) = (Instant::now(), OnceLock::new());
    let send = || {
        waited.get_or_init(|| asked.elapsed());
        client
            .search()
            .resource(Searched::TrainingJob)
            .max_results(100)
            .sort_by("CreationTime")
            .sort_order(SearchSortOrder::Ascending)
            .set_search_expression(expression.clone())
            .set_next_token(token.clone())
            .customize()
            .interceptor(lean.clone())
            .send()
    };
    cell.gate.call(SEARCH, send).await?;
    cell.step(SEARCH);
    let waited = waited.get().copied().unwrap_or_default();
    let turn = Turn { waited, answered: asked.elapsed().saturating_sub(waited) };
    let answer = lean.take();
    let Some(Answer { records, jobs, total, next, .. }) =
        answer.filter(|answer| answer.has_results || answer.total.is_some())
    else {
        return Err(Refusal::lacks(SEARCH, "Results"));
    };
    Ok(Page { nameless: count(records.saturating_sub(jobs.len())), jobs, total, next, turn })
}

fn expression(window: Window) -> SearchExpression {
    let bound = |operator: Operator, second: i64| {
        Filter::builder().name("CreationTime").operator(operator).value(text(second)).build()
    };
    SearchExpression::builder()
        .filters(bound(Operator::GreaterThanOrEqualTo, window.from))
        .filters(bound(Operator::LessThan, window.to))
        .build()
}

/// `YYYY-mm-dd'T'HH:MM:SS` in UTC, the form that the filters of `Search` document.
fn text(second: i64) -> String {
    let instant = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::UTC.to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The pages of one search, from its first one on. A record that comes twice counts once; a search that gives more than
/// it says, or very much without saying, is broken off and does not add up.
#[derive(Debug)]
pub(super) struct Reader {
    window: Option<Window>,
    first: Option<Page>,
    pages: Pages,
    /// Hashes of what came, eight bytes a job.
    seen: HashSet<u64>,
    nameless: u64,
    most: u64,
    /// How many records there are in all, as far as the service tells.
    pub(super) total: Option<Total>,
}

impl Reader {
    pub(super) fn new(cell: &Cell, window: Option<Window>, first: Page) -> Self {
        let most = first.total.map_or(HITS_LIMIT, |total| total.hits.saturating_add(cell.slice()));
        let (pages, seen, total) = (Pages::new(SEARCH), HashSet::new(), first.total);
        Self { window, first: Some(first), pages, seen, nameless: 0, most, total }
    }

    /// The jobs of the next page that did not come before, with how long it took; none at the end.
    pub(super) async fn next(&mut self, cell: &Cell) -> Result<Option<(Vec<Resource>, Turn)>, Refusal> {
        let page = match self.first.take() {
            Some(first) => first,
            None if !self.pages.more() || self.read() > self.most => return Ok(None),
            None => page(cell, self.window, self.pages.token()).await?,
        };
        let Page { mut jobs, nameless, total, next, turn } = page;
        self.nameless += nameless;
        self.total = total.or(self.total);
        jobs.retain(|job| self.seen.insert(identity(&job.name, job.created_at)));
        self.pages.turn(next.as_deref(), jobs.len())?;
        Ok(Some((jobs, turn)))
    }

    /// Jobs that came so far.
    pub(super) fn read(&self) -> u64 {
        count(self.seen.len())
    }

    /// Whether the records, now that all have come, are as many as the service says they are.
    pub(super) fn adds_up(&self) -> bool {
        let total = self.total.is_none_or(|total| total.exact && total.hits == self.read());
        !self.pages.more() && self.nameless == 0 && total
    }
}

/// All records of one search.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) jobs: Vec<Resource>,
    pub(super) total: Option<Total>,
    /// Whether the records are as many as the service says they are.
    pub(super) adds_up: bool,
}

/// Reads on from a first page to the end, and holds it all.
pub(super) async fn rest(cell: &Cell, window: Option<Window>, first: Page) -> Result<Found, Refusal> {
    let mut reader = Reader::new(cell, window, first);
    let mut all = Vec::new();
    while let Some((mut jobs, _turn)) = reader.next(cell).await? {
        all.append(&mut jobs);
    }
    Ok(Found { jobs: all, total: reader.total, adds_up: reader.adds_up() })
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_written_in_the_form_that_the_service_documents() {
        assert_eq!(text(1_732_406_400), "2024-11-24T00:00:00");
    }
}
