//! Which cells were seen whole tonight, asked for in the order of the tables.

use std::{cmp::Ordering, path::PathBuf};

use arrow_array::{Array as _, StringArray};

use super::{
    batches::Batches,
    judged::{Place, column},
};
use crate::{coverage::Outcome, lake::publish::PublishError};

const COLUMNS: [&str; 4] = ["account_id", "region", "resource_type", "outcome"];

/// The files of `coverage`, read once.
#[derive(Debug)]
pub(super) struct Cells {
    batches: Batches,
    /// [`COLUMNS`] of the rows that are looked at.
    rows: Option<[StringArray; 4]>,
    row: usize,
}

impl Cells {
    pub(super) fn of(files: Vec<PathBuf>) -> Self {
        Self { batches: Batches::of(files, Some(&COLUMNS)), rows: None, row: 0 }
    }

    /// Whether a cell was seen whole; one without a row was not. No place may be before the last that was asked for.
    pub(super) fn is_complete(&mut self, place: Place<'_>) -> Result<bool, PublishError> {
        loop {
            if let Some([account, region, resource_type, outcome]) = &self.rows {
                while self.row < outcome.len() {
                    let here = [account.value(self.row), region.value(self.row), resource_type.value(self.row)];
                    match here.cmp(&place) {
                        Ordering::Less => self.row += 1,
                        Ordering::Equal => return Ok(outcome.value(self.row) == Outcome::Complete.as_str()),
                        Ordering::Greater => return Ok(false),
                    }
                }
            }
            let Some(batch) = self.batches.next()? else { return Ok(false) };
            let [account, region, resource_type, outcome] = COLUMNS.map(|name| column(&batch, name));
            self.rows = Some([account?, region?, resource_type?, outcome?]);
            self.row = 0;
        }
    }
}
