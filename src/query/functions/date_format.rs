//! `date_format(instant, format)`: a day or an instant as text, by the specifiers of `MySQL`, as Athena has them: `%i` is the
//! minute, which the engine's own function writes as `%M`.

use std::sync::Arc;

use arrow_array::{Array as _, StringArray, cast::AsArray as _};
use arrow_schema::DataType;
use datafusion::{
    common::{Result, exec_datafusion_err, exec_err, utils::take_function_args},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility},
};

use super::{
    as_given,
    instant::{civil, milliseconds, taken_as},
};

/// The name.
const NAME: &str = "date_format";

pub(super) fn function() -> ScalarUDF {
    ScalarUDF::from(DateFormat { signature: Signature::user_defined(Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateFormat {
    signature: Signature,
}

/// The same format in the specifiers of our library of time.
fn translated(format: &str) -> Result<String> {
    let mut out = String::with_capacity(format.len());
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            None => return exec_err!("date_format: '{format}' ends in the middle of a specifier"),
            Some('c') => out.push_str("%-m"),
            Some('e') => out.push_str("%-d"),
            Some('f') => out.push_str("%6f"),
            Some('h') => out.push_str("%I"),
            Some('i') => out.push_str("%M"),
            Some('k') => out.push_str("%-H"),
            Some('l') => out.push_str("%-I"),
            Some('M') => out.push_str("%B"),
            Some('r') => out.push_str("%I:%M:%S %p"),
            Some('s') => out.push_str("%S"),
            Some('v') => out.push_str("%V"),
            Some('W') => out.push_str("%A"),
            Some('x') => out.push_str("%G"),
            Some(same @ ('a' | 'b' | 'd' | 'H' | 'I' | 'j' | 'm' | 'p' | 'S' | 'T' | 'Y' | 'y' | '%')) => {
                out.extend(['%', same]);
            }
            Some(other @ ('D' | 'U' | 'u' | 'V' | 'w' | 'X')) => {
                return exec_err!("date_format: %{other} is not supported, as it is not on Athena");
            }
            Some(other) => out.push(other),
        }
    }
    Ok(out)
}

impl ScalarUDFImpl for DateFormat {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        let [instant, _] = take_function_args(NAME, kinds)?;
        Ok(vec![taken_as(NAME, instant)?, DataType::Utf8])
    }

    fn return_type(&self, _kinds: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [instants, formats] = take_function_args(NAME, &arrays)?;
        let formats = formats.as_string::<i32>();
        let of_row = |row: usize| {
            if formats.is_null(row) {
                return Ok(None);
            }
            let format = translated(formats.value(row))?;
            let Some(instant) = milliseconds(instants, row) else { return Ok(None) };
            let instant =
                civil(instant).ok_or_else(|| exec_datafusion_err!("date_format: outside of all calendars"))?;
            Ok(Some(instant.strftime(&format).to_string()))
        };
        let answers = (0..formats.len()).map(of_row).collect::<Result<StringArray>>()?;
        as_given(&args.args, Arc::new(answers))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hold;

    #[tokio::test]
    async fn every_specifier_of_athena_is_written() {
        let at = "timestamp '2026-01-04 15:04:05.067'";
        let format = |format: &str| format!("date_format({at}, '{format}')");
        let cases = [
            ("%Y-%m-%d", "2026-01-04"),
            ("%H:%i:%s %S %T", "15:04:05 05 15:04:05"),
            ("%a %W, %e %b %M %c %y", "Sun Sunday, 4 Jan January 1 26"),
            ("%h %I %l %k %p %r", "03 03 3 15 PM 03:04:05 PM"),
            ("%f %j %x-%v %% %Q", "067000 004 2026-01 % Q"),
        ];
        let cases = cases.map(|(specifiers, text)| (format(specifiers), text));
        hold(&cases.each_ref().map(|(expression, text)| (expression.as_str(), *text))).await;
    }

    #[tokio::test]
    async fn days_are_taken_and_what_athena_refuses_is_refused() {
        hold(&[
            ("date_format(date '2026-11-24' - interval '7' day, '%Y-%m-%d')", "2026-11-17"),
            ("date_format(date '2026-11-24', '%H')", "00"),
            ("date_format(NULL, '%Y')", "NULL"),
            ("date_format(date '2026-11-24', '%D')", "error: %D is not supported"),
            ("date_format(date '2026-11-24', '%')", "error: ends in the middle"),
            ("date_format('2026-11-24', '%Y')", "error: date_format takes days and instants"),
        ])
        .await;
    }
}
