//! Patterns of whole texts, in which `*` stands for any letters, also none, and `?` for any one letter. There is no other
//! sign, and nothing is searched for: what begins or ends otherwise is not meant.

/// Whether the whole of `text` is as `pattern` has it.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (mut wanted, mut left) = (pattern.chars(), text.chars());
    // Behind the last star: what is wanted then, and from where on it is looked for.
    let mut star = None;
    loop {
        let here = left.clone();
        match (wanted.next(), left.next()) {
            (Some('*'), _) => {
                star = Some((wanted.clone(), here.clone()));
                left = here;
            }
            (None, None) => return true,
            // What is shorter still cannot end better.
            (Some(_), None) => return false,
            (Some(letter), Some(found)) if letter == '?' || letter == found => {}
            (Some(_) | None, Some(_)) => {
                // The star takes one letter more.
                let Some((behind, from)) = &mut star else { return false };
                if from.next().is_none() {
                    return false;
                }
                (wanted, left) = (behind.clone(), from.clone());
            }
        }
    }
}

/// Whether there is a text that is as both patterns have it.
pub fn meet(one: &str, other: &str) -> bool {
    match (is_plain(one), is_plain(other)) {
        (_, true) => return matches(one, other),
        (true, false) => return matches(other, one),
        (false, false) => {}
    }
    let single = |one: char, other: char| one == other || one == '?' || other == '?';
    paired(one, other, single, true)
}

/// Whether every text that is as `narrow` has it is also as `wide` has it. A `true` is certain; patterns that say the same
/// in other ways may be told apart.
pub fn holds(wide: &str, narrow: &str) -> bool {
    if is_plain(narrow) {
        return matches(wide, narrow);
    }
    paired(wide, narrow, |wide, narrow| wide == narrow || wide == '?', false)
}

/// Whether a pattern is no more than a text.
fn is_plain(pattern: &str) -> bool {
    !pattern.contains(['*', '?'])
}

/// Walks through two patterns side by side. A star of the first takes whatever stands in the other; one of the second
/// does so where `both` is set, and can be taken by a star alone where it is not.
fn paired(one: &str, other: &str, single: impl Fn(char, char) -> bool, both: bool) -> bool {
    let (one, other) = (one.chars().collect::<Vec<_>>(), other.chars().collect::<Vec<_>>());
    // For each rest of the other, whether it goes with the rest of the first from the letter that is being looked at.
    let mut next = vec![false; other.len() + 1];
    for from in (0..=one.len()).rev() {
        let mut here = vec![false; other.len() + 1];
        for at in (0..=other.len()).rev() {
            let get = |row: &[bool], index: usize| row.get(index).copied().unwrap_or(false);
            let goes = match (one.get(from), other.get(at)) {
                (None, None) => true,
                (Some('*'), letter) => get(&next, at) || (letter.is_some() && get(&here, at + 1)),
                (letter, Some('*')) if both => get(&here, at + 1) || (letter.is_some() && get(&next, at)),
                (Some(letter), Some(found)) if *found != '*' => single(*letter, *found) && get(&next, at + 1),
                (Some(_), Some(_) | None) | (None, Some(_)) => false,
            };
            if let Some(place) = here.get_mut(at) {
                *place = goes;
            }
        }
        next = here;
    }
    next.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    #[test]
    fn patterns_are_anchored_and_a_star_stands_for_any_letters() {
        for (pattern, text, whether) in [
            ("a-b", "a-b", true),
            ("a-b", "a-bc", false),
            ("a-*", "a-b", true),
            ("a-*", "a-", true),
            ("*-b", "a-b", true),
            ("*-b", "a-b-c", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*a", "a", false),
            ("a?c", "aüc", true),
            ("a?", "a", false),
            ("?*", "", false),
            ("*?a", "aa", true),
            ("A", "a", false),
        ] {
            assert_eq!(matches(pattern, text), whether, "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_meet_and_hold_each_other() {
        for (one, other, whether) in [
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("a?", "?b", true),
            ("a?", "a", false),
            ("*", "", true),
            ("arn:*/nightly-*", "arn:aws:*:eu-central-1:*", true),
            ("arn:aws:sagemaker:us-*", "arn:*:*:eu-*", true),
        ] {
            assert_eq!((meet(one, other), meet(other, one)), (whether, whether), "{one} {other}");
        }
        for (wide, narrow, whether) in [
            ("*", "a*b", true),
            ("a*", "ab*", true),
            ("ab*", "a*", false),
            ("a?", "ab", true),
            ("ab", "a?", false),
            ("?*", "a*", true),
            ("a", "a*", false),
            ("*", "", true),
        ] {
            assert_eq!(holds(wide, narrow), whether, "{wide} {narrow}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let (pattern, text) = (format!("{}b", "a*".repeat(200)), "a".repeat(5_000));
        assert!(!matches(&pattern, &text));
        assert!(meet(&pattern, &"*a".repeat(300)) || !holds(&pattern, &"*a".repeat(300)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn a_pattern_means_what_its_regular_expression_means(pattern in "[ab*?ü]{0,8}", text in "[abü\n]{0,8}") {
            let parts = pattern.chars().map(|letter| match letter {
                '*' => ".*".to_owned(),
                '?' => ".".to_owned(),
                letter => regex::escape(&letter.to_string()),
            });
            let expression = Regex::new(&format!("(?s)\\A{}\\z", parts.collect::<String>())).unwrap();
            prop_assert_eq!(matches(&pattern, &text), expression.is_match(&text));
        }

        #[test]
        fn what_both_match_makes_them_meet_and_what_holds_another_matches_all_of_it(
            one in "[ab*?]{0,6}", other in "[ab*?]{0,6}", text in "[ab]{0,6}"
        ) {
            if matches(&one, &text) && matches(&other, &text) {
                prop_assert!(meet(&one, &other));
            }
            if holds(&one, &other) {
                prop_assert!(!matches(&other, &text) || matches(&one, &text));
                prop_assert!(meet(&one, &other));
            }
            prop_assert!(holds(&one, &one) && holds("*", &one) && meet(&one, "*"));
        }

        #[test]
        fn patterns_that_meet_have_a_text(one in "[ab*?]{0,4}", other in "[ab*?]{0,4}") {
            // Short patterns meet, if at all, in a text that is no longer than both together.
            let found = (0_u32..=8).any(|length| {
                (0..2_u32.pow(length)).any(|bits| {
                    let letters = (0..length).map(|bit| if bits >> bit & 1 == 0 { 'a' } else { 'b' });
                    let text = letters.collect::<String>();
                    matches(&one, &text) && matches(&other, &text)
                })
            });
            prop_assert_eq!(meet(&one, &other), found);
        }
    }
}
