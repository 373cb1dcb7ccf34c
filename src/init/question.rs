//! The questions that matter for a first configuration: each sets one key and has one option.

use toml::Value;

use super::Answers;
use crate::{cli::InitArgs, config::Config};

/// A question.
#[derive(Debug)]
pub struct Question {
    /// The key that it sets.
    pub key: &'static str,
    /// The option that answers it.
    pub option: &'static str,
    /// The question.
    pub text: &'static str,
    /// What an empty line answers.
    pub default: &'static str,
    answer: fn(&InitArgs) -> Option<&String>,
    is_list: bool,
    is_due: fn(&Answers) -> bool,
}

/// The questions, in the order in which they are asked.
pub static QUESTIONS: &[Question] = &[
    Question {
        key: "lake.destination",
        option: "--destination",
        text: "Where do the tables go: a directory, or s3://bucket/prefix?",
        default: "./sagesweep-out",
        answer: |args| args.destination.as_ref(),
        is_list: false,
        is_due: |_| true,
    },
    Question {
        key: "lake.bucket_region",
        option: "--bucket-region",
        text: "In which region is the bucket? Nothing for that of our own credentials.",
        default: "",
        answer: |args| args.bucket_region.as_ref(),
        is_list: false,
        is_due: |answers| answers.get("lake.destination").is_some_and(|place| place.starts_with("s3://")),
    },
    Question {
        key: "organization.accounts",
        option: "--accounts",
        text: "Which accounts, with commas between them? Nothing for all of the organization.",
        default: "",
        answer: |args| args.accounts.as_ref(),
        is_list: true,
        is_due: |_| true,
    },
    Question {
        key: "role.name",
        option: "--role-name",
        text: "Which role is assumed in each account, with its path if it has one?",
        default: "sagesweep-audit",
        answer: |args| args.role_name.as_ref(),
        is_list: false,
        is_due: |_| true,
    },
    Question {
        key: "role.external_id",
        option: "--external-id",
        text: "Which external id does its trust policy ask for? Nothing for none.",
        default: "",
        answer: |args| args.external_id.as_ref(),
        is_list: false,
        is_due: |_| true,
    },
    Question {
        key: "regions.include",
        option: "--regions",
        text: "Which regions, with commas between them? Nothing for all that are enabled.",
        default: "",
        answer: |args| args.regions.as_ref(),
        is_list: true,
        is_due: |_| true,
    },
    Question {
        key: "findings.owner_tag",
        option: "--owner-tag",
        text: "Which tag names the owner of a resource? \"\" for none.",
        default: "owner",
        answer: |args| args.owner_tag.as_ref(),
        is_list: false,
        is_due: |_| true,
    },
    Question {
        key: "notify.sns_topic",
        option: "--sns-topic",
        text: "Which SNS topic is told of each run, by its ARN? Nothing for none.",
        default: "",
        answer: |args| args.sns_topic.as_ref(),
        is_list: false,
        is_due: |_| true,
    },
];

impl Question {
    /// What an option answers.
    pub fn given(&self, args: &InitArgs) -> Option<String> {
        (self.answer)(args).cloned()
    }

    /// Whether it is to be asked, after these answers.
    pub fn is_due(&self, answers: &Answers) -> bool {
        (self.is_due)(answers)
    }

    /// Whether it sets this key.
    pub(super) fn is_about(&self, section: &str, key: &str) -> bool {
        self.key.split_once('.') == Some((section, key))
    }

    /// An answer as a value of TOML.
    pub(super) fn toml(&self, text: &str) -> String {
        let text = text.trim();
        let value = if self.is_list {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| Value::String(part.to_owned())).collect::<Vec<_>>().into()
        } else {
            Value::String(text.to_owned())
        };
        value.to_string()
    }

    /// What is wrong with an answer, if something is.
    pub fn fault(&self, text: &str) -> Option<String> {
        let errors = Config::read(self.key.as_ref(), &format!("{} = {}", self.key, self.toml(text))).err()?;
        Some(errors.problems().iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;
    use crate::config::DOCUMENTED;

    #[test]
    fn each_question_is_about_a_key_and_offers_its_default() {
        let documented: Table = DOCUMENTED.parse().unwrap();
        for question in QUESTIONS {
            let (section, key) = question.key.split_once('.').unwrap();
            let default = documented[section][key].to_string();
            assert_eq!(question.toml(question.default), default, "{}", question.key);
            assert_eq!(question.fault(question.default), None, "{}", question.key);
            assert!(question.text.len() < 80, "{}", question.text);
        }
    }

    #[test]
    fn each_option_answers_its_question_and_no_other() {
        use clap::Parser as _;

        for question in QUESTIONS {
            let cli = crate::cli::Cli::try_parse_from(["sagesweep", "init", question.option, "x"]).unwrap();
            let crate::cli::Command::Init(args) = cli.command else { panic!("another command") };
            let answered = QUESTIONS.iter().filter(|other| other.given(&args).is_some()).map(|other| other.key);
            assert_eq!(answered.collect::<Vec<_>>(), [question.key]);
        }
    }

    #[test]
    fn a_wrong_answer_is_told_as_the_configuration_tells_it() {
        let region = QUESTIONS.iter().find(|question| question.key == "regions.include").unwrap();
        assert!(region.fault("eu-central-1, Frankfurt").unwrap().contains("`Frankfurt` is not a region code"));
    }
}
