//! The report of a verification for programs: one JSON object. Members are only added.

use serde::Serialize;

use super::{Kind, Report};
use crate::printable::escaped_json;

#[derive(Serialize)]
struct Verified<'r> {
    place: &'r str,
    holds: bool,
    runs: u64,
    objects: u64,
    bytes: u64,
    first_sequence: Option<u64>,
    last_sequence: Option<u64>,
    signatures: SignaturesFound<'r>,
    notes: &'r [String],
    problems: Vec<Found<'r>>,
}

#[derive(Serialize)]
struct SignaturesFound<'r> {
    valid: u64,
    absent: u64,
    keys: Vec<&'r str>,
    against_given_keys: bool,
}

#[derive(Serialize)]
struct Found<'r> {
    key: &'r str,
    kind: Kind,
    detail: &'r [String],
    run_id: Option<&'r str>,
}

impl Report {
    /// The report as indented JSON in which nothing is obeyed by a terminal; `place` is what was verified.
    pub fn json(&self, place: &str) -> String {
        let verified = Verified {
            place,
            holds: self.holds(),
            runs: self.runs,
            objects: self.objects,
            bytes: self.bytes,
            first_sequence: self.sequences.map(|(first, _)| first),
            last_sequence: self.sequences.map(|(_, last)| last),
            signatures: SignaturesFound {
                valid: self.signatures.valid,
                absent: self.signatures.absent,
                keys: self.signatures.keys.iter().map(String::as_str).collect(),
                against_given_keys: self.signatures.against_given_keys,
            },
            notes: &self.notes,
            problems: self.problems().into_iter().map(Found::of).collect(),
        };
        // Texts and numbers always are JSON. Line breaks between members are its own, those within texts are spelt out in it.
        let json = serde_json::to_string_pretty(&verified).unwrap_or_default();
        json.lines().map(|line| escaped_json(line).into_owned() + "\n").collect()
    }
}

impl<'r> Found<'r> {
    fn of(problem: &'r super::Problem) -> Self {
        let run_id = problem.run_id.as_ref().map(crate::lake::RunId::as_str);
        Self { key: &problem.key, kind: problem.kind, detail: &problem.detail, run_id }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Problem, *};

    #[test]
    fn the_json_has_every_problem_and_nothing_that_a_terminal_obeys() {
        let mut report = Report::new(false);
        report.looked_at(7);
        report.as_published(30);
        report.add(Problem::beyond("v1/\u{1b}[31m\n", Kind::Added, "no manifest names it", None));
        let json = report.json("s3://x");
        assert!(!json.contains('\u{1b}'));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        insta::assert_snapshot!("json", format!("{value:#}"));
    }
}
