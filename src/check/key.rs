//! The judgement that every control on KMS keys shares: is each customer managed, can it be used, is it approved?

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Context;
use crate::{
    finding::{Reason, Status, Verdict},
    kms::{Description, Key, Manager, Usability},
};

/// The codes of a role's reasons.
struct Codes {
    absent: &'static str,
    aws_managed: &'static str,
    unusable: &'static str,
    not_found: &'static str,
    other_region: &'static str,
    unreadable: &'static str,
    not_approved: &'static str,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $word:literal,)*) => {
        /// What a resource uses a key for; it names the reasons.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Role { $($(#[$doc])* $variant,)* }

        impl Role {
            fn codes(self) -> Codes {
                match self {
                    $(Self::$variant => Codes {
                        absent: concat!($code, "_key_absent"),
                        aws_managed: concat!($code, "_key_aws_managed"),
                        unusable: concat!($code, "_key_unusable"),
                        not_found: concat!($code, "_key_not_found"),
                        other_region: concat!($code, "_key_other_region"),
                        unreadable: concat!($code, "_key_unreadable"),
                        not_approved: concat!($code, "_key_not_approved"),
                    },)*
                }
            }

            /// What a key of this role is called before the word key.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

roles! {
    /// Results of a query of Athena that a job reads.
    AthenaResults = "athena_results" "Athena results",
    /// What an endpoint answers asynchronously.
    AsyncOutput = "async_output" "asynchronous output",
    /// What Canvas writes.
    Canvas = "canvas" "Canvas",
    /// Memory of a container that crashed.
    CoreDump = "core_dump" "core dump",
    /// Requests and answers of an endpoint or a batch transform that are kept.
    DataCapture = "data_capture" "data capture",
    /// What notebooks share.
    NotebookOutput = "notebook_output" "notebook output",
    /// The offline store of features.
    OfflineStore = "offline_store" "offline store",
    /// The online store of features.
    OnlineStore = "online_store" "online store",
    /// What a job writes.
    Output = "output" "output",
    /// Data that a job unloads from Redshift.
    RedshiftResults = "redshift_results" "Redshift results",
    /// All that the resource stores.
    Storage = "storage" "storage",
    /// The storage volume.
    Volume = "volume" "volume",
}

/// What can be said of one key of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyVerdict {
    /// Customer managed and usable, as far as can be known; a note where that is not all.
    Pass(Option<Reason>),
    /// Not so.
    Fail(Reason),
    /// Not to be told.
    Unknown(Reason),
    /// No key can be set, so there is nothing to judge.
    Exempt(Reason),
}

/// Judges the key that a resource names by `text` for `role`; the empty text counts as absent.
pub fn judge(role: Role, text: Option<&str>, context: Context<'_>) -> KeyVerdict {
    let (codes, word) = (role.codes(), role.word());
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return KeyVerdict::Fail(Reason::new(codes.absent, format!("no {word} key is set")));
    };
    let verdict = match context.key(text) {
        None => KeyVerdict::Unknown(Reason::new(codes.unreadable, format!("the {word} key was not looked up"))),
        Some(Key::AwsManagedAlias) => {
            KeyVerdict::Fail(Reason::new(codes.aws_managed, format!("the {word} key is the AWS managed key {text}")))
        }
        Some(Key::OtherRegion { region }) => KeyVerdict::Fail(Reason::new(
            codes.other_region,
            format!("the {word} key is of the region {region}, where it cannot be used from here"),
        )),
        Some(Key::NotFound) => KeyVerdict::Fail(Reason::new(codes.not_found, format!("the {word} key does not exist"))),
        Some(Key::Unreadable { why }) => {
            KeyVerdict::Unknown(Reason::new(codes.unreadable, format!("the {word} key could not be described ({why})")))
        }
        Some(Key::OutsideOrganization { account }) => KeyVerdict::Pass(Some(Reason::new(
            "key_outside_organization",
            format!("the {word} key belongs to account {account}, which is not in the organization"),
        ))),
        Some(Key::Unverified { account, why }) => KeyVerdict::Pass(Some(Reason::new(
            "key_state_unverified",
            format!(
                "the {word} key of account {account} is customer managed, since AWS managed keys cannot be shared; its state is not known ({why})"
            ),
        ))),
        Some(Key::Described(description)) => described(&codes, word, description),
    };
    let arn = match context.key(text) {
        Some(Key::Described(description)) => description.arn.as_str(),
        _ => text,
    };
    if matches!(verdict, KeyVerdict::Pass(_)) && !context.parameters.approves_key(arn) {
        let text = format!("the {word} key {arn} is not one of parameters.approved_keys");
        return KeyVerdict::Fail(Reason::new(codes.not_approved, text));
    }
    verdict
}

fn described(codes: &Codes, word: &str, key: &Description) -> KeyVerdict {
    match &key.manager {
        Manager::Aws => {
            return KeyVerdict::Fail(Reason::new(codes.aws_managed, format!("the {word} key is managed by AWS")));
        }
        Manager::Unknown(manager) => {
            let text = format!("the {word} key is managed by {manager}, which this version does not know");
            return KeyVerdict::Unknown(Reason::new(codes.unreadable, text));
        }
        Manager::Customer => {}
    }
    match key.usability {
        Usability::Usable => KeyVerdict::Pass(None),
        Usability::WrongUsage => {
            KeyVerdict::Fail(Reason::new(codes.unusable, format!("the {word} key is not a key for encryption")))
        }
        Usability::StateForbids => {
            let until =
                key.deletion_date.map(|date: Timestamp| format!(", to be deleted on {date}")).unwrap_or_default();
            KeyVerdict::Fail(Reason::new(
                codes.unusable,
                format!("the {word} key is in the state {}{until}", key.state),
            ))
        }
        Usability::Unknown => KeyVerdict::Unknown(Reason::new(
            codes.unreadable,
            format!("the {word} key is in the state {}, which this version does not know", key.state),
        )),
    }
}

/// What several keys of a resource come to: the worst decides. `all_well` says that of a PASS. Where no key can be set
/// for anything, there is nothing to judge.
pub fn combine(keys: impl IntoIterator<Item = KeyVerdict>, all_well: &'static str) -> Verdict {
    let (mut fails, mut unknowns, mut exempts, mut notes, mut passes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), false);
    // Several keys may have the same to say; once is enough.
    let add = |reasons: &mut Vec<Reason>, reason| {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    };
    for key in keys {
        match key {
            KeyVerdict::Fail(reason) => add(&mut fails, reason),
            KeyVerdict::Unknown(reason) => add(&mut unknowns, reason),
            KeyVerdict::Exempt(reason) => exempts.push(reason),
            KeyVerdict::Pass(note) => {
                passes = true;
                if let Some(note) = note {
                    add(&mut notes, note);
                }
            }
        }
    }
    let (status, reasons) = if !fails.is_empty() {
        (Status::Fail, fails)
    } else if !unknowns.is_empty() {
        (Status::Unknown, unknowns)
    } else if !passes {
        if exempts.is_empty() {
            exempts.push(Reason::new("nothing_to_encrypt", "the resource stores nothing that a key can be set for"));
        }
        (Status::NotApplicable, exempts)
    } else {
        // An exemption explains why the other key alone decided.
        let mut reasons = exempts;
        if reasons.is_empty() {
            reasons.push(Reason::new("customer_managed_keys", all_well));
        }
        reasons.extend(notes);
        (Status::Pass, reasons)
    };
    Verdict { status, reasons, evidence: None }
}

/// What a resource names for each role, and what stands behind it, as evidence.
pub fn evidence<'t>(uses: impl IntoIterator<Item = (Role, Option<&'t str>)>, context: Context<'_>) -> Value {
    let (mut named, mut keys) = (Map::new(), Map::new());
    for (role, text) in uses {
        let member = format!("{}_key", role.word().to_lowercase().replace(' ', "_"));
        // Several keys of one role make a list.
        let value = match named.remove(&member) {
            None => json!(text),
            Some(Value::Array(mut several)) => {
                several.push(json!(text));
                Value::Array(several)
            }
            Some(one) => json!([one, text]),
        };
        named.insert(member, value);
        if let Some((text, key)) = text.and_then(|text| Some((text, context.key(text)?))) {
            keys.insert(text.to_owned(), json!(key));
        }
    }
    named.insert("expected".to_owned(), json!("customer managed, usable keys"));
    named.insert("keys".to_owned(), Value::Object(keys));
    Value::Object(named)
}

/// [`evidence`], and a member of the answer that the judgement rests on besides.
pub fn evidence_with<'t>(
    uses: impl IntoIterator<Item = (Role, Option<&'t str>)>,
    (member, value): (&str, Value),
    context: Context<'_>,
) -> Value {
    let mut evidence = evidence(uses, context);
    if let Some(members) = evidence.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
    evidence
}

/// Judges keys that all have to be set, with their evidence.
pub fn all_required(uses: &[(Role, Option<&str>)], all_well: &'static str, context: Context<'_>) -> Verdict {
    combine(uses.iter().map(|(role, text)| judge(*role, *text, context)), all_well)
        .with_evidence(|| evidence(uses.iter().copied(), context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, config::Parameters};

    fn code(text: Option<&str>, context: Context<'_>) -> (Status, String) {
        let verdict = combine([judge(Role::Storage, text, context)], "well");
        (verdict.status, verdict.reason_code().into_owned())
    }

    #[test]
    fn a_key_is_judged_by_what_it_is() {
        for (text, status, reason) in [
            (None, Status::Fail, "storage_key_absent"),
            (Some(""), Status::Fail, "storage_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "storage_key_aws_managed"),
            (Some("disabled"), Status::Fail, "storage_key_unusable"),
            (Some("missing"), Status::Fail, "storage_key_not_found"),
            (Some("denied"), Status::Unknown, "storage_key_unreadable"),
            (Some("outside"), Status::Pass, "customer_managed_keys,key_outside_organization"),
        ] {
            assert_eq!(code(text, alone::with_keys()), (status, reason.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn several_keys_of_one_role_say_the_same_once_and_all_stand_in_the_evidence() {
        let uses = [None, Some("missing"), None, None].map(|text| (Role::AthenaResults, text));
        let verdict = all_required(&uses, "well", alone::with_keys());
        assert_eq!(verdict.reason_code(), "athena_results_key_absent,athena_results_key_not_found");
        let evidence: Value = serde_json::from_str(verdict.evidence.as_deref().unwrap()).unwrap();
        assert_eq!(evidence["athena_results_key"], json!([null, "missing", null, null]));
    }

    #[test]
    fn the_same_note_is_told_once_wherever_it_stands_and_different_ones_are_all_told() {
        let note = |text: &'static str| KeyVerdict::Pass(Some(Reason::new("note", text)));
        let verdict = combine([note("of one"), note("of another"), note("of one")], "well");
        assert_eq!((verdict.status, &*verdict.reason()), (Status::Pass, "well; of one; of another"));
    }

    #[test]
    fn where_keys_are_approved_only_these_pass() {
        let told = |approved: &[&str], text| {
            let approved_keys = approved.iter().map(|pattern| (*pattern).to_owned()).collect();
            let parameters = Parameters { approved_keys, ..Parameters::default() };
            code(Some(text), Context { parameters: &parameters, ..alone::with_keys() })
        };
        let arn = "arn:aws:kms:eu-central-1:111111111111:key/1234abcd";
        assert_eq!(told(&[arn], "customer").0, Status::Pass);
        assert_eq!(told(&["arn:aws:kms:*:111111111111:*"], "customer").0, Status::Pass);
        assert_eq!(
            told(&["arn:aws:kms:*:222222222222:*"], "customer"),
            (Status::Fail, "storage_key_not_approved".to_owned())
        );
        assert_eq!(told(&[arn], "outside"), (Status::Fail, "storage_key_not_approved".to_owned()));
        assert_eq!(told(&[arn], "denied").0, Status::Unknown);
        assert_eq!(told(&[arn], "aws"), (Status::Fail, "storage_key_aws_managed".to_owned()));
    }

    #[test]
    fn the_worst_key_decides_and_nothing_to_encrypt_is_not_applicable() {
        let exempt = || KeyVerdict::Exempt(Reason::new("serverless", "no volume"));
        let told = |keys: Vec<KeyVerdict>| combine(keys, "well").status;
        assert_eq!(told(vec![exempt()]), Status::NotApplicable);
        assert_eq!(told(Vec::new()), Status::NotApplicable);
        assert_eq!(told(vec![exempt(), KeyVerdict::Pass(None)]), Status::Pass);
        let unknown = || KeyVerdict::Unknown(Reason::new("u", "u"));
        assert_eq!(told(vec![unknown(), KeyVerdict::Pass(None)]), Status::Unknown);
        assert_eq!(told(vec![unknown(), KeyVerdict::Fail(Reason::new("f", "f"))]), Status::Fail);
    }
}
