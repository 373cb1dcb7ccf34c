//! Rows one below the other, a value a line, for answers of more columns than fit side by side.

use std::io::{self, Write};

use anstyle::Style;

use super::table::{BOLD, DIM, Layout, NULL, Row};
use crate::width::{pieces, width};

/// What a value has at the least, however long the names are.
const LEAST: usize = 20;

/// Writes a row under its number.
pub(super) fn write(
    out: &mut impl Write,
    number: usize,
    names: &[String],
    row: &Row,
    layout: Layout,
) -> io::Result<()> {
    let (bold, dim) = if layout.styled { (BOLD, DIM) } else { (Style::new(), Style::new()) };
    let widest = names.iter().map(|name| width(name)).max().unwrap_or_default();
    let room = layout.columns.unwrap_or(usize::MAX).saturating_sub(widest + 2).max(LEAST);
    writeln!(out, "{dim}--{dim:#} {bold}{number}{bold:#} {dim}{}{dim:#}", "-".repeat(widest))?;
    for (name, cell) in names.iter().zip(row) {
        let gap = " ".repeat(widest - width(name) + 2);
        match cell {
            None => writeln!(out, "{name}{gap}{dim}{NULL}{dim:#}")?,
            Some(text) => {
                for (line, piece) in text.split('\n').flat_map(|line| pieces(line, room)).enumerate() {
                    match line {
                        0 => writeln!(out, "{name}{gap}{piece}")?,
                        _ => writeln!(out, "{}{piece}", " ".repeat(widest + 2))?,
                    }
                }
            }
        }
    }
    Ok(())
}
