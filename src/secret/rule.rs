//! The rules as they are written down, with the source of each fact.

use std::{fmt, str::FromStr, sync::LazyLock};

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use thiserror::Error;

/// Every rule.
pub(super) const FILE: &str = include_str!("../../config/secret-rules.toml");

/// A file that cannot be read leaves no rule; a test reads it.
pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| toml::from_str(FILE).unwrap_or_default());

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    #[serde(rename = "rule")]
    pub(super) forms: Vec<Form>,
    pub(super) named: Vec<Named>,
    pub(super) names: Names,
    pub(super) values: Values,
}

/// A form that gives a secret away wherever it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    id: String,
    what: String,
    pub(super) keywords: Vec<String>,
    #[serde(deserialize_with = "pattern")]
    pub(super) pattern: Regex,
    pub(super) min_entropy: f64,
    #[serde(default, deserialize_with = "patterns")]
    pub(super) allow: Vec<Regex>,
    source: String,
}

/// Names that say that their value is a secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    id: String,
    what: String,
    pub(super) says: Vec<Phrase>,
    pub(super) min_length: usize,
    pub(super) min_entropy: f64,
    pub(super) plain_words: bool,
}

/// Words next to each other in a name.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Phrase {
    pub(super) words: Vec<String>,
    /// The words written together.
    pub(super) joined: String,
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        Self { joined: words.concat(), words }
    }
}

/// Words that take the meaning of a secret from a name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) refers: Vec<String>,
    pub(super) text_tokens: Vec<String>,
}

/// Values that stand for a secret without being one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Values {
    pub(super) placeholders: Vec<String>,
    pub(super) placeholder_parts: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) reference_parts: Vec<String>,
}

impl Form {
    pub(super) fn id(&'static self) -> RuleId {
        RuleId(&self.id)
    }
}

impl Named {
    pub(super) fn id(&'static self) -> RuleId {
        RuleId(&self.id)
    }
}

/// The id of a rule of this version, in kebab case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleId(&'static str);

/// A text that is the id of no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this version has no such rule for secrets")]
pub struct UnknownRule;

impl RuleId {
    /// The id.
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

impl FromStr for RuleId {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        rules().map(|rule| rule.id).find(|id| id.0 == text).ok_or(UnknownRule)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// A rule as it is told to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described {
    /// Its id.
    pub id: RuleId,
    /// What it finds.
    pub what: &'static str,
    /// Where its issuer says what the secret looks like; a rule about names has none.
    pub source: Option<&'static str>,
}

/// All rules, in the order in which they are tried.
pub fn rules() -> impl Iterator<Item = Described> {
    let forms = RULES.forms.iter();
    let forms = forms.map(|form| Described { id: form.id(), what: &form.what, source: Some(&form.source) });
    forms.chain(RULES.named.iter().map(|named| Described { id: named.id(), what: &named.what, source: None }))
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    compiled(&String::deserialize(deserializer)?)
}

fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Regex>, D::Error> {
    Vec::<String>::deserialize(deserializer)?.iter().map(|text| compiled(text)).collect()
}

/// Secrets are ASCII, and patterns over bytes are small and fast.
fn compiled<E: serde::de::Error>(text: &str) -> Result<Regex, E> {
    RegexBuilder::new(text).unicode(false).build().map_err(E::custom)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_file_is_read_and_every_rule_says_what_it_is() {
        let read: Rules = toml::from_str(FILE).unwrap();
        assert_eq!((read.forms.len(), read.named.len()), (50, 2));
        for rule in rules() {
            let id = rule.id.as_str();
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{id}");
            assert!(!rule.what.is_empty() && rule.source.is_none_or(|source| source.starts_with("https://")), "{id}");
            assert_eq!(id.parse(), Ok(rule.id));
        }
    }

    #[test]
    fn ids_are_unique_and_keywords_are_in_lower_case() {
        let ids: BTreeSet<RuleId> = rules().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), rules().count());
        for form in &RULES.forms {
            assert!(!form.keywords.is_empty(), "{}", form.id);
            assert!(form.keywords.iter().all(|keyword| *keyword == keyword.to_ascii_lowercase()), "{}", form.id);
        }
    }

    #[test]
    fn words_and_values_are_in_lower_case_and_names_are_sorted() {
        let Rules { names, values, .. } = &*RULES;
        let lists = [
            &names.refers,
            &names.text_tokens,
            &values.placeholders,
            &values.placeholder_parts,
            &values.references,
            &values.reference_parts,
        ];
        assert!(lists.into_iter().flatten().all(|text| *text == text.to_ascii_lowercase()));
        assert!(names.refers.is_sorted() && names.text_tokens.is_sorted());
    }

    #[test]
    fn a_rule_of_another_version_is_not_read() {
        assert!(
            serde_json::from_str::<RuleId>(r#""hunter2""#).unwrap_err().to_string().starts_with("this version has")
        );
    }
}
