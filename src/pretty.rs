//! JSON for people: indented, with short lists and objects on one line and long lists filled to the width.

use serde_json::Value;

/// The lines of a value, each within the width where its texts allow it.
pub(crate) fn lines(value: &Value, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    write(&mut out, "", value, 0, "", width);
    out
}

/// Writes `value` behind `head`, with `tail` (a comma or nothing) behind it, at an indentation.
fn write(out: &mut Vec<String>, head: &str, value: &Value, indent: usize, tail: &str, width: usize) {
    let flat = format!("{head}{}{tail}", spaced(value));
    if flat.chars().count() <= width && !is_nested(value) {
        out.push(flat);
        return;
    }
    let inner = " ".repeat(indent + 2);
    match value {
        Value::Object(members) => {
            out.push(format!("{head}{{"));
            for (number, (name, member)) in members.iter().enumerate() {
                let comma = if number + 1 < members.len() { "," } else { "" };
                write(out, &format!("{inner}{}: ", Value::from(name.as_str())), member, indent + 2, comma, width);
            }
            out.push(format!("{}}}{tail}", " ".repeat(indent)));
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            out.push(format!("{head}["));
            for (number, item) in items.iter().enumerate() {
                let comma = if number + 1 < items.len() { "," } else { "" };
                write(out, &inner, item, indent + 2, comma, width);
            }
            out.push(format!("{}]{tail}", " ".repeat(indent)));
        }
        Value::Array(items) => {
            out.push(format!("{head}["));
            let mut line = inner.clone();
            for (number, item) in items.iter().enumerate() {
                let item = format!("{item}{}", if number + 1 < items.len() { "," } else { "" });
                if line.len() > inner.len() && line.chars().count() + 1 + item.chars().count() > width {
                    out.push(std::mem::replace(&mut line, inner.clone()));
                }
                if line.len() > inner.len() {
                    line.push(' ');
                }
                line.push_str(&item);
            }
            out.push(line);
            out.push(format!("{}]{tail}", " ".repeat(indent)));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push(flat),
    }
}

/// Whether it is more than people read on one line.
fn is_nested(value: &Value) -> bool {
    let holds_more = |inner: &Value| match inner {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    match value {
        Value::Object(members) => members.len() > 3 || members.values().any(holds_more),
        Value::Array(items) => items.iter().any(holds_more),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A value on one line.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, member)| format!("{}: {}", Value::from(name.as_str()), spaced(member)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn long_lists_are_filled_and_short_objects_stay_on_a_line() {
        let value = json!({
            "Action": ["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"],
            "Condition": { "Null": { "sagemaker:VolumeKmsKey": "true" } },
            "Empty": {}, "None": [], "Number": 1.5,
        });
        insta::assert_snapshot!(lines(&value, 52).join("\n"), @r#"
        {
          "Action": [
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateProcessingJob"
          ],
          "Condition": {
            "Null": { "sagemaker:VolumeKmsKey": "true" }
          },
          "Empty": {},
          "None": [],
          "Number": 1.5
        }
        "#);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,30}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(".{0,8}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_lines_say_what_the_value_says(value in value(), width in 10_usize..100) {
            let text = lines(&value, width).join("\n");
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }
}
