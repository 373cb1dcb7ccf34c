//! An answer as a table for people: every row is one line, whatever is in it. On a terminal what is too long is cut, and an
//! answer of too many columns for it is shown row by row, a value a line.

use std::io::Write;

use anstyle::Style;
use arrow_array::RecordBatch;
use arrow_schema::Schema;

use super::{
    WriteError,
    cell::{Cells, Digits},
    records,
};
use crate::{
    printable::shown,
    width::{fitted, width},
};

/// How a table is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout {
    /// The columns of the terminal; none elsewhere, where nothing is cut.
    pub columns: Option<usize>,
    /// Whether escape codes for the looks of letters are welcome.
    pub styled: bool,
    /// Whether the values are texts of several lines, to be shown as that.
    pub lines: bool,
}

impl Layout {
    /// A value with nothing in it that a terminal obeys.
    fn shown(&self, text: &str) -> String {
        if self.lines { text.lines().map(shown).collect::<Vec<_>>().join("\n") } else { shown(text) }
    }
}

/// So many rows are held until the widths of the columns are settled.
const HELD: usize = 1_000;
/// Columns of the terminal between two columns.
const GAP: usize = 2;
/// A column is not cut to fewer columns of the terminal.
const LEAST: usize = 8;

pub(super) const NULL: &str = "NULL";
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const BOLD: Style = Style::new().bold();

/// A table on its way.
#[derive(Debug)]
pub(super) struct Table<W> {
    out: W,
    layout: Layout,
    names: Vec<String>,
    /// The columns of numbers, which end at the same place.
    are_numbers: Vec<bool>,
    state: State,
}

#[derive(Debug)]
enum State {
    Held(Vec<Row>),
    Columns(Vec<usize>),
    Records { next: usize },
}

/// The values of a row; none is NULL.
pub(super) type Row = Vec<Option<String>>;

impl<W: Write> Table<W> {
    pub(super) fn new(schema: &Schema, out: W, layout: Layout) -> Self {
        let names = schema.fields().iter().map(|field| shown(field.name())).collect();
        let are_numbers = schema.fields().iter().map(|field| field.data_type().is_numeric()).collect();
        Self { out, layout, names, are_numbers, state: State::Held(Vec::new()) }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let mut columns = Cells::of(batch)?;
        let of_row = |row: usize| {
            let cell = |cells: &mut Cells<'_>| Ok(cells.text(row, Digits::Six)?.map(|text| self.layout.shown(&text)));
            columns.iter_mut().map(cell).collect::<Result<Row, WriteError>>()
        };
        let mut rows = (0..batch.num_rows()).map(of_row).collect::<Result<Vec<_>, _>>()?;
        if let State::Held(held) = &mut self.state {
            held.append(&mut rows);
            if held.len() >= HELD {
                self.settle()?;
            }
        }
        self.write_rows(&rows)
    }

    pub(super) fn end(mut self) -> Result<W, WriteError> {
        self.settle()?;
        Ok(self.out)
    }

    /// Decides by the rows that are held how the table looks, and writes them.
    fn settle(&mut self) -> Result<(), WriteError> {
        let State::Held(held) = &mut self.state else { return Ok(()) };
        let held = std::mem::take(held);
        let natural = natural(&self.names, &held);
        let widths = match self.layout.columns {
            _ if self.layout.lines => None,
            None => Some(natural),
            Some(columns) => narrowed(natural, columns),
        };
        match widths {
            Some(widths) => {
                self.header(&widths)?;
                self.state = State::Columns(widths);
            }
            None => self.state = State::Records { next: 1 },
        }
        self.write_rows(&held)
    }

    fn header(&mut self, widths: &[usize]) -> Result<(), WriteError> {
        let (bold, dim) = if self.layout.styled { (BOLD, DIM) } else { (Style::new(), Style::new()) };
        let cells = self.names.iter().zip(&self.are_numbers).zip(widths);
        let names = cells.map(|((name, is_number), width)| padded(&self.cut(name, *width), *width, *is_number));
        let names = names.collect::<Vec<_>>().join("  ");
        let rule = widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  ");
        writeln!(self.out, "{bold}{}{bold:#}\n{dim}{rule}{dim:#}", names.trim_end())?;
        Ok(())
    }

    /// A text in a column; cut on a terminal only.
    fn cut(&self, text: &str, width: usize) -> String {
        if self.layout.columns.is_some() { fitted(text, width) } else { text.to_owned() }
    }

    fn write_rows(&mut self, rows: &[Row]) -> Result<(), WriteError> {
        match &mut self.state {
            State::Held(_) => {}
            State::Records { next } => {
                for row in rows {
                    records::write(&mut self.out, *next, &self.names, row, self.layout)?;
                    *next += 1;
                }
            }
            State::Columns(widths) => {
                let widths = std::mem::take(widths);
                for row in rows {
                    let line = self.line(row, &widths);
                    writeln!(self.out, "{line}")?;
                }
                self.state = State::Columns(widths);
            }
        }
        Ok(())
    }

    fn line(&self, row: &Row, widths: &[usize]) -> String {
        let dim = if self.layout.styled { DIM } else { Style::new() };
        let mut line = String::new();
        let mut pending = 0;
        for ((cell, width_of_column), is_number) in row.iter().zip(widths).zip(&self.are_numbers) {
            let text = self.cut(cell.as_deref().unwrap_or(NULL), *width_of_column);
            let room = width_of_column.saturating_sub(width(&text));
            let (before, after) = if *is_number { (room, 0) } else { (0, room) };
            // Spaces that nothing follows are not written.
            line.push_str(&" ".repeat(pending + before));
            match cell {
                Some(_) => line.push_str(&text),
                None => line.extend([dim.render().to_string(), text, dim.render_reset().to_string()]),
            }
            pending = after + GAP;
        }
        line
    }
}

fn padded(text: &str, columns: usize, right: bool) -> String {
    let room = " ".repeat(columns.saturating_sub(width(text)));
    if right { format!("{room}{text}") } else { format!("{text}{room}") }
}

/// The widths at which nothing is cut.
fn natural(names: &[String], rows: &[Row]) -> Vec<usize> {
    let mut widths = names.iter().map(|name| width(name)).collect::<Vec<_>>();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell.as_deref().unwrap_or(NULL)));
        }
    }
    widths
}

/// The widths with the widest ones cut, so that all of them fit; none when too little would be left.
fn narrowed(natural: Vec<usize>, columns: usize) -> Option<Vec<usize>> {
    let room = columns.checked_sub(GAP * natural.len().saturating_sub(1))?;
    let fits = |most: usize| natural.iter().map(|width| *width.min(&most)).sum::<usize>() <= room;
    let widest = natural.iter().copied().max().unwrap_or_default();
    let most = (LEAST..=widest.min(room).max(LEAST)).rev().find(|most| fits(*most))?;
    Some(natural.into_iter().map(|width| width.min(most)).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, StringArray};

    use super::{
        super::{
            Format,
            tests::{rows, written},
        },
        *,
    };

    fn text(columns: Option<usize>, batches: &[RecordBatch]) -> String {
        String::from_utf8(written(Format::Table, Layout { columns, ..Layout::default() }, batches)).unwrap()
    }

    fn two(names: &[&str]) -> RecordBatch {
        let counts = Int64Array::from((1..).take(names.len()).collect::<Vec<i64>>());
        let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
        RecordBatch::try_from_iter([("name", names), ("count", Arc::new(counts))]).unwrap()
    }

    #[test]
    fn elsewhere_than_on_a_terminal_nothing_is_cut() {
        insta::assert_snapshot!(text(None, &[rows()]));
    }

    #[test]
    fn on_a_terminal_long_texts_are_cut_and_every_row_stays_one_line() {
        insta::assert_snapshot!(text(Some(30), &[two(&["a short one", "one that is much longer than the terminal"])]));
    }

    #[test]
    fn too_many_columns_for_a_terminal_are_shown_row_by_row() {
        insta::assert_snapshot!(text(Some(60), &[rows()]));
    }

    #[test]
    fn rows_beyond_those_that_settled_the_widths_are_cut_to_them_on_a_terminal() {
        let first = two(&vec!["abc"; HELD]);
        let later = two(&["abcdefgh"]);
        let shown = text(Some(80), &[first.clone(), later.clone()]);
        assert!(shown.lines().last().unwrap().starts_with("abc…  "), "{shown}");
        assert!(text(None, &[first, later]).lines().last().unwrap().starts_with("abcdefgh "));
    }

    #[test]
    fn a_plan_keeps_its_lines_and_obeys_nothing() {
        let layout = Layout { columns: Some(40), lines: true, ..Layout::default() };
        let plan = two(&["Sort: a\n  Table\u{1b}[2J"]);
        let text = String::from_utf8(written(Format::Table, layout, &[plan])).unwrap();
        assert!(text.contains("name   Sort: a\n         Table\u{fffd}[2J\n"), "{text}");
    }

    #[test]
    fn an_answer_without_rows_has_its_columns() {
        assert_eq!(text(Some(80), &[two(&[])]), "name  count\n----  -----\n");
    }

    #[test]
    fn the_widest_columns_give_way_first() {
        assert_eq!(narrowed(vec![5, 40, 60], 80), Some(vec![5, 35, 35]));
        assert_eq!(narrowed(vec![5, 20, 60], 80), Some(vec![5, 20, 51]));
        assert_eq!(narrowed(vec![5, 9], 80), Some(vec![5, 9]));
        assert_eq!(narrowed(vec![20; 9], 80), None);
        assert_eq!(narrowed(vec![1; 60], 80), None);
    }
}
