//! The answer to a question of the program itself, row by row.

use arrow_array::{
    Array as _, RecordBatch,
    cast::AsArray as _,
    types::{Int64Type, TimestampMillisecondType},
};
use jiff::Timestamp;

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
    let question = questions(sql)?.pop().ok_or_else(|| QueryError::Engine("there is no question".to_owned()))?;
    let mut answer = session.ask(&question).await?;
    while let Some(batch) = answer.next().await? {
        for at in 0..batch.num_rows() {
            row(Row { batch: &batch, at })?;
        }
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
