//! The text of a lifecycle script, which the API gives in base64.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use thiserror::Error;

/// The longest content that is decoded, in characters. The API takes 16,384 (`NotebookInstanceLifecycleConfigContent`,
/// `StudioLifecycleConfigContent`).
const LIMIT: usize = 65_536;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why a content is no text. It says nothing of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Undecodable {
    /// Longer than the API takes, by far.
    #[error("the content is longer than {LIMIT} characters")]
    TooLong,
    /// Characters that base64 does not have, or a length that it cannot have.
    #[error("the content is not base64")]
    NotBase64,
}

/// The script of a content, which may be broken into lines as `openssl base64` does. What is not UTF-8 in it is replaced.
pub fn decode(content: &str) -> Result<String, Undecodable> {
    if content.len() > LIMIT {
        return Err(Undecodable::TooLong);
    }
    let joined: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let script = BASE64.decode(joined).ok().ok_or(Undecodable::NotBase64)?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_script_comes_back_with_or_without_padding_and_line_breaks() {
        let content = BASE64.encode("#!/bin/bash\necho é");
        for written in [content.clone(), content.trim_end_matches('=').to_owned(), content.replace('2', "2\r\n ")] {
            assert_eq!(decode(&written).unwrap(), "#!/bin/bash\necho é");
        }
        assert_eq!(decode("").unwrap(), "");
    }

    #[test]
    fn what_is_no_text_is_read_as_far_as_it_can_be() {
        assert_eq!(decode(&BASE64.encode(b"a\xff\0b")).unwrap(), "a\u{fffd}\0b");
    }

    #[test]
    fn an_error_says_nothing_of_the_content() {
        assert_eq!(decode("hunter2!").unwrap_err().to_string(), "the content is not base64");
        assert_eq!(decode(&"A".repeat(LIMIT + 1)).unwrap_err(), Undecodable::TooLong);
    }

    proptest! {
        #[test]
        fn every_script_survives(script in ".{0,400}") {
            prop_assert_eq!(decode(&BASE64.encode(&script)).unwrap(), script);
        }

        #[test]
        fn any_content_has_an_answer(content in ".*") {
            let _answer = decode(&content);
        }
    }
}
