//! Text in lines of bounded width.

use crate::{printable::shown, width::pieces};

/// The text in lines of at most so many characters, broken between words; a word that is longer has a line of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// The text in lines of at most so many columns, without anything that a terminal would obey. Nothing of it is cut: a word
/// that is longer goes on in the next line.
pub(crate) fn folded(text: &str, columns: usize) -> Vec<String> {
    let lines = wrapped(&shown(text), columns);
    lines.iter().flat_map(|line| pieces(line, columns)).map(str::to_owned).collect()
}

/// A command of the AWS CLI or a comment that is too long for a line, on several, as a shell reads it; anything else as it
/// is.
pub(crate) fn command(line: &str, width: usize) -> Vec<String> {
    if let Some(comment) = line.strip_prefix("# ") {
        return wrapped(comment, width - 2).into_iter().map(|line| format!("# {line}")).collect();
    }
    if line.chars().count() <= width || !line.starts_with("aws ") {
        return vec![line.to_owned()];
    }
    let (mut lines, mut current) = (Vec::new(), String::new());
    for (index, part) in line.split(" --").enumerate() {
        let option = if index == 0 { part.to_owned() } else { format!("--{part}") };
        if current.is_empty() {
            current = option;
        } else if current.chars().count() + 1 + option.chars().count() + 2 <= width {
            current = format!("{current} {option}");
        } else {
            lines.push(current + " \\");
            current = format!("  {option}");
        }
    }
    lines.push(current);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_stay_whole() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("a 0123456789 b", 5), ["a", "0123456789", "b"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(folded("ab 0123456789 \u{202e}c", 5), ["ab", "01234", "56789", "\u{fffd}c"]);
        assert_eq!(wrapped(" a  b ", 5), ["a b"]);
    }

    #[test]
    fn a_long_command_is_broken_before_an_option() {
        assert_eq!(command("aws a b --c d --e f", 15), ["aws a b --c d \\", "  --e f"]);
        assert_eq!(command("# a b c", 6), ["# a b", "# c"]);
        assert_eq!(command("aws a --b c", 80), ["aws a --b c"]);
        assert_eq!(command("Type: 0123456789", 5), ["Type: 0123456789"]);
    }
}
