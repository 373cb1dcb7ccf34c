//! What is wrong with a configuration, and where: all of it at once.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::printable::is_unsafe;

/// Everything that is wrong with a configuration, in the order of the file, then of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", lines(.0))]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }

    /// The problems, sorted; there is at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and what to do about it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// Where a part of the configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file as a whole.
    File(PathBuf),
    /// A position in a file.
    Position {
        /// The file as it was named.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// A variable of the environment.
    Variable(String),
}

impl Place {
    /// The line, where there is one.
    pub(crate) fn line(&self) -> Option<usize> {
        match self {
            Self::Position { line, .. } => Some(*line),
            Self::File(_) | Self::Variable(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(formatter, "{}", file.display()),
            Self::Position { file, line, column } => write!(formatter, "{}:{line}:{column}", file.display()),
            Self::Variable(name) => formatter.write_str(name),
        }
    }
}

/// What is being read, and what a byte offset in it means.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'s> {
    /// The text of a file.
    File { path: &'s Path, text: &'s str },
    /// The value of a variable, which is short enough to have no positions.
    Variable(&'s str),
}

impl Source<'_> {
    pub(crate) fn place(self, offset: usize) -> Place {
        match self {
            Self::Variable(name) => Place::Variable(name.to_owned()),
            Self::File { path, text } => {
                let before = text.get(..offset).unwrap_or(text);
                let current = before.rsplit('\n').next().unwrap_or_default();
                Place::Position {
                    file: path.to_owned(),
                    line: before.matches('\n').count() + 1,
                    column: current.chars().count() + 1,
                }
            }
        }
    }
}

/// The text of a file, which has to be UTF-8.
pub(crate) fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let place = Source::File { path, text: &text }.place(start);
        Problem { place, message: "not UTF-8 text".to_owned() }
    })
}

/// The problems of one source.
#[derive(Debug)]
pub(crate) struct Problems<'s> {
    source: Source<'s>,
    found: Vec<Problem>,
    /// Where the lines begin, once something is wrong: a long file can have thousands of problems.
    lines: Option<Vec<usize>>,
}

impl<'s> Problems<'s> {
    pub(crate) fn new(source: Source<'s>) -> Self {
        Self { source, found: Vec::new(), lines: None }
    }

    pub(crate) fn add(&mut self, span: &Range<usize>, message: impl AsRef<str>) {
        let place = self.place(span.start);
        self.found.push(Problem { place, message: one_line(message.as_ref()) });
    }

    /// The same as [`Source::place`], without counting all lines before it each time.
    pub(crate) fn place(&mut self, offset: usize) -> Place {
        let (path, text) = match self.source {
            Source::File { path, text } => (path, text),
            Source::Variable(_) => return self.source.place(offset),
        };
        let lines = self
            .lines
            .get_or_insert_with(|| std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect());
        let offset = if text.is_char_boundary(offset) { offset } else { text.len() };
        let line = lines.partition_point(|begin| *begin <= offset);
        let begin = line.checked_sub(1).and_then(|index| lines.get(index)).copied().unwrap_or(0);
        let before = text.get(begin..offset).unwrap_or_default();
        Place::Position { file: path.to_owned(), line, column: before.chars().count() + 1 }
    }

    /// Adds what the parser refused, and drops what was found on the same lines: there the value is a guess.
    pub(crate) fn add_syntax(&mut self, errors: &[toml::de::Error]) {
        let mut syntax = Self::new(self.source);
        for error in errors {
            syntax.add(&error.span().unwrap_or(0..0), not_toml(error));
        }
        self.found.retain(|other| syntax.found.iter().all(|refused| refused.place.line() != other.place.line()));
        self.found.append(&mut syntax.found);
    }

    pub(crate) fn into_found(self) -> Vec<Problem> {
        self.found
    }
}

/// What the parser says, on one line.
pub(super) fn not_toml(error: &toml::de::Error) -> String {
    format!("not TOML: {}", error.message().replace('\n', ", "))
}

/// A message quotes what was written, which may be of any length and hold line breaks, escape sequences and letters that
/// nobody sees.
pub(crate) fn one_line(message: &str) -> String {
    const LONGEST: usize = 1_000;
    let mut line = String::new();
    for char in message.chars().take(LONGEST) {
        if is_unsafe(char) {
            line.extend(char.escape_default());
        } else {
            line.push(char);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_becomes_a_line_and_a_column_of_characters() {
        let source = Source::File { path: Path::new("x.toml"), text: "a = 1\nbü = 2\n" };
        let shown: Vec<String> = [0, 6, 9, 1000].map(|offset| source.place(offset).to_string()).into();
        assert_eq!(shown, ["x.toml:1:1", "x.toml:2:1", "x.toml:2:3", "x.toml:3:1"]);
        let mut problems = Problems::new(source);
        for offset in 0..20 {
            assert_eq!(problems.place(offset), source.place(offset), "{offset}");
        }
    }

    #[test]
    fn a_message_is_one_line_without_letters_that_a_terminal_obeys() {
        let mut problems = Problems::new(Source::Variable("X"));
        problems.add(&(0..0), "a\n\u{1b}[1m\u{202e}b\u{200b}\u{e9}");
        assert_eq!(problems.into_found()[0].message, "a\\n\\u{1b}[1m\\u{202e}b\\u{200b}\u{e9}");
    }

    #[test]
    fn problems_stand_in_the_order_of_the_file_then_of_the_environment() {
        let file = Source::File { path: Path::new("x.toml"), text: "\n\n\n\n\n\n\n\n\n\n\n" };
        let problem = |place| Problem { place, message: "wrong".to_owned() };
        let variable = Place::Variable("SAGESWEEP_A".to_owned());
        let errors = ConfigErrors::new(vec![problem(variable), problem(file.place(9)), problem(file.place(1))]);
        assert_eq!(errors.to_string(), "x.toml:2:1: wrong\nx.toml:10:1: wrong\nSAGESWEEP_A: wrong");
    }
}
