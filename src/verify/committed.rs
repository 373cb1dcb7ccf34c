//! The object in `runs`, read back: its row is held against what the manifest says.

use arrow_array::RecordBatch;
use tokio::task;

use super::{Verifier, VerifyError};
use crate::lake::{
    RunContext, SCHEMA_VERSION,
    column::batch,
    hash::Digest,
    publish::{PublishError, commit, share_in_percent},
    runs::{self, RunRow},
};

/// The object in `runs` of a run.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) digest: Digest,
    /// Its row, or why there is none.
    row: Result<RecordBatch, String>,
}

impl Verifier<'_> {
    /// Reads an object in `runs`, if it is there.
    pub(super) async fn committed(&self, key: &str) -> Result<Option<Committed>, VerifyError> {
        let Some(file) = self.fetch(key).await? else { return Ok(None) };
        let path = file.path.clone();
        // On a file that somebody spoilt the reader may even panic, and then it is no table either.
        let row = match task::spawn_blocking(move || commit::one_row(&path)).await {
            Ok(row) => row.map_err(|error| format!("it is no table: {error}")),
            Err(_panic) => Err("it is no table".to_owned()),
        };
        Ok(Some(Committed { digest: self.hashed(file).await?, row }))
    }
}

impl Committed {
    /// The number that the row says the run has.
    pub(super) fn sequence(&self) -> Option<u64> {
        commit::sequence(self.row.as_ref().ok()?)
    }

    /// The manifest that the row names.
    pub(super) fn manifest_sha256(&self) -> Option<&str> {
        commit::named_manifest(self.row.as_ref().ok()?)
    }

    /// Where the object differs from what publish wrote for `run`, if it does. What this very version published is
    /// compared to the byte, and what another did by its columns: encodings may differ.
    pub(super) fn difference(&self, mut run: RunRow) -> Result<Option<String>, VerifyError> {
        let failed = |error| VerifyError::Row(Box::new(error));
        // JSON may lose the last bit of a share.
        run.coverage_percent = share_in_percent(run.cells_complete, run.cells_counted);
        let same_version = run.facts.engine_version == env!("CARGO_PKG_VERSION");
        let (_, expected) = commit::encode(run.clone()).map_err(failed)?;
        if expected.sha256 == self.digest.sha256 {
            return Ok(None);
        }
        let row = match &self.row {
            Ok(row) => row,
            Err(why) => return Ok(Some(why.clone())),
        };
        let context = RunContext { run_id: run.facts.run_id.clone(), owner_tag: String::new() };
        let expected = batch(&runs::columns(), &[run], &context).map_err(|error| failed(PublishError::from(error)))?;
        let version = row.column_by_name("schema_version").and_then(|column| column.as_any().downcast_ref());
        let version = version.and_then(|versions: &arrow_array::Int32Array| versions.iter().flatten().next());
        for (field, column) in expected.schema().fields().iter().zip(expected.columns()) {
            match row.column_by_name(field.name()) {
                Some(found) if found == column => {}
                // A version with fewer or with more columns wrote it.
                _ if field.name() == "schema_version" && version.is_some() => {}
                None if version.is_some_and(|version| version < SCHEMA_VERSION) => {}
                Some(_) => return Ok(Some(format!("its column `{}` is not what the manifest says", field.name()))),
                None => return Ok(Some(format!("its column `{}` is missing", field.name()))),
            }
        }
        let other_bytes = "it holds the right row in other bytes than those that this version writes";
        Ok(same_version.then(|| other_bytes.to_owned()))
    }
}
