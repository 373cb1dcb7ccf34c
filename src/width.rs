//! How wide texts are on a terminal, and how they are cut to a width.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What stands for the rest of a text that was cut.
const CUT: char = '…';

/// The columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A text in so many columns, cut where it is longer.
pub(crate) fn fitted(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (head, _) = split(text, columns.saturating_sub(1));
    format!("{head}{CUT}")
}

/// A text in exactly so many columns: cut where it is longer, with blanks behind it where it is shorter.
pub(crate) fn column(text: &str, columns: usize) -> String {
    let fitted = fitted(text, columns);
    let blanks = columns.saturating_sub(width(&fitted));
    format!("{fitted}{}", " ".repeat(blanks))
}

/// A text in pieces of at most so many columns; a letter that is wider stands alone.
pub(crate) fn pieces(text: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let (mut piece, mut after) = split(rest, columns);
        if piece.is_empty() && !rest.is_empty() {
            let first = rest.chars().next().map_or(0, char::len_utf8);
            (piece, after) = rest.split_at_checked(first).unwrap_or((rest, ""));
        }
        pieces.push(piece);
        if after.is_empty() {
            return pieces;
        }
        rest = after;
    }
}

fn split(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (at, letter) in text.char_indices() {
        taken += letter.width().unwrap_or(0);
        if taken > columns {
            return text.split_at_checked(at).unwrap_or((text, ""));
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_the_columns_that_they_take() {
        assert_eq!([fitted("abcdef", 6), fitted("abcdef", 5), fitted("漢字漢", 4)], ["abcdef", "abcd…", "漢…"]);
        assert_eq!([column("漢字", 6), column("漢字漢", 5), column("abc", 3)], ["漢字  ", "漢字…", "abc"]);
        assert_eq!((width("漢字"), width("e\u{301}")), (4, 1));
        assert_eq!(pieces("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(pieces("漢字", 3), ["漢", "字"]);
        assert_eq!(pieces("漢", 1), ["漢"]);
        assert_eq!(pieces("", 4), [""]);
    }
}
