//! Functions of Athena that the engine does not have, or means otherwise, so that one text of SQL gives one answer on both.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, StringArray, cast::AsArray};
use datafusion::{
    arrow::datatypes::DataType,
    common::{Result, ScalarValue},
    logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf},
};

mod array_sort;
mod date_diff;
mod date_format;
mod element_at;
mod instant;
mod json_extract;
mod json_extract_scalar;
mod json_format;
mod json_path;

/// All of them; each takes the place of one of the engine's own that has its name.
pub(super) fn all() -> Vec<Arc<ScalarUDF>> {
    let functions = [
        array_sort::function(),
        date_diff::function(),
        date_format::function(),
        element_at::function(),
        json_extract::function(),
        json_extract_scalar::function(),
        json_format::function(),
    ];
    functions.map(Arc::new).to_vec()
}

/// A function of so many texts that gives a text, or nothing; of a NULL it gives NULL.
fn of_texts<const N: usize>(name: &str, answer: fn([&str; N]) -> Result<Option<String>>) -> ScalarUDF {
    let implementation = move |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let texts = arrays.iter().map(AsArray::as_string::<i32>).collect::<Vec<_>>();
        let rows = arrays.first().map_or(0, Array::len);
        let of_row = |row: usize| {
            let mut values = [""; N];
            for (value, texts) in values.iter_mut().zip(&texts) {
                if texts.is_null(row) {
                    return Ok(None);
                }
                *value = texts.value(row);
            }
            answer(values)
        };
        let answers = (0..rows).map(of_row).collect::<Result<StringArray>>()?;
        as_given(arguments, Arc::new(answers))
    };
    create_udf(name, vec![DataType::Utf8; N], DataType::Utf8, Volatility::Immutable, Arc::new(implementation))
}

/// The answers to these arguments: where all of these are constants, the one of them.
fn as_given(arguments: &[ColumnarValue], answers: ArrayRef) -> Result<ColumnarValue> {
    let is_constant = arguments.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
    if is_constant {
        ScalarValue::try_from_array(&answers, 0).map(ColumnarValue::Scalar)
    } else {
        Ok(ColumnarValue::Array(answers))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use datafusion::{
        arrow::util::display::{ArrayFormatter, FormatOptions},
        execution::{SessionStateBuilder, SessionStateDefaults, context::SessionContext},
    };

    use super::*;

    /// What the engine says to an expression with these functions.
    pub(super) async fn value(expression: &str) -> Result<String> {
        let mut functions = SessionStateDefaults::default_scalar_functions();
        functions.extend(all());
        let state = SessionStateBuilder::new_with_default_features().with_scalar_functions(functions).build();
        let frame = SessionContext::new_with_state(state).sql(&format!("SELECT {expression}")).await?;
        let batches = frame.collect().await?;
        let options = FormatOptions::default().with_null("NULL");
        Ok(ArrayFormatter::try_new(batches[0].column(0), &options)?.value(0).to_string())
    }

    /// Holds expressions against what they have to give; `error: …` is a part of an error.
    pub(super) async fn hold(expected: &[(&str, &str)]) {
        for (expression, wanted) in expected {
            let found = value(expression).await;
            match wanted.strip_prefix("error: ") {
                Some(part) => {
                    let error = found.expect_err(expression).to_string();
                    assert!(error.contains(part), "{expression}: {error}");
                }
                None => assert_eq!(&found.expect(expression), wanted, "{expression}"),
            }
        }
    }

    #[tokio::test]
    async fn a_null_gives_a_null_and_texts_of_every_kind_are_taken() {
        hold(&[
            ("json_extract_scalar(NULL, '$.a')", "NULL"),
            ("json_extract_scalar('{\"a\": 1}', NULL)", "NULL"),
            ("json_format(NULL)", "NULL"),
            ("json_extract_scalar(arrow_cast('{\"a\": 1}', 'Utf8View'), '$.a')", "1"),
            ("json_extract_scalar(arrow_cast('{\"a\": 1}', 'LargeUtf8'), '$.a')", "1"),
        ])
        .await;
    }

    #[tokio::test]
    async fn a_column_is_answered_row_by_row() {
        let rows = "(VALUES ('{\"a\": \"x\"}', '$.a'), ('{\"b\": 2}', '$.b'), (NULL, '$.a')) AS t (json, path)";
        let all = format!("(SELECT array_agg(coalesce(json_extract_scalar(json, path), '-')) FROM {rows})");
        assert_eq!(value(&all).await.unwrap(), "[x, 2, -]");
    }
}
