//! From rows to a sorted run: what rows share is written once, and the columns are made in the order of the run.

use std::{collections::HashMap, ops::Range, path::Path, sync::Arc};

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_buffer::OffsetBuffer;

use super::StagingError;
use crate::{
    check::Check,
    coverage::Coverage,
    finding::Finding,
    lake::{
        RunContext,
        hash::Digest,
        layout::{Layout, Of, Section, Subjects, Verdicts, batch_of, columns_of},
        merge::{MergeError, RUN_BATCH_SUBJECTS, RunWriter},
        order::Keys,
        placed::Placed,
        resources::Located,
    },
};

/// A row that can be staged: what it shares with other rows.
pub(in crate::lake) trait Staged: Placed {
    /// Whether the two are about the same resource of one reading.
    fn is_about_same(&self, _other: &Self) -> bool {
        false
    }

    /// The check whose verdict the row is; none in tables without.
    fn check(&self) -> Option<&'static Check> {
        None
    }
}

impl Staged for Finding {
    fn is_about_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.resource, &other.resource)
    }

    fn check(&self) -> Option<&'static Check> {
        Some(self.check)
    }
}

impl Staged for Located {}

impl Staged for Coverage {}

/// Writes rows as a sorted run; `units` says of each to which unit of its part it belongs.
pub(in crate::lake) fn write_run<R: Staged>(
    path: &Path,
    layout: &Layout,
    sections: &[Section<R>],
    rows: &[R],
    units: &[u32],
    context: &RunContext,
) -> Result<Digest, StagingError> {
    let subjects = subjects(rows, units);
    let (places, place_of) = places(layout, sections, &subjects, context)?;
    let (checks, check_of) = checks(layout, sections, rows, context)?;
    let order = order(layout, sections, &subjects, &places, &place_of, context)?;
    let check_ranks = Keys::named(&layout.key_of(Of::Check), &checks).map_err(MergeError::from)?.ranks();
    let mut writer = RunWriter::create(path, layout, &places, &checks)?;
    let columns = columns_of(sections, Of::Subject).collect::<Vec<_>>();
    let verdict_columns = columns_of(sections, Of::Verdict).collect::<Vec<_>>();
    for chunk in order.chunks(RUN_BATCH_SUBJECTS) {
        let here = || chunk.iter().filter_map(|number| subjects.get(*number));
        let firsts = here().map(|subject| subject.first).collect::<Vec<_>>();
        let firsts = || firsts.iter().copied();
        let columns = columns.iter().map(|column| column.array(firsts(), context)).collect::<Result<_, _>>()?;
        let place = chunk.iter().filter_map(|number| place_of.get(*number)).copied();
        let verdicts = if verdict_columns.is_empty() {
            None
        } else {
            let mut said = Vec::with_capacity(chunk.len() * 8);
            for subject in here() {
                let from = said.len();
                said.extend(rows.get(subject.rows.clone()).unwrap_or_default().iter());
                let said = said.get_mut(from..).unwrap_or_default();
                let rank = |row: &&R| number_of(&check_of, *row).and_then(|number| check_ranks.get(number)).copied();
                if !said.is_sorted_by_key(rank) {
                    said.sort_by_key(rank);
                }
            }
            let numbers = said.iter().map(|row| number_of(&check_of, *row).map_or(u32::MAX, number));
            let rows = || said.iter().copied();
            let columns = verdict_columns.iter().map(|column| column.array(rows(), context));
            Some(Verdicts {
                offsets: OffsetBuffer::from_lengths(here().map(|subject| subject.rows.len())),
                checks: UInt32Array::from_iter_values(numbers),
                columns: columns.collect::<Result<_, _>>()?,
            })
        };
        let subjects = Subjects { places: UInt32Array::from_iter_values(place), columns, verdicts };
        let units = UInt32Array::from_iter_values(here().map(|subject| subject.unit));
        writer.write(&layout.join(subjects, units).map_err(MergeError::from)?)?;
    }
    Ok(writer.finish()?)
}

/// Rows that follow each other and are about the same.
struct Subject<'a, R> {
    first: &'a R,
    rows: Range<usize>,
    unit: u32,
}

fn subjects<'a, R: Staged>(rows: &'a [R], units: &[u32]) -> Vec<Subject<'a, R>> {
    let mut subjects = Vec::<Subject<'a, R>>::new();
    for (number, (row, unit)) in rows.iter().zip(units).enumerate() {
        match subjects.last_mut().filter(|last| last.unit == *unit && row.is_about_same(last.first)) {
            Some(last) => last.rows.end = number + 1,
            None => subjects.push(Subject { first: row, rows: number..number + 1, unit: *unit }),
        }
    }
    subjects
}

/// The places, and for each subject the number of its own.
fn places<R: Staged>(
    layout: &Layout,
    sections: &[Section<R>],
    subjects: &[Subject<'_, R>],
    context: &RunContext,
) -> Result<(RecordBatch, Vec<u32>), StagingError> {
    if layout.places().fields().is_empty() {
        let batch = batch_of(layout.places(), Vec::new(), 1).map_err(MergeError::from)?;
        return Ok((batch, vec![0; subjects.len()]));
    }
    let mut known = HashMap::new();
    let mut firsts = Vec::new();
    let mut last = None;
    let place_of = subjects.iter().map(|subject| {
        let key = (std::ptr::from_ref(subject.first.target()), subject.first.resource_type());
        // Subjects come by units, and a unit has one place.
        if let Some((_, number)) = last.filter(|(last, _)| *last == key) {
            return number;
        }
        let number = *known.entry(key).or_insert_with(|| {
            firsts.push(subject.first);
            number(firsts.len() - 1)
        });
        last = Some((key, number));
        number
    });
    let place_of = place_of.collect::<Vec<_>>();
    let columns = columns_of(sections, Of::Place).map(|column| column.array(firsts.iter().copied(), context));
    let columns = columns.collect::<Result<_, _>>()?;
    let batch = batch_of(layout.places(), columns, firsts.len()).map_err(MergeError::from)?;
    Ok((batch, place_of))
}

/// The checks of the rows, and the number of each.
fn checks<R: Staged>(
    layout: &Layout,
    sections: &[Section<R>],
    rows: &[R],
    context: &RunContext,
) -> Result<(RecordBatch, Vec<&'static Check>), StagingError> {
    let mut known = Vec::new();
    let mut firsts = Vec::new();
    for row in rows {
        if let Some(check) = row.check().filter(|_| number_of(&known, row).is_none()) {
            known.push(check);
            firsts.push(row);
        }
    }
    let columns = columns_of(sections, Of::Check).map(|column| column.array(firsts.iter().copied(), context));
    let columns = columns.collect::<Result<_, _>>()?;
    Ok((batch_of(layout.checks(), columns, firsts.len()).map_err(MergeError::from)?, known))
}

fn number_of<R: Staged>(checks: &[&'static Check], row: &R) -> Option<usize> {
    row.check().and_then(|check| checks.iter().position(|known| std::ptr::eq(*known, check)))
}

/// The numbers of the subjects in the order of the table.
fn order<R: Staged>(
    layout: &Layout,
    sections: &[Section<R>],
    subjects: &[Subject<'_, R>],
    places: &RecordBatch,
    place_of: &[u32],
    context: &RunContext,
) -> Result<Vec<usize>, StagingError> {
    let ranks = Keys::named(&layout.key_of(Of::Place), places).map_err(MergeError::from)?.ranks();
    let rank = |place: &u32| usize::try_from(*place).ok().and_then(|place| ranks.get(place)).copied();
    let ranks: ArrayRef = Arc::new(place_of.iter().map(rank).collect::<UInt32Array>());
    let array = |name: &str| {
        let column = columns_of(sections, Of::Subject).find(|column| column.name == name);
        column.map(|column| column.array(subjects.iter().map(|subject| subject.first), context))
    };
    let key = layout.key_of(Of::Subject).into_iter().filter_map(array);
    let key = [Ok(ranks)].into_iter().chain(key).collect::<Result<Vec<_>, _>>()?;
    let observed = array(layout.order.observed()).transpose()?;
    let keys = Keys::new(&key, observed.as_ref(), subjects.len()).map_err(MergeError::from)?;
    Ok(keys.sorted())
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
