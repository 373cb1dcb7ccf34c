//! `[pacing]`: how much is under way at once, and how often each API is called.

use std::collections::BTreeMap;

use serde::Serialize;

/// Bounds on the work under way, and the rate of every API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pacing {
    /// Requests under way at once, all accounts together.
    pub max_in_flight: usize,
    /// (account, region) pairs worked on at once, and as many again of those with a long history.
    pub max_targets: usize,
    /// Jobs in one slice of a long history; below the 10,000 hits at which Search may stop.
    pub slice_jobs: u32,
    /// Seconds that one unit of work may take.
    pub unit_deadline_seconds: u32,
    /// The rate of each API by its name, `service:Operation`, for each account and region. Every API of the run is in it.
    pub rates: BTreeMap<&'static str, Rate>,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            max_in_flight: 64,
            max_targets: 128,
            slice_jobs: 8_000,
            unit_deadline_seconds: 1_800,
            rates: APIS.iter().copied().collect(),
        }
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Calls a second in the long run.
    pub per_second: f64,
    /// Calls that may be made at once after a pause.
    pub burst: u32,
}

/// Every API of the run with its default rate: a polite share of the quota, because the account's own pipelines live on
/// it too. Known quotas: `ListRegions` 5 a second (AWS Account Management, Quotas), `ListTrainingJobs` 2 a second (not
/// adjustable; reported by its users), `AssumeRole` some 600 a second for the calling account (likewise). For the others no
/// number is published.
pub const APIS: &[(&str, Rate)] = &[
    ("account:ListRegions", Rate { per_second: 2.0, burst: 5 }),
    ("kms:DescribeKey", Rate { per_second: 20.0, burst: 40 }),
    ("organizations:DescribeOrganizationalUnit", Rate { per_second: 4.0, burst: 8 }),
    ("organizations:ListAccounts", Rate { per_second: 4.0, burst: 8 }),
    ("organizations:ListAccountsForParent", Rate { per_second: 4.0, burst: 8 }),
    ("organizations:ListOrganizationalUnitsForParent", Rate { per_second: 4.0, burst: 8 }),
    ("organizations:ListRoots", Rate { per_second: 4.0, burst: 8 }),
    ("organizations:ListTagsForResource", Rate { per_second: 4.0, burst: 8 }),
    ("sagemaker:DescribeTrainingJob", Rate { per_second: 4.0, burst: 10 }),
    ("sagemaker:ListTrainingJobs", Rate { per_second: 1.0, burst: 5 }),
    ("sagemaker:Search", Rate { per_second: 2.0, burst: 5 }),
    ("sts:AssumeRole", Rate { per_second: 50.0, burst: 100 }),
    ("sts:GetCallerIdentity", Rate { per_second: 10.0, burst: 10 }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_are_sorted_unique_and_named_as_iam_names_actions() {
        assert!(APIS.is_sorted_by(|(one, _), (next, _)| one < next));
        for (name, rate) in APIS {
            let (service, operation) = name.split_once(':').unwrap();
            assert!(service.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
            assert!(operation.starts_with(|first: char| first.is_ascii_uppercase()), "{name}");
            assert!(rate.per_second > 0.0 && rate.burst > 0, "{name}");
        }
    }
}
