//! `json_extract_scalar(json, path)`: the text, number or truth value at a path, as text; of an object, an array and null it
//! is NULL.

use datafusion::{common::exec_datafusion_err, logical_expr::ScalarUDF};

use super::{json_path::JsonPath, of_texts};

pub(super) fn function() -> ScalarUDF {
    of_texts("json_extract_scalar", |[json, path]| {
        let Some(found) = JsonPath::parse(path)?.find(json) else { return Ok(None) };
        let found = found.get();
        match found.bytes().next() {
            Some(b'"') => {
                let text = serde_json::from_str(found);
                text.map(Some).map_err(|error| exec_datafusion_err!("a text that is no JSON: {error}"))
            }
            Some(b'{' | b'[' | b'n') | None => Ok(None),
            // A number as it was written.
            Some(_) => Ok(Some(found.to_owned())),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn scalars_are_text_and_everything_else_is_null() {
        hold(&[
            (r#"json_extract_scalar('{"a": {"b": "x \u00e9\n"}}', '$.a.b')"#, "x é\n"),
            (r#"json_extract_scalar('{"a": 1.50}', '$.a')"#, "1.50"),
            (r#"json_extract_scalar('{"a": 12345678901234567890123}', '$.a')"#, "12345678901234567890123"),
            (r"json_extract_scalar('[1, true]', '$[1]')", "true"),
            (r#"json_extract_scalar('{"a": ""}', '$["a"]')"#, ""),
            (r#"json_extract_scalar('{"a": null}', '$.a')"#, "NULL"),
            (r#"json_extract_scalar('{"a": {"b": 1}}', '$.a')"#, "NULL"),
            (r#"json_extract_scalar('{"a": [1]}', '$.a')"#, "NULL"),
            (r#"json_extract_scalar('{"a": 1}', '$.a.b')"#, "NULL"),
            (r"json_extract_scalar('no JSON', '$.a')", "NULL"),
        ])
        .await;
    }
}
