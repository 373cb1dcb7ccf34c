//! What stands from the run before, row by row.

use std::{path::PathBuf, sync::Arc};

use arrow_array::{BooleanArray, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::ArrowError;

use super::{
    batches::Batches,
    judged::{Judged, column, instant},
};
use crate::lake::{events::Previous, publish::PublishError, standing::Streak};

/// The file of the run before; none for the first.
#[derive(Debug)]
pub(super) struct Stood {
    batches: Batches,
    held: Option<Held>,
    row: usize,
    /// The run that the last row was seen in: most are of the same.
    seen_in: Arc<str>,
}

#[derive(Debug)]
struct Held {
    judged: Judged,
    first_failed_at: TimestampMillisecondArray,
    last_resolved_at: TimestampMillisecondArray,
    seen_run_id: StringArray,
    cell_complete: BooleanArray,
}

impl Held {
    fn of(batch: RecordBatch) -> Result<Self, ArrowError> {
        Ok(Self {
            first_failed_at: column(&batch, "first_failed_at")?,
            last_resolved_at: column(&batch, "last_resolved_at")?,
            seen_run_id: column(&batch, "seen_run_id")?,
            cell_complete: column(&batch, "cell_complete")?,
            judged: Judged::of(batch)?,
        })
    }
}

/// A row.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) streak: Streak,
    pub(super) previous: Previous,
    pub(super) cell_complete: bool,
}

impl Stood {
    pub(super) fn open(file: Option<PathBuf>) -> Result<Self, PublishError> {
        let mut stood = Self { batches: Batches::of(file, None), held: None, row: 0, seen_in: Arc::from("") };
        stood.load()?;
        Ok(stood)
    }

    /// The rows that are held, those that are used up among them.
    pub(super) fn held(&self) -> Option<&Judged> {
        self.held.as_ref().map(|held| &held.judged)
    }

    /// The rows among which the next one stands, and its number; none at the end.
    pub(super) fn rows(&self) -> Option<(&Judged, usize)> {
        self.held.as_ref().filter(|held| self.row < held.judged.rows()).map(|held| (&held.judged, self.row))
    }

    /// The next row.
    pub(super) fn head(&mut self) -> Result<Option<Head>, PublishError> {
        let row = self.row;
        let Some(held) = self.held.as_ref().filter(|held| row < held.judged.rows()) else { return Ok(None) };
        let seen_in = held.seen_run_id.value(row);
        if *self.seen_in != *seen_in {
            self.seen_in = Arc::from(seen_in);
        }
        Ok(Some(Head {
            streak: Streak {
                first_failed_at: instant(&held.first_failed_at, row),
                last_resolved_at: instant(&held.last_resolved_at, row),
                is_excepted: held.judged.is_excepted(row),
            },
            previous: Previous { status: held.judged.status(row)?, run_id: Arc::clone(&self.seen_in) },
            cell_complete: held.cell_complete.value(row),
        }))
    }

    /// Whether the rows that are held are used up: then [`Self::load`] has the next ones.
    pub(super) fn advance(&mut self) -> bool {
        self.row += 1;
        self.rows().is_none()
    }

    pub(super) fn load(&mut self) -> Result<(), PublishError> {
        self.held = self.batches.next()?.map(Held::of).transpose()?;
        self.row = 0;
        Ok(())
    }
}
