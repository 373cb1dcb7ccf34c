//! `element_at(map, key)` and `element_at(array, number)`: the value of a key, or the element of a number from 1, from the end
//! where it is below zero; NULL where there is none.

use std::cmp::Ordering;

use arrow_array::{Array as _, ArrayRef, Int64Array, UInt64Array, cast::AsArray as _, types::Int64Type};
use arrow_schema::{DataType, SortOptions};
use datafusion::{
    arrow::{array::make_comparator, compute::take},
    common::{Result, exec_err, plan_err, utils::take_function_args},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility},
};

use super::as_given;

/// The name.
const NAME: &str = "element_at";

pub(super) fn function() -> ScalarUDF {
    ScalarUDF::from(ElementAt { signature: Signature::user_defined(Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ElementAt {
    signature: Signature,
}

/// The types of the keys and the values of a map.
fn entry(kind: &DataType) -> Option<[&DataType; 2]> {
    let DataType::Map(entries, _) = kind else { return None };
    let DataType::Struct(fields) = entries.data_type() else { return None };
    let [key, value] = fields.as_ref() else { return None };
    Some([key.data_type(), value.data_type()])
}

impl ScalarUDFImpl for ElementAt {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        let [container, _] = take_function_args(NAME, kinds)?;
        match (entry(container), container) {
            (Some([key, _]), _) => Ok(vec![container.clone(), key.clone()]),
            (None, DataType::List(_)) => Ok(vec![container.clone(), DataType::Int64]),
            (None, other) => plan_err!("{NAME} takes a map or an array, and no {other}"),
        }
    }

    fn return_type(&self, kinds: &[DataType]) -> Result<DataType> {
        let [container, _] = take_function_args(NAME, kinds)?;
        match (entry(container), container) {
            (Some([_, value]), _) => Ok(value.clone()),
            (None, DataType::List(element)) => Ok(element.data_type().clone()),
            (None, other) => plan_err!("{NAME} takes a map or an array, and no {other}"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [container, wanted] = take_function_args(NAME, &arrays)?;
        let answers = match container.as_list_opt::<i32>() {
            Some(_) => element(container, wanted.as_primitive::<Int64Type>())?,
            None => value(container, wanted)?,
        };
        as_given(&args.args, answers)
    }
}

/// The values of keys, one of each map.
fn value(maps: &ArrayRef, wanted: &ArrayRef) -> Result<ArrayRef> {
    let maps = maps.as_map();
    let compared = make_comparator(maps.keys(), wanted, SortOptions::default())?;
    let of_row = |row: usize| {
        if maps.is_null(row) || wanted.is_null(row) {
            return None;
        }
        let (begin, end) = (offset(maps.value_offsets(), row)?, offset(maps.value_offsets(), row + 1)?);
        let found = (begin..end).find(|at| compared(*at, row) == Ordering::Equal)?;
        u64::try_from(found).ok()
    };
    let places = (0..maps.len()).map(of_row).collect::<UInt64Array>();
    Ok(take(maps.values(), &places, None)?)
}

/// The elements of these numbers, one of each array.
fn element(arrays: &ArrayRef, wanted: &Int64Array) -> Result<ArrayRef> {
    let lists = arrays.as_list::<i32>();
    let of_row = |row: usize| {
        if lists.is_null(row) || wanted.is_null(row) {
            return Ok(None);
        }
        let number = wanted.value(row);
        if number == 0 {
            return exec_err!("the elements of an array are counted from 1");
        }
        let bounds = offset(lists.value_offsets(), row).zip(offset(lists.value_offsets(), row + 1));
        let found = bounds.and_then(|(begin, end)| {
            let distance = usize::try_from(number.unsigned_abs()).ok()?;
            let at = if number > 0 { begin.checked_add(distance - 1) } else { end.checked_sub(distance) };
            at.filter(|at| (begin..end).contains(at)).and_then(|at| u64::try_from(at).ok())
        });
        Ok(found)
    };
    let places = (0..lists.len()).map(of_row).collect::<Result<UInt64Array>>()?;
    Ok(take(lists.values(), &places, None)?)
}

fn offset(offsets: &[i32], number: usize) -> Option<usize> {
    usize::try_from(*offsets.get(number)?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn a_map_gives_the_value_of_a_key() {
        hold(&[
            ("element_at(MAP {'a': 1, 'b': NULL}, 'a')", "1"),
            ("element_at(MAP {'a': 1, 'b': NULL}, 'b')", "NULL"),
            ("element_at(MAP {'a': 1}, 'c')", "NULL"),
            ("element_at(MAP {'a': 1}, NULL)", "NULL"),
            ("element_at(MAP {7: 'x'}, 7)", "x"),
            ("array_agg(element_at(m, k)) FROM (VALUES (MAP {'a': 'x', 'b': 'y'}, 'b'), (MAP {'b': 'z'}, 'a'), (NULL, 'a')) AS t (m, k)", "[y, NULL, NULL]"),
        ])
        .await;
    }

    #[tokio::test]
    async fn an_array_gives_the_element_of_a_number_from_one() {
        hold(&[
            ("element_at(make_array('a', 'b', 'c'), 1)", "a"),
            ("element_at(make_array('a', 'b', 'c'), -1)", "c"),
            ("element_at(make_array('a', 'b', 'c'), 4)", "NULL"),
            ("element_at(make_array('a', 'b', 'c'), -4)", "NULL"),
            ("element_at(make_array('a', NULL), 2)", "NULL"),
            ("element_at(make_array('a'), 0)", "error: counted from 1"),
            ("element_at('a', 1)", "error: takes a map or an array"),
            ("array_agg(element_at(a, n)) FROM (VALUES (make_array(1, 2), 2), (make_array(3), 2), (make_array(4, 5), -2)) AS t (a, n)", "[2, NULL, 4]"),
        ])
        .await;
    }
}
