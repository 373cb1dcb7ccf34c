//! Every resource type through the real SDK: what the simulated organization holds is found, described once, and judged by
//! checks that can come out one way and the other.

use std::collections::{BTreeMap, BTreeSet};

use sagesweep::{
    check::{CHECKS, Check},
    config::Config,
    demo::{Access, Behaviour, Fault, FaultRule, Shape},
    resource::ResourceType,
};

use crate::{
    audit::{Audit, small},
    table::{self, Row},
};

/// Enough places that each type has some resources of each kind.
fn wide() -> Shape {
    Shape { accounts: 14, regions: 4, ..small() }
}

/// Every type and every check.
fn everything(config: &mut Config) {
    config.checks.include = ["*".parse().unwrap()].into();
}

fn resources(audit: &Audit) -> Vec<Row> {
    table::read(audit.directory.path(), "resources")
}

/// Calls of SageMaker and KMS by operation.
fn calls(audit: &Audit) -> BTreeMap<&'static str, u64> {
    let mut calls = BTreeMap::new();
    for ((_, _, api), count) in audit.simulator.counts() {
        *calls.entry(api).or_default() += count.requests;
    }
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_found_and_every_check_can_pass_and_not_pass() {
    let audit = Audit::with(wide(), Behaviour::default(), everything).await;
    audit.published.as_ref().unwrap();
    let types = resources(&audit).iter().map(|row| row["resource_type"].clone()).collect::<BTreeSet<_>>();
    assert_eq!(types, ResourceType::ALL.iter().map(ToString::to_string).collect());
    let mut statuses = BTreeMap::<String, BTreeSet<String>>::new();
    for row in audit.findings() {
        statuses.entry(row["check_id"].clone()).or_default().insert(row["status"].clone());
    }
    let seen = |check: &&Check| statuses.get(check.id).cloned().unwrap_or_default();
    // In so small an organization hardly a job runs that could be debugged.
    let rare = "training-job-remote-debugging";
    let one_sided =
        CHECKS.iter().copied().filter(|check| !(seen(check).contains("PASS") && seen(check).contains("FAIL")));
    let one_sided =
        one_sided.filter(|check| check.id != rare).map(|check| (check.id, seen(&check))).collect::<Vec<_>>();
    assert!(one_sided.is_empty(), "{one_sided:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_place_has_a_row_of_coverage_for_each_type_and_what_is_listed_is_described_once() {
    let audit = Audit::with(small(), Behaviour::default(), everything).await;
    let organization = audit.simulator.organization();
    let open = organization.cells().iter().filter(|cell| cell.access() == Access::Open).count();
    let (rows, calls) = (audit.coverage(), calls(&audit));
    for resource_type in ResourceType::ALL.iter().filter(|one| **one != ResourceType::TrainingJob) {
        let of_type = rows.iter().filter(|row| row["resource_type"] == resource_type.as_str());
        let complete = of_type.clone().filter(|row| row["outcome"] == "COMPLETE").count();
        assert_eq!(complete, open, "{resource_type}");
        assert_eq!(of_type.count(), rows.len() / ResourceType::ALL.len(), "{resource_type}");
    }
    for row in resources(&audit).iter().filter(|row| row["resource_type"] != "AWS::SageMaker::TrainingJob") {
        assert!(!row.contains_key("unreadable"), "{row:?}");
    }
    let found = |name: &str| {
        let rows = resources(&audit);
        u64::try_from(rows.iter().filter(|row| row["resource_type"].ends_with(&format!("::{name}"))).count()).unwrap()
    };
    for name in ["ProcessingJob", "NotebookInstance", "EndpointConfig", "Model"] {
        assert_eq!(calls[format!("sagemaker:Describe{name}").as_str()], found(name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_twice() {
    let behaviour = Behaviour { watches_repeats: true, ..Behaviour::default() };
    let audit = Audit::with(wide(), behaviour, everything).await;
    audit.published.as_ref().unwrap();
    let counts = audit.simulator.counts();
    let reads = |api: &str| api.starts_with("sagemaker:") || api.starts_with("kms:");
    let mut repeated = BTreeMap::<&str, u64>::new();
    for ((_, _, api), count) in counts.iter().filter(|((_, _, api), count)| reads(api) && count.repeated > 0) {
        *repeated.entry(api).or_default() += count.repeated;
    }
    assert_eq!(repeated, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_for_a_type_without_a_selected_check() {
    let audit = Audit::with(small(), Behaviour::default(), |config| {
        config.checks.include = ["notebook-instance-root-access".parse().unwrap()].into();
    })
    .await;
    audit.published.as_ref().unwrap();
    let calls = calls(&audit);
    let reads = calls.keys().filter(|api| api.starts_with("sagemaker:") || api.starts_with("kms:")).copied();
    assert_eq!(reads.collect::<Vec<_>>(), ["sagemaker:DescribeNotebookInstance", "sagemaker:ListNotebookInstances"]);
    assert!(audit.coverage().iter().all(|row| row["resource_type"] == "AWS::SageMaker::NotebookInstance"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_listed_and_not_described_is_unknown_and_a_type_that_is_not_there_is_not_supported() {
    let behaviour = Behaviour {
        faults: vec![
            FaultRule::at("sagemaker:DescribeNotebookInstance", Fault::Denied),
            FaultRule::at("sagemaker:ListEndpointConfigs", Fault::UnknownOperation),
        ],
        ..Behaviour::default()
    };
    let audit = Audit::with(small(), behaviour, everything).await;
    let of = |check: &str| {
        let rows = audit.findings();
        rows.into_iter()
            .filter(|row| row["check_id"] == check)
            .map(|row| row["status"].clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(of("notebook-instance-root-access"), BTreeSet::from(["UNKNOWN".to_owned()]));
    assert!(of("endpoint-config-volume-key").is_empty());
    let rows = audit.coverage();
    let outcome = |name: &str| {
        let of_type =
            rows.iter().filter(|row| row["resource_type"].ends_with(name) && row["regions_from"] == "LIST_REGIONS");
        of_type.map(|row| row["outcome"].clone()).collect::<BTreeSet<_>>()
    };
    assert!(outcome("::EndpointConfig").contains("NOT_SUPPORTED"), "{:?}", outcome("::EndpointConfig"));
    assert!(outcome("::NotebookInstance").contains("PARTIAL"), "{:?}", outcome("::NotebookInstance"));
}
