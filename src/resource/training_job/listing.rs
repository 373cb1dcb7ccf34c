//! Training jobs by listing and describing: the truth that a search is held against, and the way without it.

use std::collections::HashMap;

use aws_sdk_sagemaker::types::{SortBy, SortOrder};
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::project::{Summary, from_describe, from_summary};
use crate::{
    outcome::Refusal,
    paging::Pages,
    resource::{Facts, Resource, ResourceType},
    scan::cell::Cell,
};

pub(crate) const LIST: &str = "sagemaker:ListTrainingJobs";
pub(super) const DESCRIBE: &str = "sagemaker:DescribeTrainingJob";

/// How far behind the truth a search index may be; what is older must be in it.
pub(super) const INDEX_LAG: SignedDuration = SignedDuration::from_hours(1);
/// Describes of one unit that are under way at once; the pacing decides how fast they go.
pub(super) const PARALLEL: usize = 8;
/// After so many denials in a row the others of the cell are not asked any more.
const DENIALS: usize = 3;

/// The jobs of a cell, newest first, as far as they were listed.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) jobs: Vec<Summary>,
    pub(super) asked_at: Timestamp,
    /// Lines that did not even name their job.
    pub(super) nameless: u64,
    rest: Option<String>,
    pages: Pages,
}

impl Listing {
    /// Lists until what is older than the lag of a search index; for most cells this is one page, and all.
    pub(super) async fn newest(cell: &Cell) -> Result<Self, Refusal> {
        let asked_at = cell.now();
        let mut listing = Self { jobs: Vec::new(), asked_at, nameless: 0, rest: None, pages: Pages::new(LIST) };
        let young = asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN);
        while listing.turn(cell).await? {
            if listing.jobs.last().is_some_and(|job| job.created_at.is_none_or(|created| created < young)) {
                break;
            }
        }
        Ok(listing)
    }

    /// Lists on until so many jobs are held; whether there may be more.
    pub(super) async fn fill(&mut self, cell: &Cell, jobs: usize) -> Result<bool, Refusal> {
        while self.jobs.len() < jobs {
            if !self.turn(cell).await? {
                return Ok(false);
            }
        }
        Ok(!self.is_complete())
    }

    /// Lists what is left.
    pub(super) async fn complete(&mut self, cell: &Cell) -> Result<(), Refusal> {
        while self.turn(cell).await? {}
        Ok(())
    }

    /// Whether every job was listed.
    pub(super) fn is_complete(&self) -> bool {
        self.rest.is_none()
    }

    /// The creation time below which nothing was listed; none when all was.
    pub(super) fn horizon(&self) -> Option<Timestamp> {
        if self.is_complete() { None } else { self.jobs.last().and_then(|job| job.created_at) }
    }

    /// Reads one page more; whether there may be another. An empty page with a token is normal: the service
    /// filters after it cuts the page.
    async fn turn(&mut self, cell: &Cell) -> Result<bool, Refusal> {
        if !self.pages.more() {
            return Ok(false);
        }
        let token = self.pages.token();
        let client = cell.sagemaker();
        let send = || {
            client
                .list_training_jobs()
                .max_results(100)
                .sort_by(SortBy::CreationTime)
                .sort_order(SortOrder::Descending)
                .set_next_token(token.clone())
                .send()
        };
        let answer = cell.gate.call(LIST, send).await?;
        cell.step();
        for job in answer.training_job_summaries() {
            match Summary::new(job, &cell.target) {
                Some(summary) => self.jobs.push(summary),
                None => self.nameless += 1,
            }
        }
        self.rest = answer.next_token().filter(|token| !token.is_empty()).map(ToOwned::to_owned);
        self.pages.turn(answer.next_token(), answer.training_job_summaries().len())?;
        Ok(self.rest.is_some())
    }
}

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
    cell.step();
    match cell.gate.call(DESCRIBE, || client.describe_training_job().training_job_name(name).send()).await {
        Ok(answer) => match from_describe(&answer, &cell.target, cell.now()) {
            Some(job) => Described::Job(Box::new(job)),
            None => Described::Refused(Refusal::new(
                crate::coverage::Outcome::MalformedAnswer,
                DESCRIBE,
                "MalformedAnswer",
                "the answer does not name the job",
            )),
        },
        Err(refusal) if refusal.is_not_found() => Described::Vanished,
        Err(refusal) => Described::Refused(refusal),
    }
}

/// The jobs behind some lines of the listing. A job whose Describe is refused stays, with unreadable facts.
pub(super) async fn describe_all(cell: &Cell, summaries: &[Summary]) -> (Vec<Resource>, Option<Refusal>) {
    let mut resources = Vec::with_capacity(summaries.len());
    let mut first_refusal = None;
    let mut denials = 0;
    for chunk in summaries.chunks(PARALLEL) {
        let known = if denials >= DENIALS { first_refusal.clone() } else { None };
        let described: Vec<_> = if let Some(refusal) = known {
            chunk.iter().map(|_| Described::Refused(Refusal::clone(&refusal))).collect()
        } else {
            let calls = chunk.iter().map(|job| describe(cell, &job.name)).collect::<Vec<_>>();
            futures::stream::iter(calls).buffered(PARALLEL).collect().await
        };
        for (summary, described) in chunk.iter().zip(described) {
            match described {
                Described::Job(job) => {
                    denials = 0;
                    resources.push(*job);
                }
                Described::Vanished => {}
                Described::Refused(refusal) => {
                    denials += usize::from(refusal.outcome == crate::coverage::Outcome::AccessDenied);
                    let why = format!("{}: {}", refusal.api, refusal.code);
                    let facts = Facts::Unreadable { resource_type: ResourceType::TrainingJob, why };
                    resources.push(from_summary(summary, facts, cell.now()));
                    first_refusal.get_or_insert(refusal);
                }
            }
        }
    }
    (resources, first_refusal)
}

/// The listed jobs by name, to find what a search lacks and what it has too much.
pub(super) fn by_name(jobs: &[Summary]) -> HashMap<&str, &Summary> {
    jobs.iter().map(|job| (job.name.as_str(), job)).collect()
}
