//! The training jobs of one cell, most of them taken over from the last published run.
//!
//! A job that has ended never changes, so its facts of that night still hold and are judged again. The listing, newest
//! first, is the truth about what came since: what it names and the last night did not know to have ended is read, and so
//! is every job that had not ended then. What it should name and does not was deleted; a name that it shows with another
//! creation time was deleted and used again. Where much came since, the oldest of it is left to the search as long as
//! nothing contradicts that: see [`super::wanted`].

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    listing::{self, Listing},
    search::{self, HITS_LIMIT, Reader},
    wanted::{Taken, Wanted},
    window::Window,
};
use crate::{
    coverage::{Method, Outcome},
    lake::last_night::BATCH_ROWS,
    outcome::{Refusal, causes},
    scan::{
        cell::{Cell, Collected},
        past::Past,
    },
};

/// Reads what is new or had not ended, and takes over the rest. None when that does not do, and the cell has to be read
/// whole, whatever was delivered.
pub(super) async fn collect(cell: &Arc<Cell>, past: &Past) -> Option<Collected> {
    let listing = match Listing::newest(cell, past.since).await {
        Ok(listing) if listing.nameless == 0 => listing,
        Err(refusal) if refusal.is_about_the_target() => return Some(Collected::refused(refusal)),
        Ok(_) | Err(_) => return None,
    };
    let mut collected = Collected {
        method: Some(Method::Incremental),
        window_start: Some(past.since).filter(|since| *since > Timestamp::MIN),
        window_end: listing.asked_at.checked_add(SignedDuration::from_secs(1)).ok(),
        ..Collected::complete(0)
    };
    let mut wanted = Wanted::new(listing, past.since);
    for batch in past.batches() {
        let _room = cell.room(u64::try_from(BATCH_ROWS).unwrap_or(u64::MAX)).await;
        let resources = match past.resources(*batch).await {
            Ok(resources) => resources,
            Err(error) => {
                let target = &cell.target;
                tracing::warn!(account = %target.account.id, region = %target.region, error = causes(&error), "the last night cannot be read back; the cell is read whole");
                return None;
            }
        };
        let taken = resources.into_iter().map(|resource| wanted.known(resource)).collect();
        deliver(cell, taken, &mut collected).await.ok()?;
    }
    match searched(cell, &mut wanted, &mut collected).await {
        None => {}
        Some(why) => {
            if wanted.has_gap() {
                wanted.listing.back_to(cell, past.since).await.ok().filter(|()| wanted.listing.nameless == 0)?;
                let over = wanted.close().into_iter().map(Taken::Over).collect();
                deliver(cell, over, &mut collected).await.ok()?;
            }
            collected.notes.push(format!("new jobs were described one by one: {why}"));
        }
    }
    describe(cell, wanted, &mut collected).await;
    Some(collected)
}

/// Delivers what was taken, and counts it.
async fn deliver(cell: &Arc<Cell>, taken: Vec<Taken>, collected: &mut Collected) -> Result<(), Refusal> {
    let (mut over, mut read) = (Vec::new(), Vec::new());
    for taken in taken {
        match taken {
            Taken::Over(resource) => over.push(resource),
            Taken::Read(resource) => read.push(resource),
            Taken::Not => {}
        }
    }
    let carried = cell.deliver(over, None).await?;
    collected.carried += carried;
    collected.listed += carried + cell.deliver(read, None).await?;
    Ok(())
}

/// Searches for what is wanted; why the search does not do, if so.
async fn searched(cell: &Arc<Cell>, wanted: &mut Wanted, collected: &mut Collected) -> Option<String> {
    let mut open = wanted.windows();
    while let Some(window) = open.pop() {
        match search(cell, window, wanted, collected).await {
            Ok(parts) => open.extend(parts),
            Err(refusal) => return Some(format!("Search: {}", refusal.code)),
        }
    }
    wanted.doubt().map(ToOwned::to_owned)
}

/// Delivers what a search of a window finds and is wanted; the halves of one that holds too many.
async fn search(
    cell: &Arc<Cell>,
    window: Window,
    wanted: &mut Wanted,
    collected: &mut Collected,
) -> Result<Vec<Window>, Refusal> {
    let first = search::page(cell, Some(window), None).await?;
    let too_many = first.total.is_some_and(|total| !total.exact || total.hits > HITS_LIMIT);
    if too_many && window.to - window.from > 1 && first.jobs.iter().all(|job| window.contains(job)) {
        return Ok(window.parts(2));
    }
    let mut reader = Reader::new(cell, Some(window), first);
    while let Some((jobs, _turn)) = reader.next(cell).await? {
        if !jobs.iter().all(|job| window.contains(job)) {
            let message = "the search gave what its filter does not let through";
            return Err(Refusal::new(Outcome::MalformedAnswer, search::SEARCH, "FilterIgnored", message));
        }
        let taken = jobs.into_iter().map(|job| wanted.record(job)).collect();
        deliver(cell, taken, collected).await?;
    }
    if wanted.needs_all_of(window) && !(reader.adds_up() && reader.total.is_some()) {
        let message = "the search did not give as many records as it says that there are";
        return Err(Refusal::new(Outcome::MalformedAnswer, search::SEARCH, "RecordsMissing", message));
    }
    Ok(Vec::new())
}

/// Describes the jobs that are still wanted, one by one.
async fn describe(cell: &Arc<Cell>, wanted: Wanted, collected: &mut Collected) {
    let mut refusals = Vec::new();
    let (summaries, known): (Vec<_>, HashMap<_, _>) =
        wanted.left().map(|(job, known)| (job.clone(), (job.name, known))).unzip();
    let slice = usize::try_from(cell.slice()).unwrap_or(usize::MAX).max(1);
    for unit in summaries.chunks(slice) {
        let (mut jobs, refusal) = listing::describe_all(cell, unit).await;
        for job in &mut jobs {
            // A description shows no tags; those of the last night are the best that is known.
            if let Some(Some(known)) = known.get(&job.name) {
                job.tags.clone_from(&known.tags);
            }
        }
        refusals.extend(refusal);
        match cell.deliver(jobs, None).await {
            Ok(delivered) => collected.listed += delivered,
            Err(refusal) => refusals.push(refusal),
        }
    }
    if let Some(refusal) = refusals.into_iter().next() {
        collected.outcome = Outcome::Partial;
        collected.refusal = Some(refusal);
    }
}
