//! What is recorded of the days before a run: the resources that were made in them, what the checks said of them, and what
//! was not seen.

use std::collections::{BTreeSet, HashSet};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use super::{
    radius::{Gap, Made, Unseen},
    sighting::{Fit, Sighting, Sightings},
};
use crate::{
    check::Check,
    coverage::Outcome,
    lake::{RunId, published::PublishedRun, store::Store},
    place::AccountId,
    query::{
        QueryError, Session,
        limits::Limits,
        rows::{each, instant, list, literal},
    },
    resource::ResourceType,
    session::Clock,
};

/// The days that are looked at: those before the run that is asked for began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many.
    pub days: u16,
    /// From here, inclusive.
    pub since: Timestamp,
    /// Up to the beginning of the run.
    pub until: Timestamp,
}

impl Window {
    /// So many days up to an instant.
    pub fn before(until: Timestamp, days: u16) -> Self {
        let since = until.saturating_sub(i64::from(days).saturating_mul(24).hours()).unwrap_or(Timestamp::MIN);
        Self { days, since, until }
    }

    /// Its first and its last day (UTC), of which it has a part each.
    pub fn dates(self) -> [Date; 2] {
        [self.since, self.until].map(|at| TimeZone::UTC.to_datetime(at).date())
    }
}

/// The accounts that a policy would bind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only these; all where none is named.
    pub only: Vec<AccountId>,
    /// None of these.
    pub except: Vec<AccountId>,
}

impl Scope {
    /// What narrows the rows of a table, behind other conditions.
    fn clause(&self, alias: &str) -> String {
        let named = |accounts: &[AccountId]| list(accounts.iter().map(AccountId::as_str));
        let only = (!self.only.is_empty()).then(|| format!(" AND {alias}.account_id IN {}", named(&self.only)));
        let except =
            (!self.except.is_empty()).then(|| format!(" AND {alias}.account_id NOT IN {}", named(&self.except)));
        [only, except].into_iter().flatten().collect()
    }
}

/// The lake as it was when a run was published.
#[derive(Debug)]
pub struct History {
    session: Session,
    run_id: RunId,
    scope: Scope,
    /// The days that are looked at.
    pub window: Window,
}

/// What tells one resource from another that had its name before.
pub type Identity = (String, String, Option<Timestamp>);

impl History {
    /// The days before a run, of some accounts.
    pub fn before(store: Store, run: &PublishedRun, days: u16, scope: Scope) -> Result<Self, QueryError> {
        let window = Window::before(run.row.facts.started_at, days);
        // Runs of later days are not there; the clock of this machine does not matter.
        let evening = TimeZone::UTC.to_timestamp(run.run_id().run_date().at(23, 59, 59, 0));
        let clock = Clock::Fixed(evening.unwrap_or(window.until));
        let session = Session::new(store, Limits::default(), clock)?;
        Ok(Self { session, run_id: run.run_id().clone(), scope, window })
    }

    /// The nights of the window that were published, and this run's.
    pub async fn nights(&self) -> Result<BTreeSet<String>, QueryError> {
        let [first, last] = self.window.dates();
        let sql = format!(
            "SELECT run_partition FROM runs_published WHERE run_partition BETWEEN {} AND {}",
            literal(&first.to_string()),
            literal(&last.to_string())
        );
        let mut nights = BTreeSet::new();
        each(&self.session, &sql, |row| {
            nights.insert(row.known("run_partition")?.to_owned());
            Ok(())
        })
        .await?;
        Ok(nights)
    }

    /// Hands on each resource of these types that was made in the window, as it was seen first, with the name that its account
    /// had last. The night is chosen by what tells a resource alone, and nothing is sorted.
    pub async fn made(
        &self,
        types: &[ResourceType],
        mut made: impl FnMut(Made) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let [first, last] = self.window.dates();
        let rows = format!(
            "FROM resources AS t JOIN runs_published AS r ON r.run_id = t.run_id
            WHERE t.run_date BETWEEN {first} AND {last} AND t.resource_type IN {types}
            AND (t.created_at IS NULL OR (t.created_at >= {since} AND t.created_at <= {until})){scope}",
            first = literal(&first.to_string()),
            last = literal(&last.to_string()),
            types = list(types.iter().map(|kind| kind.as_str())),
            scope = self.scope.clause("t"),
            since = instant(self.window.since),
            until = instant(self.window.until),
        );
        let mut sightings = Sightings::default();
        let sql = format!(
            "SELECT t.account_id, t.account_name, t.resource_arn, t.created_at, r.run_partition, {} {rows}",
            Fit::column("t")
        );
        each(&self.session, &sql, |row| {
            sightings.note(Sighting::of(row)?, Fit::of(row)?, row.known("account_name")?);
            Ok(())
        })
        .await?;
        let sql = format!(
            "SELECT t.account_id, t.account_name, t.region, t.resource_type, t.resource_arn, t.created_at, t.role_arn,
            t.origin_kind, t.origin, t.config_json, r.run_partition {rows}"
        );
        each(&self.session, &sql, |row| {
            if !sightings.takes(Sighting::of(row)?) {
                return Ok(());
            }
            let mut found = Made::of(row)?;
            if let Some(name) = sightings.name(&found.account_id) {
                name.clone_into(&mut found.account_name);
            }
            made(found)
        })
        .await
    }

    /// The resources made in the window that failed one of these checks on a night of it.
    pub async fn failing(&self, checks: &[&Check]) -> Result<HashSet<Identity>, QueryError> {
        let [first, last] = self.window.dates();
        let sql = format!(
            "SELECT DISTINCT f.account_id, f.resource_arn, f.resource_created_at
            FROM findings AS f JOIN runs_published AS r ON r.run_id = f.run_id
            WHERE f.run_date BETWEEN {first} AND {last} AND f.status = 'FAIL' AND f.check_id IN {checks}
            AND f.resource_created_at >= {since} AND f.resource_created_at <= {until}{scope}",
            first = literal(&first.to_string()),
            last = literal(&last.to_string()),
            checks = list(checks.iter().map(|check| check.id)),
            scope = self.scope.clause("f"),
            since = instant(self.window.since),
            until = instant(self.window.until),
        );
        let mut failing = HashSet::new();
        each(&self.session, &sql, |row| {
            let text = |name| row.known(name).map(str::to_owned);
            failing.insert((text("account_id")?, text("resource_arn")?, row.instant("resource_created_at")));
            Ok(())
        })
        .await?;
        Ok(failing)
    }

    /// What the run itself did not see of these types.
    pub async fn unseen(&self, types: &[ResourceType]) -> Result<Unseen, QueryError> {
        let sql = format!(
            "SELECT resource_type, outcome, count(*) AS cells, count(DISTINCT account_id) AS accounts
            FROM coverage AS c WHERE run_id = {} AND run_date = {} AND resource_type IN {}{} GROUP BY 1, 2 ORDER BY 1, 2",
            literal(self.run_id.as_str()),
            literal(&self.run_id.run_date().to_string()),
            list(types.iter().map(|kind| kind.as_str())),
            self.scope.clause("c")
        );
        let (mut gaps, mut cells, mut looked_at) = (Vec::new(), 0, BTreeSet::new());
        each(&self.session, &sql, |row| {
            let resource_type = row.known("resource_type")?.to_owned();
            let outcome = row.known("outcome")?;
            let number = row.count("cells").unwrap_or_default();
            looked_at.insert(resource_type.clone());
            let known = Outcome::ALL.iter().find(|one| one.as_str() == outcome);
            if known.is_none_or(|outcome| outcome.counts()) {
                cells += number;
                if known != Some(&Outcome::Complete) {
                    let accounts = row.count("accounts").unwrap_or_default();
                    gaps.push(Gap { resource_type, outcome: outcome.to_owned(), cells: number, accounts });
                }
            }
            Ok(())
        })
        .await?;
        let types = types.iter().map(|kind| kind.as_str()).filter(|name| !looked_at.contains(*name));
        Ok(Unseen { cells, gaps, types: types.map(str::to_owned).collect() })
    }
}
