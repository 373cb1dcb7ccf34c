//! What a run found, counted while its rows pass by on their way into the published files.

use std::collections::BTreeMap;

use arrow_array::{Array as _, Int64Array, RecordBatch, StringArray};
use serde::{
    Deserialize,
    de::{Error as _, IntoDeserializer as _, value},
};

use super::{PublishError, history::judged::Judged};
use crate::{
    coverage::Outcome,
    finding::{Severity, Status},
    lake::{RunId, Table, events::Event},
    place::AccountId,
};

/// Counts of a run; everything the summary of a run needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Findings by what they have in common.
    pub findings: BTreeMap<Kind, u64>,
    /// Findings by the id of the exception that covers them.
    pub excepted: BTreeMap<String, u64>,
    /// FAIL by account, with the name of the account.
    pub failing: BTreeMap<AccountId, (String, u64)>,
    /// The run that its findings were held against; none for the first.
    pub since: Option<RunId>,
    /// What happened to findings since then.
    pub events: BTreeMap<Event, u64>,
    /// Cells by outcome.
    pub cells: BTreeMap<Outcome, u64>,
    /// Resources.
    pub resources: u64,
}

/// A share in percent; none of nothing, since never looked at is not zero.
pub fn share_in_percent(part: u64, whole: u64) -> Option<f64> {
    let exact = |count: u64| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
    (whole > 0).then(|| 100.0 * exact(part) / exact(whole))
}

/// What findings are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The check.
    pub check_id: String,
    /// Its severity.
    pub severity: Severity,
    /// What the evidence shows.
    pub status: Status,
    /// Whether an exception covers the finding.
    pub excepted: bool,
}

impl Tally {
    /// Findings of a status.
    pub fn with_status(&self, status: Status) -> u64 {
        self.findings.iter().filter(|(kind, _)| kind.status == status).map(|(_, count)| count).sum()
    }

    /// Findings of a status and a severity.
    pub fn with(&self, status: Status, severity: Severity) -> u64 {
        let wanted = |kind: &Kind| kind.status == status && kind.severity == severity;
        self.findings.iter().filter(|(kind, _)| wanted(kind)).map(|(_, count)| count).sum()
    }

    /// FAIL without an exception, at a severity or above.
    pub fn unexcepted_failures(&self, at_least: Severity) -> u64 {
        let wanted = |kind: &Kind| kind.status == Status::Fail && !kind.excepted && kind.severity >= at_least;
        self.findings.iter().filter(|(kind, _)| wanted(kind)).map(|(_, count)| count).sum()
    }

    /// For each check its findings by status.
    pub fn by_check(&self) -> BTreeMap<&str, BTreeMap<Status, u64>> {
        let mut checks = BTreeMap::<_, BTreeMap<_, _>>::new();
        for (kind, count) in &self.findings {
            *checks.entry(kind.check_id.as_str()).or_default().entry(kind.status).or_default() += count;
        }
        checks
    }

    /// The accounts with the most FAIL, at most `most` of them: id, name, count.
    pub fn worst_accounts(&self, most: usize) -> Vec<(AccountId, &str, u64)> {
        let accounts = self.failing.iter().map(|(id, (name, count))| (*id, name.as_str(), *count));
        let mut accounts = accounts.collect::<Vec<_>>();
        accounts.sort_by_key(|(id, _, count)| (std::cmp::Reverse(*count), *id));
        accounts.truncate(most);
        accounts
    }

    /// All cells.
    pub fn cells_total(&self) -> u64 {
        self.cells.values().sum()
    }

    /// Cells in which something could have been seen.
    pub fn cells_counted(&self) -> u64 {
        self.cells.iter().filter(|(outcome, _)| outcome.counts()).map(|(_, count)| count).sum()
    }

    /// Cells that were seen completely.
    pub fn cells_complete(&self) -> u64 {
        self.cells.get(&Outcome::Complete).copied().unwrap_or_default()
    }

    /// The share of complete cells in percent; none when no cell counts: never looked at is not zero.
    pub fn coverage_percent(&self) -> Option<f64> {
        share_in_percent(self.cells_complete(), self.cells_counted())
    }

    /// Counts the rows of a batch. Findings come as the rows of `posture_daily`, in which they are counted already.
    pub(super) fn add(&mut self, table: Table, batch: &RecordBatch) -> Result<(), PublishError> {
        match table {
            Table::PostureDaily => self.add_posture(batch),
            Table::Coverage => self.add_cells(batch),
            Table::Resources => {
                self.resources += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
                Ok(())
            }
            Table::Findings
            | Table::FindingEvents
            | Table::Checks
            | Table::CheckRequirements
            | Table::Exceptions
            | Table::Runs
            | Table::Standing => Ok(()),
        }
    }

    /// Counts findings under an exception, of which there are few.
    pub(super) fn add_excepted(&mut self, findings: &Judged) {
        for id in findings.exceptions() {
            match self.excepted.get_mut(id) {
                Some(count) => *count += 1,
                None => drop(self.excepted.insert(id.to_owned(), 1)),
            }
        }
    }

    fn add_posture(&mut self, batch: &RecordBatch) -> Result<(), PublishError> {
        let [checks, severities, statuses] = ["check_id", "severity", "status"].map(|name| column(batch, name));
        let [ids, names] = ["account_id", "account_name"].map(|name| column(batch, name));
        let [findings, excepted] = ["findings", "excepted"].map(|name| column(batch, name));
        let (checks, severities, statuses): (&StringArray, &StringArray, &StringArray) =
            (checks?, severities?, statuses?);
        let (ids, names): (&StringArray, &StringArray) = (ids?, names?);
        let (findings, excepted): (&Int64Array, &Int64Array) = (findings?, excepted?);
        let count = |counts: &Int64Array, row| u64::try_from(counts.value(row)).unwrap_or_default();
        for row in 0..batch.num_rows() {
            let (all, excepted) = (count(findings, row), count(excepted, row));
            let kind = Kind {
                check_id: checks.value(row).to_owned(),
                severity: spelled("severity", severities.value(row))?,
                status: spelled("status", statuses.value(row))?,
                excepted: false,
            };
            if kind.status == Status::Fail {
                let account = self.failing.entry(spelled("account_id", ids.value(row))?);
                account.or_insert_with(|| (names.value(row).to_owned(), 0)).1 += all;
            }
            for (excepted, count) in [(false, all.saturating_sub(excepted)), (true, excepted)] {
                if count > 0 {
                    *self.findings.entry(Kind { excepted, ..kind.clone() }).or_default() += count;
                }
            }
        }
        Ok(())
    }

    fn add_cells(&mut self, batch: &RecordBatch) -> Result<(), PublishError> {
        for outcome in column::<StringArray>(batch, "outcome")?.iter().flatten() {
            *self.cells.entry(spelled("outcome", outcome)?).or_default() += 1;
        }
        Ok(())
    }
}

fn column<'a, A: 'static>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a A, PublishError> {
    let array = batch.column_by_name(name).and_then(|array| array.as_any().downcast_ref());
    array.ok_or_else(|| {
        let source = value::Error::missing_field(name);
        PublishError::Misspelled { column: name, text: String::new(), source }
    })
}

/// The value that a table spells as `text`.
fn spelled<'a, T: Deserialize<'a>>(column: &'static str, text: &'a str) -> Result<T, PublishError> {
    T::deserialize(text.into_deserializer()).map_err(|source: value::Error| PublishError::Misspelled {
        column,
        text: text.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_tables_are_read_back_as_what_they_spell() {
        for status in Status::ALL {
            assert_eq!(spelled::<Status>("status", status.as_str()).unwrap(), status);
        }
        for outcome in [Outcome::DeniedByScp, Outcome::ServiceNotInRegion, Outcome::Complete] {
            assert_eq!(spelled::<Outcome>("outcome", outcome.as_str()).unwrap(), outcome);
        }
        assert_eq!(spelled::<Severity>("severity", "critical").unwrap(), Severity::Critical);
        assert!(spelled::<Severity>("severity", "dire").is_err());
        assert_eq!(spelled::<AccountId>("account_id", "012345678901").unwrap().as_str(), "012345678901");
    }

    #[test]
    fn never_looked_at_is_no_coverage_of_zero() {
        let mut tally = Tally { cells: BTreeMap::from([(Outcome::RegionDisabled, 3)]), ..Tally::default() };
        assert_eq!(tally.coverage_percent(), None);
        tally.cells.extend([(Outcome::Complete, 3), (Outcome::AccessDenied, 1)]);
        assert_eq!(tally.coverage_percent(), Some(75.0));
        assert_eq!((tally.cells_total(), tally.cells_counted(), tally.cells_complete()), (7, 4, 3));
    }
}
