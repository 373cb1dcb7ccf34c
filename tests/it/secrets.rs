//! Credentials, tokens, environments and hyperparameters stand in no output: tables, staged files, logs on `trace`, errors.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::Output,
};

use arrow_array::RecordBatch;
use arrow_ipc::{reader::StreamReader, writer::FileWriter};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sagesweep::demo::{Behaviour, CANARY, Fault, FaultRule, SECRET_ACCESS_KEY, Shape, Simulator};

use crate::audit::{self, small};

/// What must not be found: values of environments and hyperparameters, our secret, a session's secret, and how each
/// session's token begins.
const SECRETS: &[&str] = &[CANARY, SECRET_ACCESS_KEY, "simulated-secret-of-a-session", "SIM:1", "SIM:2", "SIM%3A"];

fn assert_discreet(bytes: &[u8], place: &str) {
    for secret in SECRETS {
        let found = bytes.windows(secret.len()).position(|window| window == secret.as_bytes());
        if let Some(at) = found {
            let around = &bytes[at.saturating_sub(200)..bytes.len().min(at + 60)];
            panic!("{secret} stands in {place}: {}", String::from_utf8_lossy(around));
        }
    }
}

/// The rows of a batch as bytes that are not compressed.
fn plain(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

/// Looks into every file below a directory, tables and staged runs as what they hold; tells how many there are.
fn search(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { search(&path) } else { search_file(&path) }).sum()
}

/// The batches of a staged run, which is some streams one after the other.
fn staged(path: &Path) -> Vec<RecordBatch> {
    let mut file = BufReader::new(File::open(path).unwrap());
    let mut batches = Vec::new();
    while !file.fill_buf().unwrap().is_empty() {
        batches.extend(StreamReader::try_new(&mut file, None).unwrap().map(Result::unwrap));
    }
    batches
}

fn search_file(path: &PathBuf) -> usize {
    let place = path.display().to_string();
    let batches: Vec<RecordBatch> = match path.extension().and_then(|extension| extension.to_str()) {
        Some("arrow") => staged(path),
        Some("parquet") => {
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
            reader.build().unwrap().map(Result::unwrap).collect()
        }
        _ => Vec::new(),
    };
    for batch in &batches {
        assert_discreet(&plain(batch), &place);
    }
    assert_discreet(&std::fs::read(path).unwrap(), &place);
    1
}

/// The program with every log there is.
fn program(simulator: &Simulator, directory: &Path, arguments: &[&str]) -> Output {
    let mut command = audit::program(simulator, directory, arguments);
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").env("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "0");
    let output = command.output().unwrap();
    assert_discreet(&output.stdout, "the standard output");
    assert_discreet(&output.stderr, "the standard error");
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn no_output_holds_a_secret_however_much_is_logged_and_whatever_breaks() {
    let often = |api, fault| FaultRule { one_in: 6, ..FaultRule::at(api, fault) };
    let faults = vec![
        often("sagemaker:Search", Fault::MalformedBody),
        often("sagemaker:Search", Fault::CutBody),
        often("sagemaker:DescribeTrainingJob", Fault::MalformedBody),
        often("sagemaker:DescribeTrainingJob", Fault::WrongContentType),
        often("kms:DescribeKey", Fault::ForeignBody),
        often("sts:AssumeRole", Fault::MalformedBody),
        often("kms:DescribeKey", Fault::ExpiredToken),
    ];
    let shape = Shape { accounts: 9, regions: 2, jobs: 200, ..small() };
    for format in ["text", "json"] {
        let simulator = Simulator::start(&shape, Behaviour { faults: faults.clone(), ..Behaviour::default() });
        let simulator = simulator.await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let staged = program(&simulator, directory.path(), &["scan", "--log-format", format]);
        assert_eq!(staged.status.code(), Some(0), "{}", String::from_utf8_lossy(&staged.stderr));
        let logs = String::from_utf8(staged.stderr).unwrap();
        assert!(logs.contains("account done"), "{logs}");
        assert!(search(directory.path()) > 3);
        let run_id = String::from_utf8(staged.stdout).unwrap();
        let published = program(&simulator, directory.path(), &["publish", "--run-id", run_id.trim()]);
        assert_eq!(published.status.code(), Some(0));
        assert!(search(directory.path()) >= 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_and_what_it_stands_in_hold_no_secret() {
    let mut errors = 0;
    for fault in [Fault::Denied, Fault::MalformedBody, Fault::CutBody, Fault::ExpiredToken, Fault::ForeignBody] {
        for api in ["sts:GetCallerIdentity", "organizations:ListAccounts"] {
            let faults = vec![FaultRule::at(api, fault.clone())];
            let simulator = Simulator::start(&small(), Behaviour { faults, ..Behaviour::default() }).await.unwrap();
            let directory = tempfile::tempdir().unwrap();
            let mut config = audit::fast_config();
            config.lake.destination = sagesweep::config::Destination::Directory(directory.path().to_owned());
            let sdk = audit::sdk(&simulator, std::time::Duration::from_secs(20)).await;
            let clock = sagesweep::session::Clock::System;
            let run = sagesweep::Run::new(sdk, config, sagesweep::lake::RunId::new(clock.now(), 1), clock);
            assert_discreet(format!("{run:?}").as_bytes(), "a run");
            if let Err(error) = run.scan_shard(sagesweep::plan::shard::Shard::WHOLE).await {
                errors += 1;
                assert_discreet(format!("{error:?} {error:#}").as_bytes(), api);
            }
        }
    }
    assert!(errors >= 8, "{errors}");
}
