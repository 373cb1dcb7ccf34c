//! The policies follow the grammar, fit, and refuse what they say.

use std::collections::BTreeSet;

use super::*;
use crate::{
    check::CHECKS,
    guardrail::{condition_key::Form, guard::rules},
    resource::training_job::{Instances, TrainingJob},
};

fn of(pattern: &str, approved: &[String]) -> Vec<Statement> {
    let pattern: crate::check::selection::Pattern = pattern.parse().unwrap();
    let approved = approved.iter().cloned().collect::<BTreeSet<_>>();
    let named = CHECKS.iter().filter(|check| pattern.names(check));
    statements(named.flat_map(|check| rules(check, &approved).unwrap_or_default()))
}

/// Approved keys: so many patterns of ordinary length.
fn approved(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("arn:aws:kms:*:1111111{number:05}:key/*")).collect()
}

/// Panics where a document is none that Organizations and IAM take (IAM user guide, grammar of the policy language; Organizations
/// user guide, syntax of SCPs: no principal, and an action with its service).
fn assert_grammar(policy: &Policy, kind: PolicyKind) {
    let document: Value = serde_json::from_str(&policy.content()).unwrap();
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&document), ["Statement", "Version"]);
    assert_eq!(document["Version"], "2012-10-17");
    let mut sids = BTreeSet::new();
    for statement in document["Statement"].as_array().unwrap() {
        assert_eq!(members(statement), ["Action", "Condition", "Effect", "Resource", "Sid"]);
        assert_eq!((&statement["Effect"], &statement["Resource"]), (&json!("Deny"), &json!("*")));
        let sid = statement["Sid"].as_str().unwrap();
        assert!(sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) && sids.insert(sid.to_owned()), "{sid}");
        let actions = statement["Action"].as_array().unwrap();
        assert!(!actions.is_empty());
        for action in actions {
            let name = action.as_str().unwrap().strip_prefix("sagemaker:").unwrap();
            assert!(name.starts_with("Create") || name.starts_with("Update"), "{name}");
        }
        for (operator, keys) in statement["Condition"].as_object().unwrap() {
            for (name, values) in keys.as_object().unwrap() {
                assert_operator(operator, name, values);
            }
        }
    }
    assert!(policy.content().chars().count() <= kind.limit(), "{}", policy.characters());
    assert!(!policy.content().contains(['\n', '\t']) && policy.content().is_ascii());
}

fn assert_operator(operator: &str, name: &str, values: &Value) {
    let key = ConditionKey::ALL.iter().find(|key| key.as_str() == name).unwrap();
    let values = match values {
        Value::Array(values) => values.clone(),
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            vec![one.clone()]
        }
    };
    assert!(!values.is_empty() && values.iter().all(Value::is_string), "{operator} {name} {values:?}");
    let is_flag = values.iter().all(|value| matches!(value.as_str(), Some("true" | "false")));
    match operator {
        "Null" => assert!(is_flag && values.len() == 1),
        "Bool" | "BoolIfExists" => assert!(is_flag && key.form() == Form::Bool, "{name}"),
        "StringEquals" | "StringEqualsIfExists" | "StringNotEqualsIfExists" => {
            assert_eq!(key.form(), Form::Text, "{name}");
        }
        "StringNotLike" => assert_eq!(key.form(), Form::Arn, "{name}"),
        "ForAnyValue:StringNotLike" => assert_eq!(key.form(), Form::Texts, "{name}"),
        other => panic!("{other}"),
    }
}

#[test]
fn policies_of_every_check_follow_the_grammar_and_fit() {
    for kind in [PolicyKind::Scp, PolicyKind::Iam] {
        for keys in [approved(0), approved(3), approved(40)] {
            let all = policies(of("*", &keys), kind).unwrap();
            assert!(all.iter().all(|policy| !policy.statements().is_empty()));
            for policy in &all {
                assert_grammar(policy, kind);
            }
            for check in CHECKS {
                for policy in policies(of(check.id, &keys), kind).unwrap() {
                    assert_grammar(&policy, kind);
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_into_one_is_divided_and_nothing_is_lost() {
    let whole = of("*", &approved(60));
    let divided = policies(whole.clone(), PolicyKind::Scp).unwrap();
    assert!(divided.len() > 1, "{}", divided.len());
    let denied = |statements: &mut dyn Iterator<Item = &Statement>| {
        let pairs = statements.flat_map(|statement| {
            statement.actions.iter().map(|action| (*action, statement.conditions.clone())).collect::<Vec<_>>()
        });
        pairs.collect::<BTreeSet<_>>()
    };
    let after = denied(&mut divided.iter().flat_map(Policy::statements));
    assert_eq!(after, denied(&mut whole.iter()));
}

#[test]
fn a_statement_of_one_action_that_is_too_long_is_refused_with_what_to_do() {
    let statements = of("training-job-customer-managed-keys", &approved(200));
    let error = policies(statements, PolicyKind::Scp).unwrap_err().to_string();
    assert!(error.contains("5120") && error.contains("parameters.approved_keys"), "{error}");
}

#[test]
fn actions_of_a_statement_that_is_too_long_are_divided() {
    let patterns = approved(130);
    let rule = |actions: &[Action]| Rule {
        actions: actions.to_vec(),
        conditions: vec![Condition::Unlike(ConditionKey::OutputKmsKey, patterns.clone())],
    };
    let one = policies(statements([rule(&[Action::CreateTrainingJob])]), PolicyKind::Scp).unwrap();
    let room = PolicyKind::Scp.limit() - one[0].characters();
    let actions = ConditionKey::OutputKmsKey.actions();
    assert!(room < actions.iter().map(|action| action.as_str().len()).sum::<usize>(), "{room}");
    let divided = policies(statements([rule(actions)]), PolicyKind::Scp).unwrap();
    let found = divided.iter().flat_map(Policy::statements).flat_map(|statement| statement.actions.clone());
    let mut found = found.collect::<Vec<_>>();
    found.sort_unstable();
    let mut wanted = actions.to_vec();
    wanted.sort_unstable();
    assert!(divided.len() > 1 && found == wanted, "{divided:?}");
}

#[test]
fn the_policy_of_the_headline_check_is_as_it_should_be() {
    let [policy] = &policies(of("training-job-customer-managed-keys", &[]), PolicyKind::Scp).unwrap()[..] else {
        panic!("one policy")
    };
    insta::assert_snapshot!(crate::pretty::lines(&policy.document(), 80).join("\n"));
}

#[test]
fn requests_are_refused_by_what_they_carry() {
    let statements = of("training-job-customer-managed-keys", &[]);
    let refusing = |job: TrainingJob| {
        let facts = job.into();
        let sids =
            statements.iter().filter(|statement| statement.refuses(&facts, &[Action::CreateTrainingJob]) == Holds::Yes);
        sids.map(|statement| statement.sid.trim_start_matches("Sagesweep")).collect::<Vec<_>>()
    };
    let on = |name: &str| TrainingJob { instances: Instances::Type(name.to_owned()), ..TrainingJob::default() };
    let with = |job: TrainingJob| TrainingJob { output_key: Some("o".to_owned()), ..job };
    assert_eq!(refusing(on("ml.m5.large")), ["VolumeKmsKey", "OutputKmsKey"]);
    assert_eq!(refusing(with(on("ml.m5.large"))), ["VolumeKmsKey"]);
    assert_eq!(refusing(with(on("ml.g5.xlarge"))), Vec::<&str>::new());
    assert_eq!(refusing(on("ml.g5.xlarge")), ["OutputKmsKey"]);
    // What the check does not know is refused: it is in no list of exceptions.
    assert_eq!(refusing(with(on("ml.zz9.xlarge"))), ["VolumeKmsKey"]);
    let serverless = TrainingJob { instances: Instances::Serverless, ..TrainingJob::default() };
    assert_eq!(refusing(with(serverless)), Vec::<&str>::new());
    let facts = TrainingJob { instances: Instances::Unconfirmed("denied".to_owned()), ..TrainingJob::default() };
    assert!(matches!(statements[0].refuses(&facts.into(), &[Action::CreateTrainingJob]), Holds::Untold(_)));
}

#[test]
fn another_type_is_not_touched_and_rules_with_the_same_conditions_are_one_statement() {
    let model = crate::resource::model::Model::default().into();
    assert!(
        of("training-job-*", &[])
            .iter()
            .all(|statement| statement.refuses(&model, &[Action::CreateModel]) == Holds::No)
    );
    let both = of("*-network-isolation", &[]);
    assert!(both.len() <= 2, "{both:?}");
    assert!(both[0].actions.contains(&Action::CreateModel) && both[0].actions.contains(&Action::CreateTrainingJob));
}
