//! The search itself: the rules that keywords call for, over one text.

use std::ops::Range;

use regex::bytes::Captures;

use super::{
    assignment,
    entropy::entropy,
    keyword::{self, Seen},
    name,
    rule::{Form, RuleId},
    value,
};

/// The most hits in one text; a text with more of them says nothing new.
const MOST: usize = 256;

/// A text to search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Searched<'t> {
    text: &'t str,
    /// How long the name is that the text begins with, before `=` and its value; a script has none.
    name: Option<usize>,
}

/// A secret in a text. It does not hold it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) rule: RuleId,
    /// Where in the text.
    pub(super) secret: Range<usize>,
}

impl<'t> Searched<'t> {
    pub(super) fn script(text: &'t str) -> Self {
        Self { text, name: None }
    }

    /// `name=value`, whose name has that length.
    pub(super) fn pair(text: &'t str, name: usize) -> Self {
        Self { text, name: Some(name) }
    }
}

/// The secrets of a text in the order in which they stand there, none over another. The time is linear in its length.
pub(super) fn hits(searched: &Searched<'_>) -> Vec<Hit> {
    let seen = keyword::seen(searched.text);
    let mut hits = Hits(Vec::new());
    for form in seen.forms() {
        formed(form, searched.text, &mut hits);
    }
    if !seen.names.is_empty() {
        named(searched, &seen, &mut hits);
    }
    let Hits(mut hits) = hits;
    hits.sort_unstable_by_key(|hit| (hit.secret.start, hit.secret.end));
    hits
}

struct Hits(Vec<Hit>);

impl Hits {
    fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// The first rule at a place counts: those that know a token come before those that know its name.
    fn add(&mut self, rule: RuleId, secret: Range<usize>) {
        let is_taken = |hit: &Hit| hit.secret.start < secret.end && secret.start < hit.secret.end;
        if !self.is_full() && !self.0.iter().any(is_taken) {
            self.0.push(Hit { rule, secret });
        }
    }
}

fn formed(form: &'static Form, text: &str, hits: &mut Hits) {
    for captures in form.pattern.captures_iter(text.as_bytes()) {
        if hits.is_full() {
            break;
        }
        let Some(range) = secret_of(&captures) else { continue };
        // A pattern that stands for bytes can only end within a letter where it takes anything.
        let Some(secret) = text.get(range.clone()) else { continue };
        let is_allowed = form.allow.iter().any(|allow| allow.is_match(secret.as_bytes()));
        if !is_allowed && entropy(secret.as_bytes()) >= form.min_entropy && !value::is_placeholder(secret) {
            hits.add(form.id(), range);
        }
    }
}

fn secret_of(captures: &Captures<'_>) -> Option<Range<usize>> {
    let group = captures.iter().skip(1).flatten().next();
    group.or_else(|| captures.get(0)).map(|found| found.range())
}

fn named(searched: &Searched<'_>, seen: &Seen, hits: &mut Hits) {
    let Searched { text, name: boundary } = *searched;
    let value_start = boundary.map_or(0, |name| name + 1);
    let whole = boundary.filter(|name| seen.names.iter().any(|word| word.start < *name));
    if let Some((whole, value)) = whole.and_then(|name| text.get(..name)).zip(text.get(value_start..)) {
        let inner = unquoted(value);
        let start = value_start + value.find(inner).unwrap_or_default();
        judge(whole, text, start..start + inner.len(), hits);
    }
    let mut judged = 0;
    for word in &seen.names {
        // A name that holds several words is judged once.
        if word.start < judged || hits.is_full() {
            continue;
        }
        // What stands in the name of a variable ends there.
        let text = if word.start < value_start { text.get(..value_start - 1).unwrap_or_default() } else { text };
        if let Some(assigned) = assignment::around(text, word) {
            judged = assigned.value.start;
            judge(assigned.name, text, assigned.value, hits);
        }
    }
}

fn judge(name: &str, text: &str, value: Range<usize>, hits: &mut Hits) {
    let Some(text) = text.get(value.clone()).filter(|text| value::has_length(text)) else { return };
    if let Some(named) = name::says(name).filter(|named| value::is_secret(named, text)) {
        hits.add(named.id(), value);
    }
}

/// A value without the quotes of a JSON text around it: hyperparameters often are JSON.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    inner.or_else(|| value.strip_prefix('\'')?.strip_suffix('\'')).unwrap_or(value)
}
