//! The policy that narrows a session: which actions it leaves of those that the role allows.

use serde_json::Value;

/// The actions that a session may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowed {
    /// All that the role may.
    All,
    /// Only these, each `service:Operation` or a beginning with `*` behind it.
    Only(Vec<String>),
}

impl Allowed {
    /// What a policy document leaves; none where it is not JSON. Resources and conditions are not looked at.
    pub(super) fn by(policy: &str) -> Option<Self> {
        let document: Value = serde_json::from_str(policy).ok()?;
        let statements = list(document.get("Statement")?);
        let allowing = statements.into_iter().filter(|statement| statement.get("Effect") == Some(&"Allow".into()));
        let actions = allowing.filter_map(|statement| statement.get("Action")).flat_map(list);
        Some(Self::Only(actions.filter_map(Value::as_str).map(ToOwned::to_owned).collect()))
    }

    /// Whether it leaves an action.
    pub(super) fn allows(&self, action: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(actions) => actions.iter().any(|allowed| match allowed.strip_suffix('*') {
                Some(beginning) => action.starts_with(beginning),
                None => action == allowed,
            }),
        }
    }

    /// As a session token carries it: without colons, which part the token.
    pub(super) fn carried(&self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::Only(actions) => actions.join(",").replace(':', "/"),
        }
    }

    /// From what a session token carries.
    pub(super) fn read(carried: &str) -> Self {
        match carried {
            "*" => Self::All,
            actions => Self::Only(actions.split(',').map(|action| action.replace('/', ":")).collect()),
        }
    }
}

/// A list, or the one that stands where a list could.
fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_leaves_what_it_allows_and_survives_its_token() {
        let policy = r#"{"Statement":[{"Effect":"Allow","Action":["kms:DescribeKey","sagemaker:List*"]},
            {"Effect":"Deny","Action":"sts:AssumeRole"}]}"#;
        let allowed = Allowed::by(policy).unwrap();
        assert_eq!(Allowed::read(&allowed.carried()), allowed);
        let asked = ["kms:DescribeKey", "sagemaker:ListTrainingJobs", "sagemaker:Search", "sts:AssumeRole"];
        assert_eq!(asked.map(|action| allowed.allows(action)), [true, true, false, false]);
        assert_eq!((Allowed::read("*"), Allowed::by("no policy")), (Allowed::All, None));
    }
}
