//! The same organization judged as we judge and as Prowler judges, through the program.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use sagesweep::check::{CHECKS, prowler::RULES};

use crate::table;

/// The statuses of a demo's findings by resource and check, under a profile.
fn judged(directory: &Path, profile: &str) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_sagesweep"))
        .args(["demo", "--accounts", "6", "--regions", "2", "--jobs", "600", "--output", profile, "--profile", profile])
        .current_dir(directory)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let mut judged = BTreeMap::<_, BTreeMap<_, _>>::new();
    for row in table::read(&directory.join(profile), "findings") {
        let resource = (row["resource_arn"].clone(), row["resource_created_at"].clone());
        judged.entry(resource).or_default().insert(row["check_id"].clone(), row["status"].clone());
    }
    judged
}

#[test]
fn findings_of_both_stand_beside_each_other_and_differ_where_the_judgements_do() {
    let directory = tempfile::tempdir().unwrap();
    let judged = judged(directory.path(), "both");
    let pairs = |theirs: &str, ours: &str| {
        let of_both =
            judged.values().filter_map(|checks| Some((checks.get(theirs)?.as_str(), checks.get(ours)?.as_str())));
        of_both.collect::<BTreeSet<_>>()
    };
    let volume =
        pairs("sagemaker_training_jobs_volume_and_output_encryption_enabled", "training-job-customer-managed-keys");
    for (theirs, ours) in [("PASS", "PASS"), ("PASS", "FAIL"), ("FAIL", "FAIL"), ("FAIL", "PASS")] {
        assert!(volume.contains(&(theirs, ours)), "{theirs} {ours}: {volume:?}");
    }
    let traffic =
        pairs("sagemaker_training_jobs_intercontainer_encryption_enabled", "training-job-inter-container-encryption");
    assert!(traffic.contains(&("FAIL", "NOT_APPLICABLE")), "{traffic:?}");
    let isolation = pairs("sagemaker_training_jobs_network_isolation_enabled", "training-job-network-isolation");
    assert_eq!(isolation, [("FAIL", "FAIL"), ("PASS", "PASS")].into());
}

#[test]
fn a_profile_has_its_own_checks_alone() {
    let directory = tempfile::tempdir().unwrap();
    let judged = judged(directory.path(), "prowler");
    let checks = judged.values().flat_map(BTreeMap::keys).map(String::as_str).collect::<BTreeSet<_>>();
    assert!(checks.iter().all(|id| RULES.iter().any(|rule| rule.check.id == *id)), "{checks:?}");
    assert!(checks.len() > 4 && CHECKS.iter().all(|check| !checks.contains(check.id)));
}
