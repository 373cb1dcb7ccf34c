//! Exceptions that cover the same: which of them never decides, and where the order in the file does.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use jiff::civil::Date;

mod area;

use self::area::Area;
use super::{Exception, Standing, scope::Accounts, work::Work};
use crate::{config::problem::Problems, place::AccountId};

/// Steps of looking at a pair.
const PAIR: usize = 4;

/// Tells of each exception in force that may cover what an earlier one covers. Of several earlier ones the first is named.
pub(super) fn find(all: &[(Arc<Exception>, Range<usize>)], today: Date, odd: &mut Problems<'_>) {
    let (mut work, mut earlier) = (Work::default(), Earlier::default());
    for (exception, span) in all.iter().filter(|(exception, _)| exception.standing(today) != Standing::Expired) {
        let later = Looked { exception, area: Area::of(&exception.scope, &mut work) };
        let found = earlier.first(&later, &mut work);
        let id = &exception.id;
        if work.is_spent() {
            let message = format!(
                "`{id}` and those below it are not held against those before them, which would take too long; they may \
                 overlap"
            );
            odd.add(span, message);
            return;
        }
        let message = found.map(|found| match found {
            Overlap::Whole(first) => format!(
                "`{id}` never decides: `{}` in line {} covers all of it and lasts as long; remove one of the two",
                first.id, first.line
            ),
            Overlap::Part(first) => format!(
                "`{id}` may cover what `{}` in line {} covers; the first in the file decides",
                first.id, first.line
            ),
        });
        if let Some(message) = message {
            odd.add(span, message);
        }
        earlier.add(later);
    }
}

/// What an exception shares with an earlier one.
enum Overlap<'e> {
    Whole(&'e Exception),
    Part(&'e Exception),
}

/// An exception with what is looked up often.
struct Looked<'e> {
    exception: &'e Exception,
    area: Area<'e>,
}

impl Looked<'_> {
    /// Whether another, which stands behind it, never decides.
    fn makes_needless(&self, later: &Self, work: &mut Work) -> bool {
        self.exception.expires >= later.exception.expires
            && later.exception.checks.is_subset(&self.exception.checks)
            && self.area.includes(&later.area, work)
    }
}

/// Those before an exception: the ones with the same checks together, and of these the ones in the same account.
#[derive(Default)]
struct Earlier<'e> {
    all: Vec<Looked<'e>>,
    by_checks: BTreeMap<&'e BTreeSet<&'static str>, Numbers>,
}

/// Numbers of exceptions in their order.
#[derive(Default)]
struct Numbers {
    all: Vec<usize>,
    in_every_account: Vec<usize>,
    by_account: BTreeMap<AccountId, Vec<usize>>,
}

impl<'e> Earlier<'e> {
    fn add(&mut self, looked: Looked<'e>) {
        let number = self.all.len();
        let numbers = self.by_checks.entry(&looked.exception.checks).or_default();
        numbers.all.push(number);
        match &looked.exception.scope.account {
            Accounts::Every => numbers.in_every_account.push(number),
            Accounts::These(accounts) => {
                for account in accounts {
                    numbers.by_account.entry(*account).or_default().push(number);
                }
            }
        }
        self.all.push(looked);
    }

    /// The first that covers all of a later one, else the first that may cover some of it.
    fn first(&self, later: &Looked<'_>, work: &mut Work) -> Option<Overlap<'e>> {
        let mut part = None;
        for number in self.with_check_and_account(later.exception, work) {
            let Some(earlier) = self.all.get(number).filter(|_| work.spend(PAIR)) else { break };
            if !earlier.area.shares(&later.area, work) {
                continue;
            }
            if earlier.makes_needless(later, work) {
                return Some(Overlap::Whole(earlier.exception));
            }
            if part.is_none() && earlier.area.meets(&later.area, work) {
                part = Some(Overlap::Part(earlier.exception));
            }
        }
        part
    }

    /// Those for a check and an account of this one.
    fn with_check_and_account(&self, later: &Exception, work: &mut Work) -> Vec<usize> {
        let mut found = Vec::new();
        for (checks, numbers) in &self.by_checks {
            if !work.spend(PAIR) {
                break;
            }
            if checks.is_disjoint(&later.checks) {
                continue;
            }
            match &later.scope.account {
                Accounts::Every => found.extend_from_slice(&numbers.all),
                Accounts::These(accounts) => {
                    found.extend_from_slice(&numbers.in_every_account);
                    let in_one =
                        accounts.iter().filter(|_| work.spend(1)).filter_map(|one| numbers.by_account.get(one));
                    found.extend(in_one.flatten());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests;
