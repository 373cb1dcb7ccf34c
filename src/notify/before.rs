//! The run before: a process that dies between its publish and its digest has told nobody, and the next run makes up for it.

use jiff::SignedDuration;

use super::{Notifier, NotifyError, Target, marker};
use crate::lake::{RunId, Table, publish::published};

/// What was published longer ago is no news.
const RECENT: SignedDuration = SignedDuration::from_hours(48);

impl Notifier<'_> {
    /// The last published run before this one, where it is recent and somebody was not told of it.
    pub async fn untold_before(&self, run_id: &RunId) -> Result<Option<RunId>, NotifyError> {
        let targets = Target::configured(&self.config.notify);
        if targets.is_empty() {
            return Ok(None);
        }
        let listed = self.store.list(&Table::Runs.root()).await?;
        let others = listed.iter().filter_map(|stored| Table::Runs.owner(&stored.key));
        let Some(before) = others.filter(|other| other < run_id).max() else { return Ok(None) };
        let Some(row) = published(self.store, &before).await? else { return Ok(None) };
        if self.clock.now().duration_since(row.published_at) > RECENT {
            return Ok(None);
        }
        for target in &targets {
            if !marker::stands(self.store, &before, target).await? {
                return Ok(Some(before));
            }
        }
        Ok(None)
    }
}
