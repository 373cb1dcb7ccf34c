//! How Prowler 5.46 matches an item of a mute list: `*` becomes `.*`, and that regular expression is searched for anywhere
//! in the text.

use regex::Regex;

/// Letters of an item at most.
const MOST: usize = 1_000;

/// The regular expression that Prowler makes of an item.
fn expression(item: &str) -> String {
    item.replace('*', ".*")
}

/// The search for an item; none where Prowler's own would fail, and nothing is muted, or where ours cannot do the same.
pub(super) fn search(item: &str) -> Option<Regex> {
    Regex::new(&expression(item)).ok()
}

/// An item as patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Globs {
    /// Those that match what the search finds.
    pub(super) wide: Vec<String>,
    /// Those that match what is written, from its beginning to its end.
    pub(super) exact: Vec<String>,
}

impl Globs {
    /// Whether the search finds more than what is written.
    pub(super) fn are_wider(&self) -> bool {
        self.wide != self.exact
    }
}

/// The patterns of an item; none where no pattern says the same.
pub(super) fn globs(item: &str) -> Option<Globs> {
    if item.chars().count() > MOST || item.chars().any(char::is_control) {
        return None;
    }
    let expression = expression(item);
    let branches = alternatives(&expression).into_iter().map(branch).collect::<Option<Vec<_>>>()?;
    let (wide, exact) = branches.into_iter().unzip();
    Some(Globs { wide, exact })
}

/// The parts between bars.
pub(super) fn alternatives(expression: &str) -> Vec<&str> {
    let (mut parts, mut from, mut escaped) = (Vec::new(), 0, false);
    for (index, letter) in expression.char_indices() {
        if letter == '|' && !escaped {
            parts.extend(expression.get(from..index));
            from = index + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    parts.extend(expression.get(from..));
    parts
}

/// The patterns of one part: of what the search finds, and of what is written.
fn branch(part: &str) -> Option<(String, String)> {
    let (starts, rest) = part.strip_prefix('^').map_or((false, part), |rest| (true, rest));
    let ends = rest.ends_with('$') && !rest.ends_with("\\$");
    let body = if ends { rest.strip_suffix('$')? } else { rest };
    let mut exact = String::new();
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        let (sign, is_any) = match letter {
            '.' => ('?', true),
            '\\' => (letters.next().filter(char::is_ascii_punctuation)?, false),
            '^' | '$' | '*' | '+' | '?' | '[' | ']' | '(' | ')' | '{' | '}' => return None,
            letter => (letter, false),
        };
        if !is_any && matches!(sign, '*' | '?') {
            return None;
        }
        match letters.peek() {
            Some('*') if is_any => drop(letters.next().map(|_| exact.push('*'))),
            Some('+') if is_any => drop(letters.next().map(|_| exact.push_str("?*"))),
            _ => exact.push(sign),
        }
        // What repeats a letter, or asks for the shortest, has no sign here.
        if matches!(letters.peek(), Some('*' | '+' | '?' | '{')) {
            return None;
        }
    }
    let exact = one_star(&exact);
    let wide = format!("{}{exact}{}", if starts { "" } else { "*" }, if ends { "" } else { "*" });
    Some((one_star(&wide), exact))
}

/// Stars that follow each other are one.
fn one_star(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    for letter in pattern.chars() {
        if letter != '*' || !out.ends_with('*') {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::glob::matches;

    #[test]
    fn an_item_becomes_patterns_that_say_the_same() {
        for (item, wide, exact) in [
            ("*", &["*"][..], &["*"][..]),
            ("test", &["*test*"], &["test"]),
            ("^test$", &["test"], &["test"]),
            ("ci-*", &["*ci-*"], &["ci-*"]),
            (".+-logs", &["*?*-logs*"], &["?*-logs"]),
            (".*-logs", &["*?*-logs*"], &["?*-logs"]),
            ("a|b$", &["*a*", "*b"], &["a", "b"]),
            (r"v1\.2", &["*v1.2*"], &["v1.2"]),
            ("v1.2", &["*v1?2*"], &["v1?2"]),
        ] {
            let found = globs(item).unwrap();
            assert_eq!(
                (found.wide, found.exact),
                (
                    wide.iter().map(|one| (*one).to_owned()).collect(),
                    exact.iter().map(|one| (*one).to_owned()).collect()
                ),
                "{item}"
            );
        }
        for item in ["[ab]", "(a|b)", "a+", "a?", r"\d", "a{2}", r"\*", ".{3}", "a$b", ".*?"] {
            assert_eq!(globs(item), None, "{item}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn what_the_patterns_match_is_what_the_search_finds(
            item in r"(\^|)([ab.|*-]|\.\+|\\\.){0,6}(\$|)", text in "[ab.-]{0,7}"
        ) {
            if let Some(globs) = globs(&item) {
                let found = search(&item).unwrap().is_match(&text);
                prop_assert_eq!(globs.wide.iter().any(|glob| matches(glob, &text)), found, "{:?}", globs);
            }
        }

        #[test]
        fn no_item_makes_it_panic(item in "\\PC{0,20}") {
            drop((globs(&item), search(&item)));
        }
    }
}
