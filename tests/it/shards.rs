//! Scans that are divided: shards are disjoint, complete and of one run, and publish misses those that are not there.

use std::{collections::BTreeMap, fs};

use sagesweep::{
    Incomplete, RunError,
    demo::Shape,
    plan::{PlanError, balance},
};
use tempfile::TempDir;

use crate::{
    resume::{Night, assert_clean, published, windows},
    table::{self, Row},
};

#[tokio::test]
async fn shards_are_disjoint_and_complete_and_publish_waits_for_all_of_them() {
    let night = Night::new(windows()).await;
    let whole = TempDir::new().unwrap();
    night.run(whole.path()).await.scan_and_publish().await.unwrap();
    for of in [2, 3, 7] {
        let directory = TempDir::new().unwrap();
        for number in (1..=of).rev() {
            let refused = night.run(directory.path()).await.publish(Incomplete::Refused).await;
            match refused {
                Err(RunError::NotPlanned(_)) if number == of => {}
                Err(RunError::Plan(error @ PlanError::Missing { .. })) => {
                    assert!(error.to_string().contains(&format!("shard {number}/{of} did not end")), "{error}");
                }
                other => panic!("{other:?}"),
            }
            let shard = format!("{number}/{of}").parse().unwrap();
            night.run(directory.path()).await.scan_shard(shard).await.unwrap();
            // Once more is no work.
            night.run(directory.path()).await.scan_shard(shard).await.unwrap();
        }
        let wrong = night.run(directory.path()).await.scan_shard("1/9".parse().unwrap()).await;
        assert!(matches!(&wrong, Err(error) if error.is_usage() && error.to_string().contains("1/9")), "{wrong:?}");
        night.run(directory.path()).await.publish(Incomplete::Refused).await.unwrap();
        assert!(published(directory.path()) == published(whole.path()), "{of} shards");
        assert_clean(directory.path());
    }
}

#[tokio::test]
async fn a_run_without_some_of_its_shards_says_so_in_coverage_and_shows_nothing_false() {
    let night = Night::new(windows()).await;
    let (whole, directory) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    night.run(whole.path()).await.scan_and_publish().await.unwrap();
    night.run(directory.path()).await.scan_shard("2/3".parse().unwrap()).await.unwrap();
    night.run(directory.path()).await.publish(Incomplete::Published).await.unwrap();
    let key = |row: &Row| (row["account_id"].clone(), row["region"].clone());
    let all: BTreeMap<_, _> = table::read(whole.path(), "coverage").into_iter().map(|row| (key(&row), row)).collect();
    let some: BTreeMap<_, _> =
        table::read(directory.path(), "coverage").into_iter().map(|row| (key(&row), row)).collect();
    let mut unseen = 0;
    for (cell, row) in &all {
        let other = &some[cell];
        if other["outcome"] == "NOT_SCANNED" {
            assert!(other["detail"].contains("shard 1/3 did not end") || other["detail"].contains("shard 3/3"));
            unseen += 1;
        } else {
            assert_eq!(other, row);
        }
    }
    assert!(unseen > 0 && unseen < all.len());
    let findings = table::read(whole.path(), "findings");
    for row in table::read(directory.path(), "findings") {
        assert!(some[&key(&row)]["outcome"] != "NOT_SCANNED" && findings.contains(&row));
    }
}

#[tokio::test]
async fn a_run_is_not_continued_with_another_configuration() {
    let night = Night::new(Shape { jobs: 200, ..windows() }).await;
    let directory = TempDir::new().unwrap();
    night.run(directory.path()).await.scan_shard("1/2".parse().unwrap()).await.unwrap();
    let mut other = Night { simulator: night.simulator, config: night.config };
    other.config.coverage.floor_percent = 12.0;
    let refused = other.run(directory.path()).await.scan_shard("2/2".parse().unwrap()).await;
    assert!(matches!(&refused, Err(error) if error.is_usage() && error.to_string().contains("another configuration")));
}

#[tokio::test]
async fn accounts_are_divided_by_what_they_cost_last_night() {
    let night = Night::new(windows()).await;
    let lake = TempDir::new().unwrap();
    night.run(lake.path()).await.scan_and_publish().await.unwrap();
    let mut weights = BTreeMap::new();
    for row in table::read(lake.path(), "coverage") {
        let jobs: u64 = row["resources_listed"].parse().unwrap();
        let described = if row["method"] == "LIST_DESCRIBE" { jobs } else { 0 };
        *weights.entry(row["account_id"].parse().unwrap()).or_default() += 1 + jobs.div_ceil(100) + described;
    }
    let mut run = night.run(lake.path()).await;
    run.run_id = "20261125T031500Z-00a2".parse().unwrap();
    run.scan_shard("2/3".parse().unwrap()).await.unwrap();
    let plan = fs::read(lake.path().join("_staging/20261125T031500Z-00a2/plan.json")).unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&plan).unwrap();
    let accounts: Vec<_> = weights.keys().copied().collect();
    assert_eq!(plan["sealed"]["shards"], serde_json::to_value(balance(&accounts, &weights, 3)).unwrap());
}
