//! Values of an input that look like secrets, which are printed nowhere.

use serde_json::{Map, Value, json};

use crate::secret::{self, Place};

/// What stands in the place of a value that looks like a secret.
const SECRET: &str = "SECRET: let the container fetch it from Secrets Manager";

/// What two texts that belong together say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pair {
    /// No secret.
    Harmless,
    /// The value is one.
    Value,
    /// The name holds one.
    Name,
}

/// Takes what looks like a secret out of every text of an input; what was taken out.
pub(super) fn withhold(input: &mut Map<String, Value>) -> Vec<String> {
    let mut left_out = Vec::new();
    members(input, "", &mut left_out);
    left_out
}

fn members(map: &mut Map<String, Value>, path: &str, left_out: &mut Vec<String>) {
    let mut named = Vec::new();
    for (name, value) in map.iter_mut() {
        let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::String(text) => match pair(name, text) {
                Pair::Harmless => {}
                Pair::Value => {
                    *value = json!(SECRET);
                    left_out.push(told(path, name));
                }
                Pair::Name => named.push(name.clone()),
            },
            Value::Object(inner) => members(inner, &place, left_out),
            Value::Array(items) => list(items, &place, left_out),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    for name in named {
        map.remove(&name);
        let of = if path.is_empty() { String::new() } else { format!(", in {path}") };
        left_out.push(format!("a variable whose name looks like a secret{of}"));
    }
}

fn list(items: &mut Vec<Value>, path: &str, left_out: &mut Vec<String>) {
    // What the item before said, where it was the name of an option.
    let mut option: Option<String> = None;
    let mut is_kept = Vec::with_capacity(items.len());
    for (number, item) in items.iter_mut().enumerate() {
        let place = format!("{path}[{number}]");
        let before = option.take();
        let mut keep = true;
        match item {
            Value::String(text) => {
                let is_value = before.is_some_and(|name| pair(&name, text) != Pair::Harmless);
                option = text.starts_with('-').then(|| text.trim_start_matches('-').to_owned());
                if is_value || !secret::in_script(&Place::Script, text).is_empty() {
                    *item = json!(SECRET);
                    left_out.push(format!("the value of {place}, which looks like a secret"));
                }
            }
            Value::Object(inner) => {
                let text = |member: &str| inner.get(member).and_then(Value::as_str).map(str::to_owned);
                // A tag, whose name stands beside its value.
                let found = text("Key").zip(text("Value")).map_or(Pair::Harmless, |(key, value)| pair(&key, &value));
                match found {
                    Pair::Harmless => members(inner, &place, left_out),
                    Pair::Value => {
                        inner.insert("Value".to_owned(), json!(SECRET));
                        left_out.push(format!("the value of {place}, which looks like a secret"));
                    }
                    Pair::Name => {
                        keep = false;
                        left_out.push(format!("a variable whose name looks like a secret, in {path}"));
                    }
                }
            }
            Value::Array(inner) => list(inner, &place, left_out),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        is_kept.push(keep);
    }
    let mut kept = is_kept.into_iter();
    items.retain(|_| kept.next().unwrap_or(true));
}

fn pair(name: &str, value: &str) -> Pair {
    let sightings = secret::in_values(Place::Variable, [(name, value)]);
    if sightings.is_empty() {
        return Pair::Harmless;
    }
    // A name is shown as it is, but for its length, or withheld.
    let is_shown = |place: &Place| matches!(place, Place::Variable(shown) if name.starts_with(shown.as_str()));
    if sightings.iter().all(|sighting| is_shown(&sighting.place)) { Pair::Value } else { Pair::Name }
}

fn told(path: &str, name: &str) -> String {
    match path {
        "Environment" => format!("the value of the variable {name}, which looks like a secret"),
        "HyperParameters" => format!("the value of the hyperparameter {name}, which looks like a secret"),
        "" => format!("the value of {name}, which looks like a secret"),
        path => format!("the value of {path}.{name}, which looks like a secret"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "kV7q-zR2m-X9tL-w4Pd";

    #[test]
    fn a_secret_is_found_wherever_texts_stand() {
        let argument = format!("export DB_PASSWORD={VALUE}");
        let input = json!({
            "AlgorithmSpecification": {
                "ContainerEntrypoint": ["sh", "-c", argument],
                "ContainerArguments": ["--epochs", "20", "--db-password", VALUE],
            },
            "DebugHookConfig": { "HookParameters": { "db_password": VALUE, "save_interval": "10" } },
            "DebugRuleConfigurations": [{ "RuleParameters": { "db_password": VALUE } }],
            "ProfilerConfig": { "ProfilingParameters": { "db_password": VALUE } },
            "Environment": { "DB_PASSWORD": VALUE, "MODE": "train" },
            "Tags": [{ "Key": "db_password", "Value": VALUE }, { "Key": "project", "Value": "churn" }],
        });
        let mut input = input.as_object().unwrap().clone();
        let left_out = withhold(&mut input);
        let printed = Value::Object(input.clone()).to_string();
        assert!(!printed.contains(VALUE), "{printed}");
        assert_eq!(left_out.len(), 7, "{left_out:?}");
        assert!(left_out.contains(&"the value of the variable DB_PASSWORD, which looks like a secret".to_owned()));
        assert_eq!(
            input["AlgorithmSpecification"]["ContainerArguments"],
            json!(["--epochs", "20", "--db-password", SECRET])
        );
        assert_eq!(input["Environment"]["MODE"], "train");
        assert_eq!(
            input["Tags"],
            json!([{ "Key": "db_password", "Value": SECRET }, { "Key": "project", "Value": "churn" }])
        );
    }

    #[test]
    fn a_name_that_holds_a_secret_is_taken_out_with_its_value() {
        let input = json!({ "Environment": { "api_token=a1b2c3d4e5f6": "x", "MODE": "train" } });
        let mut input = input.as_object().unwrap().clone();
        assert_eq!(withhold(&mut input), ["a variable whose name looks like a secret, in Environment"]);
        assert_eq!(Value::Object(input), json!({ "Environment": { "MODE": "train" } }));
    }
}
