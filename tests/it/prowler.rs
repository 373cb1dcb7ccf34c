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
        // A region was not created at any time.
        let created_at = row.get("resource_created_at").cloned().unwrap_or_default();
        let resource = (row["resource_arn"].clone(), created_at);
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
fn a_region_has_the_row_that_prowler_makes_of_it_and_fails_exactly_where_no_resource_of_it_passes() {
    let directory = tempfile::tempdir().unwrap();
    let judged = judged(directory.path(), "prowler");
    // An ARN up to its account names the place.
    let place = |arn: &str| arn.splitn(6, ':').take(5).collect::<Vec<_>>().join(":");
    for (id, well) in [
        ("sagemaker_clarify_exists", "NOT_APPLICABLE"),
        ("sagemaker_models_monitor_enabled", "PASS"),
        ("sagemaker_models_registry_in_use", "PASS"),
    ] {
        let (mut regions, mut used) = (BTreeMap::new(), BTreeSet::new());
        for ((arn, _), checks) in &judged {
            match checks.get(id) {
                Some(status) if arn.ends_with(":account-region") => drop(regions.insert(place(arn), status.as_str())),
                Some(status) if status == "PASS" => drop(used.insert(place(arn))),
                _ => {}
            }
        }
        assert!(regions.len() > 4, "{id}: {regions:?}");
        for (place, status) in &regions {
            assert_eq!(*status, if used.contains(place) { well } else { "FAIL" }, "{id} {place}");
        }
        assert_eq!(regions.values().collect::<BTreeSet<_>>().len(), 2, "{id} comes out one way alone: {regions:?}");
    }
}

#[test]
fn a_profile_has_its_own_checks_alone() {
    let directory = tempfile::tempdir().unwrap();
    let judged = judged(directory.path(), "prowler");
    let checks = judged.values().flat_map(BTreeMap::keys).map(String::as_str).collect::<BTreeSet<_>>();
    assert!(checks.iter().all(|id| RULES.iter().any(|rule| rule.check.id == *id)), "{checks:?}");
    assert!(checks.len() > 4 && CHECKS.iter().all(|check| !checks.contains(check.id)));
}
