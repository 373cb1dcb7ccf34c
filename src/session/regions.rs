//! The regions of an account that are in scope, and what is known of the others before any call is made there.

use crate::{
    config,
    coverage::RegionsFrom,
    outcome::Refusal,
    place::{Partition, Region},
    region::{default_regions, lookup},
};

use super::gate::Gate;

/// The IAM actions of this file.
pub const ACTIONS: &[&str] = &[LIST_REGIONS];
pub(crate) const LIST_REGIONS: &str = "account:ListRegions";

/// What can be said of a region before a call is made in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// To be audited.
    Enabled,
    /// Not enabled in the account.
    Disabled,
    /// Without SageMaker.
    WithoutService,
    /// Configured, and not among the regions that the account knows of: new, or misspelt.
    NotListed,
}

/// The regions in scope of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionsInScope {
    /// Each region in scope, sorted, with its standing.
    pub regions: Vec<(Region, Standing)>,
    /// Where the list came from.
    pub from: RegionsFrom,
    /// Why it did not come from the account.
    pub refusal: Option<Refusal>,
}

/// The regions in scope of an account, asked there: those that are enabled, or those that the configuration includes,
/// whether they are enabled or not.
pub async fn in_scope(gate: &Gate, scope: &config::Regions, partition: Partition) -> RegionsInScope {
    match list(gate).await {
        Ok(listed) => {
            let wanted = if scope.include.is_empty() {
                listed.iter().filter(|(_, on)| *on).map(|(region, _)| region.clone()).collect()
            } else {
                scope.include.iter().cloned().collect()
            };
            let standing = |region: &Region| match listed.iter().find(|(listed, _)| listed == region) {
                Some((_, true)) => Standing::Enabled,
                Some((_, false)) => Standing::Disabled,
                None => Standing::NotListed,
            };
            RegionsInScope {
                regions: standings(wanted, scope, standing),
                from: RegionsFrom::ListRegions,
                refusal: None,
            }
        }
        Err(refusal) => RegionsInScope { refusal: Some(refusal), ..without_asking(scope, partition) },
    }
}

/// The regions in scope of an account that cannot be asked: those of the configuration, else the default-enabled.
pub fn without_asking(scope: &config::Regions, partition: Partition) -> RegionsInScope {
    let (wanted, from) = if !scope.include.is_empty() {
        (scope.include.iter().cloned().collect(), RegionsFrom::Configured)
    } else if !scope.fallback.is_empty() {
        (scope.fallback.iter().cloned().collect(), RegionsFrom::Configured)
    } else {
        (default_regions(partition).map(|known| known.code.clone()).collect(), RegionsFrom::Defaults)
    };
    RegionsInScope { regions: standings(wanted, scope, |_| Standing::Enabled), from, refusal: None }
}

fn standings(
    mut wanted: Vec<Region>,
    scope: &config::Regions,
    standing: impl Fn(&Region) -> Standing,
) -> Vec<(Region, Standing)> {
    wanted.sort_unstable();
    wanted.dedup();
    wanted.retain(|region| !scope.exclude.contains(region));
    let standing = |region: &Region| match lookup(region) {
        Some(known) if !known.sagemaker => Standing::WithoutService,
        _ => standing(region),
    };
    wanted.into_iter().map(|region| (region.clone(), standing(&region))).collect()
}

/// Every region that the account knows of, and whether it is enabled.
async fn list(gate: &Gate) -> Result<Vec<(Region, bool)>, Refusal> {
    use aws_sdk_account::types::RegionOptStatus::{Enabled, EnabledByDefault};

    let client = gate.account();
    let mut regions = Vec::new();
    let mut pages = crate::paging::Pages::new(LIST_REGIONS);
    while pages.more() {
        let token = pages.token();
        let answer = gate
            .call(LIST_REGIONS, || client.list_regions().max_results(50).set_next_token(token.clone()).send())
            .await?;
        let Some(page) = &answer.regions else {
            return Err(Refusal::lacks(LIST_REGIONS, "Regions"));
        };
        for region in page {
            let on = matches!(region.region_opt_status(), Some(Enabled | EnabledByDefault));
            // A name that is no region code cannot be asked, so it is not in scope.
            if let Some(code) = region.region_name().and_then(|name| name.parse().ok()) {
                regions.push((code, on));
            }
        }
        pages.turn(answer.next_token(), page.len())?;
    }
    if !regions.iter().any(|(_, on)| *on) {
        // Every account has regions that nobody can disable.
        return Err(Refusal::lacks(LIST_REGIONS, "an enabled region"));
    }
    Ok(regions)
}
