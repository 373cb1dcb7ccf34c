//! The rules as a whole: each against what it is for, all against what they are not for.

mod corpus;
mod forms;
mod properties;
mod samples;

use super::*;

/// The ids of the rules that see something in one value.
fn rules_of(name: &str, value: &str) -> Vec<&'static str> {
    in_values(Place::Variable, [(name, value)]).into_iter().map(|sighting| sighting.rule.as_str()).collect()
}

/// The lines and rules of a script.
fn lines_of(script: &str) -> Vec<(u32, &'static str)> {
    let sightings = in_script(&Place::Script, script).into_iter();
    sightings.map(|Sighting { line, rule, .. }| (line.unwrap(), rule.as_str())).collect()
}
