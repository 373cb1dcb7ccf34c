//! Whether a value is a secret, or stands for one, or tells where one is kept.

use super::{
    entropy::entropy,
    rule::{Named, RULES},
};

/// The longest value that a name alone makes a secret, in bytes: what is longer is a document.
pub(super) const LONGEST: usize = 1024;

/// The longest run of digits of a slug: a year, a size, a number of a version.
const SLUG_DIGITS: usize = 4;

/// The longest run of letters of a slug.
const SLUG_LETTERS: usize = 16;

/// Whether a value is long enough for some rule about names: most values are numbers and words.
pub(super) fn has_length(value: &str) -> bool {
    RULES.named.iter().any(|named| (named.min_length..=LONGEST).contains(&value.len()))
}

/// Whether a value, whose name says that it is a secret, is one.
pub(super) fn is_secret(named: &Named, value: &str) -> bool {
    let Named { min_length, min_entropy, plain_words, .. } = named;
    (*min_length..=LONGEST).contains(&value.len())
        && value.trim() == value
        && !is_placeholder(value)
        && !refers(value)
        && entropy(value.as_bytes()) >= *min_entropy
        && (*plain_words || looks_random(value))
}

/// Whether a value only holds the place of a secret: `changeme`, `<password>`, `****`, `${TOKEN}`.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bare = lower.trim_matches(|letter: char| "<>[](){}%$_*\"'`\\ ".contains(letter));
    let values = &RULES.values;
    is_mask(bare)
        || values.placeholders.iter().any(|placeholder| placeholder == bare)
        || values.placeholder_parts.iter().any(|part| lower.contains(part.as_str()))
        || values.reference_parts.iter().any(|part| lower.contains(part.as_str()))
        || is_variable(value)
}

/// Whether a value tells where a secret is kept, is encrypted, or is a document with parts of its own.
fn refers(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    RULES.values.references.iter().any(|beginning| lower.starts_with(beginning.as_str())) || is_path(value)
}

/// Nothing, or one of the characters that hide something, throughout.
fn is_mask(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'x' | b'*' | b'.' | b'-' | b'_' | b'#' | b'0' | b'?'))
}

/// A substitution of a shell or a batch file: `$NAME`, `$1`, `%NAME%`.
fn is_variable(value: &str) -> bool {
    let name = value.strip_prefix('$').or_else(|| value.strip_prefix('%')?.strip_suffix('%'));
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

/// `/run/secrets/db`, `./token.txt`, `~/.netrc`: from a root on, words.
fn is_path(value: &str) -> bool {
    let inner = ["/", "./", "../", "~/"].iter().find_map(|root| value.strip_prefix(root));
    inner.is_some_and(is_slug)
}

fn looks_random(value: &str) -> bool {
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    // Of random letters every fourth pair goes from small to capital, of words hardly one in six.
    let is_mixed = digits > 0 || humps(value) * 5 > letters;
    value.bytes().all(|byte| byte.is_ascii_graphic()) && letters > 0 && is_mixed && !is_slug(value)
}

/// Words and short numbers with joints between them, as people name things: `prod-db-2`, `llama-2-7b-chat`.
fn is_slug(value: &str) -> bool {
    value.split(|letter: char| "-_./:@ ".contains(letter)).all(|part| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let pairs = part.bytes().zip(part.bytes().skip(1));
        let turns = pairs.filter(|(one, next)| one.is_ascii_digit() != next.is_ascii_digit()).count();
        part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && digits <= SLUG_DIGITS
            && part.len() - digits <= SLUG_LETTERS
            && turns <= 1
            && humps(part) <= 2
    })
}

/// How often a capital follows a small letter.
fn humps(text: &str) -> usize {
    let pairs = text.bytes().zip(text.bytes().skip(1));
    pairs.filter(|(one, next)| one.is_ascii_lowercase() && next.is_ascii_uppercase()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str) -> &'static Named {
        RULES.named.iter().find(|named| named.id().as_str() == id).unwrap()
    }

    #[test]
    fn a_password_may_be_a_plain_word_and_a_token_may_not() {
        for (value, password, token) in [
            ("hunter2", true, false),
            ("letmein", true, false),
            ("Tr0ub4dor&3", true, true),
            ("correct horse battery staple", true, false),
            ("9f8e7d6c5b4a", true, true),
            ("kQzWvBnTyLpRxDsGhJfM", true, true),
            ("nameOfAnotherPerson", true, false),
            ("team-ml-prod-us-east-1", true, false),
            ("<|endoftext|>", false, false),
            ("123456", true, false),
            ("1", false, false),
            ("aaaaaaaaaaaa", false, false),
        ] {
            assert_eq!(is_secret(named("password-named"), value), password, "{value}");
            assert_eq!(is_secret(named("secret-named"), value), token, "{value}");
        }
    }

    #[test]
    fn placeholders_and_references_are_no_secrets() {
        for value in [
            "changeme",
            "Password",
            "<your-password>",
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "%DB_PASSWORD%",
            "$(aws secretsmanager get-secret-value --secret-id db)",
            "{{resolve:secretsmanager:db:SecretString:password}}",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1B2c3",
            "/run/secrets/db-password",
            "~/.config/token.txt",
            "s3://bucket/key4",
            "xxxxxxxxxxxxxxxx",
            "************",
            "AQICAHh1x9Zq8v7u6t5s4r3q2p1o0n",
            "redacted",
            "{\"a\": 1}",
            "",
        ] {
            assert!(RULES.named.iter().all(|named| !is_secret(named, value)), "{value}");
        }
    }

    #[test]
    fn a_value_that_begins_like_a_path_is_still_a_secret() {
        assert!(is_secret(named("secret-named"), "/x9Kq2Lm8Zp4Rt6Wv1Yb3Nc5Hd7Jf0Gs"));
    }
}
