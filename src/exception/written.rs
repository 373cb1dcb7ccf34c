//! An exception as it is written into a file, by a command or by a conversion.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;

use crate::wrap::wrapped;

/// Columns of a line of a note.
const WIDTH: usize = 116;

/// What is to be written. Nothing of it is judged here: the file that holds it is read before it counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Comments above it, a paragraph each.
    pub notes: Vec<String>,
    /// Its identity; without one it is told from what is covered.
    pub id: Option<String>,
    /// Checks, by id or pattern.
    pub check: Vec<String>,
    /// Accounts, or `*`.
    pub account: Vec<String>,
    /// Patterns of the paths of units.
    pub ou_path: Vec<String>,
    /// Regions or patterns of them.
    pub region: Vec<String>,
    /// Patterns of ARNs.
    pub resource: Vec<String>,
    /// Tags with patterns of their values.
    pub tags: BTreeMap<String, Vec<String>>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The day on which it is granted.
    pub created: Date,
    /// Its last day.
    pub expires: Date,
}

impl fmt::Display for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            comment(formatter, note)?;
        }
        writeln!(formatter, "[[exception]]")?;
        let optional = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
        for (key, texts) in [
            ("id", &optional(&self.id)),
            ("check", &self.check),
            ("account", &self.account),
            ("ou_path", &self.ou_path),
            ("region", &self.region),
            ("resource", &self.resource),
        ] {
            if !texts.is_empty() {
                writeln!(formatter, "{key} = {}", one_or_list(texts))?;
            }
        }
        if !self.tags.is_empty() {
            let tags = self.tags.iter().map(|(key, values)| format!("{} = {}", text(key), one_or_list(values)));
            writeln!(formatter, "tags = {{ {} }}", tags.collect::<Vec<_>>().join(", "))?;
        }
        writeln!(formatter, "reason = {}", text(&self.reason))?;
        writeln!(formatter, "owner = {}", text(&self.owner))?;
        if let Some(ticket) = &self.ticket {
            writeln!(formatter, "ticket = {}", text(ticket))?;
        }
        writeln!(formatter, "created = {}\nexpires = {}", self.created, self.expires)
    }
}

/// A paragraph as lines of comment. What a terminal or a parser would obey is left out.
pub(super) fn comment(out: &mut impl fmt::Write, paragraph: &str) -> fmt::Result {
    let paragraph = crate::printable::shown(&paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    wrapped(&paragraph, WIDTH).iter().try_for_each(|line| writeln!(out, "# {line}"))
}

fn one_or_list(texts: &[String]) -> String {
    match texts {
        [one] => text(one),
        many => format!("[{}]", many.iter().map(|one| text(one)).collect::<Vec<_>>().join(", ")),
    }
}

/// A text in the quotes of TOML.
fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A file with one exception more at its end; all that stands in it stays as it is.
pub fn appended(file: &str, written: &str) -> String {
    let gap = match file {
        "" => "",
        _ if file.ends_with("\n\n") => "",
        _ if file.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{file}{gap}{written}")
}
