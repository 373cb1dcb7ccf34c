//! The merge of sorted runs into one sorted stream: memory grows with the number of runs open at once, which is bounded.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, binary_heap::PeekMut},
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    rc::Rc,
};

use arrow_array::{BooleanArray, RecordBatch, UInt32Array, cast::AsArray as _, types::UInt32Type};
use arrow_ipc::{
    CompressionType,
    reader::FileReader,
    writer::{FileWriter, IpcWriteOptions},
};
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::{filter::filter_record_batch, interleave::interleave_record_batch};
use thiserror::Error;

use super::{
    hash::{Digest, Hashing},
    order::{Keys, Order},
    staging::{ledger::Live, part::UNIT},
};
use crate::limits::OpenFiles;

/// Rows in a batch of a sorted run: what each open run holds in memory.
pub const RUN_BATCH_ROWS: usize = 512;
/// Rows in a batch that comes out.
pub const OUTPUT_BATCH_ROWS: usize = 8192;
/// Runs that are open at once; more are merged in rounds.
pub const FAN_IN: usize = 64;

/// Runs that cannot be merged.
#[derive(Debug, Error)]
pub enum MergeError {
    /// A run cannot be read.
    #[error("cannot read the sorted run {}; remove the staging folder of the run and scan again", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ArrowError,
    },
    /// A run cannot be written.
    #[error("cannot write the sorted run {}; look at free space and permissions there", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ArrowError,
    },
    /// A run has other columns than the table.
    #[error("the sorted run {} has other columns than this version writes; scan and publish with one version", .0.display())]
    Columns(PathBuf),
    /// The rows of a batch cannot be put together.
    #[error("cannot merge rows")]
    Rows(#[from] ArrowError),
}

/// A sorted run, and which of its rows count.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// The units that count, of a staged file; none of a run without a column of units, whose rows all count.
    pub live: Option<Live>,
}

/// The merged rows, in batches; of rows with the same key only the one observed last.
#[derive(Debug)]
pub struct Merge {
    order: Order,
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<Head>>,
    /// The batches that picked rows are in, and those that the runs stand in.
    held: Vec<RecordBatch>,
    picked: Vec<(usize, usize)>,
    last: Option<(Rc<Keys>, usize)>,
    duplicates: u64,
}

/// A run that is open.
#[derive(Debug)]
struct Run {
    source: Source,
    reader: FileReader<BufReader<File>>,
    /// Where its present batch stands in `held`; none at its end.
    slot: Option<usize>,
}

/// The next row of a run.
#[derive(Debug)]
struct Head {
    keys: Rc<Keys>,
    row: usize,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        self.keys.compare(self.row, &other.keys, other.row).then_with(|| self.run.cmp(&other.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

impl Merge {
    /// Opens sorted runs, at most [`FAN_IN`] at once and no more than the limit on open files bears. More are first
    /// merged into longer runs in `scratch`; those of them that stand in `scratch` themselves are removed then.
    pub fn open(
        order: Order,
        schema: &SchemaRef,
        mut sources: Vec<Source>,
        scratch: &Path,
    ) -> Result<Self, MergeError> {
        let mut rounds = 0_u32..;
        let most = OpenFiles::now().runs(FAN_IN);
        while sources.len() > most {
            // No more than needed, so that as few rows as possible are written once more.
            let few = (sources.len() - most + 1).min(most);
            let group = sources.drain(..few).collect::<Vec<_>>();
            let path = scratch.join(format!("round-{}.arrow", rounds.next().unwrap_or(u32::MAX)));
            write_run(&path, schema, Self::open_all(order, schema, &group)?)?;
            for done in group.iter().filter(|done| done.path.starts_with(scratch)) {
                // Only room is lost when this fails: the folder goes at the end.
                drop(std::fs::remove_file(&done.path));
            }
            sources.push(Source { path, live: None });
        }
        Self::open_all(order, schema, &sources)
    }

    fn open_all(order: Order, schema: &SchemaRef, sources: &[Source]) -> Result<Self, MergeError> {
        let mut merge = Self {
            order,
            runs: Vec::new(),
            heads: BinaryHeap::new(),
            held: Vec::new(),
            picked: Vec::new(),
            last: None,
            duplicates: 0,
        };
        for (run, source) in sources.iter().enumerate() {
            merge.runs.push(Run::open(source.clone(), schema)?);
            if let Some(keys) = merge.next_batch(run)? {
                merge.heads.push(Reverse(Head { keys, row: 0, run }));
            }
        }
        Ok(merge)
    }

    /// Rows that were left out because a later one has the same key.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Turns to the next batch of a run that has rows.
    fn next_batch(&mut self, run: usize) -> Result<Option<Rc<Keys>>, MergeError> {
        let Some(open) = self.runs.get_mut(run) else { return Ok(None) };
        next_batch(open, self.order, &mut self.held)
    }

    /// Picks rows until an output batch is full or the runs end.
    fn pick(&mut self) -> Result<(), MergeError> {
        while self.picked.len() < OUTPUT_BATCH_ROWS {
            let Some(mut top) = self.heads.peek_mut() else { break };
            let Head { keys, row, run } = &mut top.0;
            let Some(open) = self.runs.get_mut(*run) else { break };
            let same = |last: &(Rc<Keys>, usize)| last.0.compare_keys(last.1, keys, *row).is_eq();
            if self.last.as_ref().is_some_and(same) {
                self.duplicates += 1;
            } else {
                self.picked.extend(open.slot.map(|slot| (slot, *row)));
                self.last = Some((Rc::clone(keys), *row));
            }
            *row += 1;
            if *row == keys.rows() {
                match next_batch(open, self.order, &mut self.held)? {
                    Some(next) => (*keys, *row) = (next, 0),
                    None => drop(PeekMut::pop(top)),
                }
            }
        }
        Ok(())
    }

    /// Makes a batch of the picked rows and lets go of the batches that no run stands in any more.
    fn emit(&mut self) -> Result<RecordBatch, MergeError> {
        let held = self.held.iter().collect::<Vec<_>>();
        let batch = interleave_record_batch(&held, &self.picked)?;
        self.picked.clear();
        let mut kept = Vec::with_capacity(self.runs.len());
        for run in &mut self.runs {
            if let Some(current) = run.slot.and_then(|slot| self.held.get(slot)) {
                kept.push(current.clone());
                run.slot = Some(kept.len() - 1);
            }
        }
        self.held = kept;
        Ok(batch)
    }
}

impl Iterator for Merge {
    type Item = Result<RecordBatch, MergeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.pick() {
            return Some(Err(error));
        }
        (!self.picked.is_empty()).then(|| self.emit())
    }
}

impl Run {
    fn open(source: Source, schema: &SchemaRef) -> Result<Self, MergeError> {
        let failed = |source: &Source, error| MergeError::Read { path: source.path.clone(), source: error };
        let file = File::open(&source.path).map_err(|error| failed(&source, error.into()))?;
        let all = FileReader::try_new(BufReader::new(file), None).map_err(|error| failed(&source, error))?;
        let found = all.schema();
        let units = usize::from(source.live.is_some());
        let same = found.fields().len() == schema.fields().len() + units
            && found.fields().iter().zip(schema.fields()).all(|(found, wanted)| found == wanted)
            && (units == 0 || found.fields().last().is_some_and(|field| field.name() == UNIT));
        if same { Ok(Self { source, reader: all, slot: None }) } else { Err(MergeError::Columns(source.path)) }
    }

    /// The rows of the next batch that count, without the column of units; none at the end.
    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        let batch = self.reader.next()?;
        let Some(live) = &self.source.live else { return Some(batch) };
        Some(batch.and_then(|mut batch| {
            let units = batch.remove_column(batch.num_columns().saturating_sub(1));
            match (live, units.as_primitive_opt::<UInt32Type>()) {
                (Live::All, _) => Ok(batch),
                (Live::Only(_), Some(units)) => filter_record_batch(&batch, &counting(units, live)),
                (Live::Only(_), None) => Err(ArrowError::SchemaError(format!("column `{UNIT}` holds no numbers"))),
            }
        }))
    }
}

/// Which rows belong to units that count.
fn counting(units: &UInt32Array, live: &Live) -> BooleanArray {
    units.values().iter().map(|unit| Some(usize::try_from(*unit).is_ok_and(|unit| live.counts(unit)))).collect()
}

fn next_batch(run: &mut Run, order: Order, held: &mut Vec<RecordBatch>) -> Result<Option<Rc<Keys>>, MergeError> {
    run.slot = None;
    while let Some(batch) = run.next() {
        let batch = batch.map_err(|source| MergeError::Read { path: run.source.path.clone(), source })?;
        if batch.num_rows() > 0 {
            let keys = Rc::new(Keys::new(order, &batch)?);
            held.push(batch);
            run.slot = Some(held.len() - 1);
            return Ok(Some(keys));
        }
    }
    Ok(None)
}

/// Writes sorted batches of any size as one run, in batches of [`RUN_BATCH_ROWS`].
pub(super) fn write_run(
    path: &Path,
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, MergeError>>,
) -> Result<Digest, MergeError> {
    let failed = |source| MergeError::Write { path: path.to_owned(), source };
    let io = |error: io::Error| failed(error.into());
    let file = Hashing::create(path).map_err(io)?;
    let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD)).map_err(failed)?;
    let options = options.try_with_compression_level(Some(1)).map_err(failed)?;
    let mut writer = FileWriter::try_new_with_options(file, schema, options).map_err(failed)?;
    for batch in batches {
        let batch = batch?;
        for from in (0..batch.num_rows()).step_by(RUN_BATCH_ROWS) {
            let rows = RUN_BATCH_ROWS.min(batch.num_rows() - from);
            writer.write(&batch.slice(from, rows)).map_err(failed)?;
        }
    }
    writer.finish().map_err(failed)?;
    writer.into_inner().map_err(failed)?.finish().map_err(io)
}
