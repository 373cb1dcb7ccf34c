//! Refusals of one cell: one for each API and code, so that none hides another, in an order that does not depend on
//! which call came first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Refusal;

/// Refusals, one for each API and code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Refusal>", into = "Vec<Refusal>")]
pub struct Refusals(BTreeMap<(&'static str, String), Refusal>);

impl Refusals {
    /// Adds one; of several messages the first in the order of their texts stays.
    pub fn add(&mut self, refusal: Refusal) {
        let key = (refusal.api, refusal.code.clone());
        match self.0.get_mut(&key) {
            Some(known) if known.message <= refusal.message => {}
            Some(known) => *known = refusal,
            None => drop(self.0.insert(key, refusal)),
        }
    }

    /// `first`, or without one the first of these, and what is to be said of the others.
    pub fn told(mut self, first: Option<Refusal>) -> (Option<Refusal>, Option<String>) {
        if let Some(first) = &first {
            self.0.remove(&(first.api, first.code.clone()));
        }
        let mut refusals = self.0.into_values();
        let first = first.or_else(|| refusals.next());
        let others = refusals.map(|refusal| format!("{}: {}", refusal.api, refusal.code)).collect::<Vec<_>>();
        (first, (!others.is_empty()).then(|| format!("also refused: {}", others.join(", "))))
    }
}

impl Extend<Refusal> for Refusals {
    fn extend<I: IntoIterator<Item = Refusal>>(&mut self, refusals: I) {
        refusals.into_iter().for_each(|refusal| self.add(refusal));
    }
}

impl From<Vec<Refusal>> for Refusals {
    fn from(refusals: Vec<Refusal>) -> Self {
        let mut all = Self::default();
        all.extend(refusals);
        all
    }
}

impl From<Refusals> for Vec<Refusal> {
    fn from(refusals: Refusals) -> Self {
        refusals.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Outcome;

    #[test]
    fn none_hides_another_and_the_order_does_not_matter() {
        let refusal = |api, code: &str, message: &str| Refusal::new(Outcome::AccessDenied, api, code, message);
        let mut all = vec![
            refusal("sagemaker:DescribeTrainingJob", "AccessDenied", "z"),
            refusal("kms:DescribeKey", "AccessDenied", "b"),
            refusal("kms:DescribeKey", "AccessDenied", "a"),
            refusal("kms:DescribeKey", "Throttling", "a"),
        ];
        let told = Refusals::from(all.clone()).told(None);
        all.reverse();
        let refusals = Refusals::from(all);
        let json = serde_json::to_string(&refusals).unwrap();
        assert_eq!(serde_json::from_str::<Refusals>(&json).unwrap(), refusals);
        assert_eq!(refusals.clone().told(None), told);
        let decided = refusal("sagemaker:Search", "Throttling", "s");
        let (first, others) = refusals.told(Some(decided.clone()));
        assert_eq!(first, Some(decided));
        assert!(others.unwrap().contains("kms:DescribeKey: AccessDenied"));
        let (first, others) = told;
        assert_eq!(first.unwrap().message, "a");
        assert_eq!(
            others.unwrap(),
            "also refused: kms:DescribeKey: Throttling, sagemaker:DescribeTrainingJob: AccessDenied"
        );
    }
}
