//! A sorted run that is open: what its rows share, and its rows, batch by batch.

use std::{
    cell::Cell,
    fs::File,
    io::{BufReader, Read},
    path::PathBuf,
    sync::Arc,
};

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{ArrowError, SchemaRef};

use super::MergeError;
use crate::lake::{
    layout::{Layout, Of, Subjects, batch_of},
    order::Keys,
    staging::ledger::Live,
};

/// A sorted run, and which of its rows count.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// The units that count; none where all rows do.
    pub live: Option<Live>,
}

/// A run that is open.
#[derive(Debug)]
pub(super) struct Run {
    source: Source,
    rows: StreamReader<BufReader<File>>,
    /// What is added to the numbers of its places, so that they count among those of all runs.
    first_place: u32,
    /// The same for rulings.
    first_ruling: u32,
}

/// What the rows of all runs share.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    /// The columns.
    pub(super) batch: RecordBatch,
    /// The rank of each row by its part of the key.
    pub(super) ranks: Vec<u32>,
}

/// A batch of a run. The numbers of places and rulings count among those of all runs.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) keys: Keys,
    pub(super) subjects: Subjects,
    units: UInt32Array,
    /// Where it stands among the batches of which the next output is made.
    pub(super) slot: Cell<Option<usize>>,
}

impl Run {
    /// Opens a run; what its rows share is added to `places` and `rulings`.
    pub(super) fn open(
        source: Source,
        layout: &Layout,
        places: &mut Vec<RecordBatch>,
        rulings: &mut Vec<RecordBatch>,
    ) -> Result<Self, MergeError> {
        let failed = |error| MergeError::Read { path: source.path.clone(), source: error };
        let mut file = BufReader::new(File::open(&source.path).map_err(|error| failed(error.into()))?);
        let columns = || MergeError::Columns(source.path.clone());
        let found = shared(&mut file, layout.places()).map_err(failed)?.ok_or_else(columns)?;
        let first_place = add(places, found);
        let found = shared(&mut file, layout.rulings()).map_err(failed)?.ok_or_else(columns)?;
        let first_ruling = add(rulings, found);
        let rows = StreamReader::try_new(file, None).map_err(failed)?;
        if rows.schema() != layout.rows() {
            return Err(columns());
        }
        Ok(Self { source, rows, first_place, first_ruling })
    }

    /// The next batch; none at the end.
    pub(super) fn next(
        &mut self,
        layout: &Layout,
        places: &Shared,
        rulings: &Shared,
    ) -> Result<Option<Loaded>, MergeError> {
        let Some(batch) = self.rows.next() else { return Ok(None) };
        let loaded = batch.and_then(|batch| {
            let rows = batch.num_rows();
            let (mut subjects, units) = layout.part(&batch)?;
            subjects.places = shifted(&subjects.places, self.first_place);
            if let Some(verdicts) = &mut subjects.verdicts {
                verdicts.rulings = shifted(&verdicts.rulings, self.first_ruling);
                if verdicts.rulings.values().iter().any(|ruling| rank(rulings, *ruling).is_none()) {
                    return Err(ArrowError::SchemaError("a staged row names a ruling that is not there".to_owned()));
                }
            }
            let keys = keys(layout, &batch, &subjects, places, rows)?;
            Ok(Loaded { keys, subjects, units, slot: Cell::new(None) })
        });
        loaded.map(Some).map_err(|source| MergeError::Read { path: self.source.path.clone(), source })
    }

    /// The first row of a batch from `row` on that counts; none when there is none.
    pub(super) fn next_live(&self, loaded: &Loaded, row: usize) -> Option<usize> {
        let rows = row..loaded.keys.rows();
        match &self.source.live {
            None | Some(Live::All) => rows.into_iter().next(),
            Some(live @ Live::Only(_)) => {
                let unit = |row: usize| loaded.units.values().get(row).and_then(|unit| usize::try_from(*unit).ok());
                rows.into_iter().find(|row| unit(*row).is_some_and(|unit| live.counts(unit)))
            }
        }
    }
}

/// The rank of a row among what is shared.
pub(super) fn rank(shared: &Shared, row: u32) -> Option<u32> {
    usize::try_from(row).ok().and_then(|row| shared.ranks.get(row)).copied()
}

fn keys(
    layout: &Layout,
    batch: &RecordBatch,
    subjects: &Subjects,
    places: &Shared,
    rows: usize,
) -> Result<Keys, ArrowError> {
    let missing = |what: &str| ArrowError::SchemaError(format!("a staged row names a {what} that is not there"));
    let ranks = subjects.places.values().iter().map(|place| rank(places, *place));
    let ranks = ranks.collect::<Option<Vec<_>>>().ok_or_else(|| missing("place"))?;
    let ranks: ArrayRef = Arc::new(UInt32Array::from(ranks));
    let column = |name: &str| batch.column_by_name(name).cloned().ok_or_else(|| missing(name));
    let names = layout.key_of(Of::Subject);
    let key = [Ok(ranks)].into_iter().chain(names.into_iter().map(column)).collect::<Result<Vec<_>, _>>()?;
    Keys::new(&key, Some(&column(layout.order.observed())?), rows)
}

fn shifted(numbers: &UInt32Array, by: u32) -> UInt32Array {
    if by == 0 { numbers.clone() } else { numbers.unary(|number| number.saturating_add(by)) }
}

/// Adds rows that are shared; the number of the first.
fn add(all: &mut Vec<RecordBatch>, found: RecordBatch) -> u32 {
    let before = all.iter().map(RecordBatch::num_rows).sum::<usize>();
    all.push(found);
    u32::try_from(before).unwrap_or(u32::MAX)
}

/// Reads a stream of one batch; none when it has other columns.
fn shared(file: &mut impl Read, schema: &SchemaRef) -> Result<Option<RecordBatch>, ArrowError> {
    let mut reader = StreamReader::try_new(file, None)?;
    if reader.schema() != *schema {
        return Ok(None);
    }
    let first = reader.next().transpose()?.map_or_else(|| batch_of(schema, Vec::new(), 0), Ok)?;
    // To the mark of the end, behind which the next stream begins.
    match reader.next().transpose()? {
        None => Ok(Some(first)),
        Some(_) => Ok(None),
    }
}
