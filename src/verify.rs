//! Verification: the bucket held against the manifests of its runs, and the manifests against each other.
//!
//! ```text
//! object ◄─SHA-256── manifest N ◄─SHA-256── object in `runs` of N
//!                        ▲ ▲                        ▲
//!                        │ └────────SHA-256─────────┴── manifest N+1, and so on
//!                        └─────────signature (optional)
//! ```
//!
//! Whoever can write everywhere can make up a whole chain, or take away its newest runs with all that is theirs: a key of
//! one's own against which signatures are held shows the first, and Object Lock forbids the second.

use std::{collections::BTreeSet, io, path::PathBuf};

use tempfile::TempDir;
use thiserror::Error;
use tokio::task::JoinError;

mod chain;
mod committed;
mod inventory;
mod json;
mod objects;
mod problem;
mod report;
mod run;
mod signatures;
mod strangers;

use inventory::Inventory;
pub use problem::{Kind, Problem};
pub use report::{Report, Signatures};

use crate::{
    lake::{
        RunId,
        publish::PublishError,
        store::{Store, StoreError},
    },
    signing::public_key::PublicKey,
};

/// Which runs are verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The run that was published last.
    Last,
    /// One run.
    Run(RunId),
    /// Every run, and that nothing else is there.
    All,
}

/// Why it cannot be told whether what was published still stands.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The store refused.
    #[error("cannot read what was published")]
    Store(#[from] StoreError),
    /// There is nothing.
    #[error("nothing is published at {0}; look at lake.destination, or publish a run first")]
    NothingPublished(String),
    /// There is no such run.
    #[error("no run {run_id} is published at {place}; look at the run id and at lake.destination")]
    NoSuchRun {
        /// The run.
        run_id: RunId,
        /// Where it was looked for.
        place: String,
    },
    /// Its publish has not ended.
    #[error("the run {0} is staged but not published; `sagesweep publish --run-id {0}` publishes it")]
    NotPublished(RunId),
    /// A manifest that a later version wrote.
    #[error("{place} is a manifest of format {format}, which this version does not know; verify with a newer one")]
    Newer {
        /// The manifest.
        place: String,
        /// Its format.
        format: u32,
    },
    /// A local file cannot be read or made.
    #[error("cannot read or write {}; look at the space and the permissions of temporary files (TMPDIR)", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A row does not become a file as it did when it was published.
    #[error("cannot write the row of a run as it was written; verify with the version that published it")]
    Row(#[source] Box<PublishError>),
    /// A worker thread died.
    #[error("a worker thread of verify ended early; try again, and report it with the log if it stays")]
    Worker(#[from] JoinError),
}

impl VerifyError {
    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoSuchRun { .. } | Self::NotPublished(_))
    }
}

/// Verifies runs. With `public_keys`, each must carry a signature by one of them; else signatures are held against the
/// keys that they carry.
pub async fn verify(store: &Store, which: &Which, public_keys: Option<&[PublicKey]>) -> Result<Report, VerifyError> {
    let mut verifier = Verifier {
        store,
        public_keys,
        scratch: Store::reading().await?,
        inventory: Inventory::default(),
        sequences: Vec::new(),
        named: BTreeSet::new(),
        report: Report::new(public_keys.is_some()),
    };
    match which {
        Which::All => verifier.all().await?,
        Which::Last => verifier.last().await?,
        Which::Run(run_id) => verifier.one(run_id).await?,
    }
    Ok(verifier.report)
}

/// A verification under way.
#[derive(Debug)]
struct Verifier<'a> {
    store: &'a Store,
    public_keys: Option<&'a [PublicKey]>,
    /// Where objects of a bucket are while they are hashed.
    scratch: TempDir,
    inventory: Inventory,
    /// The numbers of the manifests that are there, ascending.
    sequences: Vec<u64>,
    /// The keys that manifests account for.
    named: BTreeSet<String>,
    report: Report,
}
