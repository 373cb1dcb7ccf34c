//! Tests of the way of rows from units to published files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use arrow_array::{RecordBatch, UInt32Array};
use arrow_select::{concat::concat_batches, take::take_record_batch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};

use super::*;
use crate::{
    coverage::Outcome,
    finding::{Finding, Severity, Status},
    lake::{
        check_requirements::served,
        column::{Column, Read, batch},
        coverage, findings, manifest,
        order::Keys,
        resources::{self, Located},
        runs,
        samples::{context, coverage as cell, end, scanned, scanned_checks, stage, start, target, unit, units},
        staging::unit::{Extent, Reading, Unit},
    },
};

/// So small that tables have several files.
const SMALL: Shape = Shape { group_rows: 64, file_bytes: 7 << 10 };
/// One file, whatever is foreseen: rows that were staged twice are foreseen twice.
const ONE_FILE: Shape = Shape { group_rows: 64, file_bytes: u64::MAX };

async fn publish_units(store: &Store, units: Vec<Unit>, findings: usize) -> Published {
    stage(store, units, findings).await;
    publish_staged(store, SMALL).await.unwrap()
}

async fn publish_staged(store: &Store, shape: Shape) -> Result<Published, PublishError> {
    publish(store, scanned(store).await, shape, Clock::Fixed(start()), None).await
}

fn read(root: &Path, objects: &[Object], table: Table) -> RecordBatch {
    let folder = format!("v1/{table}/");
    let mut batches = Vec::new();
    for object in objects.iter().filter(|object| object.key.starts_with(&folder)) {
        let file = fs::File::open(root.join(&object.key)).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        assert_eq!(builder.metadata().file_metadata().num_rows(), i64::try_from(object.rows).unwrap());
        assert_eq!(builder.schema().fields(), table.schema().fields(), "{table}");
        batches.extend(builder.build().unwrap().map(Result::unwrap));
    }
    concat_batches(&table.schema(), &batches).unwrap()
}

/// The columns of findings as they are published the first time: whatever fails began to do so now.
fn failing_since_now() -> Vec<Column<Finding>> {
    let began = |row: &Finding| (row.verdict.status == Status::Fail).then(start);
    let column = |column: Column<Finding>| match column.name {
        "first_failed_at" => Column { read: Read::OptionalTimestamp(began), ..column },
        _ => column,
    };
    findings::columns().into_iter().map(column).collect()
}

/// The rows as they should come out: all in one batch, sorted.
fn expected<R>(table: Table, columns: &[Column<R>], rows: &[R]) -> RecordBatch {
    let unsorted = batch(columns, rows, &context()).unwrap();
    match table.order() {
        Some(order) => {
            let rows = Keys::named(order.key(), &unsorted).unwrap().sorted().into_iter();
            take_record_batch(&unsorted, &rows.map(|row| u32::try_from(row).unwrap()).collect::<UInt32Array>()).unwrap()
        }
        None => unsorted,
    }
}

#[tokio::test]
async fn every_table_comes_back_from_parquet_as_it_went_in() {
    let root = tempfile::tempdir().unwrap();
    let units = units(45);
    let published = publish_units(&Store::directory(root.path()), units.clone(), 70).await;
    let objects = &published.run.objects;

    let judged = units.iter().flat_map(|unit| unit.findings.clone()).collect::<Vec<_>>();
    assert_eq!(read(root.path(), objects, Table::Findings), expected(Table::Findings, &failing_since_now(), &judged));
    let located = |unit: &Unit| {
        let target = std::sync::Arc::clone(&unit.target);
        unit.resources
            .clone()
            .into_iter()
            .map(move |resource| Located { target: std::sync::Arc::clone(&target), resource })
    };
    let seen = units.iter().flat_map(located).collect::<Vec<_>>();
    assert_eq!(read(root.path(), objects, Table::Resources), expected(Table::Resources, &resources::columns(), &seen));
    let cells = units.iter().filter_map(|unit| match &unit.extent {
        Extent::End(end) => Some(end.coverage.clone()),
        Extent::Piece | Extent::Slice(_) => None,
    });
    let cells = cells.collect::<Vec<_>>();
    assert_eq!(read(root.path(), objects, Table::Coverage), expected(Table::Coverage, &coverage::columns(), &cells));
    let commit = std::slice::from_ref(&published.commit);
    let row = read(root.path(), commit, Table::Runs);
    assert_eq!(row, expected(Table::Runs, &runs::columns(), std::slice::from_ref(&published.run)));

    assert_eq!(
        published.run.rows,
        [
            ("findings", 450),
            ("resources", 225),
            ("coverage", 6),
            ("finding_events", 60),
            ("posture_daily", 20),
            ("checks", 2),
            ("check_requirements", served(&scanned_checks()).len().try_into().unwrap()),
        ]
        .map(|(table, rows)| (table.to_owned(), rows))
        .into()
    );
    for object in objects.iter().chain(commit) {
        let digest = Digest::of_file(&root.path().join(&object.key)).unwrap();
        assert_eq!((digest.bytes, &digest.sha256), (object.bytes, &object.sha256), "{}", object.key);
    }
    assert!(!root.path().join(staging::folder(&context().run_id)).exists(), "staging is removed");
}

#[tokio::test]
async fn the_tally_counts_what_the_tables_hold() {
    let root = tempfile::tempdir().unwrap();
    let tally = publish_units(&Store::directory(root.path()), units(45), 70).await.tally;
    assert_eq!(tally.with_status(Status::Fail), 5 * 12);
    assert_eq!(tally.with(Status::Fail, Severity::High), 5 * 12);
    assert_eq!(tally.with_status(Status::NotApplicable), 5 * 45);
    assert_eq!(tally.unexcepted_failures(Severity::Critical), 0);
    assert_eq!(tally.unexcepted_failures(Severity::Medium), 5 * 12);
    let worst = tally.worst_accounts(2);
    assert_eq!(worst.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["111111111111", "333333333333"]);
    assert_eq!(worst[0].2, 24);
    assert_eq!(tally.by_check()["training-job-network-isolation"], BTreeMap::from([(Status::NotApplicable, 225)]));
    assert_eq!((tally.cells[&Outcome::Complete], tally.cells_total(), tally.resources), (5, 6, 225));
    assert!((tally.coverage_percent().unwrap() - 83.333).abs() < 0.001);
}

#[test]
fn any_split_and_order_of_units_gives_the_same_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let publish_all = |units: Vec<Unit>, findings, shape| {
        let root = tempfile::tempdir().unwrap();
        let store = Store::directory(root.path());
        runtime.block_on(async {
            stage(&store, units, findings).await;
            publish_staged(&store, shape).await.unwrap()
        })
    };
    let [cut, whole] = [SMALL, ONE_FILE].map(|shape| publish_all(units(45), usize::MAX, shape));
    let files = Table::listed().count();
    assert!(cut.run.objects.len() > files && whole.run.objects.len() == files, "{:?}", cut.run.objects);
    let cases = (any::<u64>(), 1_usize..200, proptest::collection::vec(any::<Index>(), 0..4), any::<bool>());
    TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })
        .run(&cases, |(seed, findings, again, repeat)| {
            let mut units = units(45);
            // Some units twice, as after a restart: the same rows, so nothing changes.
            for index in again.iter().filter(|_| repeat) {
                units.push(index.get(&units).clone());
            }
            fastrand::Rng::with_seed(seed).shuffle(&mut units);
            let (shape, reference) = if repeat { (ONE_FILE, &whole) } else { (SMALL, &cut) };
            let published = publish_all(units, findings, shape);
            prop_assert_eq!(&published.tally, &reference.tally);
            prop_assert_eq!(&published.commit, &reference.commit);
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn more_runs_than_are_open_at_once_are_merged_in_rounds() {
    let [few, many] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let one = publish_units(&Store::directory(few.path()), units(150), usize::MAX).await;
    let store = Store::directory(many.path());
    assert!(stage(&store, units(150), 1).await.parts > 64);
    let other = publish_staged(&store, SMALL).await.unwrap();
    assert_eq!(one.commit, other.commit);
}

#[tokio::test]
async fn of_a_row_seen_twice_the_later_is_kept() {
    for (first, second) in [(5, 9), (9, 5)] {
        let root = tempfile::tempdir().unwrap();
        let target = target(22, "eu-central-1");
        let reading = Reading::new();
        let mut last = unit(&target, reading, 0..0, 0);
        last.extent = end(cell(&target, Outcome::Complete, 8));
        let units = vec![unit(&target, reading, 0..8, first), unit(&target, reading, 0..8, second), last];
        let published = publish_units(&Store::directory(root.path()), units, 1).await;
        let later = unit(&target, reading, 0..8, 9);
        let findings = read(root.path(), &published.run.objects, Table::Findings);
        assert_eq!(findings, expected(Table::Findings, &failing_since_now(), &later.findings));
        assert_eq!(published.tally.resources, 8);
    }
}

#[tokio::test]
async fn a_verdict_that_only_an_earlier_reading_has_stays_in_its_place() {
    let root = tempfile::tempdir().unwrap();
    let target = target(22, "eu-central-1");
    let reading = Reading::new();
    let mut last = unit(&target, reading, 0..0, 0);
    last.extent = end(cell(&target, Outcome::Complete, 8));
    let earlier = unit(&target, reading, 0..8, 5);
    let mut later = unit(&target, reading, 0..8, 9);
    // Of every second resource the later reading has the first verdict alone, of the others the second alone.
    let keeps = |number: &usize| (number / 2 % 2) == number % 2;
    later.findings =
        later.findings.into_iter().enumerate().filter(|(number, _)| keeps(number)).map(|(_, row)| row).collect();
    let mut rows = later.findings.clone();
    rows.extend(earlier.findings.iter().enumerate().filter(|(number, _)| !keeps(number)).map(|(_, row)| row.clone()));
    assert_eq!(rows.len(), 16);
    let published = publish_units(&Store::directory(root.path()), vec![earlier, later, last], 1).await;
    let findings = read(root.path(), &published.run.objects, Table::Findings);
    assert_eq!(findings, expected(Table::Findings, &failing_since_now(), &rows));
}

#[tokio::test]
async fn a_reading_that_did_not_end_leaves_no_row_and_gaps_are_rows() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let (here, there) = (target(22, "eu-central-1"), target(22, "us-east-1"));
    let (killed, whole) = (Reading::new(), Reading::new());
    let mut last = unit(&here, whole, 0..0, 0);
    last.extent = end(cell(&here, Outcome::Complete, 3));
    // The killed attempt saw a job that was deleted since.
    stage(&store, vec![unit(&here, killed, 0..4, 1), unit(&there, killed, 0..4, 1)], 1).await;
    stage(&store, vec![unit(&here, whole, 0..3, 2), last], 1).await;
    let mut run = scanned(&store).await;
    run.gaps.push(cell(&there, Outcome::NotScanned, 0));
    let published = publish(&store, run, SMALL, Clock::Fixed(start()), None).await.unwrap();
    let later = unit(&here, whole, 0..3, 2);
    let findings = read(root.path(), &published.run.objects, Table::Findings);
    assert_eq!(findings, expected(Table::Findings, &failing_since_now(), &later.findings));
    assert_eq!(published.tally.cells, BTreeMap::from([(Outcome::Complete, 1), (Outcome::NotScanned, 1)]));
    assert_eq!(published.tally.coverage_percent(), Some(50.0));
}

#[tokio::test]
async fn a_table_without_rows_still_has_a_file() {
    let root = tempfile::tempdir().unwrap();
    let cells = units(0);
    let published = publish_units(&Store::directory(root.path()), cells, 1).await;
    let tables = published.run.objects.iter().zip(Table::listed());
    for (object, table) in tables {
        assert_eq!(object.key, table.key(&context().run_id, 0));
        let is_full = [Table::Coverage, Table::Checks, Table::CheckRequirements].contains(&table);
        assert_eq!(object.rows > 0, is_full, "{table}");
    }
    assert_eq!(published.run.objects.len(), Table::listed().count());
    assert_eq!(read(root.path(), &published.run.objects, Table::Findings).num_rows(), 0);
}

#[tokio::test]
async fn a_run_is_published_once() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    let published = publish_units(&store, units(5), 10).await;
    stage(&store, units(9), 10).await;
    let second = publish_staged(&store, SMALL).await;
    assert!(matches!(second, Err(PublishError::AlreadyPublished { .. })), "{second:?}");
    assert_eq!(status(&store, &context().run_id).await.unwrap(), Some(published.run.status));
    assert_eq!(read(root.path(), &published.run.objects, Table::Resources).num_rows(), 25);
}

#[tokio::test]
async fn a_publish_that_ends_before_the_commit_shows_nothing_and_can_be_repeated() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    stage(&store, units(45), 10).await;
    let commit = Table::Runs.key(&context().run_id, 0);
    fs::create_dir_all(root.path().join("v1")).unwrap();
    fs::write(root.path().join("v1/runs"), "in the way").unwrap();
    let error = publish_staged(&store, SMALL).await.unwrap_err();
    assert!(matches!(error, PublishError::Store(StoreError::File { .. })), "{error:?}");
    fs::remove_file(root.path().join("v1/runs")).unwrap();
    assert_eq!(store.size(&commit).await.unwrap(), None);
    assert!(!staging::parts(&store, &context().run_id).await.unwrap().is_empty());
    // In the meantime one file was torn, and one is left from a publish of more rows.
    let findings = Table::Findings.key(&context().run_id, 0);
    store.put(&findings, b"torn".to_vec(), Put::Replace).await.unwrap();
    store.put(&Table::Resources.key(&context().run_id, 9), b"left".to_vec(), Put::Replace).await.unwrap();
    let published = publish_staged(&store, SMALL).await.unwrap();
    let listed = store.list("v1/").await.unwrap().into_iter().map(|stored| stored.key).collect::<BTreeSet<_>>();
    let named = published.run.objects.iter().chain([&published.commit]).map(|object| object.key.clone());
    assert_eq!(listed, named.chain([manifest::key(1)]).collect::<BTreeSet<_>>());
    assert_eq!(read(root.path(), &published.run.objects, Table::Findings).num_rows(), 450);
}

#[tokio::test]
async fn a_staged_file_with_a_flipped_byte_is_named_and_not_published() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path());
    stage(&store, units(5), 10).await;
    let part = staging::parts(&store, &context().run_id).await.unwrap().remove(0);
    let key = part.key_of(&part.files[0]);
    let mut bytes = store.read(&key).await.unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    store.put(&key, bytes, Put::Replace).await.unwrap();
    let error = publish_staged(&store, SMALL).await.unwrap_err();
    assert!(matches!(&error, PublishError::Changed { place, .. } if place.ends_with(&part.files[0].name)), "{error:?}");
    for nothing in [Table::Findings, Table::Runs] {
        assert_eq!(store.list(&nothing.root()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_run_of_which_nothing_is_staged_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let error = publish_staged(&Store::directory(root.path()), SMALL).await.unwrap_err();
    assert!(matches!(error, PublishError::NothingStaged { .. }), "{error:?}");
}
