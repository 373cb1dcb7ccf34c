//! The verdict on a resource of several parts that are each judged by themselves: the worst decides, and the reasons say
//! which it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::finding::{Reason, Status, Verdict};

/// The verdict on parts by their names; none where there are none. `what` is one of them in words.
pub fn of(what: &str, parts: &[(String, Verdict)]) -> Option<Verdict> {
    if let [(_, verdict)] = parts {
        return Some(verdict.clone());
    }
    let status = parts.iter().map(|(_, verdict)| verdict.status).max_by_key(|status| weight(*status))?;
    let deciding = || parts.iter().filter(|(_, verdict)| verdict.status == status);
    let all = || deciding().flat_map(|(name, verdict)| verdict.reasons.iter().map(move |reason| (name, reason)));
    let mut codes = Vec::new();
    for (_, reason) in all() {
        if !codes.contains(&reason.code) {
            codes.push(reason.code);
        }
    }
    let reasons = codes.into_iter().map(|code| {
        let texts = all().filter(|(_, reason)| reason.code == code).map(|(_, reason)| &reason.text);
        let sentences = texts.collect::<BTreeSet<_>>().into_iter().map(|text| {
            let names = all().filter(|(_, reason)| reason.code == code && reason.text == *text).map(|(name, _)| name);
            let names = names.map(String::as_str).collect::<Vec<_>>();
            match names.as_slice() {
                names if names.len() == parts.len() => format!("every {what}: {text}"),
                [name] => format!("{what} {name}: {text}"),
                names => format!("{what}s {}: {text}", names.join(", ")),
            }
        });
        Reason::new(code, sentences.collect::<Vec<_>>().join("; "))
    });
    let verdict = Verdict { status, reasons: reasons.collect(), evidence: None };
    let member = format!("{}s", what.replace(' ', "_"));
    Some(verdict.with_evidence(|| json!({ member: deciding().map(evidence).collect::<Vec<_>>() })))
}

/// How much of a status decides: what cannot apply to one part says nothing of the others.
fn weight(status: Status) -> u8 {
    match status {
        Status::Fail => 3,
        Status::Unknown => 2,
        Status::Pass => 1,
        Status::NotApplicable => 0,
    }
}

fn evidence((name, verdict): &(String, Verdict)) -> Value {
    let evidence = verdict.evidence.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({ "name": name, "evidence": evidence.unwrap_or(Value::Null) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(parts: &[(&str, Status, &'static str, &'static str)]) -> Option<Verdict> {
        let verdict = |status, code, text| Verdict::new(status, code, text).with_evidence(|| json!({ "seen": text }));
        let parts = parts.iter().map(|(name, status, code, text)| ((*name).to_owned(), verdict(*status, code, *text)));
        of("group", &parts.collect::<Vec<_>>())
    }

    #[test]
    fn a_single_part_speaks_for_itself_and_none_says_nothing() {
        let one = told(&[("a", Status::Fail, "f", "bad")]).unwrap();
        assert_eq!((one.status, &*one.reason()), (Status::Fail, "bad"));
        assert_eq!(one.evidence.as_deref(), Some(r#"{"seen":"bad"}"#));
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn the_worst_decides_and_is_named_with_its_evidence() {
        let verdict = told(&[
            ("a", Status::Pass, "p", "well"),
            ("b", Status::Fail, "f", "bad"),
            ("c", Status::Unknown, "u", "dark"),
            ("d", Status::Fail, "f", "bad"),
            ("e", Status::Fail, "f", "worse"),
        ]);
        let verdict = verdict.unwrap();
        assert_eq!((verdict.status, &*verdict.reason_code()), (Status::Fail, "f"));
        assert_eq!(verdict.reason(), "groups b, d: bad; group e: worse");
        let evidence: Value = serde_json::from_str(verdict.evidence.as_deref().unwrap()).unwrap();
        assert_eq!(evidence["groups"][2], json!({ "name": "e", "evidence": { "seen": "worse" } }));
        let unknown = told(&[("a", Status::Unknown, "u", "dark"), ("b", Status::Pass, "p", "well")]).unwrap();
        assert_eq!((unknown.status, &*unknown.reason()), (Status::Unknown, "group a: dark"));
    }

    #[test]
    fn what_cannot_apply_to_one_part_leaves_the_verdict_to_the_others() {
        let mixed = told(&[("a", Status::NotApplicable, "n", "nothing"), ("b", Status::Pass, "p", "well")]).unwrap();
        assert_eq!((mixed.status, &*mixed.reason()), (Status::Pass, "group b: well"));
        let none = told(&[("a", Status::NotApplicable, "n", "nothing"), ("b", Status::NotApplicable, "n", "nothing")]);
        assert_eq!(none.map(|verdict| verdict.reason().into_owned()), Some("every group: nothing".to_owned()));
    }
}
