//! The base of an incremental night: the last published run, and its objects that are read back.

use serde::{Deserialize, Serialize};

use crate::lake::{
    RunId, Table,
    publish::{self, ChainError},
    runs::Object,
    store::Store,
};

/// A published run on which another one builds. It is chosen once, when the run is planned, so that all shards and all
/// attempts build on the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The run.
    pub run_id: RunId,
    /// Its objects of the tables `resources` and `coverage`.
    objects: Vec<Object>,
}

impl Base {
    /// The last published run, when this version of the program made it: what another version took for facts may not be
    /// all that the checks of this one look at.
    pub async fn find(store: &Store, engine_version: &str) -> Result<Option<Self>, ChainError> {
        let Some(run) = publish::last_run(store).await? else { return Ok(None) };
        let run_id = run.facts.run_id;
        if run.facts.engine_version != engine_version {
            tracing::info!(%run_id, version = run.facts.engine_version, "the last run is of another version; everything is read anew");
            return Ok(None);
        }
        let is_read =
            |object: &Object| [Table::Resources, Table::Coverage].iter().any(|table| table.holds(&run_id, &object.key));
        let objects = run.objects.into_iter().filter(is_read).collect();
        Ok(Some(Self { run_id, objects }))
    }

    /// Its objects of a table.
    pub(super) fn objects(&self, table: Table) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |object| table.holds(&self.run_id, &object.key))
    }
}
