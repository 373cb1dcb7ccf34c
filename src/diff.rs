//! What changed between two runs, finding by finding, and what cannot be compared because one of them did not see it.
//!
//! Both runs are read in the order of their tables and walked side by side, so that nothing of them has to be held. A
//! finding that only one of them has is judged by what the other one saw there: where its cell is COMPLETE, the
//! resource was not there; else nothing can be said.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use serde::Serialize;
use thiserror::Error;

mod cells;
mod json;
mod judged;
#[cfg(test)]
mod tests;
mod text;

pub use json::Json;
pub use judged::{Identity, Ruling};
pub use text::Text;

use cells::Cells;
use judged::{Judged, Resources};

use crate::{
    check::selection::Pattern,
    coverage::Outcome,
    finding::{Severity, Status},
    lake::{
        Table,
        published::{Fetched, PublishedRun},
        read::{ReadError, View},
        store::Store,
    },
    place::AccountId,
};

/// What became of a finding, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// It fails, and did not.
    NewFail,
    /// Only one of the runs has it, and the other one did not see enough to say why.
    NotComparable,
    /// Its status is another one, in any other way.
    Changed,
    /// Its resource is there no more.
    Gone,
    /// Its resource was not there before; it does not fail.
    Appeared,
    /// It failed, and passes or cannot apply any more.
    Resolved,
}

impl Kind {
    /// Every kind, the worst first.
    pub const ALL: [Self; 6] =
        [Self::NewFail, Self::NotComparable, Self::Changed, Self::Gone, Self::Appeared, Self::Resolved];

    /// The kind for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NewFail => "new FAIL",
            Self::NotComparable => "not comparable",
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Appeared => "appeared",
            Self::Resolved => "resolved",
        }
    }
}

/// One of the two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first one.
    Before,
    /// The second one.
    After,
}

/// Why a finding of one run cannot be compared with the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "why", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Gap {
    /// The other one did not see the place and type of its resource completely.
    CellNotComplete {
        /// The other one.
        missing_in: Side,
        /// How the look there ended; none when the place was not in scope.
        outcome: Option<String>,
    },
    /// The other one saw the resource and did not put the check to it.
    CheckNotPut {
        /// The other one.
        missing_in: Side,
    },
}

/// What became of one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub kind: Kind,
    /// Why it cannot be compared; only for what cannot.
    pub gap: Option<Gap>,
    /// Its resource.
    pub resource: Arc<Identity>,
    /// What the first run says.
    pub before: Option<Ruling>,
    /// What the second run says.
    pub after: Option<Ruling>,
}

impl Change {
    /// The ruling of the later run that has one.
    fn latest(&self) -> Option<&Ruling> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The check.
    pub fn check_id(&self) -> &str {
        self.latest().map_or("", |ruling| &ruling.check_id)
    }

    /// How bad a FAIL of it is.
    pub fn severity(&self) -> Severity {
        self.latest().map_or(Severity::Informational, |ruling| ruling.severity)
    }
}

/// The worst first: by kind, then by severity, then in the order of the table.
impl Ord for Change {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |change: &Self| (change.kind, std::cmp::Reverse(change.severity()));
        rank(self)
            .cmp(&rank(other))
            .then_with(|| self.resource.cmp(&other.resource))
            .then_with(|| self.check_id().cmp(other.check_id()))
    }
}

impl PartialOrd for Change {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Which findings are compared.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Those of these accounts; of all when there is none.
    pub accounts: Vec<AccountId>,
    /// Those of checks that one of these names; of all when there is none.
    pub checks: Vec<Pattern>,
    /// Those of this severity or a higher one.
    pub least: Severity,
}

impl Filter {
    fn wants(&self, change: &Change) -> bool {
        let account = change.resource.account_id.as_str();
        change.severity() >= self.least
            && (self.accounts.is_empty() || self.accounts.iter().any(|one| one.as_str() == account))
            && (self.checks.is_empty() || self.checks.iter().any(|pattern| pattern.names_id(change.check_id())))
    }
}

/// How many findings became what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Those that are not as they were, by what became of them and severity.
    pub changes: BTreeMap<(Kind, Severity), u64>,
    /// Those whose status is the same.
    pub unchanged: u64,
}

/// Why two runs cannot be compared.
#[derive(Debug, Error)]
pub enum DiffError {
    /// What was published cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was found cannot be written.
    #[error("cannot write the output")]
    Output(#[from] std::io::Error),
}

/// One of the two runs on this machine.
#[derive(Debug)]
pub struct Tables {
    findings: Fetched,
    coverage: Fetched,
}

impl Tables {
    /// Fetches what is compared of a run.
    pub async fn fetch(run: &PublishedRun, store: &Store) -> Result<Self, ReadError> {
        let findings = run.fetch(store, Table::Findings).await?;
        Ok(Self { findings, coverage: run.fetch(store, Table::Coverage).await? })
    }

    /// Whether an account was in the scope of the run.
    pub fn has(&self, account: &AccountId) -> Result<bool, ReadError> {
        for batch in self.coverage.batches(&["account_id"]) {
            let batch = batch?;
            let accounts = View { table: Table::Coverage, batch: &batch }.texts("account_id")?;
            if accounts.iter().flatten().any(|one| one == account.as_str()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn resources(&self) -> impl Iterator<Item = Result<Judged, ReadError>> {
        Resources::of(self.findings.batches(judged::COLUMNS))
    }

    fn cells(&self) -> Cells<'_> {
        Cells::of(self.coverage.batches(cells::COLUMNS))
    }
}

/// Compares two runs, and gives each change to `tell` in the order of the tables.
pub fn compare(
    before: &Tables,
    after: &Tables,
    filter: &Filter,
    tell: impl FnMut(Change) -> Result<(), DiffError>,
) -> Result<Summary, DiffError> {
    walk((before.resources(), before.cells()), (after.resources(), after.cells()), filter, tell)
}

fn walk(
    (earlier, mut cells_before): (impl Iterator<Item = Result<Judged, ReadError>>, Cells<'_>),
    (later, mut cells_after): (impl Iterator<Item = Result<Judged, ReadError>>, Cells<'_>),
    filter: &Filter,
    mut tell: impl FnMut(Change) -> Result<(), DiffError>,
) -> Result<Summary, DiffError> {
    let (mut earlier, mut later) = (earlier.peekable(), later.peekable());
    let mut summary = Summary::default();
    loop {
        let order = match (earlier.peek(), later.peek()) {
            (None, None) => return Ok(summary),
            (Some(Ok(earlier)), Some(Ok(later))) => earlier.identity.order(&later.identity),
            // What cannot be read is taken, and ends the walk.
            (Some(_), None) | (Some(Err(_)), Some(_)) => Ordering::Less,
            (None, Some(_)) | (Some(Ok(_)), Some(Err(_))) => Ordering::Greater,
        };
        let was = if order.is_le() { earlier.next().transpose()? } else { None };
        let is = if order.is_ge() { later.next().transpose()? } else { None };
        let changes = match (was, is) {
            (Some(was), Some(is)) => in_both(was, is),
            (Some(was), None) => {
                let seen = Seen::of(cells_after.outcome(&was.identity)?, Side::After);
                in_one(was, &seen, Side::Before)
            }
            (None, Some(is)) => {
                let seen = Seen::of(cells_before.outcome(&is.identity)?, Side::Before);
                in_one(is, &seen, Side::After)
            }
            (None, None) => Vec::new(),
        };
        for change in changes.into_iter().filter(|change| filter.wants(change)) {
            if is_unchanged(&change) {
                summary.unchanged += 1;
            } else {
                *summary.changes.entry((change.kind, change.severity())).or_default() += 1;
                tell(change)?;
            }
        }
    }
}

/// What a run saw of a place and type in which it has nothing of a resource.
enum Seen {
    /// All of it: the resource is not there.
    Whole,
    /// Not all of it.
    Not(Gap),
}

impl Seen {
    fn of(outcome: Option<&str>, side: Side) -> Self {
        match outcome {
            Some(outcome) if outcome == Outcome::Complete.as_str() => Self::Whole,
            other => Self::Not(Gap::CellNotComplete { missing_in: side, outcome: other.map(ToOwned::to_owned) }),
        }
    }
}

/// The findings of a resource that only the run of this side has.
fn in_one(judged: Judged, seen: &Seen, side: Side) -> Vec<Change> {
    let resource = Arc::new(judged.identity);
    let change = |ruling: Ruling| {
        let (kind, gap) = match (seen, side) {
            (Seen::Not(gap), _) => (Kind::NotComparable, Some(gap.clone())),
            (Seen::Whole, Side::Before) => (Kind::Gone, None),
            (Seen::Whole, Side::After) if ruling.status == Status::Fail => (Kind::NewFail, None),
            (Seen::Whole, Side::After) => (Kind::Appeared, None),
        };
        let (before, after) = match side {
            Side::Before => (Some(ruling), None),
            Side::After => (None, Some(ruling)),
        };
        Change { kind, gap, resource: Arc::clone(&resource), before, after }
    };
    judged.rulings.into_iter().map(change).collect()
}

/// The findings of a resource that both runs have, the unchanged among them.
fn in_both(was: Judged, is: Judged) -> Vec<Change> {
    // The one with a time of creation, if there is one.
    let resource = Arc::new(was.identity.max(is.identity));
    let mut rulings = BTreeMap::<String, (Option<Ruling>, Option<Ruling>)>::new();
    for ruling in was.rulings {
        let check_id = ruling.check_id.clone();
        rulings.entry(check_id).or_default().0 = Some(ruling);
    }
    for ruling in is.rulings {
        let check_id = ruling.check_id.clone();
        rulings.entry(check_id).or_default().1 = Some(ruling);
    }
    let change = |(before, after): (Option<Ruling>, Option<Ruling>)| {
        let (kind, gap) = match (&before, &after) {
            (Some(before), Some(after)) => (between(before, after), None),
            (None, _) => (Kind::NotComparable, Some(Gap::CheckNotPut { missing_in: Side::Before })),
            (Some(_), None) => (Kind::NotComparable, Some(Gap::CheckNotPut { missing_in: Side::After })),
        };
        Change { kind, gap, resource: Arc::clone(&resource), before, after }
    };
    rulings.into_values().map(change).collect()
}

/// What a status became. UNKNOWN begins and ends nothing.
fn between(before: &Ruling, after: &Ruling) -> Kind {
    match (before.is_open, after.status) {
        (false, Status::Fail) => Kind::NewFail,
        (true, Status::Pass | Status::NotApplicable) => Kind::Resolved,
        (true, Status::Fail | Status::Unknown) | (false, Status::Pass | Status::Unknown | Status::NotApplicable) => {
            Kind::Changed
        }
    }
}

fn is_unchanged(change: &Change) -> bool {
    matches!((&change.before, &change.after), (Some(before), Some(after)) if before.status == after.status)
}
