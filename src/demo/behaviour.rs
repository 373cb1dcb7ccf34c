//! How the simulated services behave: quotas, latency, faults, and what the roles ask for.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fault::FaultRule;
use super::quota::Quotas;
use crate::place::{AccountId, Region};

/// How the services behave. The default is kind: no quota, no delay, no fault, any role name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a whim of its own, which goes with any of the others")]
pub struct Behaviour {
    /// Calls a second that are answered; above, throttling. None: all are.
    pub quotas: Option<Quotas>,
    /// How long an answer takes. None: no longer than it takes to make it.
    pub latency: Option<Latency>,
    /// What goes wrong; the first rule that applies to a call wins.
    pub faults: Vec<FaultRule>,
    /// The external id that member roles require. None: any or none.
    pub external_id: Option<String>,
    /// The only role that there is in member accounts, with its path if it has one. None: every role there is.
    pub role_name: Option<String>,
    /// The only role that there is in the management account, to which no stack set reaches. None: no role.
    pub hub_role: Option<String>,
    /// The longest life of a role's credentials, whatever was asked for; shorter than any that AWS grants, to watch them be renewed.
    pub session_lifetime: Option<Duration>,
    /// Members that have left the organization: it lists them no more.
    pub departed: BTreeSet<AccountId>,
    /// Buckets that do not exist; all others do.
    pub missing_buckets: BTreeSet<String>,
    /// The region that all buckets are in. None: the one that they are asked in.
    pub bucket_region: Option<Region>,
    /// Whether accounts lack `Paths` and `State`, as in older answers.
    pub omit_paths: bool,
    /// Seconds by which `Search` lags: younger jobs are missing from it.
    pub search_lag: u64,
    /// The oldest jobs of each cell, so many, that `Search` hides, as a visibility condition of the role does.
    pub search_hides: u64,
    /// Jobs of 1,000, of any age, that `Search` hides, as a visibility condition on a tag does.
    pub search_hides_permille: u64,
    /// Whether `Search` ignores filters, as a service that does not know their operators.
    pub search_ignores_filters: bool,
    /// Whether `Search` still has jobs that were deleted.
    pub search_keeps_deleted: bool,
    /// Whether `Search` leaves out `TotalHits`.
    pub search_counts_nothing: bool,
    /// Whether it is counted what was asked before in the same words; takes eight bytes and more a call.
    pub watches_repeats: bool,
}

/// A lognormal distribution of delays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of the answers take longer.
    pub median: Duration,
    /// Standard deviation of the logarithm: 0 for always the median; 0.5 makes one answer of 100 take 3.2 times the median.
    pub sigma: f64,
}

impl Latency {
    /// The delay of one answer.
    pub(super) fn sample(&self) -> Duration {
        let normal = (-2.0 * (1.0 - fastrand::f64()).ln()).sqrt() * (std::f64::consts::TAU * fastrand::f64()).cos();
        self.median.mul_f64((self.sigma * normal).exp().min(1_000.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_delays_lie_above_the_median() {
        let latency = Latency { median: Duration::from_millis(40), sigma: 0.5 };
        let above = (0..10_000).filter(|_| latency.sample() > latency.median).count();
        assert!((4_700..5_300).contains(&above), "{above}");
    }

    #[test]
    fn a_behaviour_survives_json() {
        let behaviour = Behaviour { quotas: Some(Quotas::realistic()), search_lag: 15, ..Behaviour::default() };
        let text = serde_json::to_string(&behaviour).unwrap();
        assert_eq!(serde_json::from_str::<Behaviour>(&text).unwrap(), behaviour);
    }
}
