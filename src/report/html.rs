//! A published run as a page: one HTML file that needs no network, for a browser, an e-mail or a bucket.
//!
//! ```text
//! run ──► session as of it ──► questions ──► rows     ──► charts, tables ──► document ──► one file
//!         the views of Athena                 columns  ──► packed: deflate, base64 ──┘
//! ```
//!
//! What leads (coverage, score, trend) is there without a script. What is long (findings, accounts, keys) is packed by
//! columns, and the script of the page sorts, filters and pages it. The same run gives the same bytes in each version.

use askama::Template as _;
use thiserror::Error;

mod charts;
mod checks;
mod columns;
mod document;
mod figures;
mod packed;
mod questions;

use crate::{
    lake::{RunId, published::PublishedRun, store::Store},
    query::{AsOfError, QueryError, Session, limits::Limits},
};

/// The folder of the pages that publish writes. Its name begins with `_`, so that query engines pass over it, and it lies
/// outside of what manifests account for: a page is made of the tables, and made again it is the same.
const FOLDER: &str = "_reports/";

/// The page of the run that was published last.
pub const LATEST: &str = "_reports/latest.html";

/// The key of the page of a run.
pub fn key(run_id: &RunId) -> String {
    format!("{FOLDER}run_date={}/{run_id}.html", run_id.run_date())
}

/// Why there is no page.
#[derive(Debug, Error)]
pub enum PageError {
    /// The run cannot be asked about.
    #[error(transparent)]
    AsOf(#[from] AsOfError),
    /// A question has no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// An answer is not what was asked for.
    #[error("cannot put an answer on the page: {0}")]
    Answer(String),
    /// A chart cannot be drawn.
    #[error("cannot draw a chart")]
    Chart(#[from] charts_rs::Error),
    /// The document cannot be put together.
    #[error("cannot put the page together")]
    Document(#[from] askama::Error),
}

/// Makes the page of a run, with so many of its failing findings, the worst first.
pub async fn page(run: &PublishedRun, store: Store, limits: Limits, most: u32) -> Result<String, PageError> {
    let session = Session::as_of(run, store, limits).await?;
    let figures = figures::Figures::ask(&session).await?;
    let charts = charts::Charts::of(&figures)?;
    let blocks = packed::Blocks::ask(&session, most).await?;
    let document = document::Document::new(run, &figures, charts, blocks);
    Ok(document.render()?)
}
