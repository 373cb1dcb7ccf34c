//! Names and the values that a text gives them: in shell, Python, JSON, YAML, INI, and among the arguments of a command.

use std::ops::Range;

use super::value::LONGEST;

/// The longest name on either side of the word that was found.
const REACH: usize = 128;

/// The most blanks between a name and its value.
const BLANKS: usize = 16;

/// Where a value stands that a text gives to a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Assignment<'t> {
    pub(super) name: &'t str,
    pub(super) value: Range<usize>,
}

/// The assignment to the name around a word of a text, unless its value is none that was written down: a variable, a
/// call, a word of a program.
pub(super) fn around<'t>(text: &'t str, word: &Range<usize>) -> Option<Assignment<'t>> {
    let before = text.as_bytes().get(..word.start)?.iter().rev();
    let start = word.start - before.take(REACH).take_while(|byte| is_of_name(**byte)).count();
    let behind = text.as_bytes().get(word.end..)?.iter();
    let end = word.end + behind.take(REACH).take_while(|byte| is_of_name(**byte)).count();
    let name = text.get(start..end)?;
    let mut cursor = Cursor { text, at: end };
    let quoted = cursor.quote().is_some();
    cursor.skip("]");
    let sign = cursor.sign(quoted, name.starts_with('-'))?;
    cursor.value(sign).map(|value| Assignment { name, value })
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `name=value`, as a shell has it.
    Tight,
    /// `name = value` or `name: value`, after which a program may have words of its own.
    Loose,
    /// `("name", "value")`, `"name":"value"`, where only quotes make a value: an ARN has colons too.
    Quoted,
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// As much as is worth reading of a value, so that no text costs more than its length times a constant.
    fn ahead(&self) -> &'t str {
        let rest = self.rest();
        rest.get(..rest.floor_char_boundary(LONGEST + 8)).unwrap_or(rest)
    }

    fn skip(&mut self, prefix: &str) -> bool {
        let skipped = self.rest().starts_with(prefix);
        if skipped {
            self.at += prefix.len();
        }
        skipped
    }

    fn blanks(&mut self) -> usize {
        let blanks = self.rest().bytes().take(BLANKS).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.at += blanks;
        blanks
    }

    /// A quote with the backslashes before it, as JSON in JSON has them.
    fn quote(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let slashes = rest.bytes().take(3).take_while(|byte| *byte == b'\\').count();
        let quote = rest.get(..=slashes).filter(|quote| quote.ends_with(['"', '\'']))?;
        self.at += quote.len();
        Some(quote)
    }

    fn sign(&mut self, quoted: bool, is_flag: bool) -> Option<Sign> {
        let blanks = self.blanks();
        let is_sign = self.skip("=>") || self.skip(":=") || self.skip("=") || self.skip(":");
        let rest = self.rest();
        if is_sign && !rest.starts_with(['=', '~', ':']) {
            let is_colon = self.text.get(..self.at).is_some_and(|text| text.ends_with(':'));
            let loose = self.blanks() > 0;
            return Some(match (is_colon, loose || blanks > 0) {
                (true, _) if !loose => Sign::Quoted,
                (_, true) => Sign::Loose,
                (_, false) => Sign::Tight,
            });
        }
        if is_sign {
            return None;
        }
        if quoted && self.skip(",") {
            self.blanks();
            return Some(Sign::Quoted);
        }
        (is_flag && blanks > 0 && !rest.starts_with('-')).then_some(Sign::Tight)
    }

    fn value(&mut self, sign: Sign) -> Option<Range<usize>> {
        let prefix = self.rest().bytes().take(2).take_while(|byte| b"fFrRbBuU".contains(byte)).count();
        let formatted = self.rest().get(..prefix).is_some_and(|prefix| prefix.contains(['f', 'F']));
        let mut quoted = Cursor { text: self.text, at: self.at + prefix };
        match quoted.quote() {
            Some(quote) => quoted.until(quote, formatted),
            None if sign == Sign::Quoted => None,
            None => self.bare(sign),
        }
    }

    /// A value in quotes, which ends on its line.
    fn until(&self, quote: &str, formatted: bool) -> Option<Range<usize>> {
        let line = self.ahead().split('\n').next()?;
        let value = line.get(..line.find(quote)?)?;
        let expands = !quote.ends_with('\'') && expands(value);
        let is_made = expands || (formatted && value.contains('{'));
        (!is_made).then(|| self.at..self.at + value.len())
    }

    /// A value without quotes, which ends at what a shell or a program would part it.
    fn bare(&self, sign: Sign) -> Option<Range<usize>> {
        let rest = self.ahead();
        let end = rest.find(|letter: char| letter.is_whitespace() || "\"'`;,|&<>(){}[]#\\".contains(letter));
        let (value, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        // A call, an index, an argument: a word of a program, unless it has what such words lack.
        let is_program = after.starts_with(['(', '[']) || value.is_empty();
        let is_word = value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'));
        let may_be_program = sign == Sign::Loose || after.starts_with([')', ',']);
        let is_made = is_program || expands(value) || (may_be_program && is_word);
        (!is_made).then(|| self.at..self.at + value.len())
    }
}

/// Whether a shell would put something in: `$NAME`, `${NAME}`, `$(command)`, `$1`.
fn expands(value: &str) -> bool {
    let mut pairs = value.bytes().zip(value.bytes().skip(1));
    value.contains('`')
        || pairs.any(|(one, next)| one == b'$' && (next.is_ascii_alphanumeric() || b"_{(@*".contains(&next)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assigned<'t>(text: &'t str, word: &str) -> Option<(&'t str, &'t str)> {
        let start = text.find(word).unwrap();
        let Assignment { name, value } = around(text, &(start..start + word.len()))?;
        Some((name, text.get(value).unwrap()))
    }

    #[test]
    fn a_value_is_found_in_the_languages_that_scripts_are_written_in() {
        for text in [
            "export DB_PASSWORD=v4lue",
            "export DB_PASSWORD='v4lue' # set",
            "DB_PASSWORD=\"v4lue\"; run",
            "DB_PASSWORD = \"v4lue\"",
            "os.environ[\"DB_PASSWORD\"] = \"v4lue\"",
            "os.environ.setdefault('DB_PASSWORD', 'v4lue')",
            "{\"DB_PASSWORD\": \"v4lue\"}",
            "\"{\\\"DB_PASSWORD\\\": \\\"v4lue\\\"}\"",
            "DB_PASSWORD: v4lue\n",
            "DB_PASSWORD=v4lue&x=1",
            "connect(DB_PASSWORD=b'v4lue')",
            "'DB_PASSWORD' => 'v4lue'",
        ] {
            assert_eq!(assigned(text, "PASSWORD"), Some(("DB_PASSWORD", "v4lue")), "{text}");
        }
        for text in ["run --db-password v4lue -x", "run --db-password=v4lue", "run --db-password 'v4lue'"] {
            assert_eq!(assigned(text, "password"), Some(("--db-password", "v4lue")), "{text}");
        }
    }

    #[test]
    fn what_a_program_puts_in_is_no_value() {
        for text in [
            "PASSWORD=$1",
            "PASSWORD=\"$DB\"",
            "PASSWORD=\"a${DB}\"",
            "PASSWORD=$(aws secretsmanager get-secret-value)",
            "PASSWORD=\"$(aws ssm get-parameter --name \"x\")\"",
            "PASSWORD=`cat file`",
            "PASSWORD = getpass.getpass()",
            "PASSWORD = args.password",
            "login(PASSWORD=db_password)",
            "PASSWORD = os.environ[\"X\"]",
            "PASSWORD = f\"{user}1\"",
            "if PASSWORD == \"x1\"",
            "PASSWORD: str",
            "arn:aws:secretsmanager:eu-west-1:111122223333:PASSWORD:prod/db-aB3dE6",
            "get(\"PASSWORD\", default)",
            "--PASSWORD --next",
            "the PASSWORD is a1",
            "PASSWORD",
            "PASSWORD=",
            "PASSWORD=\"unended",
        ] {
            assert_eq!(assigned(text, "PASSWORD"), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "[a-z=: \"'\\\\$({é\n-]{0,40}", start in 0_usize..40, length in 0_usize..8) {
            let _answer = around(&text, &(start..start + length));
        }
    }
}
