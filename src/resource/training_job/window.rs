//! Windows of creation time: the way in which a long history is cut.

use jiff::Timestamp;

use crate::{
    lake::staging::unit::{Slice, Span},
    resource::Resource,
};

/// A half-open span of creation times, in whole seconds since the epoch, which is what filters take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    pub(super) fn contains(self, resource: &Resource) -> bool {
        resource.created_at.is_none_or(|created| self.covers(created))
    }

    pub(super) fn covers(self, created: Timestamp) -> bool {
        (self.from..self.to).contains(&created.as_second())
    }

    /// What is left of the window beside others, in parts of about its width over `count`.
    pub(super) fn beside(self, others: &[Self], count: u64) -> Vec<Self> {
        let mut others = others.to_vec();
        others.sort_unstable_by_key(|other| other.from);
        let mut left = Vec::new();
        let mut from = self.from;
        for other in others {
            if other.from > from {
                left.push(Self { from, to: other.from.min(self.to) });
            }
            from = from.max(other.to);
        }
        left.push(Self { from, to: self.to });
        let width = u128::from((self.to - self.from).unsigned_abs()).max(1);
        let share = |gap: &Self| {
            let wanted = u128::from(count) * u128::from((gap.to - gap.from).unsigned_abs());
            u64::try_from(wanted.div_ceil(width)).unwrap_or(u64::MAX)
        };
        left.iter().filter(|gap| gap.from < gap.to).flat_map(|gap| gap.parts(share(gap))).collect()
    }

    /// The window of a slice that was read by a search.
    pub(super) fn of(slice: &Slice) -> Option<Self> {
        match slice.span {
            Span::Created { from, to } => Some(Self { from, to }),
            Span::Named(_) => None,
        }
    }

    /// Equal parts, at least one; a window of one second, which is as fine as filters are, is one.
    pub(super) fn parts(self, count: u64) -> Vec<Self> {
        let width = (self.to - self.from).max(1);
        let count = i64::try_from(count).unwrap_or(i64::MAX).clamp(1, width);
        let bound = |part: i64| {
            self.from + i64::try_from(i128::from(width) * i128::from(part) / i128::from(count)).unwrap_or(width)
        };
        (0..count).map(|part| Self { from: bound(part), to: bound(part + 1) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_cover_a_window_without_gap_or_overlap(from in 0_i64..2_000_000_000, width in 1_i64..100_000_000, count in 1_u64..500) {
            let whole = Window { from, to: from + width };
            let parts = whole.parts(count);
            prop_assert_eq!(parts.first().unwrap().from, whole.from);
            prop_assert_eq!(parts.last().unwrap().to, whole.to);
            prop_assert!(parts.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert!(parts.iter().all(|part| part.from < part.to));
            let (left, right) = (parts.len() / 3, parts.len().div_ceil(2));
            let mut all = whole.beside(&parts[left..right], count);
            all.extend_from_slice(&parts[left..right]);
            all.sort_unstable_by_key(|part| part.from);
            prop_assert!(all.iter().all(|part| part.from < part.to));
            prop_assert!(all.windows(2).all(|pair| pair[0].to == pair[1].from), "{all:?}");
            prop_assert_eq!((all[0].from, all.last().unwrap().to), (from, from + width));
            prop_assert_eq!(u64::try_from(parts.len()).unwrap(), count.min(u64::try_from(width).unwrap()));
        }
    }
}
