//! One run by seed: an organization, what goes wrong, a configuration and a destination, all drawn from it.

use std::{collections::BTreeMap, error::Error, time::Duration};

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use sagesweep::{
    RunError,
    config::{Config, Destination},
    demo::{Behaviour, Fault, Organization, Shape, Simulator},
};

use super::property;
use crate::{
    audit::{Audit, NOW, fast_config, run_as, sdk},
    bucket::{download, in_bucket},
    table,
    unresolved::Unresolved,
};

/// How a run went.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) took: Duration,
    pub(super) in_bucket: bool,
    /// Where the run itself failed: the kind of its error.
    pub(super) failed: Option<String>,
    /// Cells that say that they are complete.
    pub(super) complete: u64,
    /// Cells that say otherwise.
    pub(super) incomplete: u64,
    /// Cells by outcome.
    pub(super) outcomes: BTreeMap<String, u64>,
    /// Findings that are exactly the truth.
    pub(super) same: u64,
    /// Findings that say less than the truth.
    pub(super) weaker: u64,
    /// Findings that are missing, in cells that say so.
    pub(super) missing: u64,
    /// Faults that befell a call, by kind.
    pub(super) faults: BTreeMap<String, u64>,
}

fn shape(seed: u64) -> Shape {
    Shape {
        accounts: 4 + usize::try_from(seed % 3).unwrap(),
        regions: 2 + usize::try_from(seed / 3 % 2).unwrap(),
        jobs: 150 + seed * 37 % 150,
        seed,
        heaviest_percent: 20 + seed * 13 % 60,
        now: NOW.parse().unwrap(),
        ..Shape::default()
    }
}

/// What is configured differently by seed. The fallback names all regions in use, so that what cannot be asked is read.
fn configured(seed: u64, organization: &Organization) -> Config {
    let mut config = fast_config();
    let one = |of: [u32; 4], salt: u64| of[usize::try_from((seed + salt) * 7 % 11 % 4).unwrap()];
    config.pacing.slice_jobs = one([1_000, 1_000, 40, 7], 0);
    config.pacing.max_in_flight = usize::try_from(one([64, 64, 4, 1], 1)).unwrap();
    config.pacing.max_targets = usize::try_from(one([128, 3, 128, 1], 2)).unwrap();
    config.pacing.unit_deadline_seconds = 30;
    config.lake.lease_seconds = 2;
    config.organization.account_tags = one([1, 1, 0, 1], 3) == 1;
    config.regions.fallback = organization.regions().cloned().collect();
    if one([0, 0, 1, 0], 4) == 1 {
        config.regions.include = organization.regions().cloned().collect();
    }
    config
}

/// Runs one seed and holds what it left against the truth; panics where that is not to be.
pub(super) async fn run(seed: u64) -> Report {
    let shape = shape(seed);
    let organization = Organization::new(&shape);
    let behaviour = Behaviour::chaos(seed, &organization);
    let is_calm = behaviour.faults.is_empty();
    let hangs = behaviour.faults.iter().any(|rule| matches!(rule.fault, Fault::Hang | Fault::StalledBody));
    let simulator = Simulator::start(&shape, behaviour).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let in_bucket = seed % 2 == 1;
    let mut config = configured(seed, &organization);
    config.lake.destination =
        if in_bucket { self::in_bucket() } else { Destination::Directory(directory.path().to_owned()) };
    let included = config.regions.include.clone();

    // Where something hangs, the whole of the patience is waited out each time.
    let patience = Duration::from_millis(if hangs { 500 } else { 20_000 });
    let sdk = sdk(&simulator, patience).await;
    let one_in = if !is_calm && seed.is_multiple_of(7) { 5 + seed % 50 } else { 0 };
    let unresolved = Unresolved::around(&sdk, seed, one_in, patience);
    let stalled = StalledStreamProtectionConfig::enabled().grace_period(patience).build();
    let sdk = sdk.to_builder().http_client(unresolved.clone()).stalled_stream_protection(stalled).build();

    let begun = std::time::Instant::now();
    let published = run_as(sdk, config).await;
    if in_bucket {
        download(&simulator, directory.path());
    }
    let mut report = Report { seed, in_bucket, ..Report::default() };
    for (rule, count) in simulator.befallen() {
        let name = format!("{:?}", rule.fault).split('(').next().unwrap().to_owned();
        *report.faults.entry(name).or_default() += count;
    }
    report.faults.insert("DnsError".to_owned(), unresolved.failed());
    report.faults.retain(|_, count| *count > 0);
    let nothing_happened = is_calm && report.faults.is_empty();
    let audit = Audit { simulator, directory, published };
    match &audit.published {
        Ok(_) => {
            property::holds(&audit, &included, &mut report);
            assert!(
                !nothing_happened || report.weaker + report.missing == 0,
                "nothing went wrong, and it was not whole"
            );
        }
        Err(error) => {
            assert!(!nothing_happened && !error.is_usage(), "{error:?}");
            failed(&audit, error, in_bucket);
            report.failed = Some(kind(error));
        }
    }
    report.took = begun.elapsed();
    report
}

/// A run that failed has left nothing that anybody reads, unless it says that this is so or cannot be told.
fn failed(audit: &Audit, error: &RunError, in_bucket: bool) {
    let told = format!("{error:?}");
    if in_bucket && ["Done", "AlreadyPublished", "Unsettled"].iter().any(|end| told.contains(end)) {
        return;
    }
    let commits = table::files(audit.directory.path(), "runs");
    assert!(commits.is_empty(), "the run failed, and {commits:?} is there: {told}");
}

fn kind(error: &RunError) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let words =
        text.split_whitespace().filter(|word| word.contains(':') && !word.contains('/') && !word.ends_with(':'));
    words.take(1).next().map_or_else(|| text.chars().take(60).collect(), str::to_owned)
}
