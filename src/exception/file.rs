//! A file of exceptions, read: `[[exception]]` after `[[exception]]`, with all that is wrong or odd at once, by line.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use toml::de::DeTable;

use super::{Exceptions, Standing, Terms, entry, in_days, overlap};
use crate::config::{
    ConfigErrors, Place,
    nearest::nearest,
    problem::{Problems, Source},
};

/// The table of an entry.
const ENTRY: &str = "exception";
/// Exceptions of one file at most.
const MOST: usize = 5_000;

/// Reads the text of a file of exceptions. `path` is how the file is named in messages.
///
/// # Errors
///
/// Everything that is wrong, at once, each with its file, line and column.
pub fn read(path: &Path, text: &str, terms: Terms) -> Result<Exceptions, ConfigErrors> {
    let source = Source::File { path, text };
    let (mut wrong, mut odd) = (Problems::new(source), Problems::new(source));
    let (document, refused) = DeTable::parse_recoverable(text);
    let (mut all, mut ids) = (Vec::new(), BTreeMap::new());
    for (name, value) in document.get_ref() {
        let entries = value.get_ref().as_array().filter(|_| name.get_ref() == ENTRY);
        let Some(entries) = entries else {
            wrong.add(&name.span(), unknown(name.get_ref()));
            continue;
        };
        if entries.len() > MOST {
            wrong.add(&name.span(), format!("{} exceptions, where {MOST} are the most of one file", entries.len()));
            continue;
        }
        for value in entries {
            let span = value.span();
            let Some(entry) = value.get_ref().as_table() else {
                wrong.add(&span, unknown(ENTRY));
                continue;
            };
            let line = match odd.place(span.start) {
                Place::Position { line, .. } => line,
                Place::File(_) | Place::Variable(_) => 0,
            };
            let exception = entry::read(entry, &span, line, terms, &mut wrong, &mut odd);
            // Also of one with something wrong in it, so that all is told at once.
            let written =
                entry.iter().find(|(name, _)| name.get_ref() == "id").and_then(|(_, id)| id.get_ref().as_str());
            let id = exception.as_ref().map(|exception| exception.id.as_str()).or(written);
            if let Some(id) = id {
                if let Some(first) = ids.get(id) {
                    let message = format!(
                        "`{id}` is the exception in line {first} already: change that one, or give this another id"
                    );
                    wrong.add(&span, message);
                } else {
                    ids.insert(id.to_owned(), line);
                }
            }
            all.extend(exception.map(|exception| (Arc::new(exception), span)));
        }
    }
    for (exception, span) in &all {
        match (exception.standing(terms.today), exception.days_left(terms.today)) {
            (Standing::InForce, _) => {}
            (Standing::Expiring, 0) => odd.add(span, format!("`{}` ends today", exception.id)),
            (Standing::Expiring, days) => {
                odd.add(span, format!("`{}` ends on {}, in {}", exception.id, exception.expires, in_days(days)));
            }
            (Standing::Expired, _) => {
                let message = format!("`{}` ended on {} and is not applied", exception.id, exception.expires);
                odd.add(span, message);
            }
        }
    }
    wrong.add_syntax(&refused);
    let wrong = wrong.into_found();
    if !wrong.is_empty() {
        return Err(ConfigErrors::new(wrong));
    }
    overlap::find(&all, terms.today, &mut odd);
    let mut warnings = odd.into_found();
    warnings.sort();
    Ok(Exceptions { today: terms.today, all: all.into_iter().map(|(exception, _)| exception).collect(), warnings })
}

fn unknown(name: &str) -> String {
    let near = nearest(name, [ENTRY, "exceptions"]).is_some();
    let hint = if near { "write" } else { "a file of exceptions holds" };
    format!("unknown key `{name}`; {hint} [[{ENTRY}]] and its keys below, once for each exception")
}
