//! Asks the questions one after the other, each until its answer can be used.

use std::io::{self, BufRead, Write};

use thiserror::Error;

use super::{Answers, QUESTIONS};
use crate::printable::shown;

/// Why there are no answers.
#[derive(Debug, Error)]
pub enum AskError {
    /// The one who was asked has gone.
    #[error("the questions were not answered to the end, and nothing was written; --defaults asks nothing")]
    Ended,
    /// The terminal cannot be read or written.
    #[error("cannot ask; answer by options, see `sagesweep init --help`")]
    Terminal(#[from] io::Error),
}

/// Asks what is not answered yet. An empty line takes the default, and `""` is the empty answer.
pub fn ask(given: Answers, input: &mut impl BufRead, out: &mut impl Write) -> Result<Answers, AskError> {
    let mut answers = given;
    for question in QUESTIONS {
        if answers.contains_key(question.key) || !question.is_due(&answers) {
            continue;
        }
        loop {
            let default = if question.default.is_empty() { String::new() } else { format!(" [{}]", question.default) };
            write!(out, "{}{default}\n> ", question.text)?;
            out.flush()?;
            let mut line = Vec::new();
            if input.read_until(b'\n', &mut line)? == 0 {
                return Err(AskError::Ended);
            }
            // What is no text is refused as an answer, and not by the terminal.
            let line = String::from_utf8_lossy(&line);
            let answer = match line.trim() {
                "" => question.default,
                "\"\"" => "",
                other => other,
            };
            if let Some(fault) = question.fault(answer) {
                writeln!(out, "  {}", shown(&fault))?;
                continue;
            }
            // The default of this version is left to later ones.
            if answer != question.default {
                answers.insert(question.key, answer.to_owned());
            }
            break;
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(given: &[(&'static str, &str)], typed: &str) -> (Result<Answers, AskError>, String) {
        let given = given.iter().map(|(key, text)| (*key, (*text).to_owned())).collect();
        let mut out = Vec::new();
        let answers = ask(given, &mut typed.as_bytes(), &mut out);
        (answers, String::from_utf8(out).unwrap())
    }

    #[test]
    fn empty_lines_leave_every_default() {
        let (answers, out) = asked(&[], &"\n".repeat(8));
        assert!(answers.unwrap().is_empty());
        assert!(!out.contains("In which region is the bucket?"), "a directory has no region");
        insta::assert_snapshot!("questions", out);
    }

    #[test]
    fn a_wrong_answer_is_asked_again_and_what_an_option_says_is_not() {
        let (answers, out) =
            asked(&[("role.name", "audit/x")], "s3://audit/x\nFrankfurt\neu-central-1\n\n\n\n\"\"\n\n");
        let answers = answers.unwrap();
        assert_eq!(answers["lake.destination"], "s3://audit/x");
        assert_eq!((&*answers["lake.bucket_region"], &*answers["findings.owner_tag"]), ("eu-central-1", ""));
        assert!(out.contains("`Frankfurt` is not a region code") && !out.contains("Which role"), "{out}");
    }

    #[test]
    fn an_end_in_between_is_no_answer() {
        assert!(matches!(asked(&[], "./out\n").0, Err(AskError::Ended)));
    }
}
