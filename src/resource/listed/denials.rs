//! When to stop asking: calls that are each about one resource and that are denied one after another will all be.

use crate::{coverage::Outcome, outcome::Refusal};

/// After so many denials in a row the others of the unit are not asked any more.
const DENIALS: usize = 3;

/// Denials in a row.
#[derive(Debug, Default)]
pub(in crate::resource) struct Denials {
    in_a_row: usize,
    last: Option<Refusal>,
}

impl Denials {
    /// The refusal of a call that is not made any more, which says so; none while calls are made.
    pub(in crate::resource) fn instead(&self) -> Option<Refusal> {
        let last = self.last.as_ref().filter(|_| self.in_a_row >= DENIALS)?;
        let code = format!("{}, not asked after {} denials in a row", last.code, self.in_a_row);
        Some(Refusal { code, ..last.clone() })
    }

    /// Takes in how a call ended.
    pub(in crate::resource) fn count(&mut self, refusal: Option<&Refusal>) {
        let is_denial = |refusal: &&Refusal| matches!(refusal.outcome, Outcome::AccessDenied | Outcome::DeniedByScp);
        self.last = refusal.filter(is_denial).cloned();
        self.in_a_row = if self.last.is_some() { self.in_a_row + 1 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_stop_after_denials_in_a_row_and_say_so() {
        let refusal = |outcome, code| Refusal::new(outcome, "sagemaker:DescribeModel", code, "");
        let denied = refusal(Outcome::AccessDenied, "AccessDeniedException");
        let throttled = refusal(Outcome::Throttled, "ThrottlingException");
        let after = |answers: &[Option<&Refusal>]| {
            let mut denials = Denials::default();
            for answer in answers {
                denials.count(*answer);
            }
            denials.instead().map(|refusal| refusal.code)
        };
        let (no, late) = (Some(&denied), Some(&throttled));
        let code = |denials: u8| Some(format!("AccessDeniedException, not asked after {denials} denials in a row"));
        assert_eq!(after(&[no, no]), None);
        assert_eq!(after(&[no, no, no]), code(3));
        assert_eq!(after(&[no, no, no, no]), code(4));
        assert_eq!(after(&[no, no, None, no, no]), None);
        assert_eq!(after(&[no, no, late, no, no]), None);
        assert_eq!(after(&[no, no, no, None]), None);
    }
}
