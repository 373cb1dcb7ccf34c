//! Puts the picked subjects together, and spreads what is written once over the rows that share it.

use std::{rc::Rc, sync::Arc};

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_buffer::OffsetBuffer;
use arrow_schema::ArrowError;
use arrow_select::{interleave::interleave, take::take};

use super::{Loaded, Shared, rank};
use crate::lake::layout::{Layout, Of, Subjects, Verdicts};

/// The subjects of the next output batch, by the batches in which they stand.
#[derive(Debug, Default)]
pub(super) struct Picked {
    held: Vec<Rc<Loaded>>,
    subjects: Vec<(usize, usize)>,
    /// For each subject how many of the verdicts are its own.
    lengths: Vec<usize>,
    verdicts: Vec<(usize, usize)>,
    rows: usize,
}

/// A verdict of one of the readings of a subject.
#[derive(Debug, Clone, Copy)]
struct Said {
    rank: u32,
    reading: usize,
    verdict: usize,
}

impl Picked {
    /// Rows of the output.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds one subject, whose readings stand the latest first, and forgets them; the rows that are left out because
    /// a later reading has them too.
    pub(super) fn add(&mut self, readings: &mut Vec<(Rc<Loaded>, usize)>, rulings: &Shared) -> u64 {
        let said = readings.iter().enumerate().flat_map(|(reading, (loaded, row))| {
            let ranked = move |verdict| Said { rank: ruling_rank(loaded, verdict, rulings), reading, verdict };
            verdicts(loaded, *row).map(ranked)
        });
        let mut left_out = 0;
        match readings.as_slice() {
            [] => {}
            [(loaded, row), others @ ..] if loaded.subjects.verdicts.is_none() => {
                let slot = self.slot(loaded);
                self.subjects.push((slot, *row));
                self.rows += 1;
                left_out = others.len();
            }
            [(loaded, row)] if said.clone().is_sorted_by(|one, two| one.rank < two.rank) => {
                let verdicts = verdicts(loaded, *row);
                let slot = self.slot(loaded);
                self.subject(slot, *row, verdicts.len());
                self.verdicts.extend(verdicts.map(|verdict| (slot, verdict)));
            }
            _ => {
                let mut said = said.collect::<Vec<_>>();
                let all = said.len();
                // Stable, and the latest reading stands first.
                said.sort_by_key(|said| said.rank);
                said.dedup_by_key(|said| said.rank);
                left_out = all - said.len();
                for same in said.chunk_by(|one, two| one.reading == two.reading) {
                    let reading = same.first().and_then(|said| readings.get(said.reading));
                    let Some((loaded, row)) = reading else { continue };
                    let slot = self.slot(loaded);
                    self.subject(slot, *row, same.len());
                    self.verdicts.extend(same.iter().map(|said| (slot, said.verdict)));
                }
            }
        }
        readings.clear();
        u64::try_from(left_out).unwrap_or(u64::MAX)
    }

    fn subject(&mut self, slot: usize, row: usize, verdicts: usize) {
        // One without a verdict has no row.
        if verdicts > 0 {
            self.subjects.push((slot, row));
            self.lengths.push(verdicts);
            self.rows += verdicts;
        }
    }

    fn slot(&mut self, loaded: &Rc<Loaded>) -> usize {
        loaded.slot.get().unwrap_or_else(|| {
            let slot = self.held.len();
            loaded.slot.set(Some(slot));
            self.held.push(Rc::clone(loaded));
            slot
        })
    }

    /// The subjects, put together; nothing is picked then.
    pub(super) fn take(&mut self) -> Result<Subjects, ArrowError> {
        let Self { held, subjects, lengths, verdicts, rows: _ } = std::mem::take(self);
        for loaded in &held {
            loaded.slot.set(None);
        }
        let places = numbers(&held, &subjects, |loaded| Some(&loaded.subjects.places))?;
        let columns = gathered(&held, &subjects, |loaded| Some(&loaded.subjects.columns))?;
        let verdicts = if lengths.is_empty() {
            None
        } else {
            let rulings = numbers(&held, &verdicts, |loaded| Some(&loaded.subjects.verdicts.as_ref()?.rulings))?;
            let columns = gathered(&held, &verdicts, |loaded| Some(&loaded.subjects.verdicts.as_ref()?.columns))?;
            Some(Verdicts { offsets: OffsetBuffer::from_lengths(lengths), rulings, columns })
        };
        Ok(Subjects { places, columns, verdicts })
    }
}

fn gathered(
    held: &[Rc<Loaded>],
    picks: &[(usize, usize)],
    of: impl Fn(&Loaded) -> Option<&Vec<ArrayRef>>,
) -> Result<Vec<ArrayRef>, ArrowError> {
    let batches = held.iter().filter_map(|loaded| of(loaded)).collect::<Vec<_>>();
    let count = batches.first().map_or(0, |columns| columns.len());
    let column = |number: usize| {
        let arrays = batches.iter().filter_map(|columns| columns.get(number)).map(|array| &**array);
        interleave(&arrays.collect::<Vec<_>>(), picks)
    };
    (0..count).map(column).collect()
}

fn numbers(
    held: &[Rc<Loaded>],
    picks: &[(usize, usize)],
    of: impl Fn(&Loaded) -> Option<&UInt32Array>,
) -> Result<UInt32Array, ArrowError> {
    let arrays = held.iter().filter_map(|loaded| of(loaded)).collect::<Vec<_>>();
    let number = |(slot, row): &(usize, usize)| arrays.get(*slot)?.values().get(*row).copied();
    let numbers = picks.iter().map(number).collect::<Option<Vec<_>>>();
    let missing = || ArrowError::SchemaError("a staged row stands outside of its batch".to_owned());
    Ok(UInt32Array::from(numbers.ok_or_else(missing)?))
}

/// The verdicts of a subject, by number.
fn verdicts(loaded: &Loaded, row: usize) -> std::ops::Range<usize> {
    let offset = |row: usize| {
        let offsets = loaded.subjects.verdicts.as_ref().map(|verdicts| &verdicts.offsets);
        offsets
            .and_then(|offsets| offsets.get(row))
            .and_then(|offset| usize::try_from(*offset).ok())
            .unwrap_or_default()
    };
    offset(row)..offset(row + 1)
}

fn ruling_rank(loaded: &Loaded, verdict: usize, rulings: &Shared) -> u32 {
    let numbers = loaded.subjects.verdicts.as_ref().map(|verdicts| verdicts.rulings.values());
    let number = numbers.and_then(|numbers| numbers.get(verdict)).copied();
    number.and_then(|number| rank(rulings, number)).unwrap_or(u32::MAX)
}

/// The rows of the table: each with all that it shares with others.
pub(super) fn expand(
    layout: &Layout,
    subjects: Subjects,
    places: &RecordBatch,
    rulings: &RecordBatch,
) -> Result<RecordBatch, ArrowError> {
    let Subjects { places: place_of, columns, verdicts } = subjects;
    let spread = verdicts.as_ref().map(|verdicts| spread(&verdicts.offsets));
    let over = |column: &ArrayRef| match &spread {
        Some(spread) => take(column, spread, None),
        None => Ok(ArrayRef::clone(column)),
    };
    let place_of: ArrayRef = Arc::new(place_of);
    let place_of = over(&place_of)?;
    let missing = || ArrowError::SchemaError("a staged batch lacks a column".to_owned());
    let column = |(of, number): &(Of, usize)| match of {
        Of::Place => take(places.columns().get(*number).ok_or_else(missing)?, &place_of, None),
        Of::Subject => over(columns.get(*number).ok_or_else(missing)?),
        Of::Ruling => {
            let verdicts = verdicts.as_ref().ok_or_else(missing)?;
            take(rulings.columns().get(*number).ok_or_else(missing)?, &verdicts.rulings, None)
        }
        Of::Verdict => {
            let columns = verdicts.as_ref().map(|verdicts| &verdicts.columns);
            columns.and_then(|columns| columns.get(*number)).cloned().ok_or_else(missing)
        }
    };
    let arrays = layout.levels().iter().map(column).collect::<Result<_, _>>()?;
    RecordBatch::try_new(Arc::clone(layout.table()), arrays)
}

/// For each verdict the number of its subject.
fn spread(offsets: &OffsetBuffer<i32>) -> UInt32Array {
    let subjects = (0_u32..).zip(offsets.lengths());
    UInt32Array::from_iter_values(subjects.flat_map(|(subject, length)| std::iter::repeat_n(subject, length)))
}
