//! What a published run recorded of what is to be mended.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    RemediateError,
    subject::{Subject, names_of_origin},
};
use crate::{
    check::selection::Pattern,
    finding::{Severity, Status, uid},
    lake::{RunId, published::PublishedRun, store::Store},
    query::{
        QueryError, Session,
        limits::Limits,
        rows::{Row, each, list, literal},
    },
    resource::{Facts, ResourceType},
    session::Clock,
};

/// A finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What tells it from every other one.
    pub uid: String,
    /// The check.
    pub check_id: String,
    /// Its status.
    pub status: Status,
    /// How bad it is.
    pub severity: Severity,
    /// Why, as codes.
    pub reason_code: String,
    /// Why, in sentences.
    pub reason: String,
    /// The account of the resource.
    pub account_id: String,
    /// Its region.
    pub region: String,
    /// Its ARN.
    pub resource_arn: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its account.
    pub account_id: String,
    /// The name of the account.
    pub account_name: String,
    /// Its region.
    pub region: String,
    /// The partition of its account.
    pub partition: String,
    /// The day of the run that recorded it.
    pub run_date: Date,
    /// Its type.
    pub resource_type: ResourceType,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The state that the service names.
    pub state: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// What made it: the kind, and the ARN or name.
    pub origin: Option<(String, String)>,
    /// Its execution role.
    pub role_arn: Option<String>,
    /// Its owner.
    pub owner: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its facts.
    pub facts: Facts,
}

/// The findings that are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Meant {
    /// The findings.
    pub found: Vec<Found>,
    /// How many others fail, which `--check` does not name.
    pub others: usize,
}

/// A run, as it can be asked.
#[derive(Debug)]
pub struct Run {
    session: Session,
    run_id: RunId,
}

const FINDING: &str = "f.check_id, f.status, f.severity, f.reason_code, f.reason, f.account_id, f.region, f.resource_arn, f.resource_created_at";

impl Run {
    /// Of a lake.
    pub fn of(store: Store, run: &PublishedRun) -> Result<Self, QueryError> {
        // Runs of later days are not there; the clock of this machine does not matter.
        let evening = TimeZone::UTC.to_timestamp(run.run_id().run_date().at(23, 59, 59, 0));
        let clock = Clock::Fixed(evening.unwrap_or(run.row.published_at));
        Ok(Self { session: Session::new(store, Limits::default(), clock)?, run_id: run.run_id().clone() })
    }

    /// The rows of a table that are of this run.
    fn of_run(&self, alias: &str) -> String {
        let (run, day) = (literal(self.run_id.as_str()), literal(&self.run_id.run_date().to_string()));
        format!("{alias}.run_date = {day} AND {alias}.run_id = {run}")
    }

    async fn findings(&self, from: &str, narrow: &str) -> Result<Vec<Found>, RemediateError> {
        let sql = format!("SELECT {FINDING} FROM {from} WHERE {} AND {narrow}", self.of_run("f"));
        let mut found = Vec::new();
        each(&self.session, &sql, |row| {
            found.extend(Found::of(row)?);
            Ok(())
        })
        .await?;
        found.sort_by(|one: &Found, other: &Found| {
            other
                .severity
                .cmp(&one.severity)
                .then_with(|| (&one.resource_arn, &one.check_id).cmp(&(&other.resource_arn, &other.check_id)))
        });
        Ok(found)
    }

    /// The findings that are meant: of a uid that one, of a resource those that fail or, where none does, that are unknown.
    pub async fn meant(&self, subject: &Subject, checks: &[Pattern]) -> Result<Meant, RemediateError> {
        match subject {
            Subject::Finding(_) if !checks.is_empty() => Err(RemediateError::CheckOfFinding),
            Subject::Finding(start) => Ok(Meant { found: self.by_uid(start).await?, others: 0 }),
            Subject::Resource(arn) => self.of_resource(arn, checks).await,
        }
    }

    async fn of_resource(&self, arn: &str, checks: &[Pattern]) -> Result<Meant, RemediateError> {
        let found = self.findings("findings AS f", &format!("f.resource_arn = {}", literal(arn))).await?;
        if found.is_empty() {
            return Err(RemediateError::NoSuchResource { arn: arn.to_owned(), run_id: self.run_id.clone() });
        }
        let with = |status: Status| found.iter().filter(move |found| found.status == status && is_named(checks, found));
        let failing = with(Status::Fail).cloned().collect::<Vec<_>>();
        let others = found.iter().filter(|found| found.fails() && !is_named(checks, found)).count();
        let found = if failing.is_empty() { with(Status::Unknown).cloned().collect() } else { failing };
        Ok(Meant { found, others })
    }

    /// The findings whose uid begins so: exactly one, or an error.
    async fn by_uid(&self, start: &str) -> Result<Vec<Found>, RemediateError> {
        let sql = format!(
            "SELECT f.account_id, f.region, f.resource_arn, f.resource_created_at, f.check_id FROM findings AS f WHERE {}",
            self.of_run("f")
        );
        let mut found = Vec::new();
        each(&self.session, &sql, |row| {
            let whole = uid_of(row)?;
            if whole.starts_with(start) {
                found.push((whole, row.known("resource_arn")?.to_owned(), row.known("check_id")?.to_owned()));
            }
            Ok(())
        })
        .await?;
        let (whole, arn, check) = match found.as_slice() {
            [] => return Err(RemediateError::NoSuchFinding { uid: start.to_owned(), run_id: self.run_id.clone() }),
            [one] => one,
            several => {
                let uids = several.iter().take(5).map(|(uid, ..)| uid.clone()).collect();
                return Err(RemediateError::Ambiguous { uid: start.to_owned(), uids });
            }
        };
        let narrow = format!("f.resource_arn = {} AND f.check_id = {}", literal(arn), literal(check));
        let mut found = self.findings("findings AS f", &narrow).await?;
        found.retain(|found| found.uid == *whole);
        Ok(found)
    }

    /// What fails of all that an origin made, and of the origin itself.
    pub async fn of_origin(&self, origin: &str, checks: &[Pattern]) -> Result<Meant, RemediateError> {
        let names = names_of_origin(origin);
        let names = list(names.iter().map(String::as_str));
        let joined = "findings AS f JOIN resources AS s ON s.account_id = f.account_id AND s.region = f.region \
                      AND s.resource_type = f.resource_type AND s.resource_arn = f.resource_arn";
        let narrow = format!(
            "{} AND f.status = 'FAIL' AND (s.origin IN {names} OR s.resource_arn IN {names})",
            self.of_run("s")
        );
        let mut found = self.findings(joined, &narrow).await?;
        if found.is_empty() {
            return Err(RemediateError::NothingOfOrigin { origin: origin.to_owned(), run_id: self.run_id.clone() });
        }
        let all = found.len();
        found.retain(|found| is_named(checks, found));
        Ok(Meant { others: all - found.len(), found })
    }

    /// The resource of a finding.
    pub async fn resource(&self, found: &Found) -> Result<Recorded, RemediateError> {
        let sql = format!(
            "SELECT s.account_id, s.account_name, s.region, s.partition_name, s.resource_type, s.resource_arn,
             s.resource_name, s.state, s.created_at, s.origin_kind, s.origin, s.role_arn, s.owner, s.tags, s.config_json
             FROM resources AS s WHERE {} AND s.account_id = {} AND s.region = {} AND s.resource_arn = {}",
            self.of_run("s"),
            literal(&found.account_id),
            literal(&found.region),
            literal(&found.resource_arn)
        );
        let mut recorded = None;
        each(&self.session, &sql, |row| {
            let resource = Recorded::of(row, self.run_id.run_date())?;
            if resource.created_at == found.created_at {
                recorded = Some(resource);
            }
            Ok(())
        })
        .await?;
        recorded.ok_or_else(|| RemediateError::NoSuchResource {
            arn: found.resource_arn.clone(),
            run_id: self.run_id.clone(),
        })
    }
}

fn is_named(checks: &[Pattern], found: &Found) -> bool {
    checks.is_empty() || checks.iter().any(|pattern| pattern.names_id(&found.check_id))
}

fn uid_of(row: Row<'_>) -> Result<String, QueryError> {
    let created = row.instant("resource_created_at");
    Ok(uid(row.known("account_id")?, row.known("region")?, row.known("resource_arn")?, created, row.known("check_id")?))
}

impl Found {
    /// Whether there is something to mend.
    pub fn fails(&self) -> bool {
        self.status == Status::Fail
    }

    /// A row; none of a status that this version does not know.
    fn of(row: Row<'_>) -> Result<Option<Self>, QueryError> {
        let text = |name| row.known(name).map(str::to_owned);
        let severity = row.known("severity")?;
        let severity = Severity::ALL.into_iter().find(|one| one.as_str() == severity);
        let Some((status, severity)) = Status::spelt(row.known("status")?).zip(severity) else { return Ok(None) };
        Ok(Some(Self {
            uid: uid_of(row)?,
            check_id: text("check_id")?,
            status,
            severity,
            reason_code: text("reason_code")?,
            reason: text("reason")?,
            account_id: text("account_id")?,
            region: text("region")?,
            resource_arn: text("resource_arn")?,
            created_at: row.instant("resource_created_at"),
        }))
    }
}

impl Recorded {
    fn of(row: Row<'_>, run_date: Date) -> Result<Self, QueryError> {
        let text = |name| row.known(name).map(str::to_owned);
        let optional = |name| row.text(name).map(str::to_owned);
        let kind = row.known("resource_type")?;
        let unknown =
            |what: &str| QueryError::Engine(format!("{what} is not known to this version; a newer one published it"));
        let resource_type = ResourceType::ALL.iter().find(|one| one.as_str() == kind).ok_or_else(|| unknown(kind))?;
        let facts = Facts::from_json(*resource_type, row.known("config_json")?);
        Ok(Self {
            account_id: text("account_id")?,
            account_name: text("account_name")?,
            region: text("region")?,
            partition: text("partition_name")?,
            run_date,
            resource_type: *resource_type,
            arn: text("resource_arn")?,
            name: text("resource_name")?,
            state: optional("state"),
            created_at: row.instant("created_at"),
            origin: optional("origin_kind").zip(optional("origin")),
            role_arn: optional("role_arn"),
            owner: optional("owner"),
            tags: row.map("tags"),
            facts: facts.map_err(|_other_form| unknown("the form of the facts"))?,
        })
    }
}
