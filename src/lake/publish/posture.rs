//! Counts findings for the table `posture_daily` while they pass by. They come place by place, so that only the counts of
//! one place are held.

use arrow_array::RecordBatch;
use arrow_select::interleave::interleave;

use super::{
    PublishError, Tally,
    files::{Files, LocalFile},
    history::{
        judged::{Judged, Place},
        pending::{Pending, Pick},
    },
};
use crate::lake::{
    RunContext, Table,
    posture::{Count, columns},
};

/// The counts on their way into their file.
#[derive(Debug)]
pub(super) struct Posture<'a> {
    pending: Pending<'a, Count>,
    /// The counts of the place that the last row was of.
    open: Vec<Group>,
    /// A row of each of them.
    heads: Option<Judged>,
    /// The one that was counted last: the checks of a resource come in turns.
    last: usize,
}

/// Findings of one place, check and status.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// One of them: a head, or a row of the batch that is being counted.
    pick: Pick,
    count: Count,
}

impl<'a> Posture<'a> {
    pub(super) fn new(files: Files<'a>, context: &'a RunContext) -> Self {
        Self { pending: Pending::new(files, columns(), context), open: Vec::new(), heads: None, last: 0 }
    }

    /// Counts the rows of a batch; `tally` is told of the places that are complete.
    pub(super) fn add(&mut self, rows: &Judged, tally: &mut Tally) -> Result<(), PublishError> {
        let heads = self.heads.take();
        let from = [heads.as_ref().unwrap_or(rows), rows];
        for row in 0..rows.rows() {
            let is_other = |group: &Group| place_of(from, group.pick) != Some(rows.place(row));
            if self.open.first().is_some_and(is_other) {
                self.close();
            }
            self.count(from, row);
        }
        self.write(from.map(Judged::batch), tally)?;
        let picks = self.open.iter().map(|group| group.pick).collect::<Vec<_>>();
        let columns = rows.batch().columns().iter().zip(from[0].batch().columns());
        let columns = columns.map(|(two, one)| interleave(&[&**one, &**two], &picks)).collect::<Result<_, _>>()?;
        self.heads = Some(Judged::of(RecordBatch::try_new(rows.batch().schema(), columns)?)?);
        for (number, group) in self.open.iter_mut().enumerate() {
            group.pick = (0, number);
        }
        Ok(())
    }

    /// Counts a row of the second batch.
    fn count(&mut self, from: [&Judged; 2], row: usize) {
        let [_, rows] = from;
        let (check, status) = (rows.check_id(row), rows.status_text(row));
        let is_it = |group: &Group| {
            let (batch, row) = (from.get(group.pick.0), group.pick.1);
            batch.is_some_and(|batch| batch.check_id(row) == check && batch.status_text(row) == status)
        };
        let (before, after) = self.open.split_at(self.last.min(self.open.len()));
        let found = after.iter().position(is_it).map(|number| number + before.len());
        let number = found.or_else(|| before.iter().position(is_it)).unwrap_or_else(|| {
            self.open.push(Group { pick: (1, row), count: Count::default() });
            self.open.len() - 1
        });
        if let Some(group) = self.open.get_mut(number) {
            group.count.findings += 1;
            group.count.excepted += u64::from(rows.is_excepted(row));
        }
        self.last = number;
    }

    /// The place of the open counts is complete.
    fn close(&mut self) {
        for group in self.open.drain(..) {
            self.pending.push(group.pick, group.count);
        }
    }

    fn write(&mut self, from: [&RecordBatch; 2], tally: &mut Tally) -> Result<(), PublishError> {
        match self.pending.write(from)? {
            Some(batch) => tally.add(Table::PostureDaily, &batch),
            None => Ok(()),
        }
    }

    pub(super) fn finish(mut self, tally: &mut Tally) -> Result<Vec<LocalFile>, PublishError> {
        self.close();
        if let Some(heads) = self.heads.take() {
            self.write([heads.batch(), heads.batch()], tally)?;
        }
        self.pending.finish()
    }
}

fn place_of(from: [&Judged; 2], pick: Pick) -> Option<Place<'_>> {
    from.get(pick.0).map(|batch| batch.place(pick.1))
}
