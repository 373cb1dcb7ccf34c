//! Answers of the session: as rows of a type, or as columns.

use arrow_array::RecordBatch;
use arrow_json::writer::{JsonArray, WriterBuilder};
use serde::de::DeserializeOwned;

use super::{PageError, columns::Columns};
use crate::query::{Answer, Session, statement::questions};

/// The rows of an answer, which are few.
pub(super) async fn rows<T: DeserializeOwned>(session: &Session, sql: &str) -> Result<Vec<T>, PageError> {
    let mut rows = Vec::new();
    each(session, sql, |batch| {
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(Vec::new());
        writer.write(batch).and_then(|()| writer.finish()).map_err(|error| PageError::Answer(error.to_string()))?;
        let read = serde_json::from_slice::<Vec<T>>(&writer.into_inner());
        rows.extend(read.map_err(|error| PageError::Answer(error.to_string()))?);
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// The columns of an answer.
pub(super) async fn columns(session: &Session, sql: &str) -> Result<Columns, PageError> {
    let mut columns = Columns::default();
    each(session, sql, |batch| columns.add(batch)).await?;
    Ok(columns)
}

/// Gives each batch of an answer to `take`.
pub(super) async fn each(
    session: &Session,
    sql: &str,
    mut take: impl FnMut(&RecordBatch) -> Result<(), PageError>,
) -> Result<(), PageError> {
    for question in questions(sql)? {
        let mut answer: Answer<'_> = session.ask(&question).await?;
        // The columns are there where no row is.
        take(&RecordBatch::new_empty(answer.schema()))?;
        while let Some(batch) = answer.next().await? {
            take(&batch)?;
        }
    }
    Ok(())
}
