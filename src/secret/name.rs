//! Whether a name says that its value is a secret.

use super::rule::{Named, Phrase, RULES};

/// The shortest phrase that may be the end of a longer word, as in `PGPASSWORD`.
const SHORTEST_ENDING: usize = 6;

/// The rule that a name speaks of, if it does. `max_tokens` and `pad_token` speak of text, `secret_arn` of a place.
pub(super) fn says(name: &str) -> Option<&'static Named> {
    let words = words(name);
    RULES.named.iter().find(|named| named.says.iter().any(|phrase| holds(&words, phrase)))
}

fn holds(words: &[&str], phrase: &Phrase) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let (before, from) = words.split_at(at);
        let after =
            if from.len() >= phrase.words.len() && from.iter().zip(&phrase.words).all(|(own, word)| is(own, word)) {
                from.get(phrase.words.len()..)
            } else if is(word, &phrase.joined)
                || (phrase.joined.len() >= SHORTEST_ENDING && ends_with(word, &phrase.joined))
            {
                from.get(1..)
            } else {
                return false;
            };
        let is_text =
            phrase.joined == "token" && before.last().is_some_and(|word| is_one_of(&RULES.names.text_tokens, word));
        let refers = after.unwrap_or_default().iter().any(|word| is_one_of(&RULES.names.refers, word));
        !is_text && !refers
    })
}

fn is(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other)
}

/// The words of a name: parted by what is no letter or digit, and where a capital follows a small letter or a digit.
fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in name.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let mut start = 0;
        let pairs = part.bytes().zip(part.bytes().skip(1)).enumerate();
        for (at, _) in pairs.filter(|(_, (one, next))| !one.is_ascii_uppercase() && next.is_ascii_uppercase()) {
            words.extend(part.get(start..=at));
            start = at + 1;
        }
        words.extend(part.get(start..).filter(|rest| !rest.is_empty()));
    }
    words
}

fn is_one_of(list: &[String], word: &str) -> bool {
    list.iter().any(|listed| is(listed, word))
}

fn ends_with(word: &str, ending: &str) -> bool {
    let start = word.len().checked_sub(ending.len());
    start.and_then(|start| word.get(start..)).is_some_and(|end| is(end, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str) -> Option<&'static str> {
        says(name).map(|named| named.id().as_str())
    }

    #[test]
    fn names_are_parted_into_words() {
        assert_eq!(words("dbPassword.v2_HF-Token"), ["db", "Password", "v2", "HF", "Token"]);
        assert!(words("").is_empty() && words("__é.").is_empty());
    }

    #[test]
    fn names_of_passwords_and_secrets_say_so() {
        for name in ["DB_PASSWORD", "PGPASSWORD", "mysql.passwd", "sshPassphrase", "REDIS_PASSWORD_PROD"] {
            assert_eq!(rule(name), Some("password-named"), "{name}");
        }
        for name in ["API_KEY", "OPENAI_APIKEY", "clientSecret", "hub_token", "AuthToken", "authtoken", "DB_PASS"] {
            assert_eq!(rule(name), Some("secret-named"), "{name}");
        }
    }

    #[test]
    fn tokens_of_a_text_and_names_of_places_do_not() {
        let texts =
            ["max_tokens", "pad_token", "eosToken", "tokenizer_name", "TOKENIZERS_PARALLELISM", "token_type_ids"];
        let places =
            ["SECRET_ARN", "DB_PASSWORD_SECRET_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "api_key_id", "token_ttl"];
        let others = ["sagemaker_submit_directory", "bypass", "compass", "key", "sort_key", "author", "detokenize", ""];
        for name in [&texts[..], &places[..], &others[..]].concat() {
            assert_eq!(rule(name), None, "{name}");
        }
    }
}
