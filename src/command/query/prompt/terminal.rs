//! The terminal as the prompt found it, given back where a signal ends the program while something is typed.

use std::io::{self, Write as _};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// What ends the mode in which a terminal marks what is pasted.
const NO_PASTE_MARKS: &str = "\u{1b}[?2004l";

/// How the terminal was; none where there is no terminal.
pub(super) struct Terminal(Option<Termios>);

impl Terminal {
    /// Remembers how the terminal is.
    pub(super) fn found() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }

    /// Makes it as it was. Where that fails it is gone, and nobody looks at it any more.
    pub(super) fn give_back(&self) {
        let Some(found) = &self.0 else { return };
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, found);
        let mut out = io::stdout();
        let _gone = out.write_all(NO_PASTE_MARKS.as_bytes()).and_then(|()| out.write_all(b"\n"));
        let _gone = out.flush();
    }
}
