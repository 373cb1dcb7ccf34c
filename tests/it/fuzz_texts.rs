//! Texts from outside, arbitrary and nearly right: never a panic, never more taken than is meant.

use std::{fmt, path::Path, str::FromStr};

use proptest::{prelude::*, sample::Index};
use sagesweep::{
    check::profile::Profile,
    config::{Config, DOCUMENTED, Destination, OuSelector, Place},
    exception::{
        self, EXAMPLE, Terms,
        prowler::{self, Given},
    },
    lake::RunId,
    place::{AccountId, Partition, Region},
};

/// A text with some of its characters replaced, removed or doubled.
fn mutated(text: &'static str) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), any::<char>(), 0_u8..4);
    proptest::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut letters = text.chars().collect::<Vec<_>>();
        for (place, letter, kind) in changes {
            let place = place.index(letters.len());
            match kind {
                0 => letters[place] = letter,
                1 => drop(letters.remove(place)),
                2 => letters.insert(place, letters[place]),
                _ => letters.insert(place, ['"', '[', '=', '\n', '\\', '\''][place % 6]),
            }
            if letters.is_empty() {
                letters.push(' ');
            }
        }
        letters.into_iter().collect()
    })
}

/// Loads a text as a configuration file: what is refused is refused with the file, and with a line that it has.
fn load(text: &str) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fuzzed.toml");
    std::fs::write(&path, text).unwrap();
    match Config::load(Some(&path), std::iter::empty()) {
        Ok(config) => {
            let printed = config.to_toml();
            std::fs::write(&path, &printed).unwrap();
            prop_assert_eq!(Config::load(Some(&path), std::iter::empty()).ok(), Some(config), "{}", printed);
        }
        Err(errors) => {
            prop_assert!(!errors.problems().is_empty());
            for problem in errors.problems() {
                let named = |file: &Path| file == path;
                match &problem.place {
                    Place::Position { file, line, column } => {
                        let lines = text.split('\n').count();
                        prop_assert!(named(file) && (1..=lines).contains(line) && *column > 0, "{}", problem);
                    }
                    Place::File(file) => prop_assert!(named(file)),
                    Place::Variable(name) => prop_assert!(false, "no variable {} is set", name),
                }
                prop_assert!(!problem.message.is_empty());
            }
        }
    }
    Ok(())
}

/// Reads a text as a file of exceptions: what is refused is refused with the file, and with a line that it has; nothing is
/// taken that does not say where it applies and until when.
fn read_exceptions(text: &str) -> Result<(), TestCaseError> {
    let terms = Terms { today: "2026-11-24".parse().unwrap(), max_days: 365 };
    match exception::read(Path::new("fuzzed.toml"), text, terms) {
        Ok(exceptions) => {
            for exception in exceptions.all() {
                prop_assert!(
                    !exception.check.is_empty() && !exception.owner.is_empty() && !exception.reason.is_empty()
                );
                let from = exception.created.unwrap_or(terms.today);
                prop_assert!((exception.expires - from).get_days() <= 365);
                prop_assert!((1..=text.split('\n').count()).contains(&exception.line));
            }
        }
        Err(errors) => {
            prop_assert!(!errors.problems().is_empty());
            for problem in errors.problems() {
                let Place::Position { file, line, column } = &problem.place else {
                    return Err(TestCaseError::fail(format!("no position: {problem}")));
                };
                let lines = text.split('\n').count();
                prop_assert!(
                    file == Path::new("fuzzed.toml") && (1..=lines).contains(line) && *column > 0,
                    "{}",
                    problem
                );
                prop_assert!(!problem.message.is_empty() && !problem.message.contains('\n'));
            }
        }
    }
    Ok(())
}

/// Converts a text as a mute list: what comes out holds.
fn convert(text: &str) -> Result<(), TestCaseError> {
    let [created, expires] = ["2026-11-24", "2027-03-31"].map(|day| day.parse().unwrap());
    let (owner, profile) = ("owner".to_owned(), Profile::Both);
    let given = Given { profile, owner, reason: None, ticket: None, created, expires };
    if let Ok(converted) = prowler::convert(Path::new("fuzzed.yaml"), text, &given) {
        let terms = Terms { today: created, max_days: 365 };
        let read = exception::read(Path::new("converted.toml"), &converted, terms);
        prop_assert!(read.is_ok(), "{:?}\n{}", read, converted);
    }
    Ok(())
}

const MUTELIST: &str = r#"Mutelist:
  Accounts:
    "111111111111": &one
      Checks:
        "sagemaker_*":
          Regions: ["us-east-1", "eu-*"]
          Resources: ["test", ".+-logs", "a|b$"]
          Tags: ["team=ml", "stage=dev|stage=qa"]
          Description: "why \"so\""
    "*": *one
"#;

/// What is taken reads back as itself.
fn same<T: FromStr + fmt::Display>(text: &str) -> Result<(), TestCaseError> {
    if let Ok(taken) = text.parse::<T>() {
        prop_assert_eq!(taken.to_string(), text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_configuration_that_is_nearly_right_is_taken_or_refused_with_file_and_line(text in mutated(DOCUMENTED)) {
        load(&text)?;
    }

    #[test]
    fn any_text_is_taken_or_refused_as_a_configuration(
        text in "(\\[?\\[?[a-z_.]{1,12}\\]?\\]?|[a-z_]{1,10} ?= ?(\"\\PC{0,12}\"|'\\PC{0,8}'|[0-9eE.+_-]{1,8}|\\[[^\\n]{0,12}\\]|\\{\\PC{0,12}\\}|true|nan)|\\PC{0,20}|\n){0,12}"
    ) {
        load(&text)?;
    }

    #[test]
    fn exceptions_that_are_nearly_right_are_taken_or_refused_with_file_and_line(text in mutated(EXAMPLE)) {
        read_exceptions(&text)?;
    }

    #[test]
    fn any_text_is_taken_or_refused_as_exceptions(
        text in "(\\[\\[exception\\]\\]|(check|account|region|resource|tags|expires|created|owner|reason|id) ?= ?(\"\\PC{0,12}\"|'[*?a-z/-]{0,8}'|2027-0[0-9]-[0-9]{2}|\\[[^\\n]{0,12}\\]|\\{\\PC{0,12}\\}|7)|\\PC{0,20}|\n){0,14}"
    ) {
        read_exceptions(&text)?;
    }

    #[test]
    fn a_mute_list_that_is_nearly_right_becomes_exceptions_that_hold_or_is_refused(
        text in prop_oneof![mutated(MUTELIST), "([a-z\"'*&!:{}\\[\\]|>%#, -]{0,12}\n? {0,4}){0,12}"]
    ) {
        convert(&text)?;
    }

    #[test]
    fn identifiers_are_taken_as_they_are_or_not_at_all(
        text in prop_oneof![
            "\\PC{0,24}",
            "[0-9]{11,13}",
            "[a-z]{2,4}-[a-z]{3,10}-[0-9]{1,2}",
            mutated("20261124T031500Z-9f3a"),
            mutated("eu-central-1"),
            mutated("aws-us-gov"),
            mutated("123456789012"),
        ]
    ) {
        same::<AccountId>(&text)?;
        same::<Region>(&text)?;
        same::<Partition>(&text)?;
        same::<RunId>(&text)?;
        if let Ok(id) = text.parse::<RunId>() {
            // It becomes a part of keys and paths.
            prop_assert!(id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
            prop_assert!(id.run_date() > jiff::civil::Date::ZERO);
        }
    }

    #[test]
    fn a_destination_never_leaves_its_bucket_or_prefix(
        text in prop_oneof![
            "\\PC{0,24}",
            "s3://[a-z0-9.-]{1,8}/?[a-z./]{0,12}",
            mutated("s3://audit-lake/sage/sweep"),
            mutated("./sagesweep-out"),
        ]
    ) {
        match text.parse::<Destination>() {
            Ok(Destination::S3 { bucket, prefix }) => {
                prop_assert!((3..=63).contains(&bucket.len()) && !bucket.contains('/'));
                prop_assert!(prefix.is_empty() || prefix.split('/').all(|part| !matches!(part, "" | "." | "..")));
            }
            Ok(Destination::Directory(path)) => prop_assert_eq!(path, Path::new(&text)),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn a_selector_of_units_is_taken_or_refused(text in prop_oneof!["\\PC{0,24}", mutated("ou-a1b2-12345678"), mutated("/Workloads/Prod")]) {
        same::<OuSelector>(&text)?;
    }
}
