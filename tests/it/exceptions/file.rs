//! The file of exceptions through the program: added to, listed, converted.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use super::{FILE, day, done, text};

/// The program with nothing but its arguments.
fn alone(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command.arg("exceptions").args(arguments).current_dir(directory).env_clear().output().unwrap()
}

#[test]
fn add_appends_what_holds_and_list_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(FILE);
    let until = day(90).to_string();
    let add = |more: &[&str]| {
        let usual = ["add", "--file", FILE, "--owner", "ml", "--reason", "it \"is\" so", "--check", "training-job-vpc"];
        alone(directory.path(), &[&usual, more].concat())
    };
    let told = done(&add(&["--account", "111111111111", "--expires", &until, "--tag", "team=a*", "--tag", "team=b"]));
    assert!(told.starts_with("exceptions.toml:1: added `EX-"), "{told}");
    let commented = format!("# ours\n{}", fs::read_to_string(&file).unwrap());
    fs::write(&file, &commented).unwrap();
    let told = done(&add(&["--account", "*", "--days", "20", "--id", "RISK-2", "--ticket", "T-2"]));
    assert!(told.contains("added `RISK-2`") && told.contains("ends on"), "{told}");
    let told = done(&add(&["--account", "*", "--expires", &until, "--id", "RISK-3", "--region", "eu-wset-1"]));
    assert!(told.starts_with("exceptions.toml:") && told.contains("no region `eu-wset-1`"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    let both = fs::read_to_string(&file).unwrap();
    assert!(both.starts_with(&commented), "{both}");

    for (more, part) in [
        (&["--account", "1", "--expires", &until][..], "is not an account id"),
        (&["--expires", &until], "nothing says where it applies"),
        (&["--account", "*", "--expires", "2020-01-01"], "before it was created"),
        (&["--account", "*", "--days", "400"], "--days 400: "),
        (&["--account", "*", "--days", "400"], "exceptions.max_days allows 365"),
        (&["--account", "*", "--days", "9", "--ou-path", "x"], "--ou-path: "),
        (&["--account", "*", "--days", "9", "--id", "RISK-2"], "already"),
        (&["--account", "*", "--days", "9", "--check", "x"], "no check is called `x`"),
        (&["--account", "*"], "--expires"),
        (&["--account", "*", "--days", "9", "--tag", "x"], "KEY=GLOB"),
    ] {
        let refused = add(more);
        assert_eq!(refused.status.code(), Some(2), "{more:?}");
        assert!(text(&refused.stderr).contains(part), "{}", text(&refused.stderr));
        assert_eq!(fs::read_to_string(&file).unwrap(), both);
    }
    let left = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "nothing else is left");

    let list = done(&alone(directory.path(), &["list", "--file", FILE]));
    assert!(list.lines().all(|line| line.chars().count() <= 80) && list.contains("3 exceptions, 3 in force"), "{list}");
    let json: serde_json::Value =
        serde_json::from_str(&done(&alone(directory.path(), &["list", "--file", FILE, "--json"]))).unwrap();
    assert_eq!(json[0]["scope"]["tags"]["team"], serde_json::json!(["a*", "b"]));
    assert_eq!(
        (&json[1]["id"], &json[1]["standing"], &json[1]["days_left"]),
        (&"RISK-2".into(), &"EXPIRING".into(), &20.into())
    );
    let none = alone(directory.path(), &["list"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("--file"));
    let missing = alone(directory.path(), &["check", "--file", "no.toml", "--offline"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("look at --file"), "{}", text(&missing.stderr));
    let checked = done(&alone(directory.path(), &["check", "--file", FILE, "--offline"]));
    assert!(checked.contains("3 exceptions: 3 in force, of which 1 ends within 30 days\n"), "{checked}");
    assert!(checked.lines().all(|line| line.chars().count() <= 80), "{checked}");
    let in_s3 = alone(
        directory.path(),
        &[
            "add",
            "--file",
            "s3://bucket/x",
            "--check",
            "*",
            "--account",
            "*",
            "--days",
            "9",
            "--owner",
            "o",
            "--reason",
            "r",
        ],
    );
    assert!(text(&in_s3.stderr).contains("only a file of this machine"), "{}", text(&in_s3.stderr));
}

#[test]
fn a_mute_list_of_prowler_is_converted_once_it_has_an_end() {
    let directory = tempfile::tempdir().unwrap();
    let list = "Mutelist:\n  Accounts:\n    '*':\n      Checks:\n        'sagemaker_models_*':\n          Regions: ['*']\n          Resources: [test]\n";
    fs::write(directory.path().join("mutelist.yaml"), list).unwrap();
    let convert = |more: &[&str]| {
        alone(directory.path(), &[&["convert", "prowler", "mutelist.yaml", "--owner", "security"], more].concat())
    };
    let endless = convert(&[]);
    assert_eq!(endless.status.code(), Some(2));
    assert!(text(&endless.stderr).contains("--expires"));
    assert!(text(&convert(&["--expires", &day(500).to_string()]).stderr).contains("exceptions.max_days"));
    let made = done(&convert(&["--expires", &day(90).to_string()]));
    assert!(
        made.contains("every account") && made.contains("arn:*/*test*") && made.contains("\"model-vpc\""),
        "{made}"
    );
    fs::write(directory.path().join(FILE), made).unwrap();
    assert!(done(&alone(directory.path(), &["check", "--file", FILE, "--offline"])).contains("1 in force"));
    assert_eq!(convert(&["--expires", &day(90).to_string(), "--profile", "prowler"]).status.code(), Some(0));
}
