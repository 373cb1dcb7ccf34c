//! What a verification found, and how it is told on 80 columns.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::Problem;
use crate::{printable::shown, wrap::wrapped};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Runs that were looked at.
    pub runs: u64,
    /// Objects that are as they were published, manifests and signatures among them.
    pub objects: u64,
    /// Their size.
    pub bytes: u64,
    /// The first and the last number in the chain that were looked at.
    pub sequences: Option<(u64, u64)>,
    /// The signatures.
    pub signatures: Signatures,
    /// What is worth knowing and no problem.
    pub notes: Vec<String>,
    problems: BTreeMap<String, Problem>,
}

/// The signatures of the runs that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatures {
    /// Those that hold.
    pub valid: u64,
    /// Manifests without one.
    pub absent: u64,
    /// The keys that made those that hold, as the signatures say.
    pub keys: BTreeSet<String>,
    /// Whether they were held against keys of the user's.
    pub against_given_keys: bool,
}

/// The width of a terminal.
const WIDTH: usize = 80;

impl Report {
    pub(super) fn new(against_given_keys: bool) -> Self {
        let signatures = Signatures { valid: 0, absent: 0, keys: BTreeSet::new(), against_given_keys };
        let (notes, problems) = (Vec::new(), BTreeMap::new());
        Self { runs: 0, objects: 0, bytes: 0, sequences: None, signatures, notes, problems }
    }

    /// Keeps a problem; of two with one object, that which comes first.
    pub(super) fn add(&mut self, problem: Problem) {
        let known = self.problems.get(&problem.key);
        if known.is_none_or(|known| problem.order < known.order) {
            self.problems.insert(problem.key.clone(), problem);
        }
    }

    /// Keeps a note, once.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Counts a run that was looked at.
    pub(super) fn looked_at(&mut self, sequence: u64) {
        let (first, last) = self.sequences.unwrap_or((sequence, sequence));
        self.sequences = Some((first.min(sequence), last.max(sequence)));
        self.runs += 1;
    }

    /// Counts an object that is as it was published.
    pub(super) fn as_published(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
    }

    /// Whether everything is as it was published.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }

    /// Everything that does not hold, the first first: along the chain, then what is not of it.
    pub fn problems(&self) -> Vec<&Problem> {
        let mut problems = self.problems.values().collect::<Vec<_>>();
        problems.sort_by(|one, other| (one.order, &one.key).cmp(&(other.order, &other.key)));
        problems
    }

    /// The report as text; `place` is what was verified.
    pub fn text(&self, place: &str) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _infallible = self.write(&mut text, place);
        text
    }

    fn write(&self, out: &mut String, place: &str) -> std::fmt::Result {
        line(out, "", &format!("Evidence at {place}"))?;
        let chain = match self.sequences {
            Some((first, last)) if first == last => format!("number {first} of the chain"),
            Some((first, last)) => format!("numbers {first} to {last} of the chain"),
            None => "nothing of the chain".to_owned(),
        };
        line(out, "  runs        ", &format!("{}, {chain}", self.runs))?;
        line(out, "  objects     ", &format!("{} as published, {} bytes", self.objects, self.bytes))?;
        line(out, "  signatures  ", &self.signatures.text())?;
        for note in &self.notes {
            line(out, "  note        ", note)?;
        }
        let problems = self.problems();
        let Some(first) = problems.first() else {
            return writeln!(out, "Everything holds.");
        };
        writeln!(out)?;
        line(out, "", &format!("{}:", first.kind.as_str().to_uppercase()))?;
        line(out, "  ", &first.key)?;
        for detail in &first.detail {
            line(out, "    ", detail)?;
        }
        if let Some(run_id) = &first.run_id {
            line(out, "    ", &format!("run {run_id}"))?;
        }
        match problems.len() {
            1 => writeln!(out, "Nothing else was found."),
            all => writeln!(out, "It is the first of {all} objects that are not as they were published."),
        }
    }
}

impl Signatures {
    fn text(&self) -> String {
        let Self { valid, absent, keys, against_given_keys } = self;
        match (valid, against_given_keys) {
            (0, true) => "none valid".to_owned(),
            (_, true) => format!("{valid} valid, by the public key that was given"),
            (0, false) => format!("none ({absent} unsigned)"),
            (_, false) => {
                let keys = keys.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                format!(
                    "{valid} valid, {absent} unsigned; held only against the keys that they carry ({keys}): give --public-key to hold them against one of your own"
                )
            }
        }
    }
}

/// A text behind a head, folded to the width; further lines are indented. A word that is longer than a line is cut, and
/// names may be hostile: nothing in them is obeyed.
fn line(out: &mut String, head: &str, text: &str) -> std::fmt::Result {
    let room = WIDTH - head.len();
    let mut head = head.to_owned();
    for folded in wrapped(&shown(text), room) {
        let letters = folded.chars().collect::<Vec<_>>();
        for part in letters.chunks(room) {
            writeln!(out, "{head}{}", part.iter().collect::<String>())?;
            head = " ".repeat(head.len());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        super::problem::{Kind, Step, Subject},
        *,
    };

    fn subject(sequence: u64) -> Subject {
        Subject { sequence, run_id: Some("20261124T031500Z-9f3a".parse().unwrap()) }
    }

    #[test]
    fn the_first_problem_is_told_by_the_chain_and_each_object_is_named_once() {
        let mut report = Report::new(false);
        let mut add = |sequence, step, key: &str| {
            report.add(subject(sequence).problem(step, key, Kind::Changed, Vec::new()));
        };
        add(2, Step::Manifest, "d");
        add(1, Step::Object(1), "c");
        add(1, Step::Object(0), "b");
        add(1, Step::Commit, "a");
        add(2, Step::Object(0), "a");
        report.add(Problem::beyond("0", Kind::Added, "", None));
        assert_eq!(
            report.problems().iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(),
            ["a", "b", "c", "d", "0"]
        );
    }

    #[test]
    fn the_text_fits_80_columns_and_obeys_nothing() {
        let mut report = Report::new(false);
        report.looked_at(7);
        report.as_published(30);
        report.signatures.valid = 1;
        report
            .signatures
            .keys
            .insert("arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned());
        report.notes.push("word ".repeat(40));
        assert!(report.text("s3://x").ends_with("Everything holds.\n"));
        report.add(Problem::beyond(
            format!("v1/\u{1b}[31m{}", "x".repeat(200)),
            Kind::Added,
            "no manifest names it",
            None,
        ));
        let text = report.text(&"p".repeat(100));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("ADDED:\n  v1/\u{fffd}[31mxxx") && !text.contains('\u{1b}'), "{text}");
    }
}
