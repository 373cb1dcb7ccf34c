//! `json_extract(json, path)`: what is at a path, as JSON. JSON is a text here, and has no type of its own.

use datafusion::logical_expr::ScalarUDF;

use super::{
    json_path::{JsonPath, compact},
    of_texts,
};

pub(super) fn function() -> ScalarUDF {
    of_texts("json_extract", |[json, path]| Ok(JsonPath::parse(path)?.find(json).map(|found| compact(found.get()))))
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn what_is_at_a_path_is_json_in_the_order_in_which_it_was_written() {
        hold(&[
            (r#"json_extract('{"a": {"z": 1, "b": [1.0, "x y"]}}', '$.a')"#, r#"{"z":1,"b":[1.0,"x y"]}"#),
            (r#"json_extract('{"a": "x"}', '$.a')"#, r#""x""#),
            (r#"json_extract('{"a": null}', '$.a')"#, "null"),
            (r#"json_extract('{"a": 1}', '$.b')"#, "NULL"),
            (r#"json_extract('{"a"', '$.a')"#, "NULL"),
            (r#"json_extract('{"a": 1}', 'a')"#, "error: Invalid JSON path: 'a'"),
        ])
        .await;
    }
}
