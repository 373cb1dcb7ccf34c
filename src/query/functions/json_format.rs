//! `json_format(json)`: JSON as text, which it is here already, without white space between its parts.

use datafusion::logical_expr::ScalarUDF;
use serde_json::value::RawValue;

use super::{json_path::compact, of_texts};

pub(super) fn function() -> ScalarUDF {
    of_texts("json_format", |[json]| {
        // What is no JSON cannot come here on Athena, where JSON has a type.
        Ok(serde_json::from_str::<&RawValue>(json).ok().map(|json| compact(json.get())))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn json_is_told_without_white_space() {
        hold(&[
            (r#"json_format('{"b" : [1, 2.0],  "a": " x"}')"#, r#"{"b":[1,2.0],"a":" x"}"#),
            (r#"json_format(json_extract('{"uses": {"x": 1}}', '$.uses'))"#, r#"{"x":1}"#),
            ("json_format('no JSON')", "NULL"),
        ])
        .await;
    }
}
