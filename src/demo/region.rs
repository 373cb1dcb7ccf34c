//! The regions of the `aws` partition, and which of them the simulated organization uses.

use crate::place::Region;

/// Enabled in every account; the order decides which ones a small organization uses.
const BY_DEFAULT: [&str; 17] = [
    "us-east-1",
    "eu-central-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-2",
    "us-east-2",
    "ap-northeast-1",
    "eu-west-2",
    "ap-south-1",
    "ca-central-1",
    "eu-north-1",
    "ap-southeast-1",
    "eu-west-3",
    "sa-east-1",
    "ap-northeast-2",
    "us-west-1",
    "ap-northeast-3",
];

/// To be enabled by each account; the last two have no `SageMaker`.
const OPT_IN: [&str; 19] = [
    "eu-south-1",
    "eu-central-2",
    "me-central-1",
    "ap-southeast-3",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-south-2",
    "il-central-1",
    "me-south-1",
    "mx-central-1",
    "me-west-1",
    "sa-west-1",
];

/// How a region is enabled in the simulated organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enablement {
    /// In every account.
    ByDefault,
    /// In the accounts that opted in.
    OptIn,
}

/// The `count` regions in use, sorted by how they are enabled: all but the last by default, as far as there are such.
pub(super) fn in_use(count: usize) -> Vec<(Region, Enablement)> {
    let count = count.clamp(1, BY_DEFAULT.len() + OPT_IN.len() - 2);
    let by_default = if count == 1 { 1 } else { (count - 1).min(BY_DEFAULT.len()) };
    let default = BY_DEFAULT.iter().take(by_default).map(|name| (name, Enablement::ByDefault));
    let opt_in = OPT_IN.iter().take(count - by_default).map(|name| (name, Enablement::OptIn));
    default.chain(opt_in).filter_map(|(name, enablement)| Some((name.parse().ok()?, enablement))).collect()
}

/// Every region name that `account:ListRegions` knows, in the order of its answer.
pub(super) fn all() -> Vec<&'static str> {
    let mut names: Vec<_> = BY_DEFAULT.into_iter().chain(OPT_IN).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_region_in_use_is_opt_in() {
        for count in 2..=34 {
            let used = in_use(count);
            assert_eq!(used.len(), count);
            assert_eq!(used.last().unwrap().1, Enablement::OptIn);
        }
        assert_eq!(in_use(1).len(), 1);
    }
}
