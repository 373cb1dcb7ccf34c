//! The merge of sorted runs into one sorted stream: memory grows with the number of runs open at once, which is bounded.
//!
//! It goes by subjects, and takes the verdicts of each along. Only where a subject was read twice are they looked at one
//! by one.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, binary_heap::PeekMut},
    path::{Path, PathBuf},
    rc::Rc,
};

use arrow_array::{RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;
use thiserror::Error;

mod gather;
mod run;
mod write;

use gather::Picked;
pub use run::Source;
use run::{Loaded, Run, Shared, rank};
pub(super) use write::{RunWriter, options};

use super::{
    layout::{Layout, Of},
    order::Keys,
};
use crate::limits::OpenFiles;

/// Subjects in a batch of a sorted run: what each open run holds in memory.
pub const RUN_BATCH_SUBJECTS: usize = 256;
/// Rows in a batch that comes out, and as many more as the last subject has.
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
    #[error("cannot merge rows; scan and publish with one version")]
    Rows(#[from] ArrowError),
}

/// The merged rows, in batches; of rows with the same key only the one observed last.
#[derive(Debug)]
pub struct Merge {
    layout: Rc<Layout>,
    places: Shared,
    rulings: Shared,
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<Head>>,
    /// The readings of the subject that is being picked, the latest first.
    readings: Vec<(Rc<Loaded>, usize)>,
    picked: Picked,
    duplicates: u64,
}

/// The next subject of a run.
#[derive(Debug)]
struct Head {
    loaded: Rc<Loaded>,
    row: usize,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = self.loaded.keys.compare(self.row, &other.loaded.keys, other.row);
        by_key.then_with(|| self.run.cmp(&other.run))
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
    pub fn open(layout: Layout, mut sources: Vec<Source>, scratch: &Path) -> Result<Self, MergeError> {
        let layout = Rc::new(layout);
        let mut rounds = 0_u32..;
        let most = OpenFiles::now().runs(FAN_IN);
        while sources.len() > most {
            // No more than needed, so that as few rows as possible are written once more.
            let few = (sources.len() - most + 1).min(most);
            let group = sources.drain(..few).collect::<Vec<_>>();
            let path = scratch.join(format!("round-{}.arrow", rounds.next().unwrap_or(u32::MAX)));
            Self::open_all(&layout, &group)?.write(&path)?;
            for done in group.iter().filter(|done| done.path.starts_with(scratch)) {
                // Only room is lost when this fails: the folder goes at the end.
                drop(std::fs::remove_file(&done.path));
            }
            sources.push(Source { path, live: None });
        }
        Self::open_all(&layout, &sources)
    }

    fn open_all(layout: &Rc<Layout>, sources: &[Source]) -> Result<Self, MergeError> {
        let (mut places, mut rulings) = (Vec::new(), Vec::new());
        let open = |source: &Source| Run::open(source.clone(), layout, &mut places, &mut rulings);
        let runs = sources.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut merge = Self {
            places: Shared::of(layout.places(), &layout.key_of(Of::Place), &places)?,
            rulings: Shared::of(layout.rulings(), &layout.key_of(Of::Ruling), &rulings)?,
            layout: Rc::clone(layout),
            heads: BinaryHeap::with_capacity(runs.len()),
            readings: Vec::new(),
            picked: Picked::default(),
            duplicates: 0,
            runs,
        };
        for (number, run) in merge.runs.iter_mut().enumerate() {
            if let Some((loaded, row)) = next_batch(run, layout, &merge.places, &merge.rulings)? {
                merge.heads.push(Reverse(Head { loaded, row, run: number }));
            }
        }
        Ok(merge)
    }

    /// Rows that were left out because a later one has the same key.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Picks subjects until an output batch is full or the runs end. Where it ends does not depend on how the rows came
    /// into runs, and so neither do the pages of a file.
    fn pick(&mut self) -> Result<(), MergeError> {
        while let Some(mut top) = self.heads.peek_mut() {
            let Head { loaded, row, run } = &mut top.0;
            let is_next = self
                .readings
                .first()
                .is_none_or(|(last, last_row)| last.keys.compare_keys(*last_row, &loaded.keys, *row).is_ne());
            if is_next {
                self.duplicates += self.picked.add(&mut self.readings, &self.rulings);
                if self.picked.rows() >= OUTPUT_BATCH_ROWS {
                    return Ok(());
                }
            }
            self.readings.push((Rc::clone(loaded), *row));
            let Some(open) = self.runs.get_mut(*run) else { break };
            match open.next_live(loaded, *row + 1) {
                Some(next) => *row = next,
                None => match next_batch(open, &self.layout, &self.places, &self.rulings)? {
                    Some(next) => (*loaded, *row) = next,
                    None => drop(PeekMut::pop(top)),
                },
            }
        }
        self.duplicates += self.picked.add(&mut self.readings, &self.rulings);
        Ok(())
    }

    /// Writes all that is left as one run.
    fn write(mut self, path: &Path) -> Result<(), MergeError> {
        let mut writer = RunWriter::create(path, &self.layout, &self.places.batch, &self.rulings.batch)?;
        loop {
            self.pick()?;
            if self.picked.rows() == 0 {
                writer.finish()?;
                return Ok(());
            }
            let subjects = self.picked.take()?;
            let units = UInt32Array::from(vec![0; subjects.places.len()]);
            let batch = self.layout.join(subjects, units)?;
            for from in (0..batch.num_rows()).step_by(RUN_BATCH_SUBJECTS) {
                writer.write(&batch.slice(from, RUN_BATCH_SUBJECTS.min(batch.num_rows() - from)))?;
            }
        }
    }
}

impl Iterator for Merge {
    type Item = Result<RecordBatch, MergeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.pick() {
            return Some(Err(error));
        }
        (self.picked.rows() > 0).then(|| {
            let subjects = self.picked.take()?;
            Ok(gather::expand(&self.layout, subjects, &self.places.batch, &self.rulings.batch)?)
        })
    }
}

impl Shared {
    fn of(schema: &SchemaRef, key: &[&str], batches: &[RecordBatch]) -> Result<Self, ArrowError> {
        // A table whose rows share nothing has one place without columns.
        let batch = concat_batches(schema, batches)?;
        let ranks = Keys::named(key, &batch)?.ranks();
        Ok(Self { batch, ranks })
    }
}

/// Turns to the next batch of a run that has a subject that counts, and to the first of them.
fn next_batch(
    run: &mut Run,
    layout: &Layout,
    places: &Shared,
    rulings: &Shared,
) -> Result<Option<(Rc<Loaded>, usize)>, MergeError> {
    while let Some(loaded) = run.next(layout, places, rulings)? {
        if let Some(row) = run.next_live(&loaded, 0) {
            return Ok(Some((Rc::new(loaded), row)));
        }
    }
    Ok(None)
}
