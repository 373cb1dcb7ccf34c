//! A search without a filter, of which each page is delivered as it comes, and what the listing has besides.

use std::{collections::HashMap, sync::Arc};

use super::{
    collect::{Short, deliver, existing, held_against, is_old, is_same, unlisted},
    listing::{self, Listing},
    project::Summary,
    search::{self, Page, Reader},
};
use crate::{
    coverage::Outcome,
    outcome::Refusal,
    resource::Resource,
    scan::cell::{Attempt, Cell, Collected},
};

/// All records of an unfiltered search, page by page, and what the listing has besides.
pub(super) async fn streamed(
    cell: &Arc<Cell>,
    listing: &mut Result<Listing, Refusal>,
    first: Page,
) -> Result<Collected, Short> {
    let counts = first.total.is_some();
    if let Ok(listing) = listing {
        if !counts {
            // The search does not count, so the listing has to.
            listing.complete(cell).await.map_err(Short::refused)?;
        }
        cell.expect(listing.listed().map(|job| (job.name.clone(), job.created_at)));
    }
    let (mut attempt, mut reader) = read(cell, listing, first).await?;
    if !reader.adds_up() {
        // Jobs may have come or gone while the pages were turned: once more from the start.
        let again = search::page(cell, None, None).await.map_err(Short::refused)?;
        (attempt, reader) = read(cell, listing, again).await?;
    }
    if !reader.adds_up() {
        let hits = reader.total.map_or_else(|| "uncounted".to_owned(), |total| total.hits.to_string());
        return Err(Short::because(format!("Search gave {} of {hits} records", reader.read())));
    }
    drop(reader);
    let mut collected = match listing {
        Ok(listing) => held_against(listing),
        Err(refusal) => unlisted(refusal),
    };
    match attempt.close(None).await {
        Ok(delivered) => collected.listed += delivered,
        Err(refusal) => {
            collected.outcome = Outcome::Partial;
            collected.refusal = Some(refusal);
            return Ok(collected);
        }
    }
    if let Ok(listing) = listing {
        return with_the_missing(cell, listing, collected, true).await;
    }
    if !counts {
        collected.partial("neither a listing nor TotalHits to hold the search against".to_owned());
    }
    Ok(collected)
}

/// Reads on from a first page to the end, without the jobs that are no more.
async fn read<'a>(
    cell: &'a Cell,
    listing: &Result<Listing, Refusal>,
    first: Page,
) -> Result<(Attempt<'a>, Reader), Short> {
    let names = listing.iter().flat_map(Listing::listed).map(|job| (job.name.as_str(), job)).collect();
    let mut reader = Reader::new(cell, None, first);
    let mut attempt = cell.attempt();
    while let Some((jobs, _turn)) = reader.next(cell).await.map_err(Short::refused)? {
        let jobs = match listing {
            Ok(listing) => without_the_vanished(cell, listing, &names, jobs).await,
            Err(_) => jobs,
        };
        attempt.deliver(jobs).await.map_err(Short::refused)?;
    }
    Ok((attempt, reader))
}

/// Of jobs that a search has, those that the listing has as well, or cannot tell of, or that are there all the same.
pub(super) async fn without_the_vanished(
    cell: &Cell,
    listing: &Listing,
    names: &HashMap<&str, &Summary>,
    jobs: Vec<Resource>,
) -> Vec<Resource> {
    let is_listed = |job: &Resource| names.get(job.name.as_str()).is_some_and(|listed| is_same(listed, job));
    let (mut jobs, doubtful): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|job| is_listed(job) || listing.is_silent_on(job.created_at));
    jobs.extend(existing(cell, doubtful).await);
    jobs
}

/// Describes what the cell still expects. What is old is hidden by the search: then all has to be described where that
/// can be done, and otherwise the cell is not seen whole.
pub(super) async fn with_the_missing(
    cell: &Arc<Cell>,
    listing: &Listing,
    mut collected: Collected,
    can_be_described: bool,
) -> Result<Collected, Short> {
    let missing = cell.still_expected();
    let lacking = listing.listed().filter(|job| missing.contains(&job.name)).cloned().collect::<Vec<_>>();
    let hidden = lacking.iter().filter(|job| is_old(listing, job)).count();
    if hidden > 0 {
        if can_be_described {
            return Err(Short::because(format!("Search hides {hidden} jobs that ListTrainingJobs shows")));
        }
        collected.partial("Search hides jobs that ListTrainingJobs shows".to_owned());
    }
    let (described, refusal) = listing::describe_all(cell, &lacking).await;
    if let Some(refusal) = refusal {
        collected.outcome = Outcome::Partial;
        collected.refusal.get_or_insert(refusal);
    }
    if !described.is_empty() {
        collected.notes.push(format!("{} jobs were not in the search index and were described", described.len()));
    }
    Ok(deliver(cell, described, collected).await)
}
