//! Training jobs by listing and describing: the truth that a search is held against, and the way without it.

use std::collections::HashSet;

use aws_sdk_sagemaker::types::{ResourceType as Searched, SortBy, SortOrder};
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::{
    project::{Summary, from_describe, from_summary},
    search::SEARCH,
};
use crate::{
    outcome::Refusal,
    paging::Pages,
    resource::{Facts, Resource, ResourceType, listed::Denials},
    scan::cell::Cell,
    session::gate::Gate,
};

pub(crate) const LIST: &str = "sagemaker:ListTrainingJobs";
pub(crate) const DESCRIBE: &str = "sagemaker:DescribeTrainingJob";

/// How far behind the truth a search index may be; what is older must be in it.
pub(super) const INDEX_LAG: SignedDuration = SignedDuration::from_hours(1);
/// Describes of one unit that are under way at once; the pacing decides how fast they go.
const PARALLEL: usize = 8;

/// Up to so many jobs a cell is listed whole; of more, the newest and the oldest are listed.
const WHOLE: usize = 500;

/// The jobs of a cell, newest first, as far as they were listed.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) jobs: Vec<Summary>,
    /// A page from the other end, where not all was listed.
    oldest: Vec<Summary>,
    pub(super) asked_at: Timestamp,
    /// Lines that did not even name their job.
    pub(super) nameless: u64,
    /// The call at which the listing broke off.
    pub(super) broken: Option<Refusal>,
    pages: Pages,
    /// Hashes of the jobs that came, since one may come twice.
    seen: HashSet<u64>,
}

impl Listing {
    /// Lists all of a small cell; of a large one what is younger than the lag of a search index, at least [`WHOLE`],
    /// and the oldest page. An error means that not even the first page came.
    pub(super) async fn begin(cell: &Cell) -> Result<Self, Refusal> {
        let mut listing = Self::new(cell.now());
        listing.turn(cell).await?;
        let young = listing.asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN);
        while listing.pages.more() {
            let is_old = listing.jobs.last().is_some_and(|job| job.created_at.is_none_or(|created| created < young));
            if is_old && listing.jobs.len() >= WHOLE {
                match list(cell, SortOrder::Ascending, None).await {
                    Ok(page) if listing.goes_on_before(&page.jobs) => listing.oldest = page.jobs,
                    // Not in the order that was asked for, so that only the whole will do.
                    Ok(_) => listing.broken = listing.complete(cell).await.err(),
                    Err(refusal) => listing.broken = Some(refusal),
                }
                break;
            }
            if let Err(refusal) = listing.turn(cell).await {
                listing.broken = Some(refusal);
                break;
            }
        }
        Ok(listing)
    }

    /// Lists what was created since then, newest first, or where that is much, what is younger than the lag of a search
    /// index. An error means that it broke off before.
    pub(super) async fn newest(cell: &Cell, then: Timestamp) -> Result<Self, Refusal> {
        let mut listing = Self::new(cell.now());
        let young = listing.asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN);
        listing.back_to(cell, then.max(young)).await?;
        Ok(listing)
    }

    /// Lists on until something is older than this. An error means that it broke off before.
    pub(super) async fn back_to(&mut self, cell: &Cell, then: Timestamp) -> Result<(), Refusal> {
        let reached = |job: &Summary| job.created_at.is_some_and(|created| created < then);
        while self.pages.more() && !self.jobs.last().is_some_and(reached) {
            self.turn(cell).await?;
        }
        if !self.jobs.is_sorted_by(|one, next| one.created_at >= next.created_at) {
            // Not in the order that was asked for, so that only the whole will do.
            self.complete(cell).await?;
        }
        Ok(())
    }

    fn new(asked_at: Timestamp) -> Self {
        let (jobs, oldest, pages, seen) = (Vec::new(), Vec::new(), Pages::new(LIST), HashSet::new());
        Self { jobs, oldest, asked_at, nameless: 0, broken: None, pages, seen }
    }

    /// One that goes on before the last of these jobs.
    #[cfg(test)]
    pub(super) fn of(jobs: Vec<Summary>, asked_at: Timestamp) -> Self {
        Self { jobs, ..Self::new(asked_at) }
    }

    /// Whether a page from the other end is older than what was listed.
    fn goes_on_before(&self, oldest: &[Summary]) -> bool {
        let ends = self.jobs.last().zip(oldest.first());
        ends.is_some_and(|(last, first)| first.created_at <= last.created_at && first.name != last.name)
    }

    /// Lists on until so many jobs are held; whether there may be more.
    pub(super) async fn fill(&mut self, cell: &Cell, jobs: usize) -> Result<bool, Refusal> {
        while self.jobs.len() < jobs && self.pages.more() {
            self.turn(cell).await?;
        }
        Ok(self.pages.more())
    }

    /// Lists what is left.
    pub(super) async fn complete(&mut self, cell: &Cell) -> Result<(), Refusal> {
        self.fill(cell, usize::MAX).await.map(|_at_end| ())
    }

    /// Whether every job was listed.
    pub(super) fn is_complete(&self) -> bool {
        !self.pages.more() && self.broken.is_none()
    }

    /// Whether there is nothing in the cell.
    pub(super) fn is_empty(&self) -> bool {
        self.is_complete() && self.jobs.is_empty() && self.nameless == 0
    }

    /// Every job that was listed.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Summary> {
        self.jobs.iter().chain(&self.oldest)
    }

    /// Whether the listing cannot tell of a job of this creation time: it came later, or lies between the ends.
    pub(super) fn is_silent_on(&self, created_at: Option<Timestamp>) -> bool {
        let Some(created) = created_at else { return true };
        let newest_part = self.jobs.last().and_then(|job| job.created_at).is_some_and(|bound| created > bound);
        let oldest_part = self.oldest.last().and_then(|job| job.created_at).is_some_and(|bound| created < bound);
        created >= self.asked_at || !(self.is_complete() || newest_part || oldest_part)
    }

    /// Reads one page more. An empty page with a token is normal: the service filters after it cuts the page.
    async fn turn(&mut self, cell: &Cell) -> Result<(), Refusal> {
        let page = list(cell, SortOrder::Descending, self.pages.token()).await?;
        let before = self.jobs.len();
        let seen = &mut self.seen;
        self.jobs.extend(page.jobs.into_iter().filter(|job| seen.insert(job.identity())));
        self.nameless += page.nameless;
        self.pages.turn(page.next.as_deref(), self.jobs.len() - before)
    }
}

/// One page of the listing.
struct Page {
    jobs: Vec<Summary>,
    nameless: u64,
    next: Option<String>,
}

async fn list(cell: &Cell, order: SortOrder, token: Option<String>) -> Result<Page, Refusal> {
    let client = cell.sagemaker();
    let send = || {
        client
            .list_training_jobs()
            .max_results(100)
            .sort_by(SortBy::CreationTime)
            .sort_order(order.clone())
            .set_next_token(token.clone())
            .send()
    };
    let answer = cell.gate.call(LIST, send).await?;
    cell.step(LIST);
    let Some(lines) = &answer.training_job_summaries else {
        return Err(Refusal::lacks(LIST, "TrainingJobSummaries"));
    };
    let jobs = lines.iter().filter_map(|job| Summary::new(job, &cell.target)).collect::<Vec<_>>();
    let nameless = u64::try_from(lines.len() - jobs.len()).unwrap_or(u64::MAX);
    Ok(Page { jobs, nameless, next: answer.next_token().map(ToOwned::to_owned) })
}

/// Tries whether an action is allowed; what it answers is not looked at.
pub(super) async fn probe(gate: &Gate, action: &'static str) -> Result<(), Refusal> {
    let client = gate.sagemaker();
    match action {
        LIST => gate.call(LIST, || client.list_training_jobs().max_results(1).send()).await.map(drop),
        SEARCH => {
            let send = || client.search().resource(Searched::TrainingJob).max_results(1).send();
            gate.call(SEARCH, send).await.map(drop)
        }
        action => gate.call(action, || client.describe_training_job().training_job_name(NO_JOB).send()).await.map(drop),
    }
}

/// A name that no training job has by chance.
const NO_JOB: &str = "sagesweep-looks-for-no-job";

/// What a Describe gave.
#[derive(Debug)]
pub(super) enum Described {
    /// The job.
    Job(Box<Resource>),
    /// It was deleted since it was listed.
    Vanished,
    /// The call was refused.
    Refused(Refusal),
}

pub(super) async fn describe(cell: &Cell, name: &str) -> Described {
    let client = cell.sagemaker();
    cell.step(DESCRIBE);
    match cell.gate.call(DESCRIBE, || client.describe_training_job().training_job_name(name).send()).await {
        Ok(answer) => match from_describe(&answer, &cell.target, cell.now()) {
            Some(job) => Described::Job(Box::new(job)),
            None => Described::Refused(Refusal::lacks(DESCRIBE, "TrainingJobName")),
        },
        Err(refusal) if refusal.is_not_found() => Described::Vanished,
        Err(refusal) => Described::Refused(refusal),
    }
}

/// Describes jobs by name, some at once; after some denials in a row the others count as denied too, unasked.
pub(super) async fn describe_each(cell: &Cell, names: &[&str]) -> Vec<Described> {
    let mut all = Vec::with_capacity(names.len());
    let mut denials = Denials::default();
    for chunk in names.chunks(PARALLEL) {
        if let Some(refusal) = denials.instead() {
            all.extend(chunk.iter().map(|_| Described::Refused(refusal.clone())));
            continue;
        }
        let calls = chunk.iter().map(|name| describe(cell, name)).collect::<Vec<_>>();
        for described in futures::stream::iter(calls).buffered(PARALLEL).collect::<Vec<_>>().await {
            denials.count(match &described {
                Described::Refused(refusal) => Some(refusal),
                Described::Job(_) | Described::Vanished => None,
            });
            all.push(described);
        }
    }
    all
}

/// The jobs behind some lines of the listing. A job whose Describe is refused stays, with unreadable facts.
pub(super) async fn describe_all(cell: &Cell, summaries: &[Summary]) -> (Vec<Resource>, Option<Refusal>) {
    let mut resources = Vec::with_capacity(summaries.len());
    let mut first_refusal = None;
    let names = summaries.iter().map(|job| job.name.as_str()).collect::<Vec<_>>();
    for (summary, described) in summaries.iter().zip(describe_each(cell, &names).await) {
        match described {
            Described::Job(job) => resources.push(*job),
            Described::Vanished => {}
            Described::Refused(refusal) => {
                let why = format!("{}: {}", refusal.api, refusal.code);
                let facts = Facts::Unreadable { resource_type: ResourceType::TrainingJob, why };
                resources.push(from_summary(summary, facts, cell.now()));
                first_refusal.get_or_insert(refusal);
            }
        }
    }
    (resources, first_refusal)
}
