//! `array_sort(array)`: the elements from the least to the greatest, and NULL last, where the engine's own has it first.

use std::sync::Arc;

use arrow_schema::{DataType, Field};
use datafusion::{
    common::{Result, ScalarValue},
    functions_nested::sort::array_sort_udf,
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility},
};

pub(super) fn function() -> ScalarUDF {
    ScalarUDF::from(ArraySort { signature: Signature::array(Volatility::Immutable), engine: array_sort_udf() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ArraySort {
    signature: Signature,
    engine: Arc<ScalarUDF>,
}

impl ScalarUDFImpl for ArraySort {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        self.engine.return_type(kinds)
    }

    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        for order in ["ASC", "NULLS LAST"] {
            args.args.push(ColumnarValue::Scalar(ScalarValue::from(order)));
            args.arg_fields.push(Arc::new(Field::new("order", DataType::Utf8, false)));
        }
        self.engine.invoke_with_args(args)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn the_least_is_first_and_null_is_last() {
        hold(&[
            ("array_sort(make_array('b', NULL, 'a'))", "[a, b, NULL]"),
            ("array_sort(make_array(3, 1, 2))", "[1, 2, 3]"),
            ("array_sort(array_agg(x)) FROM (VALUES (2), (NULL), (1)) AS t (x)", "[1, 2, NULL]"),
            ("array_join(array_sort(array_agg(DISTINCT x)), ', ') FROM (VALUES ('b'), ('a'), ('b')) AS t (x)", "a, b"),
        ])
        .await;
    }
}
