//! The page that publish leaves beside the tables, where that is configured.

use super::Run;
use crate::{
    lake::{
        publish::Published,
        published::PublishedRun,
        store::{Put, StoreError},
    },
    outcome::causes,
    query::limits::Limits,
    report::{
        html::{self, PageError},
        next::quoted,
    },
};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
enum Failed {
    /// It cannot be made.
    #[error(transparent)]
    Page(#[from] PageError),
    /// It cannot be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Run {
    /// Leaves the page of a published run. The run counts with it or without it, so that a failure is only told.
    pub(super) async fn leave_page(&self, published: &Published) {
        if !self.config.report.html {
            return;
        }
        let run_id = &self.run_id;
        let place = self.store.place("");
        let lake = quoted(place.trim_end_matches('/'));
        match self.put_page(published).await {
            Ok(place) => tracing::info!(%run_id, page = %place, "page written"),
            Err(error) => tracing::warn!(
                %run_id,
                error = causes(&error),
                "the run is published, but its page could not be written; `sagesweep report {run_id} --lake {lake} --output report.html` makes it"
            ),
        }
    }

    async fn put_page(&self, published: &Published) -> Result<String, Failed> {
        let run = PublishedRun { row: published.run.clone() };
        let page = html::page(&run, self.store.clone(), Limits::default(), self.config.report.findings).await?;
        let key = html::key(&self.run_id);
        self.store.put(&key, page.clone().into_bytes(), Put::Replace).await?;
        self.store.put(html::LATEST, page.into_bytes(), Put::Replace).await?;
        Ok(self.store.place(&key))
    }
}
