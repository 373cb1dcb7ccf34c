//! The judgement that every control on secrets shares. What it tells is the rule, the place and the line, never the value.

use serde_json::json;

use crate::{
    finding::{Status, Verdict},
    secret::{Looked, Sightings},
};

/// So many places are named in the reason; the evidence has more.
const NAMED: usize = 3;

/// Judges what a look for secrets came to; `nothing` says that there was nothing to look through.
pub(super) fn judge(looked: &Looked, nothing: (&'static str, &'static str)) -> Verdict {
    match looked {
        Looked::Nothing => Verdict::new(Status::NotApplicable, nothing.0, nothing.1),
        Looked::Through { rules: _, seen } if seen.is_empty() => {
            Verdict::new(Status::Pass, "no_secret_found", "no secret was found")
        }
        Looked::Through { rules: _, seen } => {
            Verdict::new(Status::Fail, "secret_found", sentence(seen)).with_evidence(|| json!({ "secrets": seen }))
        }
        Looked::Refused(why) => {
            Verdict::new(Status::Unknown, "text_unreadable", format!("the text could not be read ({why})"))
                .with_evidence(|| json!({ "refused": why }))
        }
        Looked::Never => Verdict::new(Status::Unknown, "not_looked_through", "nobody looked for secrets")
            .with_evidence(|| json!({ "looked": false })),
    }
}

fn sentence(seen: &Sightings) -> String {
    let named = seen.first.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let more = usize::try_from(seen.count).unwrap_or(usize::MAX).saturating_sub(NAMED);
    if more > 0 { format!("{named}; and {more} more") } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{Place, in_values};

    #[test]
    fn what_was_seen_decides() {
        let nothing = ("no_environment", "it has no environment");
        let status = |looked: &Looked| judge(looked, nothing).status;
        assert_eq!(status(&Looked::Nothing), Status::NotApplicable);
        assert_eq!(status(&Looked::through([])), Status::Pass);
        assert_eq!(status(&Looked::Refused("x".to_owned())), Status::Unknown);
        assert_eq!(status(&Looked::Never), Status::Unknown);
    }

    #[test]
    fn the_finding_names_rule_and_place_and_not_the_value() {
        let value = ["Tr0ub4dor", "&3xK9", "qLmZ81"].concat();
        let seen = Looked::through(in_values(Place::Variable, [("DB_PASSWORD", value.as_str())]));
        let verdict = judge(&seen, ("", ""));
        assert_eq!(verdict.status, Status::Fail);
        assert!(verdict.reason().contains("variable DB_PASSWORD"), "{}", verdict.reason());
        assert!(!format!("{verdict:?}").contains(&value));
    }
}
