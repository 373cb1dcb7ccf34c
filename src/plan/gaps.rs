//! Gaps: what coverage says of shards that did not end when a run is published all the same.

use std::{collections::BTreeSet, sync::Arc};

use super::{Plan, shard::Missing};
use crate::{
    check::selection::Selection,
    config::Config,
    coverage::{Coverage, Outcome},
    lake::staging::{
        ledger::Ledger,
        unit::{CellKey, Slice},
    },
    organization::Target,
    outcome::Refusal,
    resource::ResourceType,
    session::regions,
};

/// The API that a row names which no call decided.
const SCAN: &str = "sagesweep:Scan";

/// A row for each cell of these shards that did not end: PARTIAL where slices of it are staged, else `NOT_SCANNED`. The
/// regions of an account that was not asked are those of the configuration.
pub fn gaps(plan: &Plan, config: &Config, missing: &[Missing], ledger: &Ledger) -> Vec<Coverage> {
    let selection = Selection::configured(&config.checks);
    let scope = regions::without_asking(&config.regions, plan.partition);
    let mut gaps = Vec::new();
    for missing in missing {
        let accounts = plan.shards.get(missing.shard.index()).map_or(&[][..], Vec::as_slice);
        let members = plan.organization.members.iter();
        for member in members.filter(|member| accounts.contains(&member.account.id)) {
            if ledger.account_ended(member.account.id) {
                continue;
            }
            let account = Arc::new(member.account.clone());
            let open = ledger.open_cells().filter(|(cell, _)| cell.account == account.id);
            let regions = open.map(|(cell, _)| cell.region.clone());
            let regions =
                regions.chain(scope.regions.iter().map(|(region, _)| region.clone())).collect::<BTreeSet<_>>();
            for region in regions {
                let (partition, regions_from) = (plan.partition, scope.from);
                let target = Arc::new(Target { account: Arc::clone(&account), region, partition, regions_from });
                let types = selection.resource_types();
                let open = types.filter(|kind| ledger.ended(&CellKey::new(&target, *kind)).is_none());
                gaps.extend(open.map(|kind| gap(plan, &target, kind, &missing.to_string(), ledger)));
            }
        }
    }
    gaps
}

fn gap(plan: &Plan, target: &Arc<Target>, resource_type: ResourceType, why: &str, ledger: &Ledger) -> Coverage {
    let slices = ledger.slices(&CellKey::new(target, resource_type));
    // Another way, that proved unfit, may have read the same.
    let method = slices.last().map(|(_, slice)| slice.span.method());
    let counted = slices.iter().map(|(_, slice)| slice).filter(|slice| Some(slice.span.method()) == method);
    let sum = |of: fn(&Slice) -> u64| counted.clone().map(of).sum();
    let outcome = if slices.is_empty() { Outcome::NotScanned } else { Outcome::Partial };
    Coverage {
        refusal: Some(Refusal::new(outcome, SCAN, "ShardMissing", why)),
        method,
        listed: sum(|slice| slice.listed),
        evaluated: sum(|slice| slice.evaluated),
        checks_unknown: sum(|slice| slice.unknown),
        ..Coverage::unseen(target, resource_type, outcome, plan.started_at)
    }
}
