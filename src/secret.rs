//! Finds secrets in the texts that people leave in SageMaker: lifecycle scripts, environments and hyperparameters.
//!
//! What is found is a [`Sighting`]: the rule, the place and the line. The value is looked at where it stands and is in no
//! type of this module, so that it can enter no table, log or error.
//!
//! The rules are data, `config/secret-rules.toml`: forms of tokens that their issuers publish, and names that say that
//! their value is a secret. One pass for keywords decides which rules are tried at all; few values have one.

use std::ops::Range;

mod assignment;
mod decode;
mod entropy;
mod keyword;
mod looked;
mod name;
mod rule;
mod search;
mod sighting;
mod value;

pub use decode::{Undecodable, decode};
pub use looked::Looked;
pub use rule::{Described, RuleId, rules};
pub use sighting::{Name, Place, Sighting, Sightings};

use search::Searched;

/// The secrets in a script, each with its line.
pub fn in_script(place: &Place, text: &str) -> Vec<Sighting> {
    let mut line = 1;
    let mut counted = 0;
    let mut sightings = Vec::new();
    for hit in search::hits(&Searched::script(text)) {
        line += newlines(text, counted..hit.secret.start);
        counted = hit.secret.start;
        sightings.push(Sighting { place: place.clone(), line: Some(line), rule: hit.rule });
    }
    sightings
}

/// The secrets among variables or hyperparameters, whose values may be JSON; `place` makes a place of a name.
pub fn in_values<'v>(
    place: impl Fn(Name) -> Place,
    values: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Vec<Sighting> {
    let mut text = String::new();
    let mut sightings = Vec::new();
    for (name, value) in values {
        text.clear();
        text.extend([name, "=", value]);
        let hits = search::hits(&Searched::pair(&text, name.len()));
        let told = hits.iter().any(|hit| {
            hit.secret.start < name.len() || text.get(hit.secret.clone()).is_some_and(|secret| name.contains(secret))
        });
        let shown = || if told { Name::withheld() } else { Name::new(name) };
        sightings.extend(hits.iter().map(|hit| Sighting { place: place(shown()), line: None, rule: hit.rule }));
    }
    sightings
}

fn newlines(text: &str, range: Range<usize>) -> u32 {
    let newlines = text.get(range).map(|text| text.matches('\n').count());
    newlines.and_then(|newlines| u32::try_from(newlines).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
