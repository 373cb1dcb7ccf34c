//! The prompt: a statement is typed over one or more lines and ends with `;`. It is edited, completed and remembered.

use std::{io, path::PathBuf};

use rustyline::{
    CompletionType, Config, Context, Editor, Helper,
    completion::Completer,
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::FileHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};

mod completion;
mod ending;
pub mod history;

/// What stands before what is typed.
const PROMPT: &str = "sagesweep> ";
/// So many statements are remembered.
const REMEMBERED: usize = 1_000;

/// Where statements are typed.
pub struct Prompt {
    editor: Editor<Typist, FileHistory>,
    history: Option<PathBuf>,
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Prompt").field("history", &self.history).finish_non_exhaustive()
    }
}

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// One or more statements.
    Statements(String),
    /// The wish to know what can be asked.
    Help,
    /// Nothing, or something that was given up.
    Nothing,
    /// The wish to leave.
    Leave,
}

impl Prompt {
    /// Opens the prompt, with what was typed before if `history` is a file that tells of it.
    pub fn open(history: Option<PathBuf>) -> io::Result<Self> {
        let config = Config::builder()
            .max_history_size(REMEMBERED)
            .map_err(io::Error::other)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .auto_add_history(true)
            .build();
        let mut editor = Editor::with_config(config).map_err(io::Error::other)?;
        editor.set_helper(Some(Typist));
        if let Some(path) = history.as_deref().filter(|path| path.exists())
            && let Err(error) = editor.load_history(path)
        {
            tracing::warn!(path = %path.display(), error = %error, "cannot read what was typed before");
        }
        Ok(Self { editor, history })
    }

    /// Waits for something to be typed. It blocks the thread.
    pub fn read(&mut self) -> io::Result<Typed> {
        let typed = match self.editor.readline(PROMPT) {
            Ok(text) => text,
            Err(ReadlineError::Interrupted) => return Ok(Typed::Nothing),
            Err(ReadlineError::Eof) => return Ok(Typed::Leave),
            Err(ReadlineError::Io(error)) => return Err(error),
            Err(error) => return Err(io::Error::other(error)),
        };
        if let Some(path) = &self.history
            && let Err(error) = self.editor.append_history(path)
        {
            tracing::warn!(path = %path.display(), error = %error, "cannot remember what is typed; --no-history does without");
            self.history = None;
        }
        Ok(meant(&typed))
    }
}

/// What a text asks for.
fn meant(text: &str) -> Typed {
    let word = text.trim().trim_end_matches(';').trim_end();
    match word.to_ascii_lowercase().as_str() {
        "" => Typed::Nothing,
        "help" | "?" | "\\?" | "\\h" => Typed::Help,
        "exit" | "quit" | "\\q" => Typed::Leave,
        _ => Typed::Statements(text.to_owned()),
    }
}

/// Helps whoever types.
struct Typist;

impl Completer for Typist {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(completion::candidates(line, at))
    }
}

impl Validator for Typist {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let is_whole = !matches!(meant(text), Typed::Statements(_)) || ending::is_whole(text);
        Ok(if is_whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Hinter for Typist {
    type Hint = String;
}

impl Highlighter for Typist {}

impl Helper for Typist {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_no_sql_are_understood() {
        for text in ["exit", " Quit ; ", "\\q"] {
            assert_eq!(meant(text), Typed::Leave, "{text}");
        }
        assert_eq!([meant("help"), meant("?"), meant(" ;")], [Typed::Help, Typed::Help, Typed::Nothing]);
        assert_eq!(meant("SELECT 1;"), Typed::Statements("SELECT 1;".to_owned()));
    }
}
