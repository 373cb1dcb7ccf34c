//! From rows to a sorted run: what rows share is written once, and the columns are made in the order of the run.

use std::{collections::HashMap, ops::Range, path::Path, sync::Arc};

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_buffer::OffsetBuffer;
use foldhash::fast::RandomState;

use super::StagingError;
use crate::{
    coverage::Coverage,
    finding::{Finding, Reason, Status, Verdict},
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

/// A verdict without its evidence, and the exception that covers it: a check has few of these, since reasons name kinds of
/// things and keys, and no resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::lake) struct Ruling<'a> {
    check: &'static str,
    status: Status,
    reasons: &'a [Reason],
    exception: Option<&'a str>,
}

/// A row that can be staged: what it shares with other rows.
pub(in crate::lake) trait Staged: Placed {
    /// Whether the two are about the same resource of one reading.
    fn is_about_same(&self, _other: &Self) -> bool {
        false
    }

    /// What the columns of [`Of::Ruling`] depend on; none in tables without.
    fn ruling(&self) -> Option<Ruling<'_>> {
        None
    }
}

impl Staged for Finding {
    fn is_about_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.resource, &other.resource)
    }

    fn ruling(&self) -> Option<Ruling<'_>> {
        let Verdict { status, reasons, evidence: _ } = &self.verdict;
        let exception = self.exception.as_ref().map(|exception| exception.id.as_str());
        Some(Ruling { check: self.check.id, status: *status, reasons, exception })
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
    let (rulings, ruling_of) = rulings(layout, sections, rows, context)?;
    let order = order(layout, sections, &subjects, &places, &place_of, context)?;
    let ranks = Keys::named(&layout.key_of(Of::Ruling), &rulings).map_err(MergeError::from)?.ranks();
    let mut writer = RunWriter::create(path, layout, &places, &rulings)?;
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
                said.extend(subject.rows.clone());
                let said = said.get_mut(from..).unwrap_or_default();
                let rank = |row: &usize| {
                    let ruling = ruling_of.get(*row).and_then(|ruling| usize::try_from(*ruling).ok());
                    ruling.and_then(|ruling| ranks.get(ruling)).copied()
                };
                if !said.is_sorted_by_key(rank) {
                    said.sort_by_key(rank);
                }
            }
            let rulings = said.iter().filter_map(|row| ruling_of.get(*row)).copied();
            let rulings = UInt32Array::from_iter_values(rulings);
            let said = said.iter().filter_map(|row| rows.get(*row)).collect::<Vec<_>>();
            let rows = || said.iter().copied();
            let columns = verdict_columns.iter().map(|column| column.array(rows(), context));
            Some(Verdicts {
                offsets: OffsetBuffer::from_lengths(here().map(|subject| subject.rows.len())),
                rulings,
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

/// The rulings, and for each row the number of its own.
fn rulings<R: Staged>(
    layout: &Layout,
    sections: &[Section<R>],
    rows: &[R],
    context: &RunContext,
) -> Result<(RecordBatch, Vec<u32>), StagingError> {
    let mut known = HashMap::<_, _, RandomState>::default();
    let mut firsts = Vec::new();
    let ruling_of = rows.iter().filter_map(|row| {
        Some(*known.entry(row.ruling()?).or_insert_with(|| {
            firsts.push(row);
            number(firsts.len() - 1)
        }))
    });
    let ruling_of = ruling_of.collect();
    let columns = columns_of(sections, Of::Ruling).map(|column| column.array(firsts.iter().copied(), context));
    let columns = columns.collect::<Result<_, _>>()?;
    Ok((batch_of(layout.rulings(), columns, firsts.len()).map_err(MergeError::from)?, ruling_of))
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
