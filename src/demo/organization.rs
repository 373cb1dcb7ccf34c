//! The simulated organization: units, accounts and cells, built once from its shape; the jobs in the cells are not held.

use std::collections::HashMap;

use super::account::{Account, Standing, accounts, id};
use super::cell::{Access, Calendar, Cell};
use super::draw::{letters, mix};
use super::hostile::{spoil_accounts, spoil_units};
use super::key::{Keyring, Neighbours};
use super::region::{Enablement, in_use};
use super::shape::Shape;
use super::unit::{SANDBOX, Unit, units};
use crate::place::{AccountId, Region};

/// One organization. It answers what the wire answers, and what is true.
#[derive(Debug)]
pub struct Organization {
    pub(super) seed: u64,
    pub(super) id: String,
    pub(super) root: String,
    now: i64,
    units: Vec<Unit>,
    accounts: Vec<Account>,
    by_id: HashMap<AccountId, usize>,
    regions: Vec<(Region, Enablement)>,
    cells: Vec<Cell>,
}

impl Organization {
    /// The organization that `shape` describes.
    pub fn new(shape: &Shape) -> Self {
        let root_letters = letters(mix(&[shape.seed, 0x726f_6f74]), 4);
        let id = format!("o-{}", letters(mix(&[shape.seed, 0x006f_7267]), 10));
        let root = format!("r-{root_letters}");
        let mut organization = Self {
            seed: shape.seed,
            units: units(shape.seed, &format!("{id}/{root}/"), &root_letters),
            accounts: accounts(shape.seed, shape.accounts),
            by_id: HashMap::new(),
            regions: in_use(shape.regions),
            cells: Vec::new(),
            now: Calendar::new(shape).end,
            id,
            root,
        };
        organization.by_id =
            organization.accounts.iter().zip(0..).map(|(account, position)| (account.id, position)).collect();
        if shape.hostile {
            spoil_accounts(&mut organization.accounts);
            spoil_units(&mut organization.units);
        }
        organization.cells = organization.empty_cells(shape);
        let shares = shares(shape, &organization.cells);
        let scenarios = shape.scenarios.clone().into();
        for (cell, jobs) in organization.cells.iter_mut().zip(shares) {
            cell.fill(jobs, &scenarios, shape);
            cell.hostile = shape.hostile;
            cell.no_serverless = shape.no_serverless;
        }
        organization
    }

    /// All accounts; the management account is the first.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with this id.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(*self.by_id.get(&id)?)
    }

    /// The management account.
    pub fn management(&self) -> AccountId {
        self.accounts.first().map_or_else(|| id(self.seed, 0), |account| account.id)
    }

    /// All organizational units; each stands after the one above it.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit that an account lives in; none for an account in the root.
    pub fn unit_of(&self, account: &Account) -> Option<&Unit> {
        self.units.get(account.unit?)
    }

    /// The regions in use.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter().map(|(region, _)| region)
    }

    /// Every account in every region in use, whether it can be read or not.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The cell of an account and region; none where the region is not in use.
    pub fn cell(&self, account: AccountId, region: &str) -> Option<&Cell> {
        let column = self.regions.iter().position(|(known, _)| known.as_str() == region)?;
        self.cells.get(self.by_id.get(&account)? * self.regions.len() + column)
    }

    /// The present, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// How a region is enabled, if it is in use.
    pub(super) fn enablement(&self, region: &str) -> Option<Enablement> {
        self.regions.iter().find(|(known, _)| known.as_str() == region).map(|(_, enablement)| *enablement)
    }

    /// The keys of an account in a region.
    pub(super) fn keyring(&self, account: AccountId, region: Region) -> Keyring {
        Keyring::new(self.seed, account, region)
    }

    fn access(&self, account: &Account, column: usize, enablement: Enablement) -> Access {
        // The last default region that is not the first, where the organization's home is.
        let denied = self.regions.iter().filter(|(_, enablement)| *enablement == Enablement::ByDefault).count() - 1;
        match account.standing {
            Standing::Suspended => Access::Suspended,
            Standing::RefusesRole => Access::RoleRefused,
            Standing::Management | Standing::Member if enablement == Enablement::OptIn && !account.opted_in => {
                Access::RegionDisabled
            }
            Standing::Member if account.unit == Some(SANDBOX) && column == denied && denied > 0 => Access::DeniedByScp,
            Standing::Management | Standing::Member => Access::Open,
        }
    }

    fn empty_cells(&self, shape: &Shape) -> Vec<Cell> {
        let calendar = Calendar::new(shape);
        let mut cells = Vec::with_capacity(self.accounts.len() * self.regions.len());
        for (account, row) in self.accounts.iter().zip(0_usize..) {
            for ((region, enablement), column) in self.regions.iter().zip(0_usize..) {
                let elsewhere = self.regions.iter().map(|(region, _)| region).find(|other| *other != region);
                let elsewhere =
                    elsewhere.cloned().or_else(|| "us-east-2".parse().ok()).unwrap_or_else(|| region.clone());
                let outside = id(self.seed, 700_000 + mix(&[self.seed, 0x006f_7574]) % 1000);
                let keys = Neighbours {
                    own: self.keyring(account.id, region.clone()),
                    partner: self
                        .partner(row, column, *enablement)
                        .map(|partner| self.keyring(partner, region.clone())),
                    outside: self.keyring(outside, region.clone()),
                    elsewhere: self.keyring(account.id, elsewhere),
                };
                let access = self.access(account, column, *enablement);
                cells.push(Cell::new(shape.seed, account, region.clone(), access, calendar, keys));
            }
        }
        cells
    }

    /// The next readable account in the same region, the last one's being the first's.
    fn partner(&self, row: usize, column: usize, enablement: Enablement) -> Option<AccountId> {
        let others = self.accounts.iter().cycle().skip(row + 1).take(self.accounts.len() - 1);
        let mut readable = others.filter(|account| self.access(account, column, enablement) == Access::Open);
        readable.next().map(|account| account.id)
    }
}

/// How many jobs each cell has: one heavy cell, a quarter empty, the others by rank as Zipf has it.
fn shares(shape: &Shape, cells: &[Cell]) -> Vec<u64> {
    let mut ranked: Vec<_> = cells
        .iter()
        .zip(0_usize..)
        .filter(|(cell, _)| cell.access() == Access::Open)
        .map(|(cell, position)| (mix(&[cell.seed, 0x7a]), position))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(ranked.len() - ranked.len() / 4);
    let mut shares = vec![0; cells.len()];
    let given = shape.heaviest_jobs.unwrap_or(shape.jobs / 100 * shape.heaviest_percent.min(100)).min(shape.jobs);
    let heaviest = if ranked.len() == 1 { shape.jobs } else { given };
    let weight = |rank: u64| 1_000_000_000 / (rank + 1);
    let total: u64 = (1..).zip(ranked.iter().skip(1)).map(|(rank, _)| weight(rank)).sum();
    let mut left = shape.jobs - heaviest;
    let rest = u128::from(left);
    for (rank, (_, position)) in (1..).zip(ranked.iter().skip(1)) {
        let portion = (rest * u128::from(weight(rank)))
            .checked_div(u128::from(total))
            .and_then(|share| u64::try_from(share).ok())
            .unwrap_or_default();
        if let Some(slot) = shares.get_mut(*position) {
            *slot = portion;
        }
        left -= portion;
    }
    if let Some(slot) = ranked.first().and_then(|(_, position)| shares.get_mut(*position)) {
        *slot = heaviest;
    }
    // What rounding leaves over: not of a cell that was given its jobs, unless there is no other.
    let takes = usize::from(shape.heaviest_jobs.is_some() && ranked.len() > 1);
    if let Some(slot) = ranked.get(takes).and_then(|(_, position)| shares.get_mut(*position)) {
        *slot += left;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Instances;
    use super::*;

    fn shape(accounts: usize, regions: usize, jobs: u64) -> Shape {
        Shape { accounts, regions, jobs, now: "2026-11-24T00:00:00Z".parse().unwrap(), ..Shape::default() }
    }

    #[test]
    fn the_jobs_add_up_whatever_the_shape() {
        for (accounts, regions, jobs) in [(1, 1, 100), (2, 1, 7), (6, 2, 0), (40, 6, 20_000), (200, 17, 2_000_000)] {
            let organization = Organization::new(&shape(accounts, regions, jobs));
            assert_eq!(organization.cells().iter().map(Cell::count).sum::<u64>(), jobs, "{accounts} {regions}");
        }
    }

    #[test]
    fn the_heaviest_cell_has_the_jobs_that_it_is_given() {
        let heavy = Shape { heaviest_jobs: Some(462_178), ..shape(200, 17, 2_000_000) };
        let counts = |shape: &Shape| Organization::new(shape).cells().iter().map(Cell::count).collect::<Vec<_>>();
        assert_eq!(counts(&heavy).iter().max(), Some(&462_178));
        assert_eq!(counts(&heavy).iter().sum::<u64>(), 2_000_000);
        assert_eq!(counts(&Shape { jobs: 1_000, ..heavy }).iter().sum::<u64>(), 1_000);
    }

    #[test]
    fn an_organization_without_serverless_jobs_has_none() {
        let organization = Organization::new(&Shape { no_serverless: true, ..shape(6, 1, 3_000) });
        let mut jobs = organization.cells().iter().flat_map(Cell::jobs);
        assert!(jobs.all(|job| job.scenario.instances != Instances::Serverless && !job.instances.is_empty()));
    }

    #[test]
    fn some_cells_are_empty_some_closed_and_one_is_heavy() {
        let organization = Organization::new(&shape(40, 6, 20_000));
        let of = |access| organization.cells().iter().filter(|cell| cell.access() == access).count();
        assert!(
            of(Access::DeniedByScp) >= 2 && of(Access::RegionDisabled) >= 15,
            "{} {}",
            of(Access::DeniedByScp),
            of(Access::RegionDisabled)
        );
        assert_eq!((of(Access::Suspended), of(Access::RoleRefused)), (6, 6));
        assert!(organization.cells().iter().map(Cell::count).max().unwrap() >= 3_600);
        assert!(
            organization.cells().iter().filter(|cell| cell.access() == Access::Open && cell.count() == 0).count() > 30
        );
    }

    #[test]
    fn the_outside_account_is_no_member() {
        let organization = Organization::new(&shape(2_000, 1, 0));
        for number in 700_000..701_000 {
            assert!(organization.account(id(organization.seed, number)).is_none());
        }
    }
}
