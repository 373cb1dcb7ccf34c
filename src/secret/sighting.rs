//! What is told of a secret: which rule saw it and where, never what it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::rule::RuleId;
use crate::printable;

/// The most sightings of one resource that are kept; the rest are counted.
const KEPT: usize = 20;

/// The longest name that is kept, in characters: the longest key of a hyperparameter.
const NAME_LIMIT: usize = 256;

/// A secret that was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// Where it stands.
    pub place: Place,
    /// The line of a script, from 1; values have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The rule that saw it.
    pub rule: RuleId,
}

/// A text of a resource in which a secret can stand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The script that runs when a notebook instance is created.
    OnCreate,
    /// The script that runs whenever a notebook instance starts.
    OnStart,
    /// The script of a Studio lifecycle configuration.
    Script,
    /// An environment variable.
    Variable(Name),
    /// A hyperparameter.
    Hyperparameter(Name),
    /// An environment variable of one of several containers.
    ContainerVariable {
        /// Which container, from 0, in the order of the API.
        container: u32,
        /// The variable.
        name: Name,
    },
}

/// The name of a variable or hyperparameter, bounded, and withheld where it holds a secret itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Name(Box<str>);

/// The sightings of one resource in one order, each once, the first of them and the number of all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sightings {
    /// The first ones, at most twenty.
    pub first: Vec<Sighting>,
    /// How many there are.
    pub count: u32,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        Self(name.chars().take(NAME_LIMIT).collect())
    }

    /// What stands for a name that holds a secret.
    pub(super) fn withheld() -> Self {
        Self("(withheld: the name holds a secret)".into())
    }

    /// The name as it was given, which may hold any character.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self::new(&name)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&printable::escaped(&self.0))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnCreate => formatter.write_str("on-create script"),
            Self::OnStart => formatter.write_str("on-start script"),
            Self::Script => formatter.write_str("script"),
            Self::Variable(name) => write!(formatter, "variable {name}"),
            Self::Hyperparameter(name) => write!(formatter, "hyperparameter {name}"),
            Self::ContainerVariable { container, name } => {
                write!(formatter, "variable {name} of container {container}")
            }
        }
    }
}

impl fmt::Display for Sighting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, line, rule } = self;
        match line {
            Some(line) => write!(formatter, "{rule} in {place}, line {line}"),
            None => write!(formatter, "{rule} in {place}"),
        }
    }
}

impl Sightings {
    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl FromIterator<Sighting> for Sightings {
    fn from_iter<I: IntoIterator<Item = Sighting>>(sightings: I) -> Self {
        let mut first: Vec<Sighting> = sightings.into_iter().collect();
        first.sort_unstable();
        first.dedup();
        let count = u32::try_from(first.len()).unwrap_or(u32::MAX);
        first.truncate(KEPT);
        Self { first, count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(line: u32) -> Sighting {
        Sighting { place: Place::OnStart, line: Some(line), rule: "private-key".parse().unwrap() }
    }

    #[test]
    fn sightings_have_one_order_no_doubles_and_a_bound() {
        let all: Sightings = (1..=30).rev().chain(5..=9).map(sighting).collect();
        assert_eq!((all.first.len(), all.count), (20, 30));
        assert_eq!(all.first.first().unwrap().line, Some(1));
        assert!(all.first.is_sorted());
        assert!(Sightings::default().is_empty() && !all.is_empty());
    }

    #[test]
    fn a_sighting_says_rule_place_and_line() {
        assert_eq!(sighting(3).to_string(), "private-key in on-start script, line 3");
        let name = Name::new("TOK\u{202e}EN");
        let place = Place::ContainerVariable { container: 1, name };
        assert_eq!(place.to_string(), r"variable TOK\u{202e}EN of container 1");
    }

    #[test]
    fn a_sighting_is_read_back_as_it_was_written() {
        let name = || Name::new("DB");
        let places = [
            Place::OnCreate,
            Place::Script,
            Place::Variable(name()),
            Place::Hyperparameter(name()),
            Place::ContainerVariable { container: 2, name: name() },
        ];
        for place in places {
            let line = matches!(place, Place::OnCreate).then_some(7);
            let sighting = Sighting { place, line, rule: "private-key".parse().unwrap() };
            let json = serde_json::to_string(&sighting).unwrap();
            assert_eq!(serde_json::from_str::<Sighting>(&json).unwrap(), sighting, "{json}");
        }
        let json = serde_json::to_string(&sighting(7)).unwrap();
        assert_eq!(json, r#"{"place":"on_start","line":7,"rule":"private-key"}"#);
    }

    #[test]
    fn a_name_is_cut_to_256_characters_also_when_it_is_read_back() {
        let long = "é".repeat(300);
        assert_eq!(Name::new(&long).as_str().chars().count(), 256);
        let read: Name = serde_json::from_str(&format!("\"{long}\"")).unwrap();
        assert_eq!(read, Name::new(&long));
    }
}
