//! The one pass over every text: which keywords stand in it, and where names begin that speak of secrets.

use std::{collections::BTreeSet, ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

use super::rule::{Form, RULES, Rules};

/// Keywords that cannot be built leave none; a test looks for them.
static KEYWORDS: LazyLock<Option<Keywords>> = LazyLock::new(|| Keywords::new(&RULES).ok());

struct Keywords {
    automaton: AhoCorasick,
    /// What each keyword of the automaton means.
    meanings: Vec<Meaning>,
}

#[derive(Clone, Copy)]
enum Meaning {
    /// A rule, by its number, is worth trying.
    Form(usize),
    /// A name that may say that its value is a secret.
    Name,
}

/// What one pass over a text found.
#[derive(Debug, Default)]
pub(super) struct Seen {
    forms: BTreeSet<usize>,
    /// Where words stand that names of secrets have, in the order of their ends.
    pub(super) names: Vec<Range<usize>>,
}

impl Seen {
    /// The rules worth trying, the first of the file first.
    pub(super) fn forms(&self) -> impl Iterator<Item = &'static Form> {
        self.forms.iter().filter_map(|number| RULES.forms.get(*number))
    }
}

/// Looks once at every byte of a text, whatever the number of rules.
pub(super) fn seen(text: &str) -> Seen {
    let mut seen = Seen::default();
    let Some(Keywords { automaton, meanings }) = &*KEYWORDS else { return seen };
    for found in automaton.find_overlapping_iter(text) {
        match meanings.get(found.pattern().as_usize()) {
            Some(Meaning::Form(number)) => {
                seen.forms.insert(*number);
            }
            Some(Meaning::Name) => seen.names.push(found.range()),
            None => {}
        }
    }
    seen
}

impl Keywords {
    fn new(rules: &Rules) -> Result<Self, BuildError> {
        let mut keywords = Vec::new();
        let mut meanings = Vec::new();
        for (number, form) in rules.forms.iter().enumerate() {
            keywords.extend(form.keywords.iter().cloned());
            meanings.resize(keywords.len(), Meaning::Form(number));
        }
        // A phrase of one word is the same however it is joined, and two rules may have one.
        let phrases = rules.named.iter().flat_map(|named| &named.says);
        let joined = phrases.flat_map(|phrase| ["", "_", "-", "."].map(|joint| phrase.words.join(joint)));
        keywords.extend(joined.collect::<BTreeSet<String>>());
        meanings.resize(keywords.len(), Meaning::Name);
        let automaton =
            AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(&keywords)?;
        Ok(Self { automaton, meanings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_calls_its_rule() {
        for form in &RULES.forms {
            for keyword in &form.keywords {
                let seen = seen(&format!("x{}y", keyword.to_ascii_uppercase()));
                assert!(seen.forms().any(|called| called.id() == form.id()), "{keyword}");
            }
        }
    }

    #[test]
    fn a_name_is_seen_however_it_is_written() {
        for name in ["API_KEY", "apiKey", "api-key", "Api.Key"] {
            assert_eq!(seen(name).names.first(), Some(&(0..name.len())), "{name}");
        }
        assert!(seen("learning_rate=0.1").names.is_empty());
    }
}
