//! Rows by column, as the script of the page reads them: each text is there once, and a row has its number.
//!
//! ```json
//! {"rows": 3, "columns": {"region": {"of": [null, "eu-west-1"], "at": [1, 0, -1]}, "failed": [2, 0, null]}}
//! ```
//!
//! The numbers of texts are told as steps from the row before. Rows that follow each other are alike, so that the steps
//! are small, and pack well.

use std::{borrow::Cow, collections::HashMap};

use arrow_array::{
    ArrayRef, RecordBatch,
    cast::AsArray as _,
    types::{Float64Type, Int64Type},
};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::PageError;
use crate::{
    printable::{escaped, escaped_json},
    query::{Session, rows},
};

/// A table by its columns.
#[derive(Debug, Default)]
pub(super) struct Columns {
    rows: usize,
    columns: Vec<(String, Values)>,
}

/// The values of a column.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Values {
    Texts(Texts),
    Integers(Vec<Option<i64>>),
    Decimals(Vec<Option<f64>>),
    Flags(Vec<Option<bool>>),
}

/// Texts, each once.
#[derive(Debug, Default, Serialize)]
struct Texts {
    of: Vec<Option<Box<str>>>,
    at: Vec<i64>,
    #[serde(skip)]
    known: HashMap<Box<str>, i64>,
    #[serde(skip)]
    last: i64,
}

impl Columns {
    /// The columns of an answer.
    pub(super) async fn of(session: &Session, sql: &str) -> Result<Self, PageError> {
        let mut columns = Self::default();
        rows::batches(session, sql, |batch| columns.add(batch)).await?;
        Ok(columns)
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the rows of a batch; all batches have the same columns.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), PageError> {
        if self.columns.is_empty() {
            let fields = batch.schema();
            self.columns =
                fields.fields().iter().map(|field| (field.name().clone(), Values::of(field.data_type()))).collect();
        }
        self.rows += batch.num_rows();
        for ((name, values), column) in self.columns.iter_mut().zip(batch.columns()) {
            values.add(name, column)?;
        }
        Ok(())
    }

    /// Takes a column out, as a table of its own with as many rows.
    pub(super) fn split(&mut self, name: &str) -> Self {
        let columns = self.columns.extract_if(.., |column| column.0 == name).collect();
        Self { rows: self.rows, columns }
    }

    /// Adds a column of texts.
    pub(super) fn with_texts<'a>(&mut self, name: &str, texts: impl Iterator<Item = Option<&'a str>>) {
        let mut column = Texts::new();
        for text in texts {
            column.add(text.map(Cow::Borrowed));
        }
        self.columns.push((name.to_owned(), Values::Texts(column)));
    }

    /// The texts of a column, row by row.
    pub(super) fn texts(&self, name: &str) -> Vec<Option<&str>> {
        let found = self.columns.iter().find(|(found, _)| found == name);
        match found {
            Some((_, Values::Texts(texts))) => texts.all(),
            Some((_, Values::Integers(_) | Values::Decimals(_) | Values::Flags(_))) | None => Vec::new(),
        }
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Each<'a>(&'a [(String, Values)]);
        impl Serialize for Each<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, values)| (name, values)))
            }
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("rows", &self.rows)?;
        map.serialize_entry("columns", &Each(&self.columns))?;
        map.end()
    }
}

impl Values {
    fn of(kind: &DataType) -> Self {
        if kind.is_integer() {
            Self::Integers(Vec::new())
        } else if kind.is_floating() {
            Self::Decimals(Vec::new())
        } else if *kind == DataType::Boolean {
            Self::Flags(Vec::new())
        } else {
            // Days and instants, too, as they are written.
            Self::Texts(Texts::new())
        }
    }

    fn add(&mut self, name: &str, column: &ArrayRef) -> Result<(), PageError> {
        let form = match self {
            Self::Texts(_) => DataType::Utf8,
            Self::Integers(_) => DataType::Int64,
            Self::Decimals(_) => DataType::Float64,
            Self::Flags(_) => DataType::Boolean,
        };
        let column = cast(column, &form).map_err(|error| PageError::Answer(format!("column {name}: {error}")))?;
        match self {
            Self::Integers(values) => values.extend(column.as_primitive::<Int64Type>()),
            Self::Decimals(values) => values.extend(column.as_primitive::<Float64Type>()),
            Self::Flags(values) => values.extend(column.as_boolean()),
            Self::Texts(texts) => {
                let spell = if name.ends_with("_json") { escaped_json } else { escaped };
                for text in column.as_string::<i32>() {
                    texts.add(text.map(spell));
                }
            }
        }
        Ok(())
    }
}

impl Texts {
    /// None yet; the number of what is null is zero.
    fn new() -> Self {
        Self { of: vec![None], ..Self::default() }
    }

    fn add(&mut self, text: Option<Cow<'_, str>>) {
        let number = text.map_or(0, |text| self.number(text));
        self.at.push(number - self.last);
        self.last = number;
    }

    /// The number of a text, which it gets when it comes for the first time.
    fn number(&mut self, text: Cow<'_, str>) -> i64 {
        if let Some(number) = self.known.get(&*text) {
            return *number;
        }
        let number = i64::try_from(self.of.len()).unwrap_or(i64::MAX);
        self.of.push(Some(text.as_ref().into()));
        self.known.insert(text.into(), number);
        number
    }

    fn all(&self) -> Vec<Option<&str>> {
        let mut number = 0_i64;
        let step = |step: &i64| {
            number += step;
            self.of.get(usize::try_from(number).ok()?)?.as_deref()
        };
        self.at.iter().map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{BooleanArray, Date32Array, Int32Array, StringArray};

    use super::*;

    fn batch() -> RecordBatch {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("b"), None, Some("a\u{202e}"), Some("b")]));
        let json: ArrayRef = Arc::new(StringArray::from(vec![Some("{\"x\":\"\u{202e}\"}"); 4]));
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None, Some(3), Some(4)]));
        let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), None]));
        let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(20_000), None, Some(20_000), Some(20_001)]));
        RecordBatch::try_from_iter_with_nullable(
            [("name", texts), ("uses_json", json), ("failed", numbers), ("is_open", flags), ("day", days)]
                .map(|(name, column)| (name, column, true)),
        )
        .unwrap()
    }

    #[test]
    fn each_text_is_told_once_and_nothing_in_it_is_obeyed() {
        let mut columns = Columns::default();
        columns.add(&batch()).unwrap();
        columns.add(&batch()).unwrap();
        columns.with_texts("more", ["x"; 8].into_iter().map(Some));
        insta::assert_snapshot!(serde_json::to_string(&columns).unwrap(), @r#"{"rows":8,"columns":{"name":{"of":[null,"b","a\\u{202e}"],"at":[1,-1,2,-1,0,-1,2,-1]},"uses_json":{"of":[null,"{\"x\":\"\\u202e\"}"],"at":[1,0,0,0,0,0,0,0]},"failed":[1,null,3,4,1,null,3,4],"is_open":[true,null,false,null,true,null,false,null],"day":{"of":[null,"2024-10-04","2024-10-05"],"at":[1,-1,1,1,-1,-1,1,1]},"more":{"of":[null,"x"],"at":[1,0,0,0,0,0,0,0]}}}"#);
        assert_eq!(columns.texts("name")[..4], [Some("b"), None, Some("a\\u{202e}"), Some("b")]);
    }

    #[test]
    fn a_column_that_is_split_off_has_as_many_rows() {
        let mut columns = Columns::default();
        columns.add(&batch()).unwrap();
        let split = columns.split("uses_json");
        assert_eq!((split.rows(), columns.rows()), (4, 4));
        assert_eq!(split.texts("uses_json").len(), 4);
        assert!(columns.texts("uses_json").is_empty());
    }
}
