//! Where an exception applies, held against where another does.

use crate::{
    exception::{
        arn_pattern::ArnPattern,
        scope::{Accounts, Scope},
        work::Work,
    },
    place::AccountId,
};

/// A scope with what is needed of it for each other.
pub(super) struct Area<'s> {
    scope: &'s Scope,
    /// None for every account.
    accounts: Vec<&'s str>,
    resource: Vec<ArnPattern<'s>>,
}

impl<'s> Area<'s> {
    pub(super) fn of(scope: &'s Scope, work: &mut Work) -> Self {
        let accounts = match &scope.account {
            Accounts::Every => Vec::new(),
            Accounts::These(accounts) => accounts.iter().map(AccountId::as_str).collect(),
        };
        let mut resource = Vec::new();
        for pattern in &scope.resource {
            if !work.spend(pattern.len()) {
                break;
            }
            resource.push(ArnPattern::of(pattern, work));
        }
        Self { scope, accounts, resource }
    }

    /// Whether regions, tags and names can be those of both, without which nothing lies in both. This is soon told for most.
    pub(super) fn shares(&self, other: &Self, work: &mut Work) -> bool {
        let (one, two) = (self.scope, other.scope);
        work.any_meet(&one.region, &two.region)
            && one.tags.iter().all(|(key, one)| two.tags.get(key).is_none_or(|two| work.any_meet(one, two)))
            && self.names_meet(other, work)
    }

    /// Whether something may lie in both, which share all that [`Self::shares`] looks at. What only the organization tells, whether an account is in a unit, is left open:
    /// then the answer is no.
    pub(super) fn meets(&self, other: &Self, work: &mut Work) -> bool {
        let (one, two) = (self.scope, other.scope);
        let accounts = match (&one.account, &two.account) {
            (Accounts::These(one), Accounts::These(two)) => !one.is_disjoint(two),
            (Accounts::Every, Accounts::Every) => true,
            (Accounts::Every, Accounts::These(_)) => one.ou_path.is_empty(),
            (Accounts::These(_), Accounts::Every) => two.ou_path.is_empty(),
        };
        accounts
            && work.any_meet(&one.ou_path, &two.ou_path)
            && self.may_lie_in(other, work)
            && other.may_lie_in(self, work)
    }

    fn names_meet(&self, other: &Self, work: &mut Work) -> bool {
        let (ours, theirs) = (&self.resource, &other.resource);
        ours.is_empty() || theirs.is_empty() || ours.iter().any(|one| theirs.iter().any(|other| one.meets(other, work)))
    }

    /// Whether an ARN of this one may lie in regions and accounts of the other.
    fn may_lie_in(&self, other: &Self, work: &mut Work) -> bool {
        let (regions, accounts) = (&other.scope.region, &other.accounts);
        self.resource.is_empty() || self.resource.iter().any(|one| one.may_lie_in(regions, accounts, work))
    }

    /// Whether everything in the other lies in this one, as far as that can be told from the patterns alone.
    pub(super) fn includes(&self, other: &Self, work: &mut Work) -> bool {
        let (wide, narrow) = (self.scope, other.scope);
        let accounts = match (&wide.account, &narrow.account) {
            (Accounts::Every, _) => true,
            (Accounts::These(ours), Accounts::These(theirs)) => theirs.is_subset(ours),
            (Accounts::These(_), Accounts::Every) => false,
        };
        accounts
            && work.all_held(&wide.region, &narrow.region)
            && wide
                .tags
                .iter()
                .all(|(key, ours)| narrow.tags.get(key).is_some_and(|theirs| work.all_held(ours, theirs)))
            && work.all_held(&wide.ou_path, &narrow.ou_path)
            && work.all_held(&wide.resource, &narrow.resource)
    }
}
