//! The division of accounts into shards: each account in one of them, and none much heavier than another.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use crate::place::AccountId;

/// Divides accounts over `shards` by their weights; one of unknown weight counts as an average one. The heaviest
/// account goes first, each to the shard that is lightest then, which is never worse than 4/3 of the best division
/// (Graham 1969).
pub fn balance(accounts: &[AccountId], weights: &BTreeMap<AccountId, u64>, shards: usize) -> Vec<Vec<AccountId>> {
    let known = accounts.iter().filter_map(|account| weights.get(account)).collect::<Vec<_>>();
    let count = u64::try_from(known.len()).unwrap_or(u64::MAX).max(1);
    let average = (known.into_iter().copied().map(u128::from).sum::<u128>() / u128::from(count)).max(1);
    let weight = |account: &AccountId| weights.get(account).map_or(average, |weight| u128::from(*weight).max(1));

    let mut heaviest_first = accounts.to_vec();
    heaviest_first.sort_unstable();
    heaviest_first.dedup();
    heaviest_first.sort_by_key(|account| Reverse(weight(account)));
    let mut divided = vec![Vec::new(); shards];
    let mut lightest = (0..shards).map(|shard| Reverse((0_u128, shard))).collect::<BinaryHeap<_>>();
    for account in heaviest_first {
        let Some(Reverse((load, shard))) = lightest.pop() else { break };
        if let Some(accounts) = divided.get_mut(shard) {
            accounts.push(account);
        }
        lightest.push(Reverse((load + weight(&account), shard)));
    }
    for accounts in &mut divided {
        accounts.sort_unstable();
    }
    divided
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_account_is_in_one_shard_and_none_is_much_heavier_than_needed(
            weights in prop::collection::btree_map(0_u64..1_000_000, prop::option::of(0_u64..1_000_000), 0..200),
            shards in 1_usize..40,
        ) {
            let id = |number: u64| format!("{number:012}").parse::<AccountId>().unwrap();
            let accounts: Vec<_> = weights.keys().map(|number| id(*number)).collect();
            let known: BTreeMap<_, _> =
                weights.iter().filter_map(|(number, weight)| Some((id(*number), (*weight)?))).collect();
            let divided = balance(&accounts, &known, shards);
            prop_assert_eq!(divided.len(), shards);
            let mut all = divided.concat();
            all.sort_unstable();
            prop_assert_eq!(&all, &accounts, "disjoint and complete");
            if known.len() == accounts.len() && !accounts.is_empty() {
                let load = |shard: &Vec<AccountId>| shard.iter().map(|id| known[id].max(1)).sum::<u64>();
                let total: u64 = divided.iter().map(load).sum();
                let most = divided.iter().map(load).max().unwrap();
                let heaviest = known.values().max().unwrap().max(&1);
                // Of a list schedule: no more than an even share and one account.
                prop_assert!(most <= total / u64::try_from(shards).unwrap() + heaviest);
            }
        }
    }
}
