//! The coverage of a run, walked along its findings: both come in the same order.

use std::iter::Peekable;

use arrow_array::RecordBatch;

use super::judged::Identity;
use crate::lake::{
    Table,
    read::{ReadError, View},
};

/// The columns that are read.
pub(super) const COLUMNS: &[&str] = &["account_id", "region", "resource_type", "outcome"];

/// Account, region, resource type and outcome of a cell.
pub(super) type Cell = [String; 4];

/// The cells of a run, the next one first.
pub(super) struct Cells<'a>(Peekable<Box<dyn Iterator<Item = Result<Cell, ReadError>> + 'a>>);

impl<'a> Cells<'a> {
    pub(super) fn of(batches: impl Iterator<Item = Result<RecordBatch, ReadError>> + 'a) -> Self {
        let cells = batches.flat_map(|batch| match batch.and_then(|batch| cells(&batch)) {
            Ok(cells) => cells.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        });
        Self::new(cells)
    }

    pub(super) fn new(cells: impl Iterator<Item = Result<Cell, ReadError>> + 'a) -> Self {
        let cells: Box<dyn Iterator<Item = _> + 'a> = Box::new(cells);
        Self(cells.peekable())
    }

    /// The outcome of the cell that a resource belongs to; none where it had none. Asked in the order of the resources.
    pub(super) fn outcome(&mut self, resource: &Identity) -> Result<Option<&str>, ReadError> {
        let place = [&resource.account_id, &resource.region, &resource.resource_type];
        let is_before = |cell: &Result<Cell, ReadError>| {
            cell.as_ref().map_or(true, |[account, region, resource_type, _]| [account, region, resource_type] < place)
        };
        while let Some(passed) = self.0.next_if(is_before) {
            passed?;
        }
        let here = self.0.peek().and_then(|cell| cell.as_ref().ok());
        let here = here.filter(|[account, region, resource_type, _]| [account, region, resource_type] == place);
        Ok(here.map(|[.., outcome]| outcome.as_str()))
    }
}

fn cells(batch: &RecordBatch) -> Result<Vec<Cell>, ReadError> {
    let columns = View { table: Table::Coverage, batch };
    let [account, region, resource_type, outcome] =
        ["account_id", "region", "resource_type", "outcome"].map(|name| columns.texts(name));
    let columns = [account?, region?, resource_type?, outcome?];
    Ok((0..batch.num_rows()).map(|row| columns.map(|column| column.value(row).to_owned())).collect())
}
