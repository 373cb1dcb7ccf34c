//! The end of a run that is published: its summary, and the exit status.

use std::time::Duration;

use tokio::time::timeout;

use super::{Failure, Screen, notify, print, stops::Stops};
use crate::{
    Run, RunError,
    cli::ConfigArg,
    exit::ExitStatus,
    finding::Severity,
    lake::{publish::Published, published::PublishedRun},
    outcome::causes,
    query::limits::Limits,
    report::{
        exit_status, metrics,
        next::Tables,
        origins::{self, Origin},
        terminal,
    },
};

/// How long the summary waits for what the tables have to be asked for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tells of a run those who are to be told, and then as [`conclude`]. What another process has published, or will, is not
/// counted by this one, so that it cannot say whether findings fail.
pub(super) async fn told(
    screen: &Screen,
    run: &Run,
    config: &ConfigArg,
    published: Result<Published, Failure>,
    fail_on: Option<Severity>,
    stops: &mut Stops,
) -> Result<ExitStatus, Failure> {
    Box::pin(notify::after(run, &published, stops)).await;
    match published {
        Ok(published) => Ok(conclude(screen, run, config, &published, fail_on, stops).await),
        Err(Failure::Run(error @ (RunError::Done { .. } | RunError::UnderWay { .. }))) if fail_on.is_some() => {
            Err(Failure::NotJudged(error))
        }
        Err(failure) => Err(failure),
    }
}

/// Prints the summary, and tells the exit status from the result.
pub(super) async fn conclude(
    screen: &Screen,
    run: &Run,
    config: &ConfigArg,
    published: &Published,
    fail_on: Option<Severity>,
    stops: &mut Stops,
) -> ExitStatus {
    let status = exit_status(published, fail_on);
    if screen.quiet || metrics::own_the_output(&run.config) {
        return status;
    }
    let origins = tokio::select! {
        origins = origins(run, published) => origins,
        () = stops.next() => Vec::new(),
    };
    let place = run.place();
    let tables = Tables { place: &place, config: config.config.as_deref() };
    if let Err(failure) = print(&terminal::summary(published, &origins, tables)) {
        // The run is published all the same, and its status is what counts.
        tracing::warn!(error = failure.text(), "the summary could not be shown");
    }
    status
}

/// The worst sources of what fails; none where the tables give no answer in time, which is no fault of the run.
async fn origins(run: &Run, published: &Published) -> Vec<Origin> {
    let published = PublishedRun { row: published.run.clone() };
    let asked = Box::pin(origins::worst(&published, run.store().clone(), Limits::default()));
    let asked = timeout(PATIENCE, asked).await;
    let why = match asked {
        Ok(Ok(origins)) => return origins,
        Ok(Err(error)) => causes(&error),
        Err(elapsed) => elapsed.to_string(),
    };
    tracing::warn!(why, "the summary goes without the top origins; `sagesweep query --view top_origins` tells them");
    Vec::new()
}
