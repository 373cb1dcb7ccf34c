//! A first configuration: a few questions, and the documented file with their answers in it.
//!
//! The file is [`DOCUMENTED`], so that it explains every key. What was answered stands in it; what was not is a comment, so that
//! the defaults of a later version count.

use std::collections::BTreeMap;

mod ask;
pub mod question;

pub use ask::{AskError, ask};
pub use question::{QUESTIONS, Question};

use crate::config::{Config, ConfigErrors, DEFAULT_FILE, DOCUMENTED};

/// What was answered, by the key that it sets, each a text as it is typed.
pub type Answers = BTreeMap<&'static str, String>;

/// The first line of the file, in the place of that of the documented one.
const HEAD: &str = "# sagesweep: made by `sagesweep init`. A key behind a # has the default that stands there; remove the # to change it.";

/// The file with these answers. It is read back before it is handed out, so that what is written can be used.
pub fn file(answers: &Answers) -> Result<String, ConfigErrors> {
    let mut lines = vec![HEAD.to_owned()];
    let mut section = "";
    for line in DOCUMENTED.lines().skip(1) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        }
        lines.push(match line.split_once(" = ") {
            _ if line.is_empty() || line.starts_with(['#', '[']) => line.to_owned(),
            Some((key, _)) => match answered(answers, section, key) {
                Some(value) => format!("{key} = {value}"),
                None => format!("# {line}"),
            },
            None => format!("# {line}"),
        });
    }
    let text = lines.join("\n") + "\n";
    Config::read(DEFAULT_FILE.as_ref(), &text)?;
    Ok(text)
}

/// The value of a key in TOML, if it was answered.
fn answered(answers: &Answers, section: &str, key: &str) -> Option<String> {
    let question = QUESTIONS.iter().find(|question| question.is_about(section, key))?;
    answers.get(question.key).map(|text| question.toml(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two answers to each question, the second one a long way from the default.
    fn choices(key: &str) -> [&'static str; 2] {
        match key {
            "lake.destination" => ["./out", "s3://audit/sagesweep"],
            "lake.bucket_region" => ["", "eu-central-1"],
            "organization.accounts" => ["", "111111111111, 222222222222"],
            "role.name" => ["sagesweep-audit", "audit/sagesweep"],
            "role.external_id" => ["", "a:b/c"],
            "regions.include" => ["", "eu-central-1,eu-west-1"],
            "findings.owner_tag" => ["", "Größe"],
            "notify.sns_topic" => ["", "arn:aws:sns:eu-central-1:111111111111:audit"],
            other => panic!("no choice for {other}"),
        }
    }

    #[test]
    fn every_combination_of_answers_makes_a_file_that_means_them() {
        // Each question has two answers, or none: three to the power of eight.
        let all = 3_usize.pow(u32::try_from(QUESTIONS.len()).unwrap());
        for number in 0..all {
            let mut answers = Answers::new();
            let mut left = number;
            for question in QUESTIONS {
                if left % 3 > 0 {
                    answers.insert(question.key, choices(question.key)[left % 3 - 1].to_owned());
                }
                left /= 3;
            }
            let config = Config::read(DEFAULT_FILE.as_ref(), &file(&answers).unwrap()).unwrap();
            let mut expected = Config::default();
            let is = |key: &str, place: usize| answers.get(key).is_some_and(|answer| answer == choices(key)[place]);
            if let Some(place) = answers.get("lake.destination") {
                expected.lake.destination = place.parse().unwrap();
            }
            if is("lake.bucket_region", 1) {
                expected.lake.bucket_region = Some("eu-central-1".parse().unwrap());
            }
            if is("organization.accounts", 1) {
                expected.organization.accounts = ["111111111111", "222222222222"].map(|id| id.parse().unwrap()).into();
            }
            if is("role.name", 1) {
                "audit/sagesweep".clone_into(&mut expected.role.name);
            }
            if is("role.external_id", 1) {
                expected.role.external_id = Some("a:b/c".to_owned());
            }
            if is("regions.include", 1) {
                expected.regions.include = ["eu-central-1", "eu-west-1"].map(|code| code.parse().unwrap()).into();
            }
            if let Some(key) = answers.get("findings.owner_tag") {
                expected.findings.owner_tag = Some(key.clone()).filter(|key| !key.is_empty());
            }
            if is("notify.sns_topic", 1) {
                let printed = format!("notify.sns_topic = '{}'", choices("notify.sns_topic")[1]);
                expected.notify = Config::read(DEFAULT_FILE.as_ref(), &printed).unwrap().notify;
            }
            assert_eq!(config, expected, "{answers:?}");
        }
    }

    #[test]
    fn what_is_not_answered_is_explained_and_commented_out() {
        let text = file(&Answers::from([("role.name", "audit/sagesweep".to_owned())])).unwrap();
        let set = text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '['])).collect::<Vec<_>>();
        assert_eq!(set, ["name = \"audit/sagesweep\""]);
        for line in DOCUMENTED.lines().skip(1).filter(|line| line.starts_with('#')) {
            assert!(text.contains(line), "{line}");
        }
    }

    #[test]
    fn a_wrong_answer_makes_no_file() {
        let errors = file(&Answers::from([("regions.include", "Frankfurt".to_owned())])).unwrap_err().to_string();
        assert!(errors.contains("`Frankfurt` is not a region code"), "{errors}");
    }
}
