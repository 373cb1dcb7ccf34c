//! Patterns held against each other, as often as there is time for: a file has up to thousands of exceptions, and each is held
//! against each.

use crate::glob;

/// Steps at most, for which a second is enough.
const MOST: usize = 200_000_000;
/// Steps of what is soon told.
const LITTLE: usize = 8;

/// The steps that are left. Without any nothing meets and nothing is held.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
}

impl Default for Work {
    fn default() -> Self {
        Self { left: MOST }
    }
}

impl Work {
    /// Whether there are so many steps left, which then are gone.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.left = self.left.saturating_sub(steps);
        !self.is_spent()
    }

    /// Whether no step is left, so that what was answered last may be wrong.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Whether there is a text that is as both patterns have it.
    pub(super) fn meet(&mut self, one: &str, other: &str) -> bool {
        if !self.spend(LITTLE) {
            return false;
        }
        one == other
            || one == "*"
            || other == "*"
            || (ends_agree(one, other) && self.spend(2 * one.len() * other.len()) && glob::meet(one, other))
    }

    /// Whether every text that is as `narrow` has it is also as `wide` has it.
    pub(super) fn holds(&mut self, wide: &str, narrow: &str) -> bool {
        if !self.spend(LITTLE) {
            return false;
        }
        wide == narrow
            || wide == "*"
            || (narrow.starts_with(front(wide))
                && narrow.ends_with(back(wide))
                && self.spend(2 * wide.len() * narrow.len())
                && glob::holds(wide, narrow))
    }

    /// Whether a pattern of one meets one of the other; none of a dimension is all of it.
    pub(super) fn any_meet(&mut self, one: &[String], other: &[String]) -> bool {
        one.is_empty()
            || other.is_empty()
            || one.iter().any(|first| other.iter().any(|second| self.meet(first, second)))
    }

    /// Whether each pattern of `narrow` is held by one of `wide`.
    pub(super) fn all_held(&mut self, wide: &[String], narrow: &[String]) -> bool {
        wide.is_empty()
            || (!narrow.is_empty() && narrow.iter().all(|narrow| wide.iter().any(|wide| self.holds(wide, narrow))))
    }
}

/// What stands before the first sign of a pattern.
fn front(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}

/// What stands behind the last one.
fn back(pattern: &str) -> &str {
    pattern.rsplit(['*', '?']).next().unwrap_or_default()
}

/// Whether what two patterns begin and end with can be that of one text.
fn ends_agree(one: &str, other: &str) -> bool {
    let is_sign = |byte: u8| matches!(byte, b'*' | b'?');
    let differ = |(one, other): &(u8, u8)| one != other;
    let agree = |found: Option<(u8, u8)>| found.is_none_or(|(one, other)| is_sign(one) || is_sign(other));
    agree(one.bytes().zip(other.bytes()).find(|pair| differ(pair) || is_sign(pair.0)))
        && agree(one.bytes().rev().zip(other.bytes().rev()).find(|pair| differ(pair) || is_sign(pair.0)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_a_step_nothing_is_told() {
        let mut work = Work { left: 20 };
        assert!(work.meet("a*", "*b") && !work.is_spent());
        assert!(!work.meet("a*", "*b") && work.is_spent());
        assert!(!work.meet("*", "*") && !work.holds("*", "*"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn what_is_soon_told_is_what_the_patterns_tell(one in "[abü*?]{0,6}", other in "[abü*?]{0,6}") {
            let mut work = Work::default();
            prop_assert_eq!(work.meet(&one, &other), glob::meet(&one, &other));
            prop_assert_eq!(work.holds(&one, &other), glob::holds(&one, &other));
        }
    }
}
