//! What the published tables say of a run: the only source of a digest, whichever process and version makes it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::NotifyError;
use crate::{
    finding::Severity,
    lake::{RunId, events::Event, runs::RunStatus, store::Store},
    query::{Session, limits::Limits, rows},
    session::Clock,
};

/// Rows of a list that are looked at; how many there are is counted.
pub(super) const MOST: usize = 100;

/// The row of a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct RunFigures {
    pub(super) run_id: RunId,
    pub(super) run_date: Date,
    pub(super) status: RunStatus,
    pub(super) published_at: Timestamp,
    pub(super) coverage_percent: Option<f64>,
}

/// Findings of a severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posture {
    /// The severity.
    pub severity: Severity,
    /// Those that fail, those with an exception among them.
    pub fail: u64,
    /// Of these, those that an exception covers.
    pub excepted: u64,
    /// Those whose evidence could not be read.
    pub unknown: u64,
}

/// What changed since the run before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Changes {
    pub(super) resolved: u64,
    pub(super) resource_deleted: u64,
}

/// What fails anew of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCheck {
    /// The check.
    pub check_id: String,
    /// Its severity.
    pub severity: Severity,
    /// Findings.
    pub findings: u64,
    /// Accounts that they are in.
    pub accounts: u64,
}

/// A finding that fails anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedFinding {
    /// The check.
    pub check_id: String,
    /// Its severity.
    pub severity: Severity,
    /// Whether it failed for the first time, again, or is not excepted any more.
    pub event: Event,
    /// Why.
    pub reason_code: String,
    /// The account.
    pub account_id: String,
    /// Its name.
    pub account_name: Option<String>,
    /// The region.
    pub region: String,
    /// The resource.
    pub resource_arn: String,
}

/// How many exceptions of the run there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Exceptions {
    pub(super) ended: u64,
    pub(super) ending: u64,
    pub(super) unused: u64,
}

/// An exception that ends soon, or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// The exception.
    pub exception_id: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why it was granted.
    pub reason: Option<String>,
    /// Its last day.
    pub expires_on: Date,
    /// Days from the run to it; below 0 when it is over.
    pub days_left: i64,
    /// Findings that it covers; 0 when it is over.
    pub findings: u64,
    /// Accounts that they are in.
    pub accounts: u64,
}

/// What the tables say of a run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figures {
    pub(super) run: RunFigures,
    pub(super) previous: Option<RunFigures>,
    pub(super) posture: Vec<Posture>,
    pub(super) new_failures: u64,
    pub(super) changes: Changes,
    pub(super) checks: Vec<FailedCheck>,
    pub(super) checks_in_all: u64,
    pub(super) findings: Vec<FailedFinding>,
    pub(super) expiring: Vec<Expiring>,
    pub(super) exceptions: Exceptions,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Number {
    number: u64,
}

/// The tables, asked about one run.
pub(super) struct Tables<'t> {
    session: Session,
    run_id: &'t RunId,
}

impl<'t> Tables<'t> {
    /// The tables of a lake, for a run.
    pub(super) fn of(store: &Store, run_id: &'t RunId, clock: Clock) -> Result<Self, NotifyError> {
        Ok(Self { session: Session::new(store.clone(), Limits::default(), clock)?, run_id })
    }

    /// Asks all that a digest needs.
    pub(super) async fn figures(&self, least: Severity, within_days: u16) -> Result<Figures, NotifyError> {
        let (of_run, failed, expiring) = (self.of_run(), self.failed(least), self.expiring(within_days));
        let (run, previous) = self.run().await?;
        let posture = format!(
            "SELECT severity, severity_id,
                coalesce(sum(findings) FILTER (WHERE status = 'FAIL'), 0) AS fail,
                coalesce(sum(excepted) FILTER (WHERE status = 'FAIL'), 0) AS excepted,
                coalesce(sum(findings) FILTER (WHERE status = 'UNKNOWN'), 0) AS unknown
             FROM posture_daily WHERE {of_run} GROUP BY severity, severity_id ORDER BY severity_id DESC"
        );
        let changes = format!(
            "SELECT count(*) FILTER (WHERE event = 'RESOLVED') AS resolved,
                count(*) FILTER (WHERE event = 'RESOURCE_DELETED') AS resource_deleted
             FROM finding_events WHERE {of_run}"
        );
        let checks = format!(
            "SELECT check_id, severity, severity_id, count(*) AS findings, count(DISTINCT account_id) AS accounts
             FROM ({failed}) AS f GROUP BY check_id, severity, severity_id"
        );
        let findings = format!(
            "SELECT * FROM ({failed}) AS f
             ORDER BY severity_id DESC, check_id, account_id, region, resource_arn LIMIT {MOST}"
        );
        let exceptions = format!(
            "SELECT count(*) FILTER (WHERE days_left < 0) AS ended,
                count(*) FILTER (WHERE days_left >= 0 AND days_left <= {within_days}) AS ending,
                count(*) FILTER (WHERE is_unused) AS unused
             FROM exceptions WHERE {of_run}"
        );
        let worst = format!("{checks} ORDER BY severity_id DESC, findings DESC, check_id LIMIT {MOST}");
        Ok(Figures {
            run,
            previous,
            posture: self.rows(&posture).await?,
            new_failures: self.count(&failed).await?,
            changes: self.rows(&changes).await?.into_iter().next().unwrap_or_default(),
            checks: self.rows(&worst).await?,
            checks_in_all: self.count(&checks).await?,
            findings: self.rows(&findings).await?,
            expiring: self.rows(&format!("{expiring} ORDER BY expires_on, exception_id LIMIT {MOST}")).await?,
            exceptions: self.rows(&exceptions).await?.into_iter().next().unwrap_or_default(),
        })
    }

    /// The run, and the last published one that started before it.
    async fn run(&self) -> Result<(RunFigures, Option<RunFigures>), NotifyError> {
        let run_id = self.run_id;
        let columns = "SELECT run_id, run_date, status, published_at, coverage_percent FROM runs";
        let ours = self.rows(&format!("{columns} WHERE run_id = '{run_id}'")).await?;
        let before = format!("{columns} WHERE run_id < '{run_id}' ORDER BY run_id DESC LIMIT 1");
        let ours = ours.into_iter().next().ok_or_else(|| NotifyError::NotPublished(run_id.clone()))?;
        Ok((ours, self.rows(&before).await?.into_iter().next()))
    }

    /// What holds of the rows of the run. An id holds nothing that SQL would obey.
    fn of_run(&self) -> String {
        let run_id = self.run_id;
        format!("run_date = '{}' AND run_id = '{run_id}'", run_id.run_date())
    }

    /// What fails anew, from a severity on, and no exception covers.
    fn failed(&self, least: Severity) -> String {
        let (of_run, least) = (self.of_run(), least.id());
        format!(
            "SELECT e.check_id, e.severity_id, e.severity, e.event, e.reason_code, e.account_id, e.account_name, e.region,
                e.resource_arn
             FROM (SELECT * FROM finding_events WHERE {of_run}) AS e
             LEFT JOIN (
                SELECT DISTINCT account_id, region, resource_arn, check_id
                FROM findings WHERE {of_run} AND exception_id IS NOT NULL
             ) AS x ON x.account_id = e.account_id AND x.region = e.region
                AND x.resource_arn = e.resource_arn AND x.check_id = e.check_id
             WHERE e.event IN ('NEW', 'REOPENED', 'UNEXCEPTED') AND e.status = 'FAIL' AND e.severity_id >= {least}
                AND x.check_id IS NULL"
        )
    }

    /// The exceptions that end within so many days of the run, and those that have ended: no finding names these any more.
    fn expiring(&self, within_days: u16) -> String {
        let of_run = self.of_run();
        format!(
            "SELECT e.exception_id, e.exception_owner AS owner, e.exception_reason AS reason,
                e.exception_expires_on AS expires_on, e.days_left, e.findings, coalesce(f.accounts, 0) AS accounts
             FROM (SELECT * FROM exceptions WHERE {of_run}) AS e
             LEFT JOIN (
                SELECT exception_id AS covered_by, count(DISTINCT account_id) AS accounts
                FROM findings WHERE {of_run} AND exception_id IS NOT NULL GROUP BY exception_id
             ) AS f ON f.covered_by = e.exception_id
             WHERE e.days_left <= {within_days}"
        )
    }

    async fn count(&self, sql: &str) -> Result<u64, NotifyError> {
        let rows = self.rows::<Number>(&format!("SELECT count(*) AS number FROM ({sql}) AS c")).await?;
        Ok(rows.first().map_or(0, |row| row.number))
    }

    /// The rows of an answer.
    async fn rows<T: DeserializeOwned>(&self, sql: &str) -> Result<Vec<T>, NotifyError> {
        Ok(rows::all(&self.session, sql).await?)
    }
}
