//! Staged files with changed or missing bytes: publish refuses and names the file, or what it publishes is unchanged.

use std::{
    collections::BTreeMap,
    error::Error as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use sagesweep::{
    Incomplete, Run, RunError,
    config::Destination,
    demo::{Behaviour, Shape, Simulator},
    lake::{RunId, publish::Published},
    plan::shard::Shard,
    session::Clock,
};

use crate::audit::{fast_config, sdk, small};
use crate::table::{self, Row};

const CASES: u64 = 240;

/// A run into a directory.
async fn run(simulator: &Simulator, root: &Path) -> Run {
    let mut config = fast_config();
    config.lake.destination = Destination::Directory(root.to_owned());
    let id: RunId = "20261124T031500Z-00a1".parse().unwrap();
    Run::new(sdk(simulator, Duration::from_secs(20)).await, config, id, Clock::System)
}

/// Every file below a directory, by its path there.
fn files(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

/// What is published, without what tells one publish from another: when it was, and so the hash of what stands before.
fn tables(root: &Path) -> [Vec<Row>; 4] {
    let mut tables = ["findings", "resources", "coverage", "runs"].map(|name| table::read(root, name));
    for row in &mut tables[3] {
        row.retain(|column, _| column != "published_at");
    }
    tables
}

/// One byte changed, some cut off at the end, or some put there.
fn spoilt(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match random.u8(..8) {
        0 => bytes.truncate(random.usize(..bytes.len())),
        1 => bytes.extend_from_slice(b"\n{}"),
        _ => {
            let place = random.usize(..bytes.len());
            bytes[place] ^= 1 << random.u8(..8);
        }
    }
    bytes
}

fn told(error: &RunError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn staged_files_with_changed_bytes_are_refused_by_name_or_change_nothing() {
    let shape = Shape { accounts: 3, regions: 1, jobs: 60, ..small() };
    let simulator = Simulator::start(&shape, Behaviour::default()).await.unwrap();
    let scanned = tempfile::tempdir().unwrap();
    let first = run(&simulator, scanned.path()).await;
    Box::pin(first.scan_shard(Shard::WHOLE)).await.unwrap();
    let mut staged = BTreeMap::new();
    files(scanned.path(), scanned.path(), &mut staged);
    run(&simulator, scanned.path()).await.publish(Incomplete::Refused).await.unwrap();
    let right = tables(scanned.path());
    let rows = staged.keys().filter(|path| path.extension().is_some()).cloned().collect::<Vec<_>>();
    assert!(rows.len() >= 6, "{:?}", staged.keys());

    let (mut refused, mut published) = (0, 0);
    for case in 0..CASES {
        let mut random = fastrand::Rng::with_seed(case);
        let victim = random.choice(&rows).unwrap();
        // Always the same directory, since it is a part of the configuration that the run was planned with.
        let root = scanned.path();
        fs::remove_dir_all(root).unwrap();
        for (path, bytes) in &staged {
            let target = root.join(path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, if path == victim { spoilt(bytes, &mut random) } else { bytes.clone() }).unwrap();
        }
        let outcome: Result<Published, RunError> = run(&simulator, root).await.publish(Incomplete::Refused).await;
        match outcome {
            Ok(_) => {
                published += 1;
                assert_eq!(tables(root), right, "case {case}: {} was changed", victim.display());
            }
            Err(error) => {
                refused += 1;
                let (told, name) = (told(&error), victim.file_name().unwrap().to_str().unwrap());
                // A description that names another file is refused by the name of that one.
                let names = told.contains(name) || told.contains("_staging/");
                assert!(names, "case {case}: {} was changed, and: {told}", victim.display());
                assert!(table::files(root, "runs").is_empty(), "case {case}");
            }
        }
    }
    assert!(refused > CASES / 2 && published + refused == CASES, "{refused} refused, {published} published");
}
