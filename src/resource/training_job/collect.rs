//! The training jobs of one cell: listed first, searched for, the two held against each other.
//!
//! The listing is the truth and says little; the search says all and is an index that may lag, be narrowed by a
//! visibility condition, or be refused. The first page of the listing tells in one call that a region is denied or
//! empty. A small cell is listed whole, of a large one the newest and the oldest jobs are. What the search lacks of
//! them is described one by one when it is young, and makes the whole cell be described when it is old. No count that
//! disagrees passes as complete.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    Instances, RemoteDebugging,
    answer::Total,
    incremental,
    listing::{self, Described, INDEX_LAG, Listing},
    project::Summary,
    search::{self, Found, HITS_LIMIT},
    stream::{streamed, with_the_missing, without_the_vanished},
    window::Window,
    windows,
};
use crate::{
    check::Evidence,
    coverage::{Method, Outcome},
    lake::staging::unit::Span,
    outcome::Refusal,
    resource::{Facts, Resource, is_same_time},
    scan::cell::{Cell, Collected},
};

/// Up to so many jobs a cell is held whole until it was held against the listing, and described in one unit.
const HELD: u64 = 500;

/// Reads the training jobs of a cell, delivers them in units, and says how that went.
pub async fn collect(cell: &Arc<Cell>) -> Collected {
    if let Some(past) = cell.past() {
        if let Some(collected) = Box::pin(incremental::collect(cell, past)).await {
            return collected;
        }
        cell.restart();
    }
    let mut listing = match Listing::begin(cell).await {
        Ok(listing) if listing.is_empty() => {
            return Collected { method: Some(Method::ListDescribe), ..Collected::complete(0) };
        }
        Ok(listing) => Ok(listing),
        Err(refusal) if refusal.is_about_the_target() => return Collected::refused(refusal),
        Err(refusal) => Err(refusal),
    };
    let short = match searched(cell, &mut listing).await {
        Ok(collected) => return collected,
        Err(short) => short,
    };
    cell.restart();
    match listing {
        Ok(listing) => listed_and_described(cell, listing, short).await,
        Err(refusal) => {
            // Neither way is open; the listing's refusal is the plainer one.
            let mut collected = Collected::refused(refusal);
            collected.notes.push(short.why);
            collected
        }
    }
}

/// By searching; an error means that the cell has to be described, whatever was delivered.
async fn searched(cell: &Arc<Cell>, listing: &mut Result<Listing, Refusal>) -> Result<Collected, Short> {
    let asked_at = cell.now();
    let first = search::page(cell, None, None).await.map_err(Short::refused)?;
    let Some(total) = first.total.filter(|_| first.next.is_some()) else {
        if first.next.is_none() {
            return in_one(cell, listing, first).await;
        }
        cell.weighs(HITS_LIMIT.div_ceil(100)).await;
        return streamed(cell, listing, first).await;
    };
    if total.hits <= cell.slice() {
        if total.hits <= HELD {
            return in_one(cell, listing, first).await;
        }
        cell.weighs(total.hits.div_ceil(100)).await;
        return streamed(cell, listing, first).await;
    }
    let oldest = first.jobs.first().and_then(|job| job.created_at);
    let jobs =
        if total.exact { total.hits } else { windows::guess(listing.as_ref().ok(), &first, asked_at).max(total.hits) };
    // Where all else fails it can be read as one.
    let first = (total.exact && total.hits <= HITS_LIMIT).then_some(first);
    cell.weighs(jobs.div_ceil(100)).await;
    match (in_windows(cell, listing, oldest, (total, jobs), asked_at).await, first) {
        (Err(_short), Some(first)) => {
            cell.restart();
            streamed(cell, listing, first).await
        }
        (collected, _) => collected,
    }
}

/// Why a search did not do.
pub(super) struct Short {
    why: String,
    refusal: Option<Refusal>,
}

impl Short {
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self { why: format!("Search: {}", refusal.code), refusal: Some(refusal) }
    }

    pub(super) fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), refusal: None }
    }
}

/// All records of an unfiltered search of a small cell as one unit.
async fn in_one(
    cell: &Arc<Cell>,
    listing: &mut Result<Listing, Refusal>,
    first: search::Page,
) -> Result<Collected, Short> {
    let more = if first.next.is_some() { first.total.map_or(HELD, |total| total.hits) } else { 0 };
    let _room = cell.room(more).await;
    let mut found = search::rest(cell, None, first).await.map_err(Short::refused)?;
    if !found.adds_up {
        // Jobs may have come or gone while the pages were turned: once more from the start.
        let again = search::page(cell, None, None).await.map_err(Short::refused)?;
        found = search::rest(cell, None, again).await.map_err(Short::refused)?;
    }
    if !found.adds_up {
        let hits = found.total.map_or_else(|| "uncounted".to_owned(), |total| total.hits.to_string());
        return Err(Short::because(format!("Search gave {} of {hits} records", found.jobs.len())));
    }
    let (jobs, collected) = match listing {
        Ok(listing) => {
            if found.total.is_none() {
                // The search does not count, so the listing has to.
                listing.complete(cell).await.map_err(Short::refused)?;
            }
            reconciled(cell, listing, found).await?
        }
        Err(refusal) => {
            let mut collected = unlisted(refusal);
            if found.total.is_none() {
                collected.partial("neither a listing nor TotalHits to hold the search against".to_owned());
            }
            (found.jobs, collected)
        }
    };
    Ok(deliver(cell, jobs, collected).await)
}

/// The jobs of a search, with what the listing has besides and without what is no more.
async fn reconciled(cell: &Arc<Cell>, listing: &Listing, found: Found) -> Result<(Vec<Resource>, Collected), Short> {
    let searched = found.jobs.iter().map(|job| (job.name.as_str(), job)).collect::<HashMap<_, _>>();
    let lacking =
        listing.listed().filter(|job| !searched.get(job.name.as_str()).is_some_and(|found| is_same(job, found)));
    let lacking = lacking.cloned().collect::<Vec<_>>();
    let hidden = lacking.iter().filter(|job| is_old(listing, job)).count();
    if hidden > 0 {
        return Err(Short::because(format!("Search hides {hidden} jobs that ListTrainingJobs shows")));
    }
    let mut collected = held_against(listing);
    let names = listing.listed().map(|job| (job.name.as_str(), job)).collect::<HashMap<_, _>>();
    let mut jobs = without_the_vanished(cell, listing, &names, found.jobs).await;
    let (described, refusal) = listing::describe_all(cell, &lacking).await;
    if !described.is_empty() {
        collected.notes.push(format!("{} jobs were not yet in the search index and were described", described.len()));
    }
    if let Some(refusal) = refusal {
        collected.outcome = Outcome::Partial;
        collected.refusal = Some(refusal);
    }
    jobs.extend(described);
    Ok((jobs, collected))
}

/// Whether a line of the listing and a record of the search are the same job; names are used again after deletion.
pub(super) fn is_same(listed: &Summary, job: &Resource) -> bool {
    listed.name == job.name && is_same_time(listed.created_at, job.created_at)
}

/// Whether a job is too old for a search index to lag behind it.
pub(super) fn is_old(listing: &Listing, job: &Summary) -> bool {
    let old = listing.asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN);
    job.created_at.is_none_or(|created| created < old)
}

/// Of jobs that the search has and the listing lacks, those that are there; a refusal leaves one in.
pub(super) async fn existing(cell: &Cell, doubtful: Vec<Resource>) -> Vec<Resource> {
    let names = doubtful.iter().map(|job| job.name.as_str()).collect::<Vec<_>>();
    let described = listing::describe_each(cell, &names).await;
    let checked = doubtful.into_iter().zip(described).filter(|(job, described)| match described {
        Described::Vanished => false,
        Described::Job(now) => is_same_time(now.created_at, job.created_at),
        Described::Refused(_) => true,
    });
    checked.map(|(job, _)| job).collect()
}

/// A search in windows of creation time, each a slice. `jobs` is how many there seem to be.
async fn in_windows(
    cell: &Arc<Cell>,
    listing: &Result<Listing, Refusal>,
    oldest: Option<Timestamp>,
    (total, jobs): (Total, u64),
    asked_at: Timestamp,
) -> Result<Collected, Short> {
    let newest = listing.as_ref().ok().and_then(|listing| listing.jobs.first()?.created_at).unwrap_or(asked_at);
    let from = oldest.ok_or_else(|| Short::because("Search gave a record without a creation time"))?;
    let span = Window { from: from.as_second(), to: asked_at.max(newest).as_second() + 1 };
    let parts = windows::parts(cell, jobs);
    let adopted = cell.adopt(Method::Search);
    let known = adopted.iter().filter_map(Window::of).collect::<Vec<_>>();
    let is_known =
        |created: Option<Timestamp>| created.is_some_and(|created| known.iter().any(|window| window.covers(created)));
    if let Ok(listing) = listing {
        let unknown = listing.listed().filter(|job| !is_known(job.created_at));
        cell.expect(unknown.map(|job| (job.name.clone(), job.created_at)));
    }
    let mut parts = span.beside(&known, parts);
    let mut holds_oldest = false;
    if let Some(first) = parts.first_mut().filter(|first| first.from == span.from) {
        // Whatever is older than the first record belongs to the first window.
        first.from = 0;
        holds_oldest = true;
    }
    let young = asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN).as_second();
    let mut read = windows::windows(cell, parts, holds_oldest, young).await;
    read.jobs += adopted.iter().map(|slice| slice.listed).sum::<u64>();
    if read.unusable {
        return Err(Short::because("Search does not filter by CreationTime"));
    }
    let mut collected = match listing {
        Ok(listing) => held_against(listing),
        Err(refusal) => unlisted(refusal),
    };
    collected.window_end = Timestamp::from_second(span.to).ok();
    collected.listed = read.jobs;
    if read.short > 0 {
        collected.partial(format!("{} windows of the search were not read whole", read.short));
        collected.refusal = read.refusal.or(collected.refusal);
    } else if total.exact && read.jobs < total.hits && falls_short(cell, span.to, read.jobs).await {
        collected.partial(format!("Search gave {} of {} records", read.jobs, total.hits));
    }
    match listing {
        Ok(listing) => with_the_missing(cell, listing, collected, total.exact && total.hits <= HITS_LIMIT).await,
        Err(_) => Ok(collected),
    }
}

/// Whether there are more records now, but for those from `end` on, than were read: fewer than were counted at first
/// are right where jobs were deleted since. The counts are taken without the windows that they are to vouch for.
async fn falls_short(cell: &Cell, end: i64, read: u64) -> bool {
    let count = async |window| search::page(cell, window, None).await.ok()?.total.map(|total| total.hits);
    let (now, later) = (count(None).await, count(Some(Window { from: end, to: i64::from(u32::MAX) })).await);
    now.zip(later).is_none_or(|(now, later)| now.saturating_sub(later) > read)
}

/// A search with a listing beside it.
pub(super) fn held_against(listing: &Listing) -> Collected {
    let mut collected = Collected { method: Some(Method::Search), ..Collected::complete(0) };
    if let Some(refusal) = &listing.broken {
        collected.partial(format!("held against a part of the listing, which broke off: {}", refusal.code));
        collected.refusal = Some(refusal.clone());
    } else if !listing.is_complete() {
        let listed = listing.listed().count();
        collected.notes.push(format!("held against {listed} jobs from both ends of the listing"));
    }
    collected.nameless(listing.nameless);
    collected
}

/// A search that no listing stands beside: what it hides is not seen, so that it is never complete.
pub(super) fn unlisted(refusal: &Refusal) -> Collected {
    Collected {
        outcome: Outcome::Partial,
        method: Some(Method::SearchUnverified),
        refusal: Some(refusal.clone()),
        notes: vec![format!("not held against ListTrainingJobs: {}", refusal.code)],
        ..Collected::complete(0)
    }
}

pub(super) async fn deliver(cell: &Arc<Cell>, jobs: Vec<Resource>, mut collected: Collected) -> Collected {
    match cell.deliver(jobs, None).await {
        Ok(delivered) => collected.listed += delivered,
        Err(refusal) => {
            collected.outcome = Outcome::Partial;
            collected.refusal = Some(refusal);
        }
    }
    collected
}

/// Every job listed and described, in units of bounded size.
async fn listed_and_described(cell: &Arc<Cell>, mut listing: Listing, short: Short) -> Collected {
    let mut collected = Collected {
        method: Some(Method::ListDescribe),
        refusal: short.refusal,
        notes: vec![format!("described one by one, which shows no tags: {}", short.why)],
        ..Collected::complete(0)
    };
    let adopted = cell.adopt(Method::ListDescribe);
    collected.listed = adopted.iter().map(|slice| slice.listed).sum();
    let known = adopted.into_iter().flat_map(|slice| named(slice.span)).collect::<HashSet<_>>();
    cell.weighs(u64::try_from(listing.jobs.len()).unwrap_or(u64::MAX)).await;
    let unit = cell.slice().min(HELD);
    let _room = cell.room(unit).await;
    let slice = usize::try_from(unit).unwrap_or(usize::MAX);
    loop {
        let (more, refusal) = match listing.fill(cell, slice).await {
            Ok(more) => (more, None),
            Err(refusal) => (false, Some(refusal)),
        };
        let mut refusals = vec![refusal];
        let mut lines = std::mem::take(&mut listing.jobs);
        lines.retain(|job| !known.contains(&job.identity()));
        for unit in lines.chunks(slice) {
            let (jobs, refusal) = listing::describe_all(cell, unit).await;
            // What was refused is asked again by the next attempt.
            let span = refusal.is_none().then(|| Span::Named(unit.iter().map(Summary::identity).collect()));
            refusals.push(refusal);
            match cell.deliver(jobs, span).await {
                Ok(delivered) => collected.listed += delivered,
                Err(refusal) => refusals.push(Some(refusal)),
            }
        }
        if let Some(refusal) = refusals.into_iter().flatten().next() {
            collected.outcome = Outcome::Partial;
            collected.refusal = Some(refusal);
        }
        if !more {
            break;
        }
    }
    collected.nameless(listing.nameless);
    collected
}

fn named(span: Span) -> Vec<u64> {
    match span {
        Span::Named(jobs) => jobs,
        Span::Created { .. } => Vec::new(),
    }
}

/// Describes the jobs of which a search does not tell all: those that name no instances, which may be serverless, and those
/// that run, where a check looks at whether they are debugged.
pub(super) async fn confirm(cell: &Cell, jobs: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
    let debugging = cell.needs(Evidence::RemoteDebugging);
    let is_candidate = |job: &Resource| {
        let Facts::TrainingJob(facts) = &job.facts else { return false };
        matches!(facts.instances, Instances::Unconfirmed(_))
            || (debugging && matches!(facts.remote_debugging, RemoteDebugging::Unknown(_)))
    };
    let (candidates, mut jobs): (Vec<_>, Vec<_>) = jobs.into_iter().partition(is_candidate);
    let names = candidates.iter().map(|job| job.name.as_str()).collect::<Vec<_>>();
    let described = listing::describe_each(cell, &names).await;
    let mut first_refusal = None;
    for (mut job, described) in candidates.into_iter().zip(described) {
        match described {
            Described::Vanished => {}
            Described::Job(now) => jobs.push(Resource { tags: job.tags, ..*now }),
            Described::Refused(refusal) => {
                let why = format!("{}: {}", refusal.api, refusal.code);
                if let Facts::TrainingJob(facts) = &mut job.facts {
                    if let Instances::Unconfirmed(known) = &mut facts.instances {
                        known.clone_from(&why);
                    }
                    if let RemoteDebugging::Unknown(known) = &mut facts.remote_debugging {
                        *known = why;
                    }
                }
                jobs.push(job);
                first_refusal.get_or_insert(refusal);
            }
        }
    }
    (jobs, first_refusal)
}
