//! How large the simulated organization is, and which one it is.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::scenario::Scenario;

/// Everything that decides what the simulated organization contains: equal shapes, equal organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Accounts, the management account among them; at least 1 and at most 50,000. From 6 on, one is suspended and one refuses its role.
    pub accounts: usize,
    /// Regions that are in use, 1 to 34; from 2 on the last one is opt-in, enabled in half of the accounts only.
    pub regions: usize,
    /// Training jobs at `now` in all cells that can be read.
    pub jobs: u64,
    /// The seed that all names, numbers and keys are drawn from.
    pub seed: u64,
    /// The end of the two years over which `jobs` were created.
    pub now: Timestamp,
    /// Time passed since `now`: the same organization some nights later, with new jobs at the rate of the last days of the two years.
    pub elapsed: SignedDuration,
    /// Percent of the jobs that lie in the heaviest account and region.
    pub heaviest_percent: u64,
    /// The jobs that lie there, whatever the percentage says.
    #[serde(default)]
    pub heaviest_jobs: Option<u64>,
    /// Whether no job is serverless, of which only a description tells; what would be is on local storage then.
    #[serde(default)]
    pub no_serverless: bool,
    /// Jobs of 1,000 of the two years that were deleted since `now`.
    #[serde(default)]
    pub deleted_permille: u64,
    /// Whether the first jobs that came since have the names of the deleted ones.
    #[serde(default)]
    pub reuses_names: bool,
    /// When not empty, job i of every cell is of scenario i of these, over and over, instead of a drawn one.
    pub scenarios: Vec<Scenario>,
    /// Whether names and tags are such as to harm what shows them: see [`super::HOSTILE`].
    #[serde(default)]
    pub hostile: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            accounts: 40,
            regions: 6,
            jobs: 20_000,
            seed: 1,
            now: Timestamp::now(),
            elapsed: SignedDuration::ZERO,
            heaviest_percent: 18,
            heaviest_jobs: None,
            no_serverless: false,
            deleted_permille: 0,
            reuses_names: false,
            scenarios: Vec::new(),
            hostile: false,
        }
    }
}
