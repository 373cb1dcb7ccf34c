//! JSON written straight into one text, because a page of 100 training jobs has to cost a millisecond and no tree of values.

use std::fmt::Write as _;

use super::digits::{decimal, hex};

/// JSON under construction. Every value leaves a comma behind it, which the closing of its container takes back.
#[derive(Debug, Default)]
pub(super) struct Json {
    text: String,
}

impl Json {
    /// An empty text with room for `capacity` bytes.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity) }
    }

    /// The finished text.
    pub(super) fn finish(mut self) -> String {
        self.take_comma();
        self.text
    }

    /// Opens an object that is an item of a list, or the whole document.
    pub(super) fn open(&mut self) {
        self.text.push('{');
    }

    /// Opens the object `name`.
    pub(super) fn object(&mut self, name: &str) {
        self.name(name);
        self.text.push('{');
    }

    /// Closes an object.
    pub(super) fn close(&mut self) {
        self.take_comma();
        self.text.push_str("},");
    }

    /// Opens the list `name`.
    pub(super) fn list(&mut self, name: &str) {
        self.name(name);
        self.text.push('[');
    }

    /// Closes a list.
    pub(super) fn end_list(&mut self) {
        self.take_comma();
        self.text.push_str("],");
    }

    /// A text member.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.item(value);
    }

    /// A text member whose value is known to need no escape: names, ARNs and paths that are made here. Looking at each byte costs a third of a page.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.push('"');
        self.text.push_str(value);
        self.text.push_str("\",");
    }

    /// The same for a value that is put together from parts.
    pub(super) fn joined(&mut self, name: &str, parts: &[&str]) {
        self.name(name);
        self.text.push('"');
        for part in parts {
            self.text.push_str(part);
        }
        self.text.push_str("\",");
    }

    /// Members, or items, that are always the same, as they are written: each with a comma behind it.
    pub(super) fn fixed(&mut self, members: &'static str) {
        self.text.push_str(members);
    }

    /// A text member, left out where it is absent.
    pub(super) fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// A text in a list.
    pub(super) fn item(&mut self, value: &str) {
        self.text.push('"');
        if value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            self.text.push_str(value);
        } else {
            for letter in value.chars() {
                match letter {
                    '"' | '\\' => {
                        self.text.push('\\');
                        self.text.push(letter);
                    }
                    control if control < ' ' => {
                        // Writing into a String cannot fail.
                        write!(self.text, "\\u{:04x}", u32::from(control)).unwrap_or_default();
                    }
                    other => self.text.push(other),
                }
            }
        }
        self.text.push_str("\",");
    }

    /// A text in a list that ends in sixteen hexadecimal digits.
    pub(super) fn hex_item(&mut self, before: &str, value: u64) {
        self.text.push('"');
        self.text.push_str(before);
        hex(&mut self.text, value, 16);
        self.text.push_str("\",");
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        decimal(&mut self.text, value, 0);
        self.text.push(',');
    }

    /// True or false.
    pub(super) fn flag(&mut self, name: &str, value: bool) {
        self.name(name);
        self.text.push_str(if value { "true," } else { "false," });
    }

    /// A point in time, given in milliseconds since 1970 and written as AWS writes it: seconds, with the milliseconds as decimals.
    pub(super) fn time(&mut self, name: &str, milliseconds: i64) {
        self.name(name);
        match u64::try_from(milliseconds) {
            Ok(milliseconds) => {
                decimal(&mut self.text, milliseconds / 1000, 0);
                self.text.push('.');
                decimal(&mut self.text, milliseconds % 1000, 3);
                self.text.push(',');
            }
            Err(_before_1970) => {
                write!(self.text, "{}.{:03},", milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000))
                    .unwrap_or_default();
            }
        }
    }

    fn name(&mut self, name: &str) {
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    fn take_comma(&mut self) {
        if self.text.ends_with(',') {
            self.text.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut json = Json::with_capacity(64);
        json.open();
        json.text("Name", "a \"quoted\" \\ text\n\u{1}");
        json.list("Items");
        json.item("x");
        json.open();
        json.close();
        json.end_list();
        json.object("Empty");
        json.close();
        json.time("At", 1_700_000_000_007);
        json.flag("Yes", true);
        json.plain("Arn", "arn:aws:x");
        json.fixed("\"Fixed\":[1],");
        json.maybe("No", None);
        json.close();
        let read: serde_json::Value = serde_json::from_str(&json.finish()).unwrap();
        assert_eq!(
            read,
            serde_json::json!({"Name": "a \"quoted\" \\ text\n\u{1}", "Items": ["x", {}], "Empty": {}, "At": 1_700_000_000.007, "Yes": true, "Arn": "arn:aws:x", "Fixed": [1]})
        );
    }
}
