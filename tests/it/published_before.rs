//! A publish that is started again although it is done, as after an answer that was lost: it says so, ends as the run ended,
//! and changes nothing.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::resume::{Night, RUN_ID, output, program, published, windows};

const PUBLISH: [&str; 4] = ["publish", "--run-id", RUN_ID, "--incomplete"];

/// The exit status of the program, its lines of metrics, and what it says.
async fn run(night: &Night, directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = program(night, directory, arguments);
    let output = output(command.env("SAGESWEEP_METRICS_EMF", "true").spawn().unwrap()).await;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_that_is_repeated_says_so_and_ends_as_the_run_ended() {
    let night = Night::new(windows()).await;
    for (shard, status, word) in [("1/1", 0, "COMPLETE"), ("2/3", 3, "INCOMPLETE")] {
        let directory = TempDir::new().unwrap();
        let (directory, lake) = (directory.path(), directory.path().join("out"));
        let scanned = run(&night, directory, &["scan", "--run-id", RUN_ID, "--shard", shard]).await;
        assert_eq!(scanned.0, Some(0), "{scanned:?}");
        let first = run(&night, directory, &PUBLISH).await;
        assert_eq!(first.0, Some(status), "{first:?}");
        let before = published(&lake);

        let (code, metrics, said) = run(&night, directory, &PUBLISH).await;
        assert_eq!(code, Some(status), "{said}");
        assert!(said.contains(&format!("run {RUN_ID} is published as {word}; nothing is left to do")), "{said}");
        assert!(metrics.contains("\"Failed\":0") && metrics.contains("\"Published\":0"), "{metrics}");
        // Its findings are not there to be counted again.
        let (code, _, said) = run(&night, directory, &[&PUBLISH[..], &["--fail-on", "low"]].concat()).await;
        assert!(code == Some(4) && said.contains("--fail-on"), "{code:?} {said}");
        assert!(published(&lake) == before);
        assert_eq!(fs::read_dir(lake.join("v1/_manifests")).unwrap().count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_a_run_ended_is_not_made_up_where_its_object_cannot_be_read() {
    let night = Night::new(windows()).await;
    let directory = TempDir::new().unwrap();
    let done = run(&night, directory.path(), &["run", "--run-id", RUN_ID]).await;
    assert_eq!(done.0, Some(0), "{done:?}");
    let object = directory.path().join(format!("out/v1/runs/run_date=2026-11-24/{RUN_ID}.parquet"));
    fs::write(object, "no Parquet").unwrap();
    let (code, metrics, said) = run(&night, directory.path(), &PUBLISH).await;
    assert!(code == Some(4) && said.contains("is published already"), "{code:?} {said}");
    assert!(metrics.contains("\"Failed\":1"), "{metrics}");
}
