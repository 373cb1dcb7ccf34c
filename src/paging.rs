//! Turning pages: an endless loop, by a token that comes again or by empty pages without end, is refused.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crate::{coverage::Outcome, outcome::Refusal};

/// So many empty pages in a row are borne: services that filter after cutting the page give some.
const MOST_EMPTY: u32 = 100;

/// The state of a loop over pages: while there are [`more`](Self::more), ask with the [`token`](Self::token), then
/// [`turn`](Self::turn).
#[derive(Debug)]
pub struct Pages {
    api: &'static str,
    token: Option<String>,
    at_end: bool,
    empty: u32,
    seen: HashSet<u64>,
}

impl Pages {
    /// Before the first page of `api`.
    pub fn new(api: &'static str) -> Self {
        Self { api, token: None, at_end: false, empty: 0, seen: HashSet::new() }
    }

    /// Whether there is a page to ask for.
    pub fn more(&self) -> bool {
        !self.at_end
    }

    /// The token to ask the next page with; the first page is asked for without.
    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Takes the token that a page of so many items gave. An empty page with a token is normal; a token seen before is
    /// refused, and so is the next of [`MOST_EMPTY`] empty pages. What was refused is not the end: there is still more.
    pub fn turn(&mut self, token: Option<&str>, items: usize) -> Result<(), Refusal> {
        self.token = token.filter(|token| !token.is_empty()).map(ToOwned::to_owned);
        self.at_end = self.token.is_none();
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        if !self.at_end && self.empty > MOST_EMPTY {
            let message = "the service gave nothing but empty pages, each with a NextToken";
            return Err(Refusal::new(Outcome::MalformedAnswer, self.api, "EndlessPages", message));
        }
        let mut hasher = DefaultHasher::new();
        self.token.hash(&mut hasher);
        if !self.at_end && !self.seen.insert(hasher.finish()) {
            let message = "the service gave the same NextToken twice, so its pages have no end";
            return Err(Refusal::new(Outcome::MalformedAnswer, self.api, "RepeatedNextToken", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_ends_with_the_last_token_and_refuses_one_that_comes_again() {
        let mut pages = Pages::new("sagemaker:Search");
        assert!(pages.more() && pages.token().is_none());
        pages.turn(Some("a"), 1).unwrap();
        assert!(pages.more() && pages.token().as_deref() == Some("a"));
        assert_eq!(pages.turn(Some("a"), 1).unwrap_err().code, "RepeatedNextToken");
        assert!(pages.more(), "a loop that is refused has not come to its end");
        let mut pages = Pages::new("sagemaker:Search");
        pages.turn(Some(""), 1).unwrap();
        assert!(!pages.more());
    }

    #[test]
    fn some_empty_pages_are_normal_and_empty_pages_without_end_are_refused() {
        let mut pages = Pages::new("organizations:ListAccounts");
        let mut turn = |number: u32, items| pages.turn(Some(&number.to_string()), items);
        for number in 0..MOST_EMPTY {
            turn(number, 0).unwrap();
        }
        turn(MOST_EMPTY, 1).unwrap();
        for number in 0..MOST_EMPTY {
            turn(1_000 + number, 0).unwrap();
        }
        assert_eq!(turn(5_000, 0).unwrap_err().code, "EndlessPages");
    }
}
