//! The training jobs of one cell: listed first, searched for, the two held against each other.
//!
//! The listing is the truth and says little; the search says all and is an index that may lag, be narrowed by a
//! visibility condition, or be refused. The first page of the listing tells in one call that a region is denied or
//! empty. What the search lacks of it is described one by one when it is young, and makes the whole cell be
//! described when it is old. No count that disagrees passes as complete.

use std::{collections::HashMap, sync::Arc};

use futures::StreamExt as _;
use jiff::Timestamp;

use super::{
    Instances,
    listing::{self, Described, INDEX_LAG, Listing},
    project::Summary,
    search::{self, Found, HITS_LIMIT, Window},
};
use crate::{
    coverage::{Method, Outcome},
    outcome::Refusal,
    resource::{Facts, Resource},
    scan::cell::{Cell, Collected},
};

/// Reads the training jobs of a cell, delivers them in units, and says how that went.
pub async fn collect(cell: &Arc<Cell>) -> Collected {
    let mut listing = match Listing::newest(cell).await {
        Ok(listing) if listing.jobs.is_empty() && listing.nameless == 0 => {
            return Collected { method: Some(Method::ListDescribe), ..Collected::complete(0) };
        }
        Ok(listing) => Ok(listing),
        Err(refusal) if refusal.is_about_the_target() => return Collected::refused(refusal),
        Err(refusal) => Err(refusal),
    };
    let asked_at = cell.now();
    let short = match search::page(cell, None, None).await {
        Err(refusal) => Short::refused(refusal),
        Ok(first) => match (first.next.is_some(), first.total) {
            (true, Some(total)) if total.hits > cell.slice() => {
                let oldest = first.jobs.first().and_then(|job| job.created_at);
                match in_windows(cell, &listing, oldest, total, asked_at).await {
                    Ok(collected) => return collected,
                    Err(_unusable) if total.exact && total.hits <= HITS_LIMIT => {
                        match in_one(cell, &mut listing, first).await {
                            Ok(collected) => return collected,
                            Err(short) => short,
                        }
                    }
                    Err(unusable) => unusable,
                }
            }
            _ => match in_one(cell, &mut listing, first).await {
                Ok(collected) => return collected,
                Err(short) => short,
            },
        },
    };
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

/// Why a search did not do.
struct Short {
    why: String,
    refusal: Option<Refusal>,
}

impl Short {
    fn refused(refusal: Refusal) -> Self {
        Self { why: format!("Search: {}", refusal.code), refusal: Some(refusal) }
    }

    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), refusal: None }
    }
}

/// All records of an unfiltered search as one unit.
async fn in_one(
    cell: &Arc<Cell>,
    listing: &mut Result<Listing, Refusal>,
    first: search::Page,
) -> Result<Collected, Short> {
    let more = first.total.filter(|_| first.next.is_some()).map_or(0, |total| total.hits);
    let _room = cell.room(more).await;
    let mut found = search::rest(cell, None, first).await.map_err(Short::refused)?;
    if !found.adds_up {
        // Jobs may have come or gone while the pages were turned: once more from the start.
        let again = search::page(cell, None, None).await.map_err(Short::refused)?;
        found = search::rest(cell, None, again).await.map_err(Short::refused)?;
    }
    if !found.adds_up {
        let hits = found.total.map_or(0, |total| total.hits);
        return Err(Short::because(format!("Search gave {} of {hits} records", found.jobs.len())));
    }
    match listing {
        Ok(listing) => {
            if found.total.is_none() {
                // The search does not count, so the listing has to.
                listing.complete(cell).await.map_err(Short::refused)?;
            }
            let nameless = listing.nameless;
            let (jobs, mut collected) = reconciled(cell, listing, found).await?;
            collected.listed = u64::try_from(jobs.len()).unwrap_or(u64::MAX).saturating_add(nameless);
            deliver(cell, jobs, collected).await
        }
        Err(refusal) => {
            let counted = found.total.is_some();
            let mut collected = unlisted(refusal);
            collected.listed = u64::try_from(found.jobs.len()).unwrap_or(u64::MAX);
            if !counted {
                collected.outcome = Outcome::Partial;
                collected.notes.push("neither a listing nor TotalHits to hold the search against".to_owned());
            }
            deliver(cell, found.jobs, collected).await
        }
    }
}

/// The jobs of a search, with what the listing has besides and without what is no more.
async fn reconciled(cell: &Arc<Cell>, listing: &Listing, found: Found) -> Result<(Vec<Resource>, Collected), Short> {
    let searched = found.jobs.iter().map(|job| (job.name.as_str(), job)).collect::<HashMap<_, _>>();
    let lacking = lacking(listing, |job| searched.get(job.name.as_str()).is_some_and(|found| is_same(job, found)));
    let old = listing.asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN);
    let hidden = lacking.iter().filter(|job| job.created_at.is_none_or(|created| created < old)).count();
    if hidden > 0 {
        return Err(Short::because(format!("Search hides {hidden} jobs that ListTrainingJobs shows")));
    }
    let mut collected = Collected { method: Some(Method::Search), ..Collected::complete(0) };
    let names = listing::by_name(&listing.jobs);
    let mut jobs = Vec::with_capacity(found.jobs.len());
    for job in found.jobs {
        let listed = names.get(job.name.as_str()).is_some_and(|listed| is_same(listed, &job));
        if listed || is_beyond(listing, &job) || still_exists(cell, &job).await {
            jobs.push(job);
        }
    }
    let (described, refusal) = listing::describe_all(cell, &lacking).await;
    if !described.is_empty() {
        collected.notes.push(format!("{} jobs were not yet in the search index and were described", described.len()));
    }
    if let Some(refusal) = refusal {
        collected.outcome = Outcome::Partial;
        collected.refusal = Some(refusal);
    }
    if listing.nameless > 0 {
        collected.outcome = Outcome::Partial;
        collected.notes.push(format!("{} lines of the listing do not name a job", listing.nameless));
    }
    jobs.extend(described);
    Ok((jobs, collected))
}

/// The lines of the listing that a search lacks.
fn lacking(listing: &Listing, has: impl Fn(&Summary) -> bool) -> Vec<Summary> {
    listing.jobs.iter().filter(|job| !has(job)).cloned().collect()
}

/// Whether a line of the listing and a record of the search are the same job; names are used again after deletion.
fn is_same(listed: &Summary, job: &Resource) -> bool {
    let apart = |one: Timestamp, other: Timestamp| one.as_second().abs_diff(other.as_second());
    let same_time = listed.created_at.zip(job.created_at).is_none_or(|(one, other)| apart(one, other) <= 1);
    listed.name == job.name && same_time
}

/// Whether the listing cannot tell of a job: it was created before what was listed, or after.
fn is_beyond(listing: &Listing, job: &Resource) -> bool {
    let Some(created) = job.created_at else { return true };
    created >= listing.asked_at || listing.horizon().is_some_and(|horizon| created <= horizon)
}

/// Whether a job that the search has and the listing has not is there; a refusal leaves it in.
async fn still_exists(cell: &Cell, job: &Resource) -> bool {
    match listing::describe(cell, &job.name).await {
        Described::Vanished => false,
        Described::Job(now) => now.created_at.map(Timestamp::as_second) == job.created_at.map(Timestamp::as_second),
        Described::Refused(_) => true,
    }
}

/// A search in windows of creation time, each a unit. An error means that nothing was delivered.
async fn in_windows(
    cell: &Arc<Cell>,
    listing: &Result<Listing, Refusal>,
    oldest: Option<Timestamp>,
    total: search::Total,
    asked_at: Timestamp,
) -> Result<Collected, Short> {
    let newest = listing.as_ref().ok().and_then(|listing| listing.jobs.first()?.created_at).unwrap_or(asked_at);
    let from = oldest.ok_or_else(|| Short::because("Search gave a record without a creation time"))?;
    let span = Window { from: from.as_second(), to: asked_at.max(newest).as_second() + 1 };
    // A little under the bound, since jobs do not come evenly.
    let parts = if total.exact { total.hits.div_ceil((cell.slice() * 3 / 5).max(1)) } else { 8 };
    if let Ok(listing) = listing {
        cell.expect(listing.jobs.iter().map(|job| (job.name.clone(), job.created_at)));
    }
    let read = search::windows(cell, span.parts(parts)).await;
    if read.unusable {
        return Err(Short::because("Search does not filter by CreationTime"));
    }
    let mut collected = match listing {
        Ok(_) => Collected { method: Some(Method::Search), ..Collected::complete(0) },
        Err(refusal) => unlisted(refusal),
    };
    collected.window_end = Timestamp::from_second(span.to).ok();
    collected.listed = read.jobs;
    if read.short > 0 {
        collected.outcome = Outcome::Partial;
        collected.notes.push(format!("{} windows of the search were not read whole", read.short));
        collected.refusal = read.refusal.or(collected.refusal);
    } else if total.exact && read.jobs < total.hits {
        // Deleted since the first count, or hidden by it: the count up to the end of the span decides.
        let now = search::page(cell, Some(span), None).await.ok().and_then(|page| page.total);
        if now.is_none_or(|now| now.hits > read.jobs) {
            collected.outcome = Outcome::Partial;
            collected.notes.push(format!("Search gave {} of {} records", read.jobs, total.hits));
        }
    }
    if let Ok(listing) = listing {
        let missing = cell.still_expected();
        let lacking = lacking(listing, |job| !missing.contains(&job.name));
        collected.listed += u64::try_from(lacking.len()).unwrap_or(u64::MAX);
        let old = listing.asked_at.saturating_sub(INDEX_LAG).unwrap_or(Timestamp::MIN);
        if lacking.iter().any(|job| job.created_at.is_none_or(|created| created < old)) {
            collected.outcome = Outcome::Partial;
            collected.notes.push("Search hides jobs that ListTrainingJobs shows".to_owned());
        }
        let (described, refusal) = listing::describe_all(cell, &lacking).await;
        if refusal.is_some() {
            collected.outcome = Outcome::Partial;
        }
        collected.refusal = collected.refusal.take().or(refusal);
        if !described.is_empty() {
            collected.notes.push(format!("{} jobs were not in the search index and were described", described.len()));
        }
        if let Err(refusal) = cell.deliver(described).await {
            collected.outcome = Outcome::Partial;
            collected.refusal.get_or_insert(refusal);
        }
    }
    Ok(collected)
}

/// A search that no listing stands beside.
fn unlisted(refusal: &Refusal) -> Collected {
    Collected {
        method: Some(Method::SearchUnverified),
        refusal: Some(refusal.clone()),
        notes: vec![format!("not held against ListTrainingJobs: {}", refusal.code)],
        ..Collected::complete(0)
    }
}

async fn deliver(cell: &Arc<Cell>, jobs: Vec<Resource>, mut collected: Collected) -> Result<Collected, Short> {
    if let Err(refusal) = cell.deliver(jobs).await {
        collected.outcome = Outcome::Partial;
        collected.refusal = Some(refusal);
    }
    Ok(collected)
}

/// Every job listed and described, in units of bounded size.
async fn listed_and_described(cell: &Arc<Cell>, mut listing: Listing, short: Short) -> Collected {
    let mut collected = Collected {
        method: Some(Method::ListDescribe),
        refusal: short.refusal,
        notes: vec![format!("described one by one, which shows no tags: {}", short.why)],
        ..Collected::complete(0)
    };
    let _room = cell.room(cell.slice()).await;
    let slice = usize::try_from(cell.slice()).unwrap_or(usize::MAX);
    loop {
        let (more, refusal) = match listing.fill(cell, slice).await {
            Ok(more) => (more, None),
            Err(refusal) => (false, Some(refusal)),
        };
        let mut refusals = vec![refusal];
        for unit in std::mem::take(&mut listing.jobs).chunks(slice) {
            let (jobs, refusal) = listing::describe_all(cell, unit).await;
            collected.listed += u64::try_from(jobs.len()).unwrap_or(u64::MAX);
            refusals.extend([refusal, cell.deliver(jobs).await.err()]);
        }
        if let Some(refusal) = refusals.into_iter().flatten().next() {
            collected.outcome = Outcome::Partial;
            collected.refusal = Some(refusal);
        }
        if !more {
            break;
        }
    }
    collected.listed += listing.nameless;
    if listing.nameless > 0 {
        collected.outcome = Outcome::Partial;
        collected.notes.push(format!("{} lines of the listing do not name a job", listing.nameless));
    }
    collected
}

/// Describes the jobs that name no instances, of which only a Describe tells whether they are serverless.
pub async fn confirm_serverless(cell: &Cell, jobs: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
    let confirm = async |mut job: Resource| {
        let Facts::TrainingJob(facts) = &mut job.facts else { return (Some(job), None) };
        if !matches!(facts.instances, Instances::Unconfirmed(_)) {
            return (Some(job), None);
        }
        match listing::describe(cell, &job.name).await {
            Described::Vanished => (None, None),
            Described::Job(now) => (Some(Resource { tags: job.tags, ..*now }), None),
            Described::Refused(refusal) => {
                facts.instances = Instances::Unconfirmed(format!("{}: {}", refusal.api, refusal.code));
                (Some(job), Some(refusal))
            }
        }
    };
    let confirmed = futures::stream::iter(jobs).map(confirm).buffered(listing::PARALLEL).collect::<Vec<_>>().await;
    let (jobs, refusals): (Vec<_>, Vec<_>) = confirmed.into_iter().unzip();
    (jobs.into_iter().flatten().collect(), refusals.into_iter().flatten().next())
}
