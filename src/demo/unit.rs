//! The organizational units: three levels, a name that occurs twice, and how carefully each unit's teams work.

use super::draw::{letters, mix};

/// An organizational unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// `ou-…`.
    pub id: String,
    /// The unit's own name.
    pub name: &'static str,
    /// The names from the root to here, such as `/Workloads/Prod`.
    pub name_path: String,
    /// The ids from the organization to here, such as `o-…/r-…/ou-…/ou-…/`.
    pub id_path: String,
    /// The position of the unit above; none for a unit below the root.
    pub parent: Option<usize>,
}

/// A line of the tree: name, position of the unit above, what `env` is tagged with, flawed jobs of 1,000.
pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) parent: Option<usize>,
    pub(super) environment: &'static str,
    pub(super) flawed: u64,
}

const fn plan(name: &'static str, parent: Option<usize>, environment: &'static str, flawed: u64) -> Plan {
    Plan { name, parent, environment, flawed }
}

/// The tree; a unit stands after the one above it.
pub(super) const TREE: [Plan; 13] = [
    plan("Security", None, "security", 120),
    plan("Infrastructure", None, "shared", 200),
    plan("Workloads", None, "shared", 300),
    plan("Prod", Some(2), "prod", 180),
    plan("Dev", Some(2), "dev", 450),
    plan("Payments", Some(3), "prod", 120),
    plan("Insurance", Some(3), "prod", 240),
    plan("Payments", Some(4), "dev", 420),
    plan("Data Science", None, "shared", 350),
    plan("Research", Some(8), "research", 480),
    plan("Foundation Models", Some(9), "research", 300),
    plan("Platform", Some(8), "prod", 260),
    plan("Sandbox", None, "sandbox", 650),
];

/// Position of the unit whose accounts a service control policy keeps out of one region.
pub(super) const SANDBOX: usize = 12;

/// The units in which accounts live, one after the other; account 0 lives in none.
const HOMES: [usize; 12] = [9, 5, 12, 7, 10, 3, 11, 6, 4, 0, 1, 9];

/// The unit in which the account at `position` (1 and up) lives.
pub(super) fn home(position: usize) -> usize {
    HOMES.get((position + HOMES.len() - 1) % HOMES.len()).copied().unwrap_or_default()
}

/// How often every home has been filled before the account at `position` came.
pub(super) fn round(position: usize) -> usize {
    position / HOMES.len()
}

/// The units of the organization with this seed, below `root_path` (`o-…/r-…/`), with ids that carry the root's letters.
pub(super) fn units(seed: u64, root_path: &str, root_letters: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(TREE.len());
    for (position, plan) in (0_u64..).zip(&TREE) {
        let id = format!("ou-{root_letters}-{}", letters(mix(&[seed, 0x6f75, position]), 8));
        let above = plan.parent.and_then(|parent| units.get(parent));
        let (names, ids) = above.map_or(("", root_path), |unit| (unit.name_path.as_str(), unit.id_path.as_str()));
        let (name_path, id_path) = (format!("{names}/{}", plan.name), format!("{ids}{id}/"));
        units.push(Unit { id, name: plan.name, name_path, id_path, parent: plan.parent });
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_nested_three_deep() {
        let units = units(1, "o-1234567890/r-abcd/", "abcd");
        assert_eq!(units[10].name_path, "/Data Science/Research/Foundation Models");
        assert_eq!(units[10].id_path.matches("/ou-abcd-").count(), 3);
        assert_eq!(units[home(3)].name, TREE[SANDBOX].name);
    }
}
