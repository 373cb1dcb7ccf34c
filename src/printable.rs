//! Which characters may be shown: names and messages come from services and from people who may be hostile.

use std::{borrow::Cow, fmt::Write as _};

/// Whether a character would be obeyed instead of shown: control characters, those that turn the direction of writing,
/// and those that nobody sees.
pub fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A text with a mark in the place of everything unsafe.
pub fn shown(text: &str) -> String {
    text.chars().map(|letter| if is_unsafe(letter) { '\u{fffd}' } else { letter }).collect()
}

/// A text in which everything unsafe is spelt out, as in `\u{202e}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    spelt(text, |letter, out| out.extend(letter.escape_default()))
}

/// A JSON text that says the same with everything unsafe spelt out, as in `\u202e`. Outside its strings, where that would
/// be wrong, JSON has nothing unsafe but the white space between its parts.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    spelt(json, |letter, out| {
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing into a text cannot fail.
            let _infallible = write!(out, "\\u{unit:04x}");
        }
    })
}

fn spelt(text: &str, spell: impl Fn(char, &mut String)) -> Cow<'_, str> {
    // Most texts are of nothing but printable ASCII, which is soon seen.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_unsafe(letter) { spell(letter, &mut out) } else { out.push(letter) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_scripts_are_shown_and_commands_to_a_terminal_are_not() {
        assert!("aé漢ع🙂-_/.e\u{301}".chars().all(|letter| !is_unsafe(letter)));
        assert!("\n\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}\u{feff}\u{2060}\u{61c}\u{e0041}".chars().all(is_unsafe));
    }

    #[test]
    fn a_hostile_name_cannot_move_the_cursor() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}\nb"), "a\u{fffd}[31m\u{fffd}\u{fffd}b");
    }

    #[test]
    fn what_is_unsafe_is_spelt_out() {
        assert_eq!(escaped("a\u{1b}[31m\n\u{202e}é\"'\\"), r#"a\u{1b}[31m\n\u{202e}é"'\"#);
        assert!(matches!(escaped("harmless"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_says_the_same_when_it_is_spelt_out() {
        let text = "\u{1b}\u{9b}\u{202e}\u{e0041}é\n\u{0}";
        let json = serde_json::to_string(text).unwrap();
        let spelt = escaped_json(&json);
        assert!(!spelt.chars().any(is_unsafe), "{spelt}");
        assert_eq!(serde_json::from_str::<String>(&spelt).unwrap(), text);
    }
}
