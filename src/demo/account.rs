//! The accounts: names, mail addresses and tags as a company would have them, all from the seed.

use super::draw::{Draw, mix};
use super::unit::{self, TREE};
use crate::place::AccountId;

/// What can be done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Runs the organization; the demo's own credentials belong to it.
    Management,
    /// A member whose role can be assumed.
    Member,
    /// A member that is in use but refuses its role.
    RefusesRole,
    /// A member that AWS has suspended.
    Suspended,
}

/// An account of the simulated organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The twelve digits.
    pub id: AccountId,
    /// The name, unlike all others.
    pub name: String,
    /// The root user's mail address.
    pub email: String,
    /// Position of the unit that the account lives in; none for the management account, which lives in the root.
    pub unit: Option<usize>,
    /// What can be done with it.
    pub standing: Standing,
    /// The account's tags.
    pub tags: Vec<(&'static str, String)>,
    /// Whether it opted into the regions that are not enabled by default.
    pub opted_in: bool,
    /// What its training jobs are called after.
    pub(super) team: &'static str,
    /// Which of the two wordings a service control policy uses here.
    pub(super) explicit_deny: bool,
    /// Its kind of environment.
    pub(super) environment: &'static str,
    /// Jobs of 1,000 whose keys are missing or unfit.
    pub(super) flawed: u64,
}

const TEAMS: [&str; 16] = [
    "churn",
    "fraud",
    "pricing",
    "claims",
    "recsys",
    "forecast",
    "vision",
    "nlp",
    "search-rank",
    "credit-risk",
    "marketing",
    "supply",
    "telematics",
    "genomics",
    "robotics",
    "speech",
];

/// The accounts of the organization with this seed.
pub(super) fn accounts(seed: u64, count: usize) -> Vec<Account> {
    let count = count.clamp(1, 50_000);
    let suspended = (count >= 6).then(|| count - 1);
    let refuses = (count >= 6).then(|| count - 2);
    (0..count)
        .zip(0_u64..)
        .map(|(position, number)| {
            let mut draw = Draw::new(&[seed, 0x6163_6374, number]);
            let unit = (position > 0).then(|| unit::home(position));
            let plan = unit.and_then(|unit| TREE.get(unit));
            let team = TEAMS.get(position.wrapping_mul(7) % TEAMS.len()).copied().unwrap_or_default();
            let environment = plan.map_or("shared", |plan| plan.environment);
            let name = match (position, position / TEAMS.len()) {
                (0, _) => "organization-management".to_owned(),
                (_, 0) => format!("{team}-{environment}"),
                (_, round) => format!("{team}-{environment}-{}", round + 1),
            };
            let mut tags =
                vec![("env", environment.to_owned()), ("cost-centre", format!("CC-{:04}", 1000 + draw.below(60) * 10))];
            if draw.percent(88) {
                tags.push(("owner", format!("{team}-team@example.com")));
            }
            Account {
                id: id(seed, number),
                email: format!("aws+{name}@example.com"),
                name,
                unit,
                standing: match Some(position) {
                    Some(0) => Standing::Management,
                    chosen if chosen == suspended => Standing::Suspended,
                    chosen if chosen == refuses => Standing::RefusesRole,
                    Some(_) | None => Standing::Member,
                },
                tags,
                opted_in: position % 2 == 1,
                team,
                explicit_deny: unit::round(position).is_multiple_of(2),
                environment,
                flawed: plan.map_or(150, |plan| plan.flawed),
            }
        })
        .collect()
}

/// The id of the account with this number; ids differ because the factor has no divisor in common with the number of ids.
pub(super) fn id(seed: u64, number: u64) -> AccountId {
    const IDS: u128 = 900_000_000_000;
    let mut digits = 100_000_000_000 + (u128::from(mix(&[seed, 0x6964])) + u128::from(number) * 694_847_539_321) % IDS;
    // Twelve digits are an id at once; the loop only spares a panic that cannot happen.
    loop {
        if let Ok(id) = digits.to_string().parse() {
            return id;
        }
        digits += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_names_differ() {
        let accounts = accounts(3, 5_000);
        assert_eq!(accounts.iter().map(|account| account.id).collect::<BTreeSet<_>>().len(), 5_000);
        assert_eq!(accounts.iter().map(|account| &account.name).collect::<BTreeSet<_>>().len(), 5_000);
    }

    #[test]
    fn one_account_is_suspended_and_one_refuses_its_role() {
        let count = |standing| accounts(3, 40).iter().filter(|account| account.standing == standing).count();
        assert_eq!(
            [Standing::Management, Standing::Suspended, Standing::RefusesRole, Standing::Member].map(count),
            [1, 1, 1, 37]
        );
    }
}
