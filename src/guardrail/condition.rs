//! A condition of a policy: as the policy has it, and what comes of it when the request is one that was recorded.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::condition_key::{ConditionKey, Form};
use crate::glob::matches;

/// One operator with one key. All conditions of a statement must hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The request does not carry the key: `Null` is true.
    Absent(ConditionKey),
    /// The request carries the key: `Null` is false.
    Present(ConditionKey),
    /// It carries this value: `Bool` or `StringEquals`.
    Is(ConditionKey, &'static str),
    /// It carries this value, or none, which the service takes for this value: the operator with `IfExists`.
    IsOrAbsent(ConditionKey, &'static str),
    /// It carries another value than this, or none: `StringNotEqualsIfExists`.
    IsNotOrAbsent(ConditionKey, &'static str),
    /// At least one of its values is like none of these patterns: `ForAnyValue:StringNotLike`, which holds for no request
    /// without a value.
    SomeUnlike(ConditionKey, Vec<String>),
    /// It is like none of these patterns, which holds for no value too: `StringNotLike`, for which `*` stands for any
    /// letters as in `parameters.approved_keys`; operators on ARNs compare part by part.
    Unlike(ConditionKey, Vec<String>),
}

/// What a recorded request carries under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// These values.
    Values(Vec<String>),
    /// These values, and perhaps others: why they are not known.
    AtLeast(Vec<String>, String),
    /// What it carries is not recorded: why.
    NotRecorded(String),
}

/// Whether something holds, as far as what is recorded tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// That cannot be told: why.
    Untold(String),
}

impl Holds {
    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Untold(why), _) | (_, Self::Untold(why)) => Self::Untold(why),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Whether one of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Untold(why), _) | (_, Self::Untold(why)) => Self::Untold(why),
            (Self::No, Self::No) => Self::No,
        }
    }

    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Condition {
    /// The key.
    pub fn key(&self) -> ConditionKey {
        match self {
            Self::Absent(key)
            | Self::Present(key)
            | Self::Is(key, _)
            | Self::IsOrAbsent(key, _)
            | Self::IsNotOrAbsent(key, _)
            | Self::SomeUnlike(key, _)
            | Self::Unlike(key, _) => *key,
        }
    }

    /// The operator as policies spell it, and the values.
    fn operator(&self) -> (String, Value) {
        let equals = match self.key().form() {
            Form::Bool => "Bool",
            Form::Arn => "ArnEquals",
            Form::Text | Form::Texts => "StringEquals",
        };
        match self {
            Self::Absent(_) => ("Null".to_owned(), json!("true")),
            Self::Present(_) => ("Null".to_owned(), json!("false")),
            Self::Is(_, value) => (equals.to_owned(), json!(value)),
            Self::IsOrAbsent(_, value) => (format!("{equals}IfExists"), json!(value)),
            Self::IsNotOrAbsent(_, value) => ("StringNotEqualsIfExists".to_owned(), json!(value)),
            Self::SomeUnlike(_, patterns) => ("ForAnyValue:StringNotLike".to_owned(), json!(patterns)),
            Self::Unlike(_, patterns) => ("StringNotLike".to_owned(), json!(patterns)),
        }
    }

    /// Whether it holds for a request that carries this under its key.
    pub fn holds(&self, carried: &Carried) -> Holds {
        let known = match carried {
            Carried::Nothing => &[][..],
            Carried::Values(values) | Carried::AtLeast(values, _) => values.as_slice(),
            Carried::NotRecorded(why) => return Holds::Untold(why.clone()),
        };
        let is_absent = *carried == Carried::Nothing;
        let is = |value: &str| known.iter().any(|one| one == value);
        let unlike =
            |patterns: &[String]| known.iter().any(|value| !patterns.iter().any(|pattern| matches(pattern, value)));
        let told = match self {
            Self::Absent(_) => is_absent,
            Self::Present(_) => !is_absent,
            Self::Is(_, value) => is(value),
            Self::IsOrAbsent(_, value) => is_absent || is(value),
            Self::IsNotOrAbsent(_, value) => is_absent || !is(value),
            Self::SomeUnlike(_, patterns) => unlike(patterns),
            Self::Unlike(_, patterns) => is_absent || unlike(patterns),
        };
        match (self, carried) {
            (Self::Unlike(..), _) if known.iter().any(|value| !value.starts_with("arn:")) => Holds::Untold(
                "the key is named by its id or alias, and what the condition key then carries is not documented"
                    .to_owned(),
            ),
            // What is known decides when one of the values is enough.
            (Self::SomeUnlike(..), Carried::AtLeast(_, why)) if !told => Holds::Untold(why.clone()),
            _ => Holds::of(told),
        }
    }
}

/// Conditions as the element of a statement, each operator once.
pub fn element(conditions: &[Condition]) -> Value {
    let mut operators = BTreeMap::<String, Map<String, Value>>::new();
    for condition in conditions {
        let (operator, values) = condition.operator();
        operators.entry(operator).or_default().insert(condition.key().as_str().to_owned(), values);
    }
    json!(operators)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: ConditionKey = ConditionKey::VolumeKmsKey;

    fn carried(values: &[&str]) -> Carried {
        Carried::Values(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn an_absent_key_holds_where_the_operator_takes_it_for_the_default() {
        use ConditionKey::{InstanceTypes, NetworkIsolation, RootAccess};
        let local = vec!["ml.g5.*".to_owned()];
        for (condition, expected) in [
            (Condition::Absent(KEY), Holds::Yes),
            (Condition::Present(KEY), Holds::No),
            (Condition::Is(NetworkIsolation, "false"), Holds::No),
            (Condition::IsOrAbsent(NetworkIsolation, "false"), Holds::Yes),
            (Condition::IsNotOrAbsent(RootAccess, "Disabled"), Holds::Yes),
            (Condition::SomeUnlike(InstanceTypes, local), Holds::No),
        ] {
            assert_eq!(condition.holds(&Carried::Nothing), expected, "{condition:?}");
        }
    }

    #[test]
    fn one_instance_type_without_local_storage_is_enough() {
        let condition =
            Condition::SomeUnlike(ConditionKey::InstanceTypes, vec!["ml.g5.*".to_owned(), "ml.p4d.*".to_owned()]);
        assert_eq!(condition.holds(&carried(&["ml.g5.xlarge", "ml.p4d.24xlarge"])), Holds::No);
        assert_eq!(condition.holds(&carried(&["ml.g5.xlarge", "ml.m5.large"])), Holds::Yes);
        let others = |types: &[&str]| {
            let types = types.iter().map(|name| (*name).to_owned()).collect();
            condition.holds(&Carried::AtLeast(types, "preferences".to_owned()))
        };
        assert_eq!(others(&["ml.m5.large"]), Holds::Yes);
        assert_eq!(others(&["ml.g5.xlarge"]), Holds::Untold("preferences".to_owned()));
    }

    #[test]
    fn what_is_not_recorded_is_not_told_unless_the_rest_decides() {
        let untold = || Holds::Untold("x".to_owned());
        assert_eq!(Condition::Absent(KEY).holds(&Carried::NotRecorded("x".to_owned())), untold());
        assert_eq!((untold().and(Holds::No), untold().and(Holds::Yes)), (Holds::No, untold()));
        assert_eq!((untold().or(Holds::Yes), untold().or(Holds::No)), (Holds::Yes, untold()));
    }

    #[test]
    fn a_statement_has_each_operator_once() {
        let conditions = [
            Condition::Absent(KEY),
            Condition::Present(ConditionKey::InstanceTypes),
            Condition::IsOrAbsent(ConditionKey::NetworkIsolation, "false"),
            Condition::Unlike(ConditionKey::OutputKmsKey, vec!["arn:*".to_owned()]),
        ];
        insta::assert_snapshot!(element(&conditions).to_string(), @r#"{"BoolIfExists":{"sagemaker:NetworkIsolation":"false"},"Null":{"sagemaker:InstanceTypes":"false","sagemaker:VolumeKmsKey":"true"},"StringNotLike":{"sagemaker:OutputKmsKey":["arn:*"]}}"#);
    }
}
