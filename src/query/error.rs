//! Why a question has no answer, in words that say what to do.

use std::{collections::BTreeSet, error::Error as StdError, io, path::PathBuf};

use datafusion::{
    arrow::error::ArrowError,
    common::{Column, DataFusionError, SchemaError},
    parquet::errors::ParquetError,
};
use jiff::civil::Date;
use thiserror::Error;

use crate::{
    config::nearest::nearest,
    lake::{published::FindError, store::StoreError},
};

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum QueryError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is nothing to ask.
    #[error("nothing is published at {0}; look at lake.destination or --lake, or publish a run first")]
    NothingPublished(String),
    /// There was nothing to ask yet.
    #[error("nothing was published by {today}; the first run is of {first}")]
    NothingYet {
        /// The day that was asked for.
        today: Date,
        /// The night of the first run.
        first: Date,
    },
    /// There is no room for what does not fit into the memory.
    #[error("cannot write temporary files in {}; set TMPDIR to a folder with room, or give the answer more with --memory", place.display())]
    Scratch {
        /// Where the system keeps them.
        place: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The statement would change something.
    #[error("{0} is refused: `query` only reads, which is SELECT, WITH, EXPLAIN, SHOW and DESCRIBE")]
    Changes(String),
    /// The statement is not SQL, or names what is not there.
    #[error("{0}")]
    Statement(String),
    /// A file of the lake is not what was written.
    #[error("{place} is damaged: {cause}; `sagesweep verify --all` tells more")]
    Damaged {
        /// The file.
        place: String,
        /// What the reader says.
        cause: String,
    },
    /// The answer takes more memory or disk than it may.
    #[error("the answer takes more than it may: {0}; give it more with --memory or --disk, or ask for less")]
    Limit(String),
    /// The engine failed on the way.
    #[error("{0}")]
    Engine(String),
}

/// A file of the last run that is not there.
#[derive(Debug, Error)]
#[error("{0} does not exist, and the run published it; `sagesweep verify` tells more")]
pub(super) struct Gone(pub(super) String);

/// Why a run cannot be asked about.
#[derive(Debug, Error)]
pub enum AsOfError {
    /// The other runs of its day cannot be told.
    #[error(transparent)]
    Find(#[from] FindError),
    /// There is no session.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl QueryError {
    /// Whether the question itself is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Changes(_) | Self::Statement(_))
    }
}

impl From<DataFusionError> for QueryError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the engine fails in many ways, and more come")]
    fn from(error: DataFusionError) -> Self {
        // An error of ours that went through the engine says by itself what is wrong.
        if let Some(stored) = causes(&error).find_map(|cause| cause.downcast_ref::<StoreError>()) {
            return Self::Engine(stored.to_string());
        }
        if let Some(gone) = causes(&error).find_map(|cause| cause.downcast_ref::<Gone>()) {
            return Self::Engine(gone.to_string());
        }
        let error = match of_scratch(error) {
            Ok(source) => return Self::Scratch { place: std::env::temp_dir(), source },
            Err(other) => other,
        };
        match error.find_root() {
            DataFusionError::SchemaError(schema, _) => Self::Statement(unknown_column(schema)),
            DataFusionError::SQL(syntax, _) => Self::Statement(syntax.to_string()),
            root @ (DataFusionError::Plan(_) | DataFusionError::NotImplemented(_)) => Self::Statement(text_of(root)),
            root @ DataFusionError::ResourcesExhausted(_) => Self::Limit(text_of(root)),
            root => Self::Engine(text_of(root)),
        }
    }
}

/// The error of a temporary file: all other files are read through the store.
fn of_scratch(error: DataFusionError) -> Result<io::Error, DataFusionError> {
    let as_new = |error: &io::Error| io::Error::new(error.kind(), error.to_string());
    let found = causes(&error).find_map(|cause| match cause.downcast_ref() {
        Some(ArrowError::IoError(_, source)) => Some(as_new(source)),
        Some(_) | None => cause.downcast_ref().map(as_new),
    });
    found.ok_or(error)
}

/// Whether a file could not be understood, in contrast to one that could not be fetched.
pub(super) fn is_of_a_file(error: &DataFusionError) -> bool {
    let is_of_store = causes(error).any(<dyn StdError>::is::<StoreError>);
    let is_of_parquet = |cause: &(dyn StdError + 'static)| {
        cause.is::<ParquetError>() || matches!(cause.downcast_ref(), Some(ArrowError::ParquetError(_)))
    };
    !is_of_store && causes(error).any(is_of_parquet)
}

/// An error and what caused it.
fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// What the engine says, without the kind of error before it.
fn text_of(error: &DataFusionError) -> String {
    let message = error.message();
    message.split(DataFusionError::BACK_TRACE_SEP).next().unwrap_or_default().trim_end().to_owned()
}

/// The name that no column has, and those that there are.
fn unknown_column(error: &SchemaError) -> String {
    let SchemaError::FieldNotFound { field, valid_fields } = error else { return error.to_string() };
    let names = valid_fields.iter().map(Column::name).collect::<BTreeSet<_>>();
    unknown("column", &field.flat_name(), field.name(), names.iter().copied())
}

/// The name that nothing has, the one that may be meant, and all that there are.
pub(super) fn unknown<'n>(
    kind: &str,
    shown: &str,
    name: &str,
    names: impl IntoIterator<Item = &'n str, IntoIter: Clone>,
) -> String {
    let names = names.into_iter();
    let hint = nearest(name, names.clone()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let names = names.collect::<Vec<_>>();
    if names.is_empty() {
        return format!("there is no {kind} `{shown}`");
    }
    format!("there is no {kind} `{shown}`{hint}\nthere are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_column_is_told_with_the_one_that_may_be_meant() {
        let column = |name: &str| Column::new(Some("f"), name);
        let error = SchemaError::FieldNotFound {
            field: Box::new(Column::new_unqualified("acount_id")),
            valid_fields: vec![column("status"), column("account_id")],
        };
        let error = QueryError::from(DataFusionError::SchemaError(Box::new(error), Box::new(None)));
        let text = "there is no column `acount_id`; did you mean `account_id`?\nthere are account_id, status";
        assert_eq!(error.to_string(), text);
        assert!(error.is_usage());
    }

    #[test]
    fn what_the_store_refused_is_told_in_its_words() {
        let refused = StoreError::NotFound("s3://lake/v1/x".to_owned());
        let error = datafusion::object_store::Error::Generic { store: "lake", source: refused.into() };
        let error = ParquetError::External(Box::new(error));
        let error = DataFusionError::from(error).context("while reading");
        assert!(!is_of_a_file(&error));
        assert_eq!(QueryError::from(error).to_string(), "s3://lake/v1/x does not exist");
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_told_from_one_that_cannot_be_fetched() {
        for error in [
            DataFusionError::from(ParquetError::General("no magic".to_owned())),
            DataFusionError::from(ArrowError::ParquetError("no page".to_owned())).context("in a stream"),
        ] {
            assert!(is_of_a_file(&error), "{error}");
        }
        assert!(!is_of_a_file(&DataFusionError::Execution("division by zero".to_owned())));
    }
}
