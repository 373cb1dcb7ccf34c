//! One account in one region: the i-th training job is a function of its place, and creation times rise with i.

use std::sync::Arc;

use jiff::Timestamp;

use super::account::Account;
use super::deletion::Deletions;
use super::draw::{mix, text};
use super::job::Job;
use super::key::Neighbours;
use super::scenario::Scenario;
use super::shape::Shape;
use crate::place::{AccountId, Region};

/// Whether a cell can be read, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// It can.
    Open,
    /// The account is suspended.
    Suspended,
    /// The account refuses its role.
    RoleRefused,
    /// A service control policy denies every `SageMaker` action in this region.
    DeniedByScp,
    /// The account has not enabled the region.
    RegionDisabled,
}

/// When jobs are created, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    start: i64,
    span: i64,
    /// The present.
    pub(super) end: i64,
}

impl Calendar {
    pub(super) fn new(shape: &Shape) -> Self {
        const TWO_YEARS: i64 = 730 * 24 * 3600 * 1000;
        let now = shape.now.as_millisecond();
        let elapsed = i64::try_from(shape.elapsed.as_millis()).unwrap_or_default().max(0);
        Self { start: now - TWO_YEARS, span: TWO_YEARS, end: now.saturating_add(elapsed) }
    }
}

/// One account in one region.
#[derive(Debug, Clone)]
pub struct Cell {
    account: AccountId,
    region: Region,
    access: Access,
    /// Jobs that are there.
    count: u64,
    /// Those that are not there any more.
    pub(super) deletions: Deletions,
    /// Jobs within the calendar's span; those after it have come since.
    within: u64,
    pub(super) seed: u64,
    pub(super) calendar: Calendar,
    pub(super) keys: Neighbours,
    pub(super) team: &'static str,
    pub(super) environment: &'static str,
    pub(super) flawed: u64,
    /// Whether tags of jobs mean harm.
    pub(super) hostile: bool,
    /// Whether no job is serverless.
    pub(super) no_serverless: bool,
    /// The scenarios of the jobs in turn; empty where they are drawn.
    scenarios: Arc<[Scenario]>,
}

impl Cell {
    pub(super) fn new(
        seed: u64,
        account: &Account,
        region: Region,
        access: Access,
        calendar: Calendar,
        keys: Neighbours,
    ) -> Self {
        Self {
            seed: mix(&[seed, text(account.id.as_str()), text(region.as_str())]),
            account: account.id,
            region,
            access,
            count: 0,
            deletions: Deletions::default(),
            within: 0,
            calendar,
            keys,
            team: account.team,
            environment: account.environment,
            flawed: account.flawed,
            hostile: false,
            no_serverless: false,
            scenarios: Arc::default(),
        }
    }

    /// Gives the cell its jobs: `jobs` within the calendar's span, and as many since as their rate makes, of the shape's
    /// scenarios in turn, if there are any, and without those that were deleted since.
    pub(super) fn fill(&mut self, jobs: u64, scenarios: &Arc<[Scenario]>, shape: &Shape) {
        self.within = jobs;
        self.scenarios = Arc::clone(scenarios);
        self.deletions = Deletions::draw(self.seed, jobs, shape.deleted_permille, shape.reuses_names);
        self.count = if jobs == 0 { 0 } else { jobs + self.since() - self.deletions.count() };
    }

    /// The same cell as if no job had been deleted.
    pub(super) fn with_the_deleted(&self) -> Self {
        Self { count: self.count + self.deletions.count(), deletions: self.deletions.undone(), ..self.clone() }
    }

    /// The same cell without so many of 1,000 of its jobs.
    pub(super) fn hiding(&self, permille: u64) -> Self {
        let all = self.count + self.deletions.count();
        let deletions = self.deletions.hiding(self.seed, all, permille);
        Self { count: all - deletions.count(), deletions, ..self.clone() }
    }

    /// The scenario that a job is given, if it is not drawn.
    pub(super) fn given(&self, index: u64) -> Option<Scenario> {
        let turn = index.checked_rem(u64::try_from(self.scenarios.len()).ok()?)?;
        self.scenarios.get(usize::try_from(turn).ok()?).copied()
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Whether the cell can be read.
    pub fn access(&self) -> Access {
        self.access
    }

    /// How many training jobs there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The training jobs, oldest first, made one by one.
    pub fn jobs(&self) -> impl Iterator<Item = Job> + '_ {
        (0..self.count).map(|place| self.job(place))
    }

    /// The training job at a place, the oldest first, whether it has been created yet or not.
    pub fn job(&self, place: u64) -> Job {
        Job::draw(self, self.deletions.number(place))
    }

    /// The training job with this name.
    pub fn job_named(&self, name: &str) -> Option<Job> {
        let number = self.deletions.owner(name.rsplit('-').nth(1)?.parse().ok()?)?;
        let all = self.count + self.deletions.count();
        Some(number).filter(|number| *number < all).map(|number| Job::draw(self, number)).filter(|job| job.name == name)
    }

    /// When the job at a place is created.
    pub fn created_at(&self, place: u64) -> Timestamp {
        Timestamp::from_millisecond(self.created_ms(self.deletions.number(place))).unwrap_or_default()
    }

    /// Milliseconds since 1970 at which the job of a number is created. The rate rises linearly to three times that of the first day.
    pub(super) fn created_ms(&self, number: u64) -> i64 {
        let slot = |number: u64| i128::from(number) * 1024;
        let place = slot(number) + i128::from(mix(&[self.seed, number, 0x7469]) % 768);
        let (all, span) = (slot(self.within.max(1)), i128::from(self.calendar.span));
        let offset = if place < all {
            // The inverse of that rate's integral, a parabola, so that time rises with the place everywhere.
            span * (3 * place * all - place * place) / (2 * all * all)
        } else {
            span + (place - all) * span / (2 * all)
        };
        self.calendar.start.saturating_add(i64::try_from(offset).unwrap_or(i64::MAX))
    }

    /// How many jobs were created before `moment` (milliseconds since 1970).
    pub(super) fn created_before(&self, moment: i64) -> u64 {
        first_of(0, self.count, |place| self.created_ms(self.deletions.number(place)) >= moment)
    }

    fn since(&self) -> u64 {
        let elapsed = u128::from((self.calendar.end - self.calendar.start - self.calendar.span).unsigned_abs());
        let span = u128::from(self.calendar.span.unsigned_abs());
        let most = u64::try_from(2 * elapsed * u128::from(self.within) / span).unwrap_or(u64::MAX) + 2;
        first_of(self.within, self.within + most, |number| self.created_ms(number) >= self.calendar.end) - self.within
    }
}

/// The first number from `low` up that fulfils a condition which stays true; `high` where there is none.
fn first_of(mut low: u64, mut high: u64, condition: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if condition(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::Organization;
    use super::*;

    fn shape(jobs: u64) -> Shape {
        Shape { accounts: 8, regions: 2, jobs, now: "2026-11-24T00:00:00Z".parse().unwrap(), ..Shape::default() }
    }

    fn heaviest(shape: &Shape) -> Cell {
        Organization::new(shape).cells().iter().max_by_key(|cell| cell.count()).unwrap().clone()
    }

    #[test]
    fn creation_times_rise_strictly_up_to_now() {
        for jobs in [10, 5_000, 3_000_000] {
            let cell = heaviest(&shape(jobs));
            let sample = (0..cell.count().min(5_000)).chain(cell.count().saturating_sub(5_000)..cell.count());
            let times: Vec<_> = sample.map(|index| (index, cell.created_ms(index))).collect();
            assert!(times.windows(2).all(|pair| pair[0].0 >= pair[1].0 || pair[0].1 < pair[1].1));
            assert!(times.iter().all(|(_, time)| (cell.calendar.start..cell.calendar.end).contains(time)));
        }
    }

    #[test]
    fn a_name_finds_its_job_and_nothing_else_does() {
        let cell = heaviest(&shape(500));
        for job in cell.jobs() {
            assert_eq!(cell.job_named(&job.name).unwrap(), job);
            assert!(cell.job_named(&format!("x{}", job.name)).is_none());
        }
        assert!(cell.job_named("no-such-job").is_none());
    }

    #[test]
    fn the_next_nights_keep_the_jobs_and_add_a_few() {
        let (first, later) = (shape(20_000), Shape { elapsed: SignedDuration::from_hours(96), ..shape(20_000) });
        let (before, after) = (Organization::new(&first), Organization::new(&later));
        let total = |organization: &Organization| organization.cells().iter().map(Cell::count).sum::<u64>();
        let grown = total(&after) - total(&before);
        assert!((150..300).contains(&grown), "{grown}");
        for (old, new) in before.cells().iter().zip(after.cells()) {
            let index = old.count().saturating_sub(1);
            assert_eq!(old.job(index).name, new.job(index).name);
            assert!((old.count()..new.count()).all(|index| new.created_ms(index) < new.calendar.end));
        }
    }

    #[test]
    fn deleted_jobs_are_gone_and_their_names_are_those_of_new_ones() {
        let elapsed = SignedDuration::from_hours(96);
        let first = heaviest(&shape(20_000));
        let later = heaviest(&Shape { elapsed, deleted_permille: 50, reuses_names: true, ..shape(20_000) });
        let (gone, there): (Vec<_>, Vec<_>) =
            first.jobs().partition(|job| later.job_named(&job.name).is_none_or(|later| later.index != job.index));
        assert!((first.count() / 40..first.count() / 10).contains(&gone.len().try_into().unwrap()), "{}", gone.len());
        let times = later.jobs().map(|job| job.created_at).collect::<Vec<_>>();
        assert!(times.is_sorted_by(|one, next| one < next));
        assert!(there.iter().all(|job| later.job_named(&job.name).as_ref() == Some(job) || job.ended_at.is_none()));
        let heirs = later.jobs().filter(|job| gone.iter().any(|gone| gone.name == job.name)).collect::<Vec<_>>();
        assert!(heirs.len() > 10 && heirs.iter().all(|job| later.job_named(&job.name).as_ref() == Some(job)));
        assert_eq!(later.with_the_deleted().count(), later.count() + u64::try_from(gone.len()).unwrap());
    }
}
