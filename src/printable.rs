//! Which characters may be shown: names and messages come from services and from people who may be hostile.

/// Whether a character would be obeyed instead of shown: control characters, those that turn the direction of writing,
/// and those that nobody sees.
pub fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_scripts_are_shown_and_commands_to_a_terminal_are_not() {
        assert!("aé漢ع🙂-_/.".chars().all(|letter| !is_unsafe(letter)));
        assert!("\n\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}\u{feff}".chars().all(is_unsafe));
    }
}
