//! The ledger: what the parts of a run amount to, told from their descriptions alone.
//!
//! A cell may have been read more than once: by an attempt that was killed, in a way that proved unfit, or again because
//! the first reading was refused. What counts is the last reading that ended and those that it counts on; units of other
//! readings leave no row. A slice has a reading of its own, which counts once the slice closes it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    part::Part,
    unit::{CellKey, ExtentRecord, Reading, Slice},
};
use crate::{coverage::Outcome, place::AccountId, scan::seen::Seen};

/// What is staged of the cells of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    ends: BTreeMap<CellKey, Ended>,
    slices: BTreeMap<CellKey, Vec<(Reading, Slice)>>,
    accounts: BTreeSet<AccountId>,
    /// Ends of which units are missing.
    lost: BTreeMap<CellKey, Ended>,
    /// The readings of the slices.
    closed: HashSet<Reading>,
}

/// The last end of a cell.
#[derive(Debug, Clone)]
pub struct Ended {
    /// How the cell was seen.
    pub outcome: Outcome,
    /// What its resources show of something else.
    pub seen: Seen,
    started_at: Timestamp,
    reading: Reading,
    adopted: Vec<Reading>,
    resources: u64,
}

impl Ledger {
    /// The ledger of parts, which are in the order of their numbers. A cell whose end counts more resources than its
    /// units hold, and an account that has more cells than have ended, have lost a part, and have not ended; a slice that
    /// counts more than the units of its reading hold was not read.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p Part> + Clone) -> Self {
        let mut ledger = Self::default();
        let mut held = HashMap::<_, u64>::new();
        for part in parts.clone() {
            for unit in &part.units {
                *held.entry(unit.reading).or_default() += unit.resources;
                match &unit.extent {
                    ExtentRecord::Piece => {}
                    ExtentRecord::Slice(slice) => {
                        ledger.slices.entry(unit.cell.clone()).or_default().push((unit.reading, slice.clone()));
                    }
                    ExtentRecord::End { outcome, started_at, adopted, resources, seen } => {
                        let (outcome, started_at, reading) = (*outcome, *started_at, unit.reading);
                        let (adopted, seen) = (adopted.clone(), seen.clone());
                        let ended = Ended { outcome, seen, started_at, reading, adopted, resources: *resources };
                        let last = ledger.ends.entry(unit.cell.clone()).or_insert_with(|| ended.clone());
                        if last.started_at <= started_at {
                            *last = ended;
                        }
                    }
                }
            }
        }
        let held = |reading: Reading| held.get(&reading).copied().unwrap_or_default();
        for slices in ledger.slices.values_mut() {
            slices.retain(|(reading, slice)| held(*reading) >= slice.listed);
            ledger.closed.extend(slices.iter().map(|(reading, _)| *reading));
        }
        ledger.slices.retain(|_, slices| !slices.is_empty());
        let (whole, lost) = std::mem::take(&mut ledger.ends).into_iter().partition(|(_, end): &(_, Ended)| {
            let adopted = end.adopted.iter().map(|reading| held(*reading)).sum::<u64>();
            held(end.reading) + adopted >= end.resources
        });
        (ledger.ends, ledger.lost) = (whole, lost);
        let mut cells = HashMap::<_, u64>::new();
        for cell in ledger.ends.keys() {
            *cells.entry(cell.account).or_default() += 1;
        }
        let ended = parts.into_iter().flat_map(|part| &part.ended);
        let ended = ended.filter(|(account, wanted)| cells.get(account).is_some_and(|there| there >= wanted));
        ledger.accounts = ended.map(|(account, _)| *account).collect();
        ledger
    }

    /// A cell of which a part was lost; none when all is there.
    pub fn lost(&self) -> Option<&CellKey> {
        self.lost.keys().next()
    }

    /// Whether nothing of the account needs to be asked again.
    pub fn account_ended(&self, account: AccountId) -> bool {
        self.accounts.contains(&account)
    }

    /// How a cell ended; none when it did not.
    pub fn ended(&self, cell: &CellKey) -> Option<&Ended> {
        self.ends.get(cell)
    }

    /// Cells that ended.
    pub fn ends(&self) -> impl Iterator<Item = (&CellKey, &Ended)> {
        self.ends.iter()
    }

    /// The cells of which slices are staged, and no end.
    pub fn open_cells(&self) -> impl Iterator<Item = (&CellKey, &[(Reading, Slice)])> {
        let open = |cell: &CellKey| !self.ends.contains_key(cell);
        self.slices.iter().filter(move |(cell, _)| open(cell)).map(|(cell, slices)| (cell, slices.as_slice()))
    }

    /// The slices of a cell of which nothing was lost, with their readings, in the order in which they were staged.
    pub fn slices(&self, cell: &CellKey) -> &[(Reading, Slice)] {
        self.slices.get(cell).map_or(&[], Vec::as_slice)
    }

    /// Which units of a part count.
    pub fn live(&self, part: &Part) -> Live {
        let live = part.units.iter().map(|unit| match self.ends.get(&unit.cell) {
            Some(end) => end.reading == unit.reading || end.adopted.contains(&unit.reading),
            // Without an end only what is complete in itself counts.
            None => self.closed.contains(&unit.reading),
        });
        let live = live.collect::<Vec<_>>();
        if live.iter().all(|live| *live) { Live::All } else { Live::Only(live.into()) }
    }
}

/// Which units of a part count, by their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Live {
    /// All of them.
    All,
    /// Those that are true here.
    Only(Arc<[bool]>),
}

impl Live {
    /// Whether a unit counts.
    pub fn counts(&self, unit: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(live) => live.get(unit).copied().unwrap_or(false),
        }
    }
}

/// Readings, each once.
pub fn readings<'a>(slices: impl Iterator<Item = &'a (Reading, Slice)>) -> Vec<Reading> {
    let mut seen = HashSet::new();
    slices.map(|(reading, _)| *reading).filter(|reading| seen.insert(*reading)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lake::{
            samples::{context, start},
            staging::unit::{Span, UnitRecord},
        },
        outcome::Refusals,
        resource::ResourceType,
    };

    fn cell(region: &str) -> CellKey {
        CellKey {
            account: "111122223333".parse().unwrap(),
            region: region.parse().unwrap(),
            resource_type: ResourceType::TrainingJob,
        }
    }

    fn slice(from: i64) -> ExtentRecord {
        let span = Span::Created { from, to: from + 10 };
        ExtentRecord::Slice(Slice {
            span,
            listed: 1,
            evaluated: 1,
            unknown: 0,
            refusals: Refusals::default(),
            seen: Seen::default(),
        })
    }

    fn end(outcome: Outcome, adopted: &[Reading]) -> ExtentRecord {
        ExtentRecord::End {
            outcome,
            started_at: start(),
            adopted: adopted.to_vec(),
            resources: 0,
            seen: Seen::default(),
        }
    }

    fn part(units: Vec<(CellKey, Reading, ExtentRecord)>) -> Part {
        let units = units
            .into_iter()
            .map(|(cell, reading, extent)| UnitRecord { cell, reading, resources: 1, findings: 4, extent })
            .collect();
        let (schema_version, run_id) = (crate::lake::SCHEMA_VERSION, context().run_id);
        Part { schema_version, run_id, shard: 1, number: 0, files: Vec::new(), units, ended: Vec::new() }
    }

    #[test]
    fn what_a_killed_attempt_read_leaves_no_row_and_slices_count_with_their_pieces_when_adopted() {
        let [open, sliced, refused, second] = std::array::from_fn(|_| Reading::new());
        let here = cell("eu-central-1");
        let killed = part(vec![
            (here.clone(), open, ExtentRecord::Piece),
            (here.clone(), sliced, ExtentRecord::Piece),
            (here.clone(), sliced, slice(0)),
            (here.clone(), refused, slice(10)),
        ]);
        let alone = Ledger::of(std::slice::from_ref(&killed));
        assert_eq!(alone.live(&killed), Live::Only([false, true, true, true].into()));
        assert_eq!(alone.open_cells().count(), 1);
        let resumed =
            part(vec![(here.clone(), second, ExtentRecord::Piece), (here, second, end(Outcome::Complete, &[sliced]))]);
        let ledger = Ledger::of(&[killed.clone(), resumed.clone()]);
        assert_eq!(ledger.live(&killed), Live::Only([false, true, true, false].into()));
        assert_eq!(ledger.live(&resumed), Live::All);
        assert_eq!(ledger.open_cells().count(), 0);
    }

    #[test]
    fn a_slice_of_which_pieces_were_lost_was_not_read() {
        let (here, reading) = (cell("eu-central-1"), Reading::new());
        let pieces = part(vec![(here.clone(), reading, ExtentRecord::Piece)]);
        let ExtentRecord::Slice(mut closing) = slice(0) else { unreachable!() };
        closing.listed = 2;
        let closing = part(vec![(here.clone(), reading, ExtentRecord::Slice(closing))]);
        assert_eq!(Ledger::of(&[pieces, closing.clone()]).slices(&here).len(), 1);
        let ledger = Ledger::of(std::slice::from_ref(&closing));
        assert!(ledger.slices(&here).is_empty() && ledger.open_cells().count() == 0);
        assert_eq!(ledger.live(&closing), Live::Only([false].into()));
    }

    #[test]
    fn a_cell_or_an_account_of_which_a_part_was_lost_has_not_ended() {
        let (first, second) = (Reading::new(), Reading::new());
        let here = cell("eu-central-1");
        let slices = part(vec![(here.clone(), first, slice(0)), (here.clone(), first, slice(10))]);
        let outcome = Outcome::Complete;
        let end = ExtentRecord::End {
            outcome,
            started_at: start(),
            adopted: vec![first],
            resources: 4,
            seen: Seen::default(),
        };
        // Each unit here holds one resource, the end as well.
        let pieces =
            part(vec![(here.clone(), second, ExtentRecord::Piece), (here.clone(), second, ExtentRecord::Piece)]);
        let mut last = part(vec![(here.clone(), second, end)]);
        last.ended.push((here.account, 1));
        let all = Ledger::of(&[slices.clone(), pieces.clone(), last.clone()]);
        assert!(all.lost().is_none() && all.ended(&here).is_some() && all.account_ended(here.account));
        for parts in [[slices, last.clone()], [pieces, last]] {
            let ledger = Ledger::of(&parts);
            assert_eq!(ledger.lost(), Some(&here));
            assert!(ledger.ended(&here).is_none() && !ledger.account_ended(here.account));
        }
    }

    #[test]
    fn the_last_end_of_a_cell_decides() {
        let (first, second) = (Reading::new(), Reading::new());
        let one = part(vec![(cell("eu-central-1"), first, end(Outcome::Throttled, &[]))]);
        let two = part(vec![(cell("eu-central-1"), second, end(Outcome::Complete, &[]))]);
        let ledger = Ledger::of(&[one.clone(), two.clone()]);
        assert_eq!(ledger.ended(&cell("eu-central-1")).unwrap().outcome, Outcome::Complete);
        assert_eq!((ledger.live(&one), ledger.live(&two)), (Live::Only([false].into()), Live::All));
        assert!(ledger.ended(&cell("us-east-1")).is_none());
    }
}
