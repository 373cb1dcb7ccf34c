//! The rows as a table of at most 100 columns, and as JSON.

use serde_json::{Value, json};

use super::{
    Trouble,
    row::{Row, Target},
};

/// Columns of a line.
const COLUMNS: usize = 100;
/// Columns of the names.
const NAME: usize = 45;

/// The table for people.
pub(super) fn text(rows: &[Row]) -> String {
    let mut text = format!("{:<NAME$} {:>11} {:>11} {:<12} {:>5} {}\n", "", "target", "measured", "", "ratio", "");
    for row in rows {
        let target = match row.target {
            Target::AtMost(target) => format!("<= {}", short(target)),
            Target::AtLeast(target) => format!(">= {}", short(target)),
            Target::Told => String::new(),
        };
        let ratio = row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let met = match row.is_met() {
            Some(true) => "ok",
            Some(false) => "missed",
            None => "",
        };
        let name = row.name.chars().take(NAME).collect::<String>();
        let line = format!("{name:<NAME$} {target:>11} {:>11} {:<12} {ratio:>5} {met}", short(row.measured), row.unit);
        text.push_str(line.trim_end());
        text.push('\n');
        text.push_str(&wrapped(&row.note));
    }
    text
}

/// A note below its row, in as many lines as it needs.
fn wrapped(note: &str) -> String {
    let (mut text, mut width) = (String::new(), COLUMNS);
    for word in note.split_whitespace() {
        let length = word.chars().count() + 1;
        if width + length > COLUMNS {
            text.push_str(if text.is_empty() { "   " } else { "\n   " });
            width = 3;
        }
        text.push(' ');
        text.push_str(word);
        width += length;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The same for programs.
pub(super) fn json(rows: &[Row], quick: bool) -> Result<String, Trouble> {
    let row = |row: &Row| {
        let (relation, target) = match row.target {
            Target::AtMost(target) => (json!("at most"), json!(target)),
            Target::AtLeast(target) => (json!("at least"), json!(target)),
            Target::Told => (Value::Null, Value::Null),
        };
        json!({
            "name": row.name, "relation": relation, "target": target, "measured": row.measured, "unit": row.unit,
            "ratio": row.ratio(), "met": row.is_met(), "note": row.note,
        })
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let document = json!({ "quick": quick, "cores": cores, "rows": rows.iter().map(row).collect::<Vec<_>>() });
    Ok(serde_json::to_string_pretty(&document)?)
}

/// A number with as many digits as say something.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 100_000.0 {
        let digits = format!("{value:.0}");
        let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect::<Vec<_>>();
        groups.join(",")
    } else if size >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if size >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}
