//! Training jobs by `Search`: 100 full records a call, in windows of creation time where there are many.

use std::{collections::HashSet, sync::Arc};

use aws_sdk_sagemaker::types::{
    Filter, Operator, Relation, ResourceType as Searched, SearchExpression, SearchSortOrder,
};
use jiff::{Timestamp, tz::Offset};
use tokio::task::JoinSet;

use super::project::{from_search, identity};
use crate::{
    coverage::Outcome,
    lake::staging::unit::{Slice, Span},
    outcome::Refusal,
    paging::Pages,
    resource::Resource,
    scan::cell::Cell,
};

pub(crate) const SEARCH: &str = "sagemaker:Search";

/// Above so many hits a search may stop short (the service's own tools stop at 10,000).
pub(super) const HITS_LIMIT: u64 = 9_000;
/// Windows of one cell that are read at once, so that one heavy cell uses its whole rate.
const PARALLEL: u64 = 2;

/// A half-open span of creation times, in whole seconds since the epoch, which is what filters take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    fn contains(self, resource: &Resource) -> bool {
        resource.created_at.is_none_or(|created| self.covers(created))
    }

    pub(super) fn covers(self, created: Timestamp) -> bool {
        (self.from..self.to).contains(&created.as_second())
    }

    /// What is left of the window beside others, in parts of about its width over `count`.
    pub(super) fn beside(self, others: &[Self], count: u64) -> Vec<Self> {
        let mut others = others.to_vec();
        others.sort_unstable_by_key(|other| other.from);
        let mut left = Vec::new();
        let mut from = self.from;
        for other in others {
            if other.from > from {
                left.push(Self { from, to: other.from.min(self.to) });
            }
            from = from.max(other.to);
        }
        left.push(Self { from, to: self.to });
        let width = u128::from((self.to - self.from).unsigned_abs()).max(1);
        let share = |gap: &Self| {
            let wanted = u128::from(count) * u128::from((gap.to - gap.from).unsigned_abs());
            u64::try_from(wanted.div_ceil(width)).unwrap_or(u64::MAX)
        };
        left.iter().filter(|gap| gap.from < gap.to).flat_map(|gap| gap.parts(share(gap))).collect()
    }

    /// The window of a slice that was read by a search.
    pub(super) fn of(slice: &Slice) -> Option<Self> {
        match slice.span {
            Span::Created { from, to } => Some(Self { from, to }),
            Span::Named(_) => None,
        }
    }

    /// The two halves; none of a window of one second, which is as fine as filters are.
    pub(super) fn halves(self) -> Option<[Self; 2]> {
        let middle = self.from + (self.to - self.from) / 2;
        (middle > self.from).then_some([Self { from: self.from, to: middle }, Self { from: middle, to: self.to }])
    }

    /// Equal parts, at least one.
    pub(super) fn parts(self, count: u64) -> Vec<Self> {
        let width = (self.to - self.from).max(1);
        let count = i64::try_from(count).unwrap_or(i64::MAX).clamp(1, width);
        let bound = |part: i64| {
            self.from + i64::try_from(i128::from(width) * i128::from(part) / i128::from(count)).unwrap_or(width)
        };
        (0..count).map(|part| Self { from: bound(part), to: bound(part + 1) }).collect()
    }
}

/// How many records a search has in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) hits: u64,
    /// False where the service only says "at least".
    pub(super) exact: bool,
}

/// One page of a search.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) jobs: Vec<Resource>,
    /// Records on the page, those included that could not be read.
    records: u64,
    pub(super) total: Option<Total>,
    pub(super) next: Option<String>,
}

/// All records of one search.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) jobs: Vec<Resource>,
    pub(super) total: Option<Total>,
    /// Whether the records are as many as the service says they are.
    pub(super) adds_up: bool,
}

pub(super) async fn page(cell: &Cell, window: Option<Window>, token: Option<String>) -> Result<Page, Refusal> {
    let client = cell.sagemaker();
    let expression = window.map(expression);
    let send = || {
        client
            .search()
            .resource(Searched::TrainingJob)
            .max_results(100)
            .sort_by("CreationTime")
            .sort_order(SearchSortOrder::Ascending)
            .set_search_expression(expression.clone())
            .set_next_token(token.clone())
            .send()
    };
    let answer = cell.gate.call(SEARCH, send).await?;
    cell.step(SEARCH);
    if answer.results.is_none() && answer.total_hits().is_none() {
        return Err(Refusal::lacks(SEARCH, "Results"));
    }
    let now = cell.now();
    let jobs =
        answer.results().iter().filter_map(|record| from_search(record.training_job()?, &cell.target, now)).collect();
    let total = answer.total_hits().and_then(|total| {
        let hits = u64::try_from(total.value()?).ok()?;
        Some(Total { hits, exact: !matches!(total.relation(), Some(Relation::GreaterThanOrEqualTo)) })
    });
    Ok(Page {
        jobs,
        records: count(answer.results().len()),
        total,
        next: answer.next_token().filter(|token| !token.is_empty()).map(ToOwned::to_owned),
    })
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

/// Reads on from a first page to the end. A record that comes twice counts once; a search that gives more than it
/// says, or very much without saying, is broken off and does not add up.
pub(super) async fn rest(cell: &Cell, window: Option<Window>, first: Page) -> Result<Found, Refusal> {
    let most = first.total.map_or(HITS_LIMIT, |total| total.hits.saturating_add(cell.slice()));
    let mut pages = Pages::new(SEARCH);
    let (mut found, mut seen, mut nameless) = (Found::default(), HashSet::new(), 0);
    let mut next = Some(first);
    while let Some(page) = next.take() {
        let before = found.jobs.len();
        nameless += page.records.saturating_sub(count(page.jobs.len()));
        found.total = page.total.or(found.total);
        found.jobs.extend(page.jobs.into_iter().filter(|job| seen.insert(identity(&job.name, job.created_at))));
        pages.turn(page.next.as_deref(), found.jobs.len() - before)?;
        if count(found.jobs.len()) > most {
            return Ok(found);
        }
        if pages.more() {
            next = Some(self::page(cell, window, pages.token()).await?);
        }
    }
    let read = count(found.jobs.len());
    found.adds_up = nameless == 0 && found.total.is_none_or(|total| total.exact && total.hits == read);
    Ok(found)
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// What became of one window.
#[derive(Debug)]
pub(super) enum Read {
    /// It held too many: read its halves instead.
    Split([Window; 2]),
    /// It was read and delivered: so many jobs, and whether they add up.
    Delivered { jobs: u64, adds_up: bool },
    /// Its filter found nothing, or what it did not ask for.
    FilterIgnored,
    /// A call was refused, or the run is stopping.
    Refused(Refusal),
}

/// Reads one window and delivers it as a unit; as a slice when it is older than `young`, so that no index lags behind
/// it, and all adds up.
pub(super) async fn window(cell: Arc<Cell>, window: Window, young: i64) -> Read {
    for last_try in [false, true] {
        let first = match page(&cell, Some(window), None).await {
            Ok(first) => first,
            Err(refusal) => return Read::Refused(refusal),
        };
        if !first.jobs.iter().all(|job| window.contains(job)) {
            return Read::FilterIgnored;
        }
        let too_many = first.total.is_some_and(|total| !total.exact || total.hits > cell.slice());
        if let (true, Some(halves)) = (too_many, window.halves()) {
            return Read::Split(halves);
        }
        match rest(&cell, Some(window), first).await {
            // Jobs that came or went while the pages were turned: once more.
            Ok(found) if !found.adds_up && !last_try => {}
            Ok(found) => {
                let is_whole = found.adds_up
                    && found.total.is_some()
                    && window.to <= young
                    && cell.is_all_of(&found.jobs, |created| window.covers(created));
                let span = is_whole.then_some(Span::Created { from: window.from, to: window.to });
                return match cell.deliver(found.jobs, span).await {
                    Ok(jobs) => Read::Delivered { jobs, adds_up: found.adds_up },
                    Err(refusal) => Read::Refused(refusal),
                };
            }
            Err(refusal) => return Read::Refused(refusal),
        }
    }
    Read::Delivered { jobs: 0, adds_up: false }
}

/// What became of all windows of a cell.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// Jobs that were delivered.
    pub(super) jobs: u64,
    /// Windows whose records were not as many as the service said.
    pub(super) short: u64,
    /// The first refusal; its window is missing.
    pub(super) refusal: Option<Refusal>,
    /// The filters do not work here, and what was delivered is not whole.
    pub(super) unusable: bool,
}

/// Reads a span of creation times in windows, some at once, and splits those that hold too many. `holds_oldest` says that
/// there must be something in the first window.
pub(super) async fn windows(cell: &Arc<Cell>, mut open: Vec<Window>, holds_oldest: bool, young: i64) -> Windows {
    let mut all = Windows::default();
    // For the whole cell at once, so that one that has begun is not held up by others.
    let _room = cell.room(cell.slice().saturating_mul(PARALLEL)).await;
    open.reverse();
    let Some(first) = open.pop() else { return all };
    // The first window holds the oldest job. When it seems empty, the service does not know the operators.
    let read = window(Arc::clone(cell), first, young).await;
    all.unusable = holds_oldest && matches!(read, Read::Delivered { jobs: 0, adds_up: _ });
    all.take(read, &mut open);
    let mut running = JoinSet::new();
    loop {
        if all.unusable {
            return all;
        }
        while u64::try_from(running.len()).is_ok_and(|running| running < PARALLEL)
            && let Some(next) = open.pop()
        {
            running.spawn(window(Arc::clone(cell), next, young));
        }
        match running.join_next().await {
            None => return all,
            Some(Ok(read)) => all.take(read, &mut open),
            Some(Err(error)) => {
                all.short += 1;
                all.refusal.get_or_insert(Refusal::new(Outcome::Error, SEARCH, "Internal", error.to_string()));
            }
        }
    }
}

impl Windows {
    fn take(&mut self, read: Read, open: &mut Vec<Window>) {
        match read {
            Read::Split(halves) => open.extend(halves),
            Read::Delivered { jobs, adds_up } => {
                self.jobs += jobs;
                self.short += u64::from(!adds_up);
            }
            Read::FilterIgnored => self.unusable = true,
            Read::Refused(refusal) => {
                self.short += 1;
                self.refusal.get_or_insert(refusal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_and_halves_cover_a_window_without_gap_or_overlap(from in 0_i64..2_000_000_000, width in 1_i64..100_000_000, count in 1_u64..500) {
            let whole = Window { from, to: from + width };
            let parts = whole.parts(count);
            prop_assert_eq!(parts.first().unwrap().from, whole.from);
            prop_assert_eq!(parts.last().unwrap().to, whole.to);
            prop_assert!(parts.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert!(parts.iter().all(|part| part.from < part.to));
            let (left, right) = (parts.len() / 3, parts.len().div_ceil(2));
            let mut all = whole.beside(&parts[left..right], count);
            all.extend_from_slice(&parts[left..right]);
            all.sort_unstable_by_key(|part| part.from);
            prop_assert!(all.iter().all(|part| part.from < part.to));
            prop_assert!(all.windows(2).all(|pair| pair[0].to == pair[1].from), "{all:?}");
            prop_assert_eq!((all[0].from, all.last().unwrap().to), (from, from + width));
            if let Some([left, right]) = whole.halves() {
                prop_assert!(left.from == from && left.to == right.from && right.to == from + width);
                prop_assert!(left.from < left.to && right.from < right.to);
            } else {
                prop_assert_eq!(width, 1);
            }
        }
    }

    #[test]
    fn a_bound_is_written_in_the_form_that_the_service_documents() {
        assert_eq!(text(1_732_406_400), "2024-11-24T00:00:00");
    }
}
