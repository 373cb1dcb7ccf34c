//! The judgement that every control on a KMS key shares: is it customer managed, and can it be used?

use jiff::Timestamp;

use super::Context;
use crate::{
    finding::Reason,
    kms::{Description, Key, Manager, Usability},
};

/// What a resource uses a key for; it names the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The storage volume.
    Volume,
    /// What the job writes.
    Output,
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

/// The codes of a role's reasons.
struct Codes {
    absent: &'static str,
    aws_managed: &'static str,
    unusable: &'static str,
    not_found: &'static str,
    other_region: &'static str,
    unreadable: &'static str,
}

impl Role {
    fn codes(self) -> Codes {
        macro_rules! codes {
            ($role:literal) => {
                Codes {
                    absent: concat!($role, "_key_absent"),
                    aws_managed: concat!($role, "_key_aws_managed"),
                    unusable: concat!($role, "_key_unusable"),
                    not_found: concat!($role, "_key_not_found"),
                    other_region: concat!($role, "_key_other_region"),
                    unreadable: concat!($role, "_key_unreadable"),
                }
            };
        }
        match self {
            Self::Volume => codes!("volume"),
            Self::Output => codes!("output"),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Output => "output",
        }
    }
}

/// Judges the key that a resource names by `text` for `role`; the empty text counts as absent.
pub fn judge(role: Role, text: Option<&str>, context: Context<'_>) -> KeyVerdict {
    let (codes, word) = (role.codes(), role.word());
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return KeyVerdict::Fail(Reason::new(codes.absent, format!("no {word} key is set")));
    };
    match context.key(text) {
        None => KeyVerdict::Unknown(Reason::new(codes.unreadable, format!("the {word} key was not looked up"))),
        Some(Key::AwsManagedAlias) => {
            KeyVerdict::Fail(Reason::new(codes.aws_managed, format!("the {word} key is the AWS managed key {text}")))
        }
        Some(Key::OtherRegion { region }) => KeyVerdict::Fail(Reason::new(
            codes.other_region,
            format!("the {word} key is of the region {region}, where this job cannot use it"),
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
    }
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
