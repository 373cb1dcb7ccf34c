//! A path into a JSON text, in Athena's form: `$.name`, `$["any name"]`, `$[0]`, one after the other.

use std::fmt;

use datafusion::common::{Result, exec_datafusion_err};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The steps of a path. A step is the name of a member, and of an array the number of an element from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonPath(Vec<String>);

impl JsonPath {
    /// Reads a path.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let wrong = || exec_datafusion_err!("Invalid JSON path: '{text}'");
        let mut rest = text.strip_prefix('$').ok_or_else(wrong)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest).ok_or_else(wrong)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self(steps))
    }

    /// What is at the path in a JSON text, as it is written there; none when there is nothing, or the text is no JSON.
    pub(super) fn find(&self, json: &str) -> Option<Box<RawValue>> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let found = At(&self.0).deserialize(&mut reader).ok()?;
        reader.end().ok()?;
        found
    }
}

/// The first step of a path, and what is after it.
fn step(path: &str) -> Option<(String, &str)> {
    if let Some(rest) = path.strip_prefix('.') {
        let end = rest.find(|letter: char| !is_bare(letter) && !":$-/@|#".contains(letter)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        return (!name.is_empty()).then(|| (name.to_owned(), rest));
    }
    let rest = path.strip_prefix('[')?;
    if let Some(quoted) = rest.strip_prefix('"') {
        let (name, rest) = until_quote(quoted)?;
        return Some((name, rest.strip_prefix(']')?));
    }
    let (name, rest) = rest.split_once(']')?;
    (!name.is_empty() && name.chars().all(is_bare)).then(|| (name.to_owned(), rest))
}

/// A letter that needs no quotes wherever it stands.
fn is_bare(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

/// The text up to the quote that ends it, and what is after that; a backslash takes the next letter as it is.
fn until_quote(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((name, text.get(at + 1..)?)),
            '\\' => name.push(letters.next().filter(|(_, letter)| matches!(letter, '"' | '\\'))?.1),
            letter => name.push(letter),
        }
    }
    None
}

/// Reads on to what is at these steps, and over all the rest.
struct At<'p>(&'p [String]);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Option<Box<RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        if self.0.is_empty() {
            return serde::Deserialize::deserialize(reader).map(Some);
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Option<Box<RawValue>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (step, rest) = self.0.split_first().ok_or_else(|| A::Error::custom("no step is left"))?;
        let mut found = None;
        let mut is_found = false;
        while let Some(name) = members.next_key::<String>()? {
            if name == *step && !is_found {
                is_found = true;
                found = members.next_value_seed(At(rest))?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let (step, rest) = self.0.split_first().ok_or_else(|| A::Error::custom("no step is left"))?;
        let wanted: Option<usize> = step.parse().ok();
        let mut found = None;
        let mut number = 0;
        loop {
            if wanted == Some(number) {
                match elements.next_element_seed(At(rest))? {
                    Some(element) => found = element,
                    None => return Ok(None),
                }
            } else if elements.next_element::<IgnoredAny>()?.is_none() {
                return Ok(found);
            }
            number += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A JSON text without the white space between its parts.
pub(super) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for letter in json.chars() {
        if in_text || !letter.is_ascii_whitespace() {
            out.push(letter);
        }
        if letter == '"' && !is_escaped {
            in_text = !in_text;
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(json: &str, path: &str) -> Option<String> {
        JsonPath::parse(path).unwrap().find(json).map(|found| found.get().to_owned())
    }

    #[test]
    fn a_path_goes_through_members_and_elements() {
        let json = r#"{"a": {"b": [10, {"c d": 1.50}], "sage:tag": "x"}, "": 0, "a\"b": true, "0": "zero"}"#;
        for (path, found) in [
            ("$.a.b[0]", Some("10")),
            ("$.a.b[1][\"c d\"]", Some("1.50")),
            ("$[\"a\"][\"b\"][0]", Some("10")),
            ("$[a].b.0", Some("10")),
            ("$.a.sage:tag", Some("\"x\"")),
            ("$[\"\"]", Some("0")),
            ("$[\"a\\\"b\"]", Some("true")),
            ("$[0]", Some("\"zero\"")),
            ("$", Some(json)),
            ("$.a.b[2]", None),
            ("$.a.b.c", None),
            ("$.a.b[0].c", None),
            ("$.x", None),
        ] {
            assert_eq!(at(json, path).as_deref(), found, "{path}");
        }
    }

    #[test]
    fn of_two_members_of_one_name_the_first_counts() {
        assert_eq!(at(r#"{"a": 1, "a": 2}"#, "$.a").as_deref(), Some("1"));
    }

    #[test]
    fn what_is_no_json_has_nothing_in_it() {
        for json in ["", "{", "{\"a\": 1", "{\"a\": 1} x", "a"] {
            assert_eq!(at(json, "$.a"), None, "{json}");
            assert_eq!(at(json, "$"), None, "{json}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in
            ["", "a", "a.b", "$.", "$a", "$..a", "$[", "$[]", "$[\"a]", "$[\"a\"", "$.a b", "$[*]", "$.*", "$[-1]"]
        {
            assert!(JsonPath::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn white_space_goes_from_between_the_parts_and_stays_in_texts() {
        assert_eq!(
            compact(" { \"a b\\\" \" : [ 1 ,\n2 ] , \"c\\\\\" : \" \" } "),
            "{\"a b\\\" \":[1,2],\"c\\\\\":\" \"}"
        );
    }
}
