//! Whether a whole region is out of reach, told from how its first types ended, so that the others need not be asked.

use crate::{coverage::Outcome, outcome::Refusal};

/// Types that have to be denied by a service control policy before the region counts as denied: policies that deny a
/// few actions alone are common, and must hide nothing else.
const WITNESSES: u32 = 3;

/// What the types of a region have shown so far.
#[derive(Debug, Default)]
pub(super) struct Reach {
    denied: u32,
    is_open: bool,
    refusal: Option<Refusal>,
}

impl Reach {
    /// The refusal that stands for all types to come.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Takes in how a type ended.
    pub(super) fn saw(&mut self, outcome: Outcome, refusal: Option<&Refusal>) {
        self.is_open |= matches!(outcome, Outcome::Complete | Outcome::Partial);
        self.denied += u32::from(outcome == Outcome::DeniedByScp);
        let told = refusal.filter(|refusal| refusal.outcome == outcome && refusal.is_about_the_target());
        let is_certain = outcome != Outcome::DeniedByScp || (!self.is_open && self.denied >= WITNESSES);
        if let Some(told) = told.filter(|_| is_certain) {
            self.refusal.get_or_insert_with(|| told.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(outcomes: &[Outcome]) -> Option<Outcome> {
        let mut reach = Reach::default();
        for outcome in outcomes {
            reach.saw(*outcome, Some(&Refusal::new(*outcome, "sagemaker:ListModels", "Denied", "")));
        }
        reach.refusal().map(|refusal| refusal.outcome)
    }

    #[test]
    fn a_region_is_denied_once_three_types_were_and_none_was_read() {
        let (denied, read) = (Outcome::DeniedByScp, Outcome::Complete);
        assert_eq!(after(&[denied, denied]), None);
        assert_eq!(after(&[denied, denied, denied]), Some(denied));
        assert_eq!(after(&[denied, Outcome::AccessDenied, denied, denied]), Some(denied));
        assert_eq!(after(&[denied, denied, read, denied, denied]), None);
        assert_eq!(after(&[read, denied, denied, denied]), None);
    }

    #[test]
    fn what_is_about_the_region_or_the_account_is_told_once_and_what_is_about_a_type_is_not() {
        assert_eq!(after(&[Outcome::ServiceNotInRegion]), Some(Outcome::ServiceNotInRegion));
        assert_eq!(after(&[Outcome::Complete, Outcome::AssumeRoleFailed]), Some(Outcome::AssumeRoleFailed));
        assert_eq!(after(&[Outcome::AccessDenied, Outcome::NotSupported, Outcome::Throttled]), None);
    }
}
