//! Scan and publish, each followed by its figures as lines of metrics on the standard output where the configuration asks
//! for them.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::Instant,
};

use crate::{
    Incomplete, Run, RunError,
    config::Config,
    effort::Effort,
    lake::{lease::Lease, publish::Published},
    plan::shard::Shard,
    report::emf::{self, Done, Part},
    session::Clock,
};

/// Scans and publishes, alone on the run from beginning to end.
pub(super) async fn run(run: &Run) -> Result<Published, RunError> {
    let lease = run.lease(Shard::WHOLE).await?;
    let published = async {
        Box::pin(scan_holding(run, &lease, Shard::WHOLE)).await?;
        publish(run, Incomplete::Refused).await
    };
    let published = Box::pin(published).await;
    lease.release().await;
    published
}

/// Scans one shard.
pub(super) async fn scan(run: &Run, shard: Shard) -> Result<(), RunError> {
    let lease = run.lease(shard).await?;
    let scanned = Box::pin(scan_holding(run, &lease, shard)).await;
    lease.release().await;
    scanned
}

async fn scan_holding(run: &Run, lease: &Lease, shard: Shard) -> Result<(), RunError> {
    let began = Instant::now();
    let result = Box::pin(run.scan(lease, shard)).await;
    write(run, &Effort::default(), Part::Scan { seconds: began.elapsed().as_secs_f64() }, result.is_err());
    result
}

/// Publishes.
pub(super) async fn publish(run: &Run, incomplete: Incomplete) -> Result<Published, RunError> {
    let before = run.effort();
    let result = Box::pin(run.publish(incomplete)).await;
    write(run, &before, Part::Publish(result.as_ref().ok()), result.is_err());
    result
}

/// Whether the standard output belongs to the lines of metrics, so that nothing for people may stand between them: a
/// pipeline of logs takes each line for an event.
pub(super) fn own_the_output(config: &Config) -> bool {
    config.metrics.emf && !io::stdout().is_terminal()
}

fn write(run: &Run, before: &Effort, part: Part<'_>, failed: bool) {
    if !run.config.metrics.emf {
        return;
    }
    let effort = run.effort().since(before);
    let done = Done { run_id: &run.run_id, part, failed, effort, ended_at: Clock::System.now() };
    let lines = emf::lines(&run.config.metrics.namespace, &done);
    // All at once under the lock, so that no line is torn.
    let mut output = io::stdout().lock();
    if let Err(error) = output.write_all(lines.as_bytes()).and_then(|()| output.flush()) {
        tracing::warn!(%error, "the lines of metrics could not be written");
    }
}
