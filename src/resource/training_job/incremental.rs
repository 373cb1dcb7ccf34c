//! The training jobs of one cell, most of them taken over from the last published run.
//!
//! A job that has ended never changes, so its facts of that night still hold and are judged again. The listing, newest
//! first and back to some time before that night, is the truth about what came since: what it names and the last night
//! did not know to have ended is read, and so is every job that had not ended then. What it should name and does not was
//! deleted; a name that it shows with another creation time was deleted and used again.

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    listing::{self, Listing},
    project::Summary,
    search::{self, HITS_LIMIT},
    window::Window,
};
use crate::{
    coverage::{Method, Outcome},
    lake::last_night::BATCH_ROWS,
    outcome::{Refusal, causes},
    resource::{Resource, is_same_time},
    scan::{
        cell::{Cell, Collected},
        past::Past,
    },
};

/// Jobs that were not listed and lie closer together are searched for at once.
const GAP: SignedDuration = SignedDuration::from_hours(1);
/// Of jobs that were listed it is known how many lie between: no more than a page of them costs less than a call.
const PAGE: usize = 100;

/// Jobs that have to be read, by name, with what the last night knew of each.
type Wanted = HashMap<String, (Summary, Option<Resource>)>;

/// Reads what is new or had not ended, and takes over the rest. None when that does not do, and the cell has to be read
/// whole, whatever was delivered.
pub(super) async fn collect(cell: &Arc<Cell>, past: &Past) -> Option<Collected> {
    let listing = match Listing::since(cell, past.since).await {
        Ok(listing) if listing.nameless == 0 => listing,
        Err(refusal) if refusal.is_about_the_target() => return Some(Collected::refused(refusal)),
        Ok(_) | Err(_) => return None,
    };
    let mut wanted = Wanted::new();
    for job in &listing.jobs {
        // The newest comes first, and counts.
        wanted.entry(job.name.clone()).or_insert_with(|| (job.clone(), None));
    }
    let mut collected = Collected {
        method: Some(Method::Incremental),
        window_start: Some(past.since),
        window_end: listing.asked_at.checked_add(SignedDuration::from_secs(1)).ok(),
        ..Collected::complete(0)
    };
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
        let settled = resources.into_iter().filter_map(|resource| settled(&listing, &mut wanted, resource)).collect();
        collected.carried += cell.deliver(settled, None).await.ok()?;
    }
    collected.listed = collected.carried;
    let listed = listing.jobs.iter().filter_map(|job| job.created_at).collect();
    read(cell, wanted, listed, &mut collected).await;
    Some(collected)
}

/// A resource of the last night when it can be taken over; else it is wanted, or is no more.
fn settled(listing: &Listing, wanted: &mut Wanted, resource: Resource) -> Option<Resource> {
    let is_settled = resource.is_settled();
    match wanted.get_mut(&resource.name) {
        Some((listed, _)) if !is_same_time(listed.created_at, resource.created_at) => None,
        Some((listed, _)) if is_settled && is_unchanged(listed, &resource) => {
            wanted.remove(&resource.name);
            Some(resource)
        }
        Some((_, known)) => {
            *known = Some(resource);
            None
        }
        None if !listing.is_silent_on(resource.created_at) => None,
        None if is_settled => Some(resource),
        None => {
            let summary = Summary::from(&resource);
            wanted.insert(resource.name.clone(), (summary, Some(resource)));
            None
        }
    }
}

/// Whether the listing shows a job as it was: one that has ended may be on its way to be deleted.
fn is_unchanged(listed: &Summary, job: &Resource) -> bool {
    listed.state == job.state && is_same_time(listed.modified_at, job.modified_at)
}

/// Reads the jobs that are wanted: by searches, and what these do not give one by one.
async fn read(cell: &Arc<Cell>, mut wanted: Wanted, listed: Vec<Timestamp>, collected: &mut Collected) {
    let mut refusals = Vec::new();
    let mut spans = windows(wanted.values().filter_map(|(job, _)| job.created_at), listed);
    while let Some(window) = spans.pop() {
        match search(cell, window, &mut wanted, collected).await {
            Ok(halves) => spans.extend(halves),
            Err(refusal) => {
                collected.notes.push(format!("new jobs were described one by one: Search: {}", refusal.code));
                break;
            }
        }
    }
    let (summaries, known): (Vec<_>, HashMap<_, _>) =
        wanted.into_values().map(|(job, known)| (job.clone(), (job.name, known))).unzip();
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

/// Delivers the wanted jobs that a search of a window finds; the halves of one that holds too many.
async fn search(
    cell: &Arc<Cell>,
    window: Window,
    wanted: &mut Wanted,
    collected: &mut Collected,
) -> Result<Vec<Window>, Refusal> {
    let mut pages = crate::paging::Pages::new(search::SEARCH);
    while pages.more() {
        let page = search::page(cell, Some(window), pages.token()).await?;
        if !page.jobs.iter().all(|job| window.contains(job)) {
            let message = "the search gave what its filter does not let through";
            return Err(Refusal::new(Outcome::MalformedAnswer, search::SEARCH, "FilterIgnored", message));
        }
        let too_many = page.total.is_some_and(|total| !total.exact || total.hits > HITS_LIMIT);
        if too_many && window.to - window.from > 1 {
            return Ok(window.parts(2));
        }
        let items = page.jobs.len();
        let is_ours = |job: &Resource| {
            let listed = wanted.get(&job.name);
            listed.is_some_and(|(listed, _)| is_same_time(listed.created_at, job.created_at))
        };
        let ours = page.jobs.into_iter().filter(is_ours).collect::<Vec<_>>();
        for job in &ours {
            wanted.remove(&job.name);
        }
        collected.listed += cell.deliver(ours, None).await?;
        pages.turn(page.next.as_deref(), items)?;
    }
    Ok(Vec::new())
}

/// Windows that hold these creation times, one for those with little between them, newest last to be taken from the end.
fn windows(created: impl Iterator<Item = Timestamp>, mut listed: Vec<Timestamp>) -> Vec<Window> {
    let mut seconds = created.map(Timestamp::as_second).collect::<Vec<_>>();
    seconds.sort_unstable();
    listed.sort_unstable();
    let before = |second: i64| listed.partition_point(|listed| listed.as_second() < second);
    let are_near = |one: i64, other: i64| {
        let are_listed = listed.first().is_some_and(|first| first.as_second() <= one);
        other - one <= GAP.as_secs() || (are_listed && before(other) - before(one) <= PAGE)
    };
    let mut windows = Vec::<Window>::new();
    for second in seconds {
        match windows.last_mut() {
            Some(last) if are_near(last.to, second) => last.to = second + 2,
            // Two services may round one time differently.
            _ => windows.push(Window { from: second - 1, to: second + 2 }),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        lake::samples::{resource, start, target},
        resource::Facts,
    };

    /// A job of last night, created so many hours before the start.
    fn job(name: &str, hours: i64, state: &str) -> Resource {
        let sample = resource(&target(111_111_111_111, "eu-central-1"), 1, 0);
        let created_at = Some(start() - SignedDuration::from_hours(hours));
        Resource { name: name.to_owned(), created_at, state: Some(state.to_owned()), ..sample }
    }

    /// What becomes of a job of last night when these are listed tonight: whether it is taken over, and what is wanted.
    fn tonight(listed: &[Resource], known: Resource) -> (bool, Vec<String>) {
        let jobs: Vec<_> = listed.iter().map(Summary::from).collect();
        let mut wanted: Wanted = jobs.iter().map(|job| (job.name.clone(), (job.clone(), None))).collect();
        let taken = settled(&Listing::of(jobs, start()), &mut wanted, known).is_some();
        let mut names: Vec<_> = wanted.into_keys().collect();
        names.sort_unstable();
        (taken, names)
    }

    #[test]
    fn what_had_ended_is_taken_over_and_everything_else_is_read_again_or_gone() {
        let new = job("new", 1, "InProgress");
        let bound = job("bound", 30, "Completed");
        let listed = [new, bound.clone()];
        // Listed and ended; older than what was listed, and ended.
        assert_eq!(tonight(&listed, bound), (true, vec!["new".to_owned()]));
        assert_eq!(tonight(&listed, job("old", 90, "Failed")), (true, vec!["bound".to_owned(), "new".to_owned()]));
        // It had ended, and is listed as something else now.
        let deleting = Resource { state: Some("Deleting".to_owned()), ..job("bound", 30, "Completed") };
        assert_eq!(tonight(&[deleting], job("bound", 30, "Completed")), (false, vec!["bound".to_owned()]));
        // It had not ended, or its facts were not all read.
        let running = job("running", 90, "InProgress");
        assert_eq!(tonight(&listed, running).1, ["bound", "new", "running"]);
        let why = "sagemaker:DescribeTrainingJob: AccessDeniedException".to_owned();
        let facts = Facts::Unreadable { resource_type: crate::resource::ResourceType::TrainingJob, why };
        let unread = Resource { facts, ..job("unread", 90, "Completed") };
        assert_eq!(tonight(&listed, unread).1, ["bound", "new", "unread"]);
        // Deleted: the listing should name it. Deleted, and its name used again.
        assert_eq!(
            tonight(&listed, job("deleted", 2, "Completed")),
            (false, vec!["bound".to_owned(), "new".to_owned()])
        );
        assert_eq!(tonight(&listed, job("new", 90, "Completed")), (false, vec!["bound".to_owned(), "new".to_owned()]));
    }

    proptest! {
        #[test]
        fn every_time_is_in_exactly_one_window(
            seconds in prop::collection::vec(1_600_000_000_i64..1_600_400_000, 0..60),
            bound in 1_600_000_000_i64..1_600_400_000,
        ) {
            let time = |second: &i64| Timestamp::from_second(*second).unwrap();
            let listed = seconds.iter().filter(|second| **second >= bound).map(time).collect();
            let windows = windows(seconds.iter().map(time), listed);
            for second in &seconds {
                prop_assert_eq!(windows.iter().filter(|window| window.covers(time(second))).count(), 1);
            }
            prop_assert!(windows.windows(2).all(|pair| pair[0].to + GAP.as_secs() <= pair[1].from + 2));
            prop_assert!(windows.iter().filter(|window| window.from > bound).count() <= 1, "what is listed is searched at once");
        }
    }
}
