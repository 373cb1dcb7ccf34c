//! Turning pages: a token that comes again is an endless loop, and is refused.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crate::{coverage::Outcome, outcome::Refusal};

/// The state of a loop over pages: while there are [`more`](Self::more), ask with the [`token`](Self::token), then
/// [`turn`](Self::turn).
#[derive(Debug)]
pub struct Pages {
    api: &'static str,
    token: Option<String>,
    at_end: bool,
    seen: HashSet<u64>,
}

impl Pages {
    /// Before the first page of `api`.
    pub fn new(api: &'static str) -> Self {
        Self { api, token: None, at_end: false, seen: HashSet::new() }
    }

    /// After a page was read already, with the token that it gave.
    pub fn after(api: &'static str, token: Option<&str>) -> Result<Self, Refusal> {
        let mut pages = Self::new(api);
        pages.turn(token)?;
        Ok(pages)
    }

    /// Whether there is a page to ask for.
    pub fn more(&self) -> bool {
        !self.at_end
    }

    /// The token to ask the next page with; the first page is asked for without.
    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// Takes the token that a page gave. An empty page with a token is normal; a token seen before is refused.
    pub fn turn(&mut self, token: Option<&str>) -> Result<(), Refusal> {
        self.token = token.filter(|token| !token.is_empty()).map(ToOwned::to_owned);
        self.at_end = self.token.is_none();
        let mut hasher = DefaultHasher::new();
        self.token.hash(&mut hasher);
        if !self.at_end && !self.seen.insert(hasher.finish()) {
            self.at_end = true;
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
        pages.turn(Some("a")).unwrap();
        assert!(pages.more() && pages.token().as_deref() == Some("a"));
        assert_eq!(pages.turn(Some("a")).unwrap_err().code, "RepeatedNextToken");
        assert!(!pages.more());
        let mut pages = Pages::after("sagemaker:Search", Some("a")).unwrap();
        pages.turn(Some("")).unwrap();
        assert!(!pages.more());
    }
}
