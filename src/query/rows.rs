//! The answers to questions of the program itself: row by row, as a type, or in batches.

use arrow_array::{
    Array as _, RecordBatch,
    cast::AsArray as _,
    types::{Int64Type, TimestampMillisecondType},
};
use datafusion::arrow::json::writer::{JsonArray, WriterBuilder};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{QueryError, Session, statement::questions};

/// A row of an answer. A value that is null, or of another type than is asked for, is none.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    batch: &'a RecordBatch,
    at: usize,
}

impl<'a> Row<'a> {
    /// A text.
    pub fn text(self, name: &str) -> Option<&'a str> {
        let column = self.batch.column_by_name(name)?;
        if let Some(texts) = column.as_string_opt::<i32>() {
            return texts.is_valid(self.at).then(|| texts.value(self.at));
        }
        let texts = column.as_string_view_opt()?;
        texts.is_valid(self.at).then(|| texts.value(self.at))
    }

    /// A text that is always there.
    pub fn known(self, name: &str) -> Result<&'a str, QueryError> {
        self.text(name).ok_or_else(|| QueryError::Engine(format!("the answer has no text `{name}`")))
    }

    /// An instant.
    pub fn instant(self, name: &str) -> Option<Timestamp> {
        let instants = self.batch.column_by_name(name)?.as_primitive_opt::<TimestampMillisecondType>()?;
        let value = instants.is_valid(self.at).then(|| instants.value(self.at))?;
        Timestamp::from_millisecond(value).ok()
    }

    /// A count.
    pub fn count(self, name: &str) -> Option<u64> {
        let counts = self.batch.column_by_name(name)?.as_primitive_opt::<Int64Type>()?;
        let value = counts.is_valid(self.at).then(|| counts.value(self.at))?;
        u64::try_from(value).ok()
    }

    /// The texts of a map, by text; empty where there is none.
    pub fn map(self, name: &str) -> std::collections::BTreeMap<String, String> {
        crate::lake::read::map(self.batch, name, self.at).unwrap_or_default()
    }
}

/// Asks, and hands on each row until one is enough.
pub async fn each(
    session: &Session,
    sql: &str,
    mut row: impl FnMut(Row<'_>) -> Result<(), QueryError>,
) -> Result<(), QueryError> {
    batches(session, sql, |batch| (0..batch.num_rows()).try_for_each(|at| row(Row { batch, at }))).await
}

/// All rows of an answer, which are few, each as a `T`, whose members are the columns.
pub async fn all<T: DeserializeOwned>(session: &Session, sql: &str) -> Result<Vec<T>, QueryError> {
    let mut rows = Vec::new();
    batches(session, sql, |batch| {
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Vec::new());
        writer.write(batch).and_then(|()| writer.finish()).map_err(|error| QueryError::Engine(error.to_string()))?;
        let read = serde_json::from_slice::<Vec<T>>(&writer.into_inner());
        rows.extend(
            read.map_err(|error| QueryError::Engine(format!("the answer is not what was asked for: {error}")))?,
        );
        Ok::<_, QueryError>(())
    })
    .await?;
    Ok(rows)
}

/// Asks, and hands on each batch of the answer. The first has no rows, so that the columns are there where no row is.
pub async fn batches<E: From<QueryError>>(
    session: &Session,
    sql: &str,
    mut take: impl FnMut(&RecordBatch) -> Result<(), E>,
) -> Result<(), E> {
    let question = questions(sql)?.pop().ok_or_else(|| QueryError::Engine("there is no question".to_owned()))?;
    let mut answer = Box::pin(session.ask(&question)).await?;
    take(&RecordBatch::new_empty(answer.schema()))?;
    while let Some(batch) = answer.next().await? {
        take(&batch)?;
    }
    Ok(())
}

/// A text as a literal of SQL.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Several texts as what follows `IN`.
pub fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts = texts.into_iter().map(literal).collect::<Vec<_>>();
    if texts.is_empty() { "(NULL)".to_owned() } else { format!("({})", texts.join(", ")) }
}

/// An instant as a literal of SQL.
pub fn instant(at: Timestamp) -> String {
    format!("CAST('{at:.3}' AS timestamp)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_a_text_whatever_is_in_it() {
        assert_eq!(literal("a'; DROP TABLE x --"), "'a''; DROP TABLE x --'");
        assert_eq!(list(["a", "b'c"]), "('a', 'b''c')");
        assert_eq!(list([]), "(NULL)");
        assert_eq!(instant("2026-11-24T03:15:00Z".parse().unwrap()), "CAST('2026-11-24T03:15:00.000Z' AS timestamp)");
    }
}
