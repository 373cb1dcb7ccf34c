//! The layout of staged rows: what each column depends on, so that a value is written once for all the rows that share it.
//!
//! ```text
//! places    the columns that depend on a place, one row for each place
//! rulings   the columns that depend on a check, its status, reasons and exception, one row for each such ruling
//! rows      place │ the columns of a subject │ verdicts: a list of (ruling │ the columns of a verdict) │ unit
//! ```
//!
//! A table without verdicts has one row for each subject; `findings` has one for each verdict of a subject.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ListArray, RecordBatch, RecordBatchOptions, StructArray, UInt32Array, cast::AsArray as _,
    types::UInt32Type,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};

use super::{Table, column::Column, coverage, findings, order::Order, resources};

/// What the value of a column depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// The run, the account, the region and the resource type.
    Place,
    /// The resource or the cell that a row is about.
    Subject,
    /// The check, the status, the reasons and the exception: of these there are few.
    Ruling,
    /// What the check says of the subject, its evidence.
    Verdict,
}

/// Columns that depend on the same.
#[derive(Debug, Clone)]
pub struct Section<R: 'static> {
    /// On what.
    pub of: Of,
    /// The columns, in the order of the table.
    pub columns: Vec<Column<R>>,
}

/// Where the columns of a table stand in its staged files.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The order of the rows.
    pub order: Order,
    table: SchemaRef,
    levels: Vec<(Of, usize)>,
    place: SchemaRef,
    ruling: SchemaRef,
    subject: Fields,
    verdict: Fields,
}

/// The rows of some subjects, apart from what is written once.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    /// For each its row among the places.
    pub(super) places: UInt32Array,
    /// The columns of the subjects.
    pub(super) columns: Vec<ArrayRef>,
    /// What the checks say of them; none where the table has no verdicts.
    pub(super) verdicts: Option<Verdicts>,
}

/// The verdicts of some subjects.
#[derive(Debug, Clone)]
pub(super) struct Verdicts {
    /// Those of the subject `n` stand from the `n`-th offset to the next.
    pub(super) offsets: OffsetBuffer<i32>,
    /// For each its row among the rulings.
    pub(super) rulings: UInt32Array,
    /// The columns of the verdicts.
    pub(super) columns: Vec<ArrayRef>,
}

impl Table {
    /// The layout of the staged files of the table; none for those that are not staged.
    pub fn layout(self) -> Option<Layout> {
        let order = self.order()?;
        let levels = match self {
            Self::Findings => levels(&findings::sections()),
            Self::Resources => levels(&resources::sections()),
            Self::Coverage => levels(&coverage::sections()),
            Self::FindingEvents
            | Self::PostureDaily
            | Self::Checks
            | Self::CheckRequirements
            | Self::Exceptions
            | Self::Runs
            | Self::Standing => return None,
        };
        Some(Layout::new(order, self.schema(), &levels))
    }
}

fn levels<R>(sections: &[Section<R>]) -> Vec<Of> {
    sections.iter().flat_map(|section| section.columns.iter().map(|_| section.of)).collect()
}

/// The columns of `sections` that depend on `of`.
pub(super) fn columns_of<R>(sections: &[Section<R>], of: Of) -> impl Iterator<Item = &Column<R>> {
    sections.iter().filter(move |section| section.of == of).flat_map(|section| &section.columns)
}

impl Layout {
    fn new(order: Order, table: SchemaRef, of: &[Of]) -> Self {
        let fields = |wanted: Of| {
            let fields = table.fields().iter().zip(of).filter(|(_, of)| **of == wanted);
            fields.map(|(field, _)| Arc::clone(field)).collect::<Fields>()
        };
        let level = |(column, level): (usize, &Of)| {
            (*level, of.iter().take(column).filter(|earlier| *earlier == level).count())
        };
        let schema = |of| Arc::new(Schema::new(fields(of)));
        Self {
            order,
            levels: of.iter().enumerate().map(level).collect(),
            place: schema(Of::Place),
            ruling: schema(Of::Ruling),
            subject: fields(Of::Subject),
            verdict: fields(Of::Verdict),
            table,
        }
    }

    /// The schema of the table.
    pub(super) fn table(&self) -> &SchemaRef {
        &self.table
    }

    /// For each column of the table what it depends on, and which of those columns it is.
    pub(super) fn levels(&self) -> &[(Of, usize)] {
        &self.levels
    }

    /// The schema of the places.
    pub(super) fn places(&self) -> &SchemaRef {
        &self.place
    }

    /// The schema of the rulings.
    pub(super) fn rulings(&self) -> &SchemaRef {
        &self.ruling
    }

    /// The key columns that depend on `of`, by name.
    pub(super) fn key_of(&self, of: Of) -> Vec<&'static str> {
        let level = |name: &str| self.table.index_of(name).ok().and_then(|index| self.levels.get(index));
        let key = self.order.key().iter().copied();
        key.filter(|name| level(name).is_some_and(|(found, _)| *found == of)).collect()
    }

    /// The schema of the rows.
    pub fn rows(&self) -> SchemaRef {
        let number = |name: &str| Arc::new(Field::new(name, DataType::UInt32, false));
        let verdicts = self.element().map(|element| Arc::new(Field::new("verdicts", DataType::List(element), false)));
        let fields = [number("place")].into_iter().chain(self.subject.iter().cloned()).chain(verdicts);
        Arc::new(Schema::new(fields.chain([number("unit")]).collect::<Fields>()))
    }

    fn element(&self) -> Option<FieldRef> {
        let ruling = Arc::new(Field::new("ruling", DataType::UInt32, false));
        let fields = [ruling].into_iter().chain(self.verdict.iter().cloned()).collect::<Fields>();
        (!self.verdict.is_empty()).then(|| Arc::new(Field::new("element", DataType::Struct(fields), false)))
    }

    /// The rows as one batch of [`rows`](Self::rows); `units` says of each to which unit of its part it belongs.
    pub(super) fn join(&self, subjects: Subjects, units: UInt32Array) -> Result<RecordBatch, ArrowError> {
        let Subjects { places, columns, verdicts } = subjects;
        let verdicts = match (verdicts, self.element()) {
            (Some(Verdicts { offsets, rulings, columns }), Some(element)) => {
                let DataType::Struct(fields) = element.data_type() else { return Err(torn("verdicts")) };
                let rulings: ArrayRef = Arc::new(rulings);
                let arrays = [rulings].into_iter().chain(columns).collect();
                let values = StructArray::try_new(fields.clone(), arrays, None)?;
                let list: ArrayRef = Arc::new(ListArray::try_new(element, offsets, Arc::new(values), None)?);
                Some(list)
            }
            _ => None,
        };
        let (places, units): (ArrayRef, ArrayRef) = (Arc::new(places), Arc::new(units));
        let arrays = [places].into_iter().chain(columns).chain(verdicts).chain([units]);
        RecordBatch::try_new(self.rows(), arrays.collect())
    }

    /// The rows in a batch of [`rows`](Self::rows), and their units.
    pub(super) fn part(&self, batch: &RecordBatch) -> Result<(Subjects, UInt32Array), ArrowError> {
        let mut columns = batch.columns().iter().cloned();
        let places = numbers(columns.next().as_ref())?;
        let subject = columns.by_ref().take(self.subject.len()).collect();
        let verdicts = if self.verdict.is_empty() {
            None
        } else {
            let list = columns.next().ok_or_else(|| torn("verdicts"))?;
            let list = list.as_list_opt::<i32>().ok_or_else(|| torn("verdicts"))?;
            let values = list.values().as_struct_opt().ok_or_else(|| torn("verdicts"))?;
            let mut columns = values.columns().iter().cloned();
            let rulings = numbers(columns.next().as_ref())?;
            Some(Verdicts { offsets: list.offsets().clone(), rulings, columns: columns.collect() })
        };
        let units = numbers(columns.next().as_ref())?;
        Ok((Subjects { places, columns: subject, verdicts }, units))
    }
}

/// A batch of `rows` rows, which may have no columns.
pub(super) fn batch_of(schema: &SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(SchemaRef::clone(schema), columns, &options)
}

fn numbers(column: Option<&ArrayRef>) -> Result<UInt32Array, ArrowError> {
    let numbers = column.and_then(|column| column.as_primitive_opt::<UInt32Type>()).cloned();
    numbers.ok_or_else(|| torn("numbers"))
}

fn torn(what: &str) -> ArrowError {
    ArrowError::SchemaError(format!("a staged batch holds no {what} where they should be"))
}
