//! The end of a run that is published already: nothing is left to do, and how it ended stands in its object in `runs`.

use super::{Run, RunError};
use crate::lake::publish;

impl Run {
    /// What there is to say where the run is published; none where it is not, or where its object cannot be read.
    pub(super) async fn done(&self) -> Option<RunError> {
        let status = publish::status(&self.store, &self.run_id).await.unwrap_or_default()?;
        Some(RunError::Done { run_id: self.run_id.clone(), status })
    }
}
