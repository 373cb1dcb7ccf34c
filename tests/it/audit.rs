//! The harness: a whole run against a simulator in this process, and its tables read back.

use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

use aws_config::{Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::Credentials;
use sagesweep::{
    Run, RunError,
    config::{Config, Destination, Rate},
    demo::{ACCESS_KEY_ID, Behaviour, SECRET_ACCESS_KEY, Shape, Simulator},
    lake::{RunId, publish::Published},
    session::{Clock, sdk_config_loader},
};
use tempfile::TempDir;

use crate::table::{self, Row};

/// How long an answer is waited for on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The end of the simulated history; runs look at it a little later.
pub(crate) const NOW: &str = "2026-11-24T03:00:00Z";

/// A run and what it left.
pub(crate) struct Audit {
    pub(crate) simulator: Simulator,
    pub(crate) directory: TempDir,
    pub(crate) published: Result<Published, RunError>,
}

impl Audit {
    /// Runs against a simulated organization of this shape and behaviour.
    pub(crate) async fn of(shape: Shape, behaviour: Behaviour) -> Self {
        Self::with(shape, behaviour, |_config| {}).await
    }

    /// The same with a changed configuration.
    pub(crate) async fn with(shape: Shape, behaviour: Behaviour, change: impl FnOnce(&mut Config)) -> Self {
        Self::within(PATIENCE, shape, behaviour, change).await
    }

    /// The same, waiting no longer than this for any answer.
    pub(crate) async fn within(
        patience: Duration,
        shape: Shape,
        behaviour: Behaviour,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let simulator = Simulator::start(&shape, behaviour).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let mut config = fast_config();
        config.lake.destination = Destination::Directory(directory.path().to_owned());
        change(&mut config);
        let published = Box::pin(run(&simulator, config, patience)).await;
        Self { simulator, directory, published }
    }

    pub(crate) fn findings(&self) -> Vec<Row> {
        table::read(self.directory.path(), "findings")
    }

    pub(crate) fn coverage(&self) -> Vec<Row> {
        table::read(self.directory.path(), "coverage")
    }

    /// Status and reason codes by (resource, check).
    pub(crate) fn verdicts(&self) -> BTreeMap<(String, String), (String, String)> {
        let rows = self.findings();
        let count = rows.len();
        let verdicts: BTreeMap<_, _> = rows
            .into_iter()
            .map(|row| {
                let get = |name: &str| row[name].clone();
                ((get("resource_arn"), get("check_id")), (get("status"), get("reason_code")))
            })
            .collect();
        assert_eq!(verdicts.len(), count, "a finding stands twice");
        verdicts
    }
}

/// Scans and publishes once.
pub(crate) async fn run(simulator: &Simulator, config: Config, patience: Duration) -> Result<Published, RunError> {
    run_as(sdk(simulator, patience).await, config).await
}

/// The same with an SDK of one's own.
pub(crate) async fn run_as(sdk: SdkConfig, config: Config) -> Result<Published, RunError> {
    let clock = Clock::System;
    // Runs that begin in the same second of one machine share its directory of temporary files.
    let run = Run::new(sdk, config, RunId::new(clock.now(), fastrand::u16(..)), clock);
    Box::pin(run.scan_and_publish()).await
}

/// The SDK as the program sets it up, but hasty in its retries.
pub(crate) async fn sdk(simulator: &Simulator, patience: Duration) -> SdkConfig {
    sdk_config_loader()
        .endpoint_url(simulator.endpoint())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "test"))
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(3)
                .with_initial_backoff(Duration::from_millis(1))
                .with_max_backoff(Duration::from_millis(5)),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .read_timeout(patience)
                .operation_attempt_timeout(patience)
                .operation_timeout(patience * 5)
                .build(),
        )
        .load()
        .await
}

/// The checks whose every verdict the simulated organization knows.
const KNOWN: [&str; 4] = [
    "training-job-customer-managed-keys",
    "training-job-inter-container-encryption",
    "training-job-network-isolation",
    "training-job-vpc",
];

/// The default configuration without a pace, for four checks of training jobs; the others have tests of their own.
pub(crate) fn fast_config() -> Config {
    let mut config = Config::default();
    config.checks.include = KNOWN.map(|id| id.parse().unwrap()).into();
    config.pacing.share = 1.0;
    for rate in config.pacing.rates.values_mut() {
        *rate = Rate::steady(10_000.0, 10_000);
    }
    config
}

/// A small organization.
pub(crate) fn small() -> Shape {
    Shape { accounts: 8, regions: 3, jobs: 600, seed: 7, now: NOW.parse().unwrap(), ..Shape::default() }
}

/// The program in a directory against a simulator, with nothing of this machine's environment but what it needs.
pub(crate) fn program(simulator: &Simulator, directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command.args(arguments).current_dir(directory).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("HOME", directory).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("SAGESWEEP_CHECKS_INCLUDE", KNOWN.join(","));
    command.env("AWS_ENDPOINT_URL", simulator.endpoint()).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY);
    command
}
