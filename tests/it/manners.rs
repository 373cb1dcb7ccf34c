//! The manners of the program: help, completions, manual, version, the first configuration, errors.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

use clap::{CommandFactory as _, Parser as _};
use sagesweep::{cli::Cli, config::Config};

fn run(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command.args(arguments).current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", directory);
    command.env("AWS_EC2_METADATA_DISABLED", "true").stdin(std::process::Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The commands that are shown, but that of clap itself.
fn commands() -> Vec<clap::Command> {
    let mut cli = Cli::command();
    cli.build();
    let shown = cli.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    shown.flat_map(with_its_own).collect()
}

/// A command, or those below it.
fn with_its_own(command: &clap::Command) -> Vec<clap::Command> {
    let own = command.get_subcommands().filter(|own| own.get_name() != "help").collect::<Vec<_>>();
    if own.is_empty() { vec![command.clone()] } else { own.into_iter().flat_map(with_its_own).collect() }
}

/// What stands behind the name of the program, where that is a word of its own.
fn called(line: &str) -> Option<&str> {
    let name = "sagesweep ";
    let mut places = line.match_indices(name).map(|(place, _)| place);
    let place = places.find(|place| line[..*place].chars().last().is_none_or(char::is_whitespace))?;
    Some(&line[place + name.len()..])
}

/// The examples of a command: the lines below that word that call the program, as a shell takes them apart.
fn examples(command: &clap::Command) -> Vec<Vec<String>> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let Some((_, lines)) = after.split_once("Examples:\n") else { return Vec::new() };
    let script = lines.replace("\\\n", " ");
    let calls = script.lines().filter_map(|line| Some((line, called(line)?))).map(|(line, words)| {
        let shell = format!("set -f; printf '%s\\n' {}", words.split([';', '|', '>', '&', '#']).next().unwrap());
        let words = Command::new("sh").args(["-c", &shell]).output().unwrap();
        assert!(words.status.success(), "{line}: {}", text(&words.stderr));
        text(&words.stdout).lines().map(str::to_owned).collect()
    });
    calls.collect()
}

#[test]
fn every_command_has_examples_that_the_command_line_takes() {
    for command in commands().iter().chain([&Cli::command()]) {
        let name = command.get_name();
        let examples = examples(command);
        assert!(examples.len() >= 2, "{name} has {} examples", examples.len());
        for words in examples {
            let words = ["sagesweep".to_owned()].into_iter().chain(words).collect::<Vec<_>>();
            let parsed = Cli::try_parse_from(&words);
            assert!(parsed.is_ok(), "{words:?}: {}", parsed.unwrap_err());
        }
    }
}

#[test]
fn every_command_and_option_says_what_it_is_for_and_no_line_is_too_wide() {
    let directory = tempfile::tempdir().unwrap();
    for command in commands() {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{name}");
        // What clap would fold, a shell would read as two commands.
        for line in command.get_after_help().map(ToString::to_string).unwrap_or_default().lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            assert!(argument.get_help().is_some(), "{name} {}", argument.get_id());
        }
    }
    let help = text(&run(directory.path(), &["run", "--help"]).stdout);
    assert!(help.contains("Examples:") && help.contains("--fail-on"), "{help}");
}

#[test]
fn completions_of_every_shell_know_every_command_and_bash_completes_with_them() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(directory.path(), &["completions", shell]);
        assert!(output.status.success(), "{shell}");
        let script = text(&output.stdout);
        for command in commands() {
            assert!(script.contains(command.get_name()), "{shell} does not know {}", command.get_name());
        }
        fs::write(directory.path().join(shell), script).unwrap();
    }
    let script =
        ". ./bash; COMP_WORDS=(sagesweep pub); COMP_CWORD=1; _sagesweep sagesweep pub sagesweep; echo ${COMPREPLY[@]}";
    let bash = Command::new("bash").args(["--norc", "-c", script]).current_dir(directory.path()).output().unwrap();
    assert_eq!(text(&bash.stdout).trim(), "publish", "{}", text(&bash.stderr));
}

#[test]
fn the_manual_has_a_page_for_each_command_and_is_the_same_each_time() {
    let directory = tempfile::tempdir().unwrap();
    for folder in ["one", "deep/two"] {
        let output = run(directory.path(), &["man", folder]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let page = |folder: &str, name: &str| fs::read_to_string(directory.path().join(folder).join(name)).unwrap();
    let pages = fs::read_dir(directory.path().join("one")).unwrap();
    let pages = pages.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<_>>();
    assert!(pages.contains("sagesweep.1") && !pages.contains("sagesweep-simulate.1"), "{pages:?}");
    for command in commands() {
        // The name of one below another ends with its own.
        let ending = format!("-{}.1", command.get_name());
        assert!(pages.iter().any(|page| page.ends_with(&ending)), "{} is missing in {pages:?}", command.get_name());
    }
    for name in &pages {
        assert!(page("one", name).starts_with(".ie") && page("one", name).contains(".SH"), "{name}");
        assert_eq!(page("one", name), page("deep/two", name));
    }
    fs::write(directory.path().join("file"), "").unwrap();
    let refused = run(directory.path(), &["man", "file/x"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(text(&refused.stderr).contains("file/x"), "{}", text(&refused.stderr));
}

#[test]
fn the_version_is_one_line_or_all_that_is_known_of_the_build() {
    let directory = tempfile::tempdir().unwrap();
    let short = text(&run(directory.path(), &["-V"]).stdout);
    assert_eq!(short, format!("sagesweep {}\n", env!("CARGO_PKG_VERSION")));
    let long = text(&run(directory.path(), &["--version"]).stdout);
    for part in
        [short.trim_end(), "\ncommit    ", "\nrustc     rustc 1.", "\ntarget    ", "\nprofile   ", "\nfeatures  demo"]
    {
        assert!(long.contains(part), "{part} is missing:\n{long}");
    }
    assert_eq!(long, text(&run(directory.path(), &["--version"]).stdout));
}

#[test]
fn init_writes_a_file_that_the_program_takes_and_replaces_none_unless_it_is_told_to() {
    let directory = tempfile::tempdir().unwrap();
    let options =
        ["--destination", "s3://audit/sagesweep", "--bucket-region", "eu-central-1", "--owner-tag", "", "--defaults"];
    let init = |more: &[&str]| run(directory.path(), &[&["init"], &options[..], more].concat());
    let output = init(&[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("sagesweep doctor --config sagesweep.toml"));
    let shown = text(&run(directory.path(), &["config"]).stdout);
    let config: Config = Config::read("x.toml".as_ref(), &shown).unwrap();
    assert_eq!(
        (config.lake.destination.to_string().as_str(), config.findings.owner_tag),
        ("s3://audit/sagesweep", None)
    );

    fs::write(directory.path().join("sagesweep.toml"), "# mine\n").unwrap();
    let refused = init(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--force"));
    assert_eq!(fs::read_to_string(directory.path().join("sagesweep.toml")).unwrap(), "# mine\n");
    assert!(init(&["--force"]).status.success());
    assert!(init(&["--output", "other.toml"]).status.success());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn init_without_a_terminal_names_the_options_that_are_missing() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(directory.path(), &["init", "--destination", "out", "--role-name", "audit"]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for option in ["--accounts", "--external-id", "--regions", "--owner-tag", "--sns-topic", "--defaults"] {
        assert!(errors.contains(option), "{option}: {errors}");
    }
    assert!(!errors.contains("--destination") && !errors.contains("--bucket-region"), "{errors}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    let wrong = run(directory.path(), &["init", "--defaults", "--regions", "Frankfurt"]);
    assert!(text(&wrong.stderr).contains("--regions: `Frankfurt` is not a region code"), "{}", text(&wrong.stderr));
}

#[test]
fn an_error_says_what_to_do_next() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), "in the way").unwrap();
    fs::write(directory.path().join("empty.sql"), "").unwrap();
    for (arguments, status, advice) in [
        (&["publish", "--run-id", "20261124T031500Z-9f3a", "--config", "missing.toml"][..], 2, "missing.toml"),
        (&["verify"], 4, "look at lake.destination"),
        (&["diff"], 4, "look at lake.destination"),
        (&["export", "--format", "csv"], 4, "look at lake.destination"),
        (&["export", "--format", "security-lake"], 2, "--security-lake-region"),
        (&["query", "SELECT 1"], 4, "look at lake.destination or --lake"),
        (&["query", "--file", "missing.sql"], 2, "look at --file"),
        (&["query", "--file", "empty.sql"], 2, "--view"),
        (&["notify"], 4, "look at lake.destination"),
        (&["notify", "--format", "json"], 2, "--dry-run"),
        (&["explain", "training-job-vcp"], 2, "did you mean `training-job-vpc`?"),
        (&["iam-policy", "hub"], 2, "set role.hub_role_arn"),
        (&["verify", "--public-key", "missing.pem"], 2, "look at --public-key"),
        (&["verify", "--public-key", "file"], 2, "aws kms get-public-key"),
        (&["run", "--shard", "1/2"], 2, "--help"),
        (&["frobnicate"], 2, "--help"),
        (&["init", "--defaults", "--output", "file/x.toml"], 4, "something that is no directory is in the way"),
    ] {
        let output = run(directory.path(), arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {errors}");
        assert!(errors.contains(advice), "{arguments:?} does not say {advice}: {errors}");
    }
}
