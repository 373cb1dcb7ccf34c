//! The history: tonight's findings, while they are merged, side by side with what stands from the run before. What changed
//! becomes rows of `finding_events`, and what the next run has to know a file of its own.
//!
//! Both come in the same order, and so does the coverage, so that nothing of a night has to be held.

use std::{cmp::Ordering, collections::BTreeMap, ops::Range, path::PathBuf, sync::Arc};

use arrow_array::{ArrayRef, RecordBatch, TimestampMillisecondArray};
use arrow_schema::ArrowError;
use jiff::Timestamp;

pub(super) mod base;
mod batches;
mod cells;
pub(super) mod judged;
pub(super) mod pending;
mod step;
mod stood;
#[cfg(test)]
mod tests;

use cells::Cells;
use judged::Judged;
use pending::{Pending, Pick};
use step::{Happened, Tonight, step};
use stood::Stood;

use super::{
    PublishError,
    files::{Files, LocalFile},
};
use crate::{
    finding::Status,
    lake::{
        RunContext,
        events::{self, Change, Event, Previous},
        standing::{self, Kept, Streak},
    },
};

/// What tonight is held against.
#[derive(Debug)]
pub(super) struct Before {
    /// What stands from the run before; none for the first.
    pub(super) stood: Option<PathBuf>,
    /// The files of tonight's coverage.
    pub(super) coverage: Vec<PathBuf>,
    /// When tonight began.
    pub(super) now: Timestamp,
}

/// The two of them side by side.
#[derive(Debug)]
pub(super) struct History<'a> {
    stood: Stood,
    cells: Cells,
    events: Pending<'a, Change>,
    standing: Pending<'a, Kept>,
    happened: BTreeMap<Event, u64>,
    now: Timestamp,
    run_id: Arc<str>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Ended {
    /// The files of the events.
    pub(super) events: Vec<LocalFile>,
    /// The files of what stands now.
    pub(super) standing: Vec<LocalFile>,
    /// How often each event is there.
    pub(super) happened: BTreeMap<Event, u64>,
}

/// A row of tonight, and one that stood: which batch each is copied from.
const TONIGHT: usize = 0;
const STOOD: usize = 1;

impl<'a> History<'a> {
    pub(super) fn open(
        before: Before,
        events: Files<'a>,
        standing: Files<'a>,
        context: &'a RunContext,
    ) -> Result<Self, PublishError> {
        Ok(Self {
            stood: Stood::open(before.stood)?,
            cells: Cells::of(before.coverage),
            events: Pending::new(events, events::columns(), context),
            standing: Pending::new(standing, standing::columns(), context),
            happened: BTreeMap::new(),
            now: before.now,
            run_id: Arc::from(context.run_id.as_str()),
        })
    }

    /// Takes the next of tonight's findings; the same with the columns that are carried.
    pub(super) fn join(&mut self, tonight: &Judged) -> Result<RecordBatch, PublishError> {
        let mut carried = Carried::of(tonight.rows());
        let mut row = 0;
        while row < tonight.rows() {
            let end = tonight.end_of_resource(row);
            self.resource(tonight, row..end, &mut carried)?;
            row = end;
        }
        self.write(Some(tonight))?;
        Ok(carried.into(tonight.batch())?)
    }

    /// Takes the findings of one resource, and what stood before it.
    fn resource(
        &mut self,
        tonight: &Judged,
        mut rows: Range<usize>,
        carried: &mut Carried,
    ) -> Result<(), PublishError> {
        let resource = tonight.resource(rows.start);
        while let Some((stood, row)) = self.stood.rows() {
            match stood.resource(row).cmp(&resource) {
                Ordering::Less => self.not_judged(Some(tonight), true)?,
                Ordering::Greater => break,
                Ordering::Equal if rows.is_empty() => self.not_judged(Some(tonight), false)?,
                Ordering::Equal => match stood.check_id(row).cmp(tonight.check_id(rows.start)) {
                    Ordering::Less => self.not_judged(Some(tonight), false)?,
                    by_check @ (Ordering::Equal | Ordering::Greater) => {
                        self.judged(tonight, rows.start, by_check.is_eq(), carried)?;
                        rows.start += 1;
                    }
                },
            }
        }
        rows.try_for_each(|row| self.judged(tonight, row, false, carried))
    }

    /// A finding of tonight, which may be the one that stood next.
    fn judged(&mut self, tonight: &Judged, row: usize, stood: bool, carried: &mut Carried) -> Result<(), PublishError> {
        // Most pass and never failed.
        if !stood && tonight.status_text(row) != Status::Fail.as_str() {
            return Ok(());
        }
        let head = if stood { self.stood.head()? } else { None };
        let status = tonight.status(row)?;
        let judged = Tonight::Judged { status, is_excepted: tonight.is_excepted(row) };
        let (streak, happened) = step(head.as_ref().map(|head| head.streak), judged, self.now);
        let pick = (TONIGHT, row);
        self.happened(pick, happened, Some(status), head.as_ref().map(|head| &head.previous));
        if let Some(streak) = streak {
            carried.set(row, streak);
            let cell_complete = self.cells.is_complete(tonight.place(row))?;
            self.standing.push(pick, Kept { streak, seen_in: Arc::clone(&self.run_id), cell_complete });
        }
        if stood { self.advance(Some(tonight)) } else { Ok(()) }
    }

    /// What stood next and was not judged tonight: because its resource is missing, or because its check was not put to it.
    fn not_judged(&mut self, tonight: Option<&Judged>, is_missing: bool) -> Result<(), PublishError> {
        let Some((rows, row)) = self.stood.rows() else { return Ok(()) };
        let is_complete = is_missing && self.cells.is_complete(rows.place(row))?;
        let Some(head) = self.stood.head()? else { return Ok(()) };
        // What was seen in a cell that was not seen whole may have been an error of the service: the next look decides.
        let says = if is_complete && head.cell_complete { Tonight::Gone } else { Tonight::Nothing };
        let (streak, happened) = step(Some(head.streak), says, self.now);
        let pick = (STOOD, row);
        let (seen_in, cell_complete) = (Arc::clone(&head.previous.run_id), head.cell_complete || is_complete);
        self.happened(pick, happened, None, Some(&head.previous));
        if let Some(streak) = streak {
            self.standing.push(pick, Kept { streak, seen_in, cell_complete });
        }
        self.advance(tonight)
    }

    fn happened(
        &mut self,
        pick: Pick,
        happened: [Option<Happened>; 2],
        status: Option<Status>,
        previous: Option<&Previous>,
    ) {
        for (event, first_failed_at) in happened.into_iter().flatten() {
            *self.happened.entry(event).or_default() += 1;
            let previous = previous.cloned();
            self.events.push(pick, Change { event, status, previous, first_failed_at, occurred_at: self.now });
        }
    }

    fn advance(&mut self, tonight: Option<&Judged>) -> Result<(), PublishError> {
        if self.stood.advance() {
            self.write(tonight)?;
            self.stood.load()?;
        }
        Ok(())
    }

    /// Writes what waits, before what it copies from goes.
    fn write(&mut self, tonight: Option<&Judged>) -> Result<(), PublishError> {
        let stood = self.stood.held();
        let Some(one) = tonight.or(stood) else { return Ok(()) };
        let from = [one.batch(), stood.unwrap_or(one).batch()];
        self.events.write(from)?;
        self.standing.write(from)?;
        Ok(())
    }

    /// What stood behind the last finding of tonight, and what came of it all.
    pub(super) fn finish(mut self) -> Result<Ended, PublishError> {
        while self.stood.rows().is_some() {
            self.not_judged(None, true)?;
        }
        let (events, standing) = (self.events.finish()?, self.standing.finish()?);
        Ok(Ended { events, standing, happened: self.happened })
    }
}

/// The columns of `findings` that are carried.
#[derive(Debug)]
struct Carried {
    first_failed_at: Vec<Option<i64>>,
    last_resolved_at: Vec<Option<i64>>,
}

impl Carried {
    fn of(rows: usize) -> Self {
        Self { first_failed_at: vec![None; rows], last_resolved_at: vec![None; rows] }
    }

    fn set(&mut self, row: usize, streak: Streak) {
        let of = |instant: Option<Timestamp>| instant.map(Timestamp::as_millisecond);
        if let Some(place) = self.first_failed_at.get_mut(row) {
            *place = of(streak.first_failed_at);
        }
        if let Some(place) = self.last_resolved_at.get_mut(row) {
            *place = of(streak.last_resolved_at);
        }
    }

    /// The findings with these columns.
    fn into(self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
            let instants = |values: &[Option<i64>]| -> ArrayRef {
                let array = values.iter().copied().collect::<TimestampMillisecondArray>();
                Arc::new(array.with_data_type(field.data_type().clone()))
            };
            match field.name().as_str() {
                "first_failed_at" => instants(&self.first_failed_at),
                "last_resolved_at" => instants(&self.last_resolved_at),
                _ => ArrayRef::clone(column),
            }
        });
        let columns = columns.collect();
        RecordBatch::try_new(schema, columns)
    }
}
