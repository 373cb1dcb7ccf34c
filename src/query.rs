//! Questions in SQL, answered on this machine from the tables of the lake: the views of Athena over the same files, with an
//! embedded engine (DataFusion) in its place.
//!
//! ```text
//! text ──► statement ──────► session ─────────────────────────────► output
//!          only what reads   tables of the runs that count, views   table, CSV, JSON, Parquet
//!                            that are named, Athena's functions,
//!                            limits of memory and disk
//! ```
//!
//! The engine reads through [`published::Published`] and through nothing else: what no commit names is not there for it.

mod damaged;
pub mod error;
mod functions;
pub mod limits;
pub mod output;
pub mod prompt;
mod published;
pub mod rows;
pub mod session;
pub mod statement;
mod tables;
mod views;

pub use error::{AsOfError, QueryError};
pub use session::{Answer, Session};

/// The name of a table or a view, if it is one.
pub fn named(text: &str) -> Result<String, String> {
    if views::names().any(|name| name == text) {
        return Ok(text.to_owned());
    }
    Err(error::unknown("view or table", text, text, views::names()))
}
