//! Resources of several parts that each have keys, such as groups of instances: every reason is given once, with the parts
//! that it is about.

use std::borrow::Cow;

use super::key::KeyVerdict;
use crate::finding::Reason;

/// What is said of some parts.
struct Told {
    verdict: fn(Reason) -> KeyVerdict,
    code: &'static str,
    /// The sentences under this code, each with its parts.
    texts: Vec<(Cow<'static, str>, Vec<String>)>,
}

/// What is said of parts, each with its name, as one verdict for each reason.
pub fn gather(judged: impl IntoIterator<Item = (String, KeyVerdict)>) -> Vec<KeyVerdict> {
    let (mut told, mut gathered) = (Vec::<Told>::new(), Vec::new());
    for (part, key) in judged {
        let (verdict, reason): (fn(Reason) -> KeyVerdict, Reason) = match key {
            KeyVerdict::Fail(reason) => (KeyVerdict::Fail, reason),
            KeyVerdict::Unknown(reason) => (KeyVerdict::Unknown, reason),
            KeyVerdict::Exempt(reason) => (KeyVerdict::Exempt, reason),
            KeyVerdict::Pass(Some(note)) => (|note| KeyVerdict::Pass(Some(note)), note),
            KeyVerdict::Pass(None) => {
                gathered.push(KeyVerdict::Pass(None));
                continue;
            }
        };
        // A code belongs to one verdict.
        let Some(known) = told.iter_mut().find(|told| told.code == reason.code) else {
            told.push(Told { verdict, code: reason.code, texts: vec![(reason.text, vec![part])] });
            continue;
        };
        match known.texts.iter_mut().find(|(text, _)| *text == reason.text) {
            Some((_, parts)) => parts.push(part),
            None => known.texts.push((reason.text, vec![part])),
        }
    }
    gathered.extend(told.into_iter().map(|Told { verdict, code, texts }| {
        let texts = texts.iter().map(|(text, parts)| format!("{text} ({})", parts.join(", ")));
        verdict(Reason::new(code, texts.collect::<Vec<_>>().join("; ")))
    }));
    gathered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_given_once_with_its_parts_and_texts_of_one_code_stand_together() {
        let fail = |text: &'static str| KeyVerdict::Fail(Reason::new("key_bad", text));
        let part = |name: &str, verdict| (name.to_owned(), verdict);
        let note = KeyVerdict::Pass(Some(Reason::new("key_elsewhere", "it is elsewhere")));
        let gathered = gather([
            part("a", fail("it is bad")),
            part("b", KeyVerdict::Pass(None)),
            part("c", fail("it is worse")),
            part("d", fail("it is bad")),
            part("e", note),
        ]);
        assert_eq!(
            gathered,
            [
                KeyVerdict::Pass(None),
                KeyVerdict::Fail(Reason::new("key_bad", "it is bad (a, d); it is worse (c)")),
                KeyVerdict::Pass(Some(Reason::new("key_elsewhere", "it is elsewhere (e)"))),
            ]
        );
    }
}
