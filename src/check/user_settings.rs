//! The judgement that domains and user profiles share: where their people write, with which keys.

use serde_json::json;

use super::{
    Context,
    key::{self, KeyVerdict, Role, judge},
};
use crate::{
    finding::{Reason, Verdict},
    resource::user_settings::{Outputs, Sharing},
};

/// Judges the keys of what notebooks share and of what Canvas makes; where neither is configured, `nothing` says so.
pub fn output_keys(outputs: &Outputs, nothing: Reason, context: Context<'_>) -> Verdict {
    let sharing = outputs.sharing.as_ref().map(|sharing| shared(sharing, context));
    let canvas = outputs.canvas.as_ref().map(|canvas| judge(Role::Canvas, canvas.key.as_deref(), context));
    let judged = sharing.into_iter().chain(canvas).collect::<Vec<_>>();
    let judged = if judged.is_empty() { vec![KeyVerdict::Exempt(nothing)] } else { judged };
    key::combine(judged, "what is written has usable customer managed keys").with_evidence(|| {
        let shared = outputs.sharing.as_ref().map(|sharing| (Role::NotebookOutput, sharing.key.as_deref()));
        let canvas = outputs.canvas.as_ref().map(|canvas| (Role::Canvas, canvas.key.as_deref()));
        let mut evidence = key::evidence(shared.into_iter().chain(canvas), context);
        if let Some((members, sharing)) = evidence.as_object_mut().zip(outputs.sharing.as_ref()) {
            members.insert("NotebookOutputOption".to_owned(), json!(sharing.option));
        }
        evidence
    })
}

/// What notebooks share is written, and needs a key, only where that is allowed.
fn shared(sharing: &Sharing, context: Context<'_>) -> KeyVerdict {
    match sharing.option.as_deref() {
        Some("Allowed") => judge(Role::NotebookOutput, sharing.key.as_deref(), context),
        None | Some("Disabled") => {
            KeyVerdict::Exempt(Reason::new("notebook_output_not_shared", "output of notebooks is not shared"))
        }
        Some(other) => KeyVerdict::Unknown(Reason::new(
            "notebook_output_option_unknown",
            format!("whether output of notebooks is shared is {other}, which this version does not know"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, resource::stored::Stored};

    #[test]
    fn what_may_be_written_needs_a_key_and_nothing_else_does() {
        let sharing = |option: Option<&str>, key: Option<&str>| {
            Some(Sharing { option: option.map(ToOwned::to_owned), key: key.map(ToOwned::to_owned) })
        };
        let canvas = |key: Option<&str>| Some(Stored { key: key.map(ToOwned::to_owned) });
        for (sharing, canvas, status, code) in [
            (None, None, Status::NotApplicable, "nothing"),
            (sharing(Some("Disabled"), None), None, Status::NotApplicable, "notebook_output_not_shared"),
            (sharing(None, Some("aws")), None, Status::NotApplicable, "notebook_output_not_shared"),
            (sharing(Some("Allowed"), None), None, Status::Fail, "notebook_output_key_absent"),
            (sharing(Some("Allowed"), Some("customer")), None, Status::Pass, "customer_managed_keys"),
            (sharing(Some("Asked"), Some("customer")), None, Status::Unknown, "notebook_output_option_unknown"),
            (None, canvas(None), Status::Fail, "canvas_key_absent"),
            (None, canvas(Some("customer")), Status::Pass, "customer_managed_keys"),
            (None, canvas(Some("denied")), Status::Unknown, "canvas_key_unreadable"),
            (sharing(Some("Disabled"), None), canvas(Some("customer")), Status::Pass, "notebook_output_not_shared"),
            (sharing(Some("Allowed"), Some("customer")), canvas(Some("aws")), Status::Fail, "canvas_key_aws_managed"),
        ] {
            let outputs = Outputs { sharing, canvas };
            let verdict = output_keys(&outputs, Reason::new("nothing", "nothing"), alone::with_keys());
            assert_eq!((verdict.status, &*verdict.reason_code()), (status, code), "{outputs:?}");
            assert_eq!(verdict.evidence.is_some(), matches!(status, Status::Fail | Status::Unknown), "{outputs:?}");
        }
    }
}
