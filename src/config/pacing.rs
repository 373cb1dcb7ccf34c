//! `[pacing]`: how much is under way at once, and how often each API is called.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::CHECKS;

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
    /// The part of each quota, and of its burst, that is ours: the account's own pipelines live on it too.
    pub share: f64,
    /// Seconds without a throttling answer after which a rate grows by a tenth of what is ours.
    pub growth_seconds: u32,
    /// The rate of each API by its name, `service:Operation`, for each account and region; `service:*` is shared by all of
    /// a service. Every API of the run is in it.
    pub rates: BTreeMap<&'static str, Rate>,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            max_in_flight: 64,
            max_targets: 128,
            slice_jobs: 8_000,
            unit_deadline_seconds: 1_800,
            share: 0.5,
            growth_seconds: 10,
            rates: rates(),
        }
    }
}

/// How often an API may be called in one account and region.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Calls a second to begin with.
    pub start: f64,
    /// Calls that the service takes at once after a pause.
    pub burst: u32,
    /// Calls a second that the service takes in the long run.
    pub quota: f64,
}

impl Rate {
    /// A rate that begins at the quota.
    pub const fn steady(quota: f64, burst: u32) -> Self {
        Self { start: quota, burst, quota }
    }
}

/// Every API of the run with its default rate. An API that reads resources and is not in [`APIS`] has the rate of its like
/// for training jobs: SageMaker has quotas for each operation, and publishes none of them.
fn rates() -> BTreeMap<&'static str, Rate> {
    let rate_of = |name: &str| APIS.iter().find(|(known, _)| *known == name).map(|(_, rate)| *rate);
    let like = |action: &str| {
        let is_described = action.starts_with("sagemaker:Describe");
        rate_of(if is_described { "sagemaker:DescribeTrainingJob" } else { "sagemaker:ListTrainingJobs" })
    };
    let reads = CHECKS.iter().flat_map(|check| check.actions());
    let reads = reads.filter_map(|action| Some((action, rate_of(action).or_else(|| like(action))?)));
    reads.chain(APIS.iter().copied()).collect()
}

/// The APIs with a rate of their own. Known quotas: `ListRegions` 5 a second (AWS Account Management, Quotas),
/// `ListTrainingJobs` 2 a second (not adjustable; reported by its users), `AssumeRole` some 600 a second for the calling
/// account (likewise), of which a third is taken for granted. The others are guesses: no number is published, so they
/// start below and grow while nothing throttles. All operations of Organizations share one bucket.
pub(super) const APIS: &[(&str, Rate)] = &[
    ("account:ListRegions", Rate { start: 2.0, burst: 5, quota: 5.0 }),
    ("kms:DescribeKey", Rate { start: 20.0, burst: 50, quota: 50.0 }),
    ("kms:GetKeyRotationStatus", Rate { start: 20.0, burst: 50, quota: 50.0 }),
    ("organizations:*", Rate { start: 2.0, burst: 16, quota: 8.0 }),
    ("sagemaker:DescribeTrainingJob", Rate { start: 2.0, burst: 20, quota: 10.0 }),
    ("sagemaker:ListTrainingJobs", Rate { start: 1.0, burst: 10, quota: 2.0 }),
    ("sagemaker:Search", Rate { start: 1.0, burst: 10, quota: 5.0 }),
    ("sts:AssumeRole", Rate { start: 50.0, burst: 200, quota: 200.0 }),
    ("sts:GetCallerIdentity", Rate { start: 10.0, burst: 20, quota: 20.0 }),
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
            assert!(operation == "*" || operation.starts_with(|first: char| first.is_ascii_uppercase()), "{name}");
            assert!(rate.start > 0.0 && rate.burst > 0, "{name}");
            assert!(rate.start <= rate.quota * Pacing::default().share, "{name}");
        }
    }
}
