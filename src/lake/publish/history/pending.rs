//! Rows about findings that wait to be written: where what they copy stands, and what is their own.

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use arrow_select::interleave::interleave;

use crate::lake::{
    RunContext,
    column::{Column, batch_about},
    publish::{
        PublishError,
        files::{Files, LocalFile},
    },
};

/// Which of two batches a row is copied from.
pub(in crate::lake::publish) type Pick = (usize, usize);

/// Rows of one table on their way into its file.
#[derive(Debug)]
pub(in crate::lake::publish) struct Pending<'a, R: 'static> {
    files: Files<'a>,
    columns: Vec<Column<R>>,
    context: &'a RunContext,
    picks: Vec<Pick>,
    own: Vec<R>,
}

impl<'a, R> Pending<'a, R> {
    pub(in crate::lake::publish) fn new(files: Files<'a>, columns: Vec<Column<R>>, context: &'a RunContext) -> Self {
        Self { files, columns, context, picks: Vec::new(), own: Vec::new() }
    }

    /// Adds a row that copies from row `pick.1` of batch `pick.0` of the two that it will be written with.
    pub(in crate::lake::publish) fn push(&mut self, pick: Pick, own: R) {
        self.picks.push(pick);
        self.own.push(own);
    }

    /// Writes what waits, and tells what it was.
    pub(in crate::lake::publish) fn write(
        &mut self,
        from: [&RecordBatch; 2],
    ) -> Result<Option<RecordBatch>, PublishError> {
        if self.picks.is_empty() {
            return Ok(None);
        }
        let copy = |name| {
            let [one, two] = from.map(|batch| batch.column_by_name(name));
            let missing = || ArrowError::SchemaError(format!("column `{name}` is missing"));
            interleave(&[&**one.ok_or_else(missing)?, &**two.ok_or_else(missing)?], &self.picks)
        };
        let batch = batch_about(&self.columns, &self.own, self.context, copy)?;
        self.files.write(&batch)?;
        self.picks.clear();
        self.own.clear();
        Ok(Some(batch))
    }

    pub(in crate::lake::publish) fn finish(self) -> Result<Vec<LocalFile>, PublishError> {
        self.files.finish()
    }
}
