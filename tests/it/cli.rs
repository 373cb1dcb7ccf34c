//! The program as a user runs it: arguments, texts, exit statuses, signals.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use crate::table;

/// The program with nothing of this machine's environment but what it needs to start.
fn sagesweep(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command.current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", directory);
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    sagesweep(directory).args(arguments).output().unwrap()
}

#[test]
fn the_readme_shows_the_help_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let help = text(&run(directory.path(), &["--help"]).stdout);
    let readme = include_str!("../../README.md");
    let shown = readme.split("## Command line\n\n```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    assert_eq!(shown, help.trim_end(), "copy the output of `sagesweep --help` into README.md");
}

#[test]
fn every_command_of_the_readme_is_one() {
    let directory = tempfile::tempdir().unwrap();
    let readme = include_str!("../../README.md");
    let commands = readme.split('`').filter_map(|code| code.strip_prefix("sagesweep "));
    let mut seen = 0;
    for command in commands {
        let first = command.split_whitespace().next().unwrap();
        if first.starts_with('-') {
            continue;
        }
        seen += 1;
        assert!(run(directory.path(), &[first, "--help"]).status.success(), "{command}");
    }
    assert!(seen > 3);
}

#[test]
fn all_that_is_wrong_with_the_configuration_is_said_at_once_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let file = "[role]\nname = 7\n[regions]\ninclude = [\"Frankfurt\"]\n[lake]\ndestinaton = \"x\"\n";
    fs::write(directory.path().join("bad.toml"), file).unwrap();
    let output = sagesweep(directory.path())
        .args(["run", "--config", "bad.toml"])
        .env("SAGESWEEP_PACING_MAX_IN_FLIGHT", "0")
        .env("SAGESWEEP_ROLES_NAME", "x")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    for part in [
        "bad.toml:2:",
        "bad.toml:4:",
        "bad.toml:6:",
        "destination",
        "SAGESWEEP_PACING_MAX_IN_FLIGHT",
        "SAGESWEEP_ROLES_NAME",
    ] {
        assert!(errors.contains(part), "{part} is missing:\n{errors}");
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing was written");
}

#[test]
fn the_effective_configuration_reads_back_as_itself() {
    let directory = tempfile::tempdir().unwrap();
    let first = run(directory.path(), &["config"]);
    assert!(first.status.success());
    fs::write(directory.path().join("again.toml"), &first.stdout).unwrap();
    let again = run(directory.path(), &["config", "--config", "again.toml"]);
    assert_eq!(text(&again.stdout), text(&first.stdout));
}

#[test]
fn a_wrong_command_line_ends_with_status_2_and_a_named_file_must_be_there() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in
        [&["frobnicate"][..], &["run", "--run-id", "../x"], &["publish"], &["run", "--config", "missing.toml"]]
    {
        let output = run(directory.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn without_credentials_or_network_the_run_fails_and_says_what_to_look_at() {
    let directory = tempfile::tempdir().unwrap();
    let without_credentials = run(directory.path(), &["run"]);
    assert_eq!(without_credentials.status.code(), Some(4));
    let errors = text(&without_credentials.stderr);
    assert!(errors.contains("sts:GetCallerIdentity") && errors.contains("credentials"), "{errors}");
    assert!(!directory.path().join("sagesweep-out").exists());

    let nobody_listens = sagesweep(directory.path())
        .arg("run")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        .output()
        .unwrap();
    assert_eq!(nobody_listens.status.code(), Some(4));
    assert!(text(&nobody_listens.stderr).contains("network"));
}

#[test]
fn the_demo_ends_well_fits_80_columns_and_keeps_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let output =
        run(directory.path(), &["demo", "--accounts", "6", "--regions", "2", "--jobs", "600", "--output", "out"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.contains("Coverage") && stdout.contains(" resources"), "{stdout}");
    for line in stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let tables =
        ["findings", "resources", "coverage", "runs"].map(|name| table::read(&directory.path().join("out"), name));
    let [findings, resources, coverage, runs] = &tables;
    let training_jobs = resources.iter().filter(|row| row["resource_type"] == "AWS::SageMaker::TrainingJob").count();
    assert_eq!((training_jobs, runs.len()), (600, 1));
    assert!(resources.len() > training_jobs && findings.len() > 600 * 7);
    assert!(coverage.len() > 6);
    let canary = sagesweep::demo::CANARY;
    assert!(!stdout.contains(canary) && !stderr.contains(canary));
    for row in tables.iter().flatten() {
        assert!(row.values().all(|value| !value.contains(canary)), "{row:?}");
    }
    for line in stderr.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
    }
    assert!(
        fs::read_dir(directory.path().join("out/_staging")).map_or(0, Iterator::count) == 0,
        "staged parts were left"
    );
}

#[test]
fn a_destination_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), "in the way").unwrap();
    let output =
        run(directory.path(), &["demo", "--accounts", "4", "--regions", "1", "--jobs", "10", "--output", "file/out"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).contains("file/out"), "{}", text(&output.stderr));
}

#[test]
fn a_disk_that_takes_no_more_ends_the_scan_and_names_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("ulimit -f 40; exec {} demo --jobs 30000 --output out", env!("CARGO_BIN_EXE_sagesweep"));
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{errors}");
    assert!(errors.contains("cannot stage") && errors.contains("out/"), "{errors}");
    assert!(!errors.contains("scan done"), "the scan went on");
    assert!(table::files(&directory.path().join("out"), "runs").is_empty());
}

#[test]
fn an_interrupted_run_publishes_nothing_and_says_so() {
    for signal in ["INT", "TERM"] {
        let directory = tempfile::tempdir().unwrap();
        let child = sagesweep(directory.path())
            .args(["demo", "--jobs", "100000", "--output", "out"])
            .stderr(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !directory.path().join("out").exists() && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap().success()
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{signal}");
        assert!(text(&output.stderr).contains("nothing of the run"), "{}", text(&output.stderr));
        assert!(table::files(&directory.path().join("out"), "runs").is_empty());
    }
}
