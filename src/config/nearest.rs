//! The nearest known name to one that nobody knows, for "did you mean".

/// The candidate with the fewest edits from `wrong`, if it is near enough to be what was meant. Case is no edit.
pub(crate) fn nearest<'c>(wrong: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = |text: &str| text.to_ascii_lowercase().chars().collect::<Vec<_>>();
    let wrong = folded(wrong);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let meant = folded(candidate);
            let limit = (meant.len() / 3).max(1);
            // An edit changes the length by one at most: a hostile name of a megabyte is never measured.
            if wrong.len().abs_diff(meant.len()) > limit {
                return None;
            }
            let edits = distance(&wrong, &meant);
            (edits <= limit).then_some((edits, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// The number of insertions, deletions and replacements from one to the other (Levenshtein).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (done, have) in from.iter().enumerate() {
        let mut diagonal = done;
        let mut left = done + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, want) in row.iter_mut().skip(1).zip(to) {
            let replaced = diagonal + usize::from(have != want);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        let count = |from: &str, to: &str| distance(&from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>());
        assert_eq!([count("kitten", "sitting"), count("", "abc"), count("abc", ""), count("abc", "abc")], [3, 3, 3, 0]);
    }

    #[test]
    fn a_near_name_is_meant_and_a_far_one_is_not() {
        let names = ["include_ous", "exclude_ous", "accounts"];
        assert_eq!(nearest("acounts", names), Some("accounts"));
        assert_eq!(nearest("exclude_ou", names), Some("exclude_ous"));
        assert_eq!(nearest("ACCOUNTS", names), Some("accounts"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(nearest(&"a".repeat(1_000_000), names), None);
    }
}
