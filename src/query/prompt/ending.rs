//! Whether a text that is typed ends with a statement's end, outside of quotes and remarks.

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Statement,
    Quotes(char),
    LineRemark,
    BlockRemark,
}

/// Whether the last thing in a text is the `;` of a statement.
pub(super) fn is_whole(text: &str) -> bool {
    let mut inside = Inside::Statement;
    let mut is_ended = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (inside, letter) {
            (Inside::Statement, '\'' | '"') => {
                inside = Inside::Quotes(letter);
                is_ended = false;
            }
            (Inside::Statement, '-') if next == Some('-') => inside = Inside::LineRemark,
            (Inside::Statement, '/') if next == Some('*') => {
                inside = Inside::BlockRemark;
                letters.next();
            }
            (Inside::Statement, ';') => is_ended = true,
            (Inside::Statement, letter) if letter.is_whitespace() => {}
            (Inside::Statement, _) => is_ended = false,
            // A quote that stands twice ends one text and begins the next, which is the same.
            (Inside::Quotes(quote), letter) if letter == quote => inside = Inside::Statement,
            (Inside::LineRemark, '\n') => inside = Inside::Statement,
            (Inside::BlockRemark, '*') if next == Some('/') => {
                inside = Inside::Statement;
                letters.next();
            }
            (Inside::Quotes(_) | Inside::LineRemark | Inside::BlockRemark, _) => {}
        }
    }
    is_ended && matches!(inside, Inside::Statement | Inside::LineRemark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_with_a_semicolon_outside_of_quotes_and_remarks() {
        for whole in [
            "SELECT 1;",
            "SELECT 1 ; \n",
            "SELECT ';' ;",
            "SELECT 1; -- a remark",
            "SELECT 1; /* a; */",
            "SELECT 'it''s';",
        ] {
            assert!(is_whole(whole), "{whole}");
        }
        for more in [
            "",
            "SELECT 1",
            "SELECT ';",
            "SELECT \";",
            "SELECT 1 -- ;",
            "SELECT 1 /* ;",
            "SELECT 1; SELECT",
            "SELECT 1; 'x'",
        ] {
            assert!(!is_whole(more), "{more}");
        }
    }
}
