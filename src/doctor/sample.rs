//! Which accounts are looked at: all of them, or a few, spread over the scope and the same each time.

use std::collections::BTreeSet;

use crate::{
    organization::{Member, Organization, Standing},
    place::AccountId,
};

/// How many accounts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// About so many; at least the management account and our own, where they are in scope.
    Some(usize),
    /// Every one.
    All,
}

/// The active accounts to look at, by id.
pub fn choose(organization: &Organization, ours: AccountId, sample: Sample) -> Vec<&Member> {
    let active = organization.members.iter().filter(|member| member.standing == Standing::Active).collect::<Vec<_>>();
    let Sample::Some(count) = sample else { return active };
    if count >= active.len() {
        return active;
    }
    let is_special = |member: &&&Member| {
        let id = member.account.id;
        id == ours || organization.management == Some(id)
    };
    let mut chosen = active.iter().filter(is_special).map(|member| member.account.id).collect::<BTreeSet<_>>();
    let others = active.iter().filter(|member| !is_special(member)).collect::<Vec<_>>();
    for place in spread(others.len(), count.saturating_sub(chosen.len())) {
        chosen.extend(others.get(place).map(|member| member.account.id));
    }
    active.into_iter().filter(|member| chosen.contains(&member.account.id)).collect()
}

/// So many of the places below `length`, at even distances, the first and the last among them.
fn spread(length: usize, count: usize) -> impl Iterator<Item = usize> {
    let steps = count.saturating_sub(1).max(1);
    (0..count.min(length)).map(move |step| step * length.saturating_sub(1) / steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spread_evenly_and_never_stand_twice() {
        assert_eq!(spread(100, 4).collect::<Vec<_>>(), [0, 33, 66, 99]);
        assert_eq!(spread(3, 3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(5, 1).collect::<Vec<_>>(), [0]);
        assert_eq!(spread(5, 0).count() + spread(0, 5).count(), 0);
        for (length, count) in [(7, 6), (1000, 10), (11, 10)] {
            assert_eq!(spread(length, count).collect::<BTreeSet<_>>().len(), count, "{length} {count}");
        }
    }
}
