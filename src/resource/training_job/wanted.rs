//! What a night that builds on another knows of the jobs of a cell, and what it has yet to read.
//!
//! The newest jobs are listed, back to the last night where these are few. Where they are many there is a gap between
//! them and the last night, in which whatever the search has is taken; it is held against what the last night knew there
//! and against the oldest that were listed. Wherever the two disagree the gap is listed too.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    collect::{is_old, is_same},
    listing::Listing,
    project::{Summary, identity},
    spans::{Dense, windows},
    window::Window,
};
use crate::resource::{Resource, is_same_time};

/// Two services may round one time differently, by no more than this.
const ROUNDED: SignedDuration = SignedDuration::from_secs(1);
/// Most jobs that have not ended when they are looked at were created this long before, at most.
const RUNNING: SignedDuration = SignedDuration::from_hours(48);

/// Jobs that have to be read, and those of which it is settled that they need not.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) listing: Listing,
    /// The jobs that are wanted, by name, with what the last night knew of each.
    jobs: HashMap<String, (Summary, Option<Resource>)>,
    gap: Option<Gap>,
    /// From this time on `recent` holds the creation time of every job of the last night.
    since: Timestamp,
    recent: Vec<Timestamp>,
}

/// The creation times between the last night and the oldest job that was listed, both ends included.
#[derive(Debug)]
struct Gap {
    from: Timestamp,
    to: Timestamp,
    /// What the last night knew there and the search has not given yet.
    known: HashMap<String, Resource>,
    /// What the search gave: a hash of each name, with the creation time.
    found: HashMap<u64, Option<Timestamp>>,
    listed: HashSet<String>,
}

/// What becomes of a job of the last night, or of a record of a search.
#[derive(Debug, PartialEq)]
pub(super) enum Taken {
    /// It is as it was last night, and taken over.
    Over(Resource),
    /// It was read tonight.
    Read(Resource),
    /// It is no more, not wanted, or wanted and yet to be read.
    Not,
}

impl Wanted {
    /// What is wanted by the newest of the listing, of a cell that was looked at whole up to `since`.
    pub(super) fn new(listing: Listing, since: Timestamp) -> Self {
        let mut jobs = HashMap::new();
        for job in &listing.jobs {
            // The newest comes first, and counts.
            jobs.entry(job.name.clone()).or_insert_with(|| (job.clone(), None));
        }
        let oldest = listing.jobs.last().and_then(|job| job.created_at).filter(|_| !listing.is_complete());
        let gap = oldest.filter(|oldest| *oldest >= since).map(|to| Gap {
            from: since,
            to,
            known: HashMap::new(),
            found: HashMap::new(),
            listed: listing.jobs.iter().map(|job| job.name.clone()).collect(),
        });
        let since = since.saturating_sub(RUNNING).unwrap_or(Timestamp::MIN);
        Self { listing, jobs, gap, since, recent: Vec::new() }
    }

    /// What becomes of a resource of the last night.
    pub(super) fn known(&mut self, resource: Resource) -> Taken {
        self.recent.extend(resource.created_at.filter(|created| *created >= self.since));
        let is_settled = resource.is_settled();
        match self.jobs.get_mut(&resource.name) {
            Some((listed, _)) if !is_same_time(listed.created_at, resource.created_at) => return Taken::Not,
            Some((listed, _)) if is_settled && is_unchanged(listed, &resource) => {
                self.jobs.remove(&resource.name);
                return Taken::Over(resource);
            }
            Some((_, known)) => {
                *known = Some(resource);
                return Taken::Not;
            }
            None if !self.listing.is_silent_on(resource.created_at) => return Taken::Not,
            None => {}
        }
        if let Some(gap) = self.gap.as_mut().filter(|gap| gap.knows(&resource)) {
            gap.known.insert(resource.name.clone(), resource);
            Taken::Not
        } else if is_settled {
            Taken::Over(resource)
        } else {
            let summary = Summary::from(&resource);
            self.jobs.insert(resource.name.clone(), (summary, Some(resource)));
            Taken::Not
        }
    }

    /// The windows to search.
    pub(super) fn windows(&self) -> Vec<Window> {
        let listed = self.listing.jobs.iter().filter_map(|job| job.created_at);
        let dense = Dense::new(self.since, self.recent.iter().copied().chain(listed));
        let created = self.jobs.values().filter_map(|(job, _)| job.created_at);
        windows(created, self.gap.as_ref().map(Gap::window), &dense)
    }

    /// What becomes of a record of a search.
    pub(super) fn record(&mut self, record: Resource) -> Taken {
        if self.jobs.get(&record.name).is_some_and(|(listed, _)| is_same(listed, &record)) {
            self.jobs.remove(&record.name);
            return Taken::Read(record);
        }
        let Some(gap) = &mut self.gap else { return Taken::Not };
        let taken = gap.record(record);
        if let Taken::Read(record) = &taken {
            // One of last night that had its name is no more.
            self.jobs.remove(&record.name);
        }
        taken
    }

    /// Whether all records of a window count, so that none may be missing.
    pub(super) fn needs_all_of(&self, window: Window) -> bool {
        self.gap.as_ref().map(Gap::window).is_some_and(|gap| gap.from < window.to && window.from < gap.to)
    }

    /// Why the search cannot be relied on in the gap, now that it was searched; none when it can, or there is none.
    pub(super) fn doubt(&self) -> Option<&'static str> {
        let gap = self.gap.as_ref()?;
        let hides = self.jobs.values().any(|(job, _)| gap.listed.contains(&job.name) && is_old(&self.listing, job));
        if hides {
            Some("Search hides jobs that ListTrainingJobs shows")
        } else if !gap.known.is_empty() {
            Some("Search lacks jobs of the last night")
        } else {
            None
        }
    }

    /// Whether some of what came since was not listed.
    pub(super) fn has_gap(&self) -> bool {
        self.gap.is_some()
    }

    /// Closes the gap, which was listed meanwhile: what the last night knew there and is as it was.
    pub(super) fn close(&mut self) -> Vec<Resource> {
        let Some(mut gap) = self.gap.take() else { return Vec::new() };
        let mut over = Vec::new();
        for job in &self.listing.jobs {
            if job.created_at.is_some_and(|created| created < gap.first()) {
                // The last night knew it.
                continue;
            }
            let is_new = gap.listed.insert(job.name.clone());
            let found = gap.found.get(&identity(&job.name, None));
            if !is_new || found.is_some_and(|created| is_same_time(*created, job.created_at)) {
                continue;
            }
            match gap.known.remove(&job.name).filter(|known| is_same(job, known)) {
                Some(known) if known.is_settled() && is_unchanged(job, &known) => over.push(known),
                known => drop(self.jobs.insert(job.name.clone(), (job.clone(), known))),
            }
        }
        over
    }

    /// The jobs that are still wanted.
    pub(super) fn left(self) -> impl Iterator<Item = (Summary, Option<Resource>)> {
        self.jobs.into_values()
    }
}

impl Gap {
    fn window(&self) -> Window {
        Window { from: (self.from.as_second() - 3).max(0), to: self.to.as_second() + 2 }
    }

    /// Whether a job of the last night has to be in what the search gives for the gap.
    fn knows(&self, resource: &Resource) -> bool {
        resource.created_at.is_some_and(|created| created >= self.first() && created <= self.to)
    }

    /// From this time on what the last night knew has to be found again.
    fn first(&self) -> Timestamp {
        self.from.saturating_sub(ROUNDED * 2).unwrap_or(Timestamp::MIN)
    }

    fn record(&mut self, record: Resource) -> Taken {
        if self.listed.contains(&record.name) {
            // One that was listed is wanted or taken over, and another one of its name is no more.
            return Taken::Not;
        }
        let found = self.found.get(&identity(&record.name, None));
        if found.is_some_and(|created| *created >= record.created_at) {
            // One that was deleted before the other of its name was made.
            return Taken::Not;
        }
        let from = self.from.saturating_sub(ROUNDED).unwrap_or(Timestamp::MIN);
        let to = self.to.saturating_add(ROUNDED).unwrap_or(Timestamp::MAX);
        match self.known.remove(&record.name) {
            Some(known) if is_same_time(known.created_at, record.created_at) => {
                self.found.insert(identity(&record.name, None), record.created_at);
                if known.is_settled() && is_unchanged(&Summary::from(&record), &known) {
                    Taken::Over(known)
                } else {
                    Taken::Read(record)
                }
            }
            // The record is of one that was deleted before.
            Some(known) if known.created_at > record.created_at => {
                self.known.insert(known.name.clone(), known);
                Taken::Not
            }
            _ if record.created_at.is_some_and(|created| created >= from && created <= to) => {
                self.found.insert(identity(&record.name, None), record.created_at);
                Taken::Read(record)
            }
            _ => Taken::Not,
        }
    }
}

/// Whether the service shows a job as it was: one that has ended may be on its way to be deleted.
fn is_unchanged(listed: &Summary, job: &Resource) -> bool {
    listed.state == job.state && is_same_time(listed.modified_at, job.modified_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lake::samples::{resource, start, target},
        resource::{Facts, ResourceType},
    };

    /// The time so many hours before the start.
    fn before(hours: i64) -> Timestamp {
        start() - SignedDuration::from_hours(hours)
    }

    /// A job created so many hours before the start.
    fn job(name: &str, hours: i64, state: &str) -> Resource {
        let sample = resource(&target(111_111_111_111, "eu-central-1"), 1, 0);
        Resource { name: name.to_owned(), created_at: Some(before(hours)), state: Some(state.to_owned()), ..sample }
    }

    /// What is wanted when these are listed tonight and the last night was so many hours ago.
    fn listed(jobs: &[Resource], hours: i64) -> Wanted {
        Wanted::new(Listing::of(jobs.iter().map(Summary::from).collect(), start()), before(hours))
    }

    fn names(wanted: Wanted) -> Vec<String> {
        let mut names = wanted.left().map(|(job, _)| job.name).collect::<Vec<_>>();
        names.sort_unstable();
        names
    }

    #[test]
    fn what_had_ended_is_taken_over_and_everything_else_is_read_again_or_gone() {
        let bound = job("bound", 30, "Completed");
        let listing = [job("new", 1, "InProgress"), bound.clone()];
        let tonight = |listing: &[Resource], known: Resource| {
            let mut wanted = listed(listing, 20);
            let is_taken = wanted.known(known.clone()) == Taken::Over(known);
            (is_taken, names(wanted).join(" "))
        };
        // Listed and ended; older than what was listed, and ended.
        assert_eq!(tonight(&listing, bound), (true, "new".to_owned()));
        assert_eq!(tonight(&listing, job("old", 90, "Failed")), (true, "bound new".to_owned()));
        // It had ended, and is listed as something else now.
        let deleting = Resource { state: Some("Deleting".to_owned()), ..job("bound", 30, "Completed") };
        assert_eq!(tonight(&[deleting], job("bound", 30, "Completed")), (false, "bound".to_owned()));
        // It had not ended, or its facts were not all read.
        assert_eq!(tonight(&listing, job("running", 90, "InProgress")).1, "bound new running");
        let why = "sagemaker:DescribeTrainingJob: AccessDeniedException".to_owned();
        let facts = Facts::Unreadable { resource_type: ResourceType::TrainingJob, why };
        assert_eq!(tonight(&listing, Resource { facts, ..job("unread", 90, "Completed") }).1, "bound new unread");
        // Deleted: the listing should name it. Deleted, and its name used again.
        assert_eq!(tonight(&listing, job("deleted", 2, "Completed")), (false, "bound new".to_owned()));
        assert_eq!(tonight(&listing, job("new", 90, "Completed")), (false, "bound new".to_owned()));
    }

    #[test]
    fn in_the_gap_the_search_tells_what_is_there_and_is_held_against_the_last_night() {
        let (young, bound) = (job("young", 0, "InProgress"), job("bound", 10, "Completed"));
        let mut wanted = listed(&[young.clone(), bound.clone()], 30);
        let (as_it_was, ended, gone) =
            (job("same", 25, "Failed"), job("ended", 26, "InProgress"), job("x", 27, "Completed"));
        for known in [&as_it_was, &ended, &gone] {
            assert_eq!(wanted.known(known.clone()), Taken::Not);
        }
        assert_eq!(wanted.known(job("old", 31, "Failed")), Taken::Over(job("old", 31, "Failed")));
        let windows = wanted.windows();
        assert!(windows.iter().any(|window| window.covers(before(30)) && window.covers(before(10))), "{windows:?}");
        assert!(windows.iter().all(|window| wanted.needs_all_of(*window) || window.covers(start())));

        let read = |job: Resource| (job.clone(), Taken::Read(job));
        let (again, new) = (job("x", 20, "Completed"), job("new", 15, "Completed"));
        for (record, taken) in [
            read(young),
            read(bound.clone()),
            (bound, Taken::Not),
            (as_it_was.clone(), Taken::Over(as_it_was)),
            read(Resource { state: Some("Completed".to_owned()), ..ended }),
            read(again),
            // The index still has one that was deleted, and one that is older than all of this.
            (gone, Taken::Not),
            (job("old", 31, "Failed"), Taken::Not),
            read(new),
        ] {
            assert_eq!(wanted.record(record.clone()), taken, "{}", record.name);
        }
        assert_eq!(wanted.doubt(), None);
        assert!(names(wanted).is_empty());
    }

    #[test]
    fn a_search_that_lacks_what_is_known_or_listed_is_not_relied_on_and_the_gap_is_listed() {
        let (young, bound) = (job("young", 0, "InProgress"), job("bound", 10, "Completed"));
        let listing = [young, bound.clone()];
        let mut wanted = listed(&listing, 30);
        assert_eq!(wanted.doubt(), Some("Search hides jobs that ListTrainingJobs shows"), "the old one of them");
        assert_eq!(wanted.record(bound.clone()), Taken::Read(bound));
        assert_eq!(wanted.doubt(), None, "the young one is described");
        let [same, deleted, found] = ["same", "deleted", "found"].map(|name| job(name, 25, "Completed"));
        assert_eq!([&same, &deleted].map(|known| wanted.known(known.clone())), [Taken::Not, Taken::Not]);
        assert_eq!(wanted.record(found.clone()), Taken::Read(found.clone()));
        assert_eq!(wanted.doubt(), Some("Search lacks jobs of the last night"));
        wanted.listing = Listing::of(
            listing.iter().chain([&job("hidden", 20, "Failed"), &same, &found]).map(Summary::from).collect(),
            start(),
        );
        assert_eq!(wanted.close(), [same]);
        assert_eq!(names(wanted), ["hidden", "young"]);
    }
}
