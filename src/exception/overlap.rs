//! Exceptions that cover the same: which of them never decides, and where the order in the file does.

use std::{ops::Range, sync::Arc};

use jiff::civil::Date;

use super::{Exception, Standing};
use crate::config::problem::Problems;

/// Tells of each exception in force that may cover what an earlier one covers. Of several earlier ones the first is named.
pub(super) fn find(all: &[(Arc<Exception>, Range<usize>)], today: Date, odd: &mut Problems<'_>) {
    let in_force = |(exception, _): &&(Arc<Exception>, _)| exception.standing(today) != Standing::Expired;
    let all = all.iter().filter(in_force).collect::<Vec<_>>();
    for (number, (later, span)) in all.iter().enumerate() {
        let earlier = || all.iter().take(number).map(|(earlier, _)| earlier);
        if let Some(whole) = earlier().find(|earlier| earlier.makes_needless(later)) {
            odd.add(
                span,
                format!(
                    "`{}` never decides: `{}` in line {} covers all of it and lasts as long; remove one of the two",
                    later.id, whole.id, whole.line
                ),
            );
            continue;
        }
        let mut met = earlier().filter(|earlier| earlier.may_meet(later));
        if let Some(first) = met.next() {
            let more = match met.count() {
                0 => String::new(),
                more => format!(" and {more} more before it"),
            };
            odd.add(
                span,
                format!(
                    "`{}` may cover what `{}` in line {} covers{more}; the first in the file decides",
                    later.id, first.id, first.line
                ),
            );
        }
    }
}

impl Exception {
    fn may_meet(&self, other: &Self) -> bool {
        self.scope.meets(&other.scope) && !self.checks.is_disjoint(&other.checks)
    }

    /// Whether another, which stands behind it, never decides.
    fn makes_needless(&self, other: &Self) -> bool {
        self.expires >= other.expires && other.checks.is_subset(&self.checks) && self.scope.includes(&other.scope)
    }
}
