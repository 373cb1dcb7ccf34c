//! `notify`, and what `run` and `publish` tell once they have published.

use std::sync::Arc;

use aws_config::SdkConfig;

use super::{Failure, Screen, load, print, stops::Stops};
use crate::{
    Run, RunError,
    cli::{NotifyArgs, ReportFormat},
    config::Config,
    exit::ExitStatus,
    lake::{
        RunId,
        publish::{PublishError, Published},
        published::PublishedRun,
        store::Store,
    },
    notify::{Again, Notifier, Outcome, Patience, Told, environment},
    outcome::causes,
    session::{Clock, sdk_config_loader},
};

/// Prints a digest, or tells it.
pub(super) async fn run(args: NotifyArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    if args.form.is_json() && !args.dry_run {
        return Err(Failure::Usage("only a digest that is not told is printed as JSON: add --dry-run"));
    }
    let config = load(&args.config)?;
    let sdk = sdk_config_loader().load().await;
    let store = Store::open(&config.lake, &sdk, &Arc::default());
    let run = PublishedRun::find(&store, &args.run).await.map_err(Failure::Find)?;
    let notifier = notifier(&config, &store, &sdk, screen.clock);
    if args.dry_run {
        let digest = Box::pin(notifier.digest(run.run_id())).await.map_err(Failure::Notify)?;
        return match args.form.asked() {
            ReportFormat::Text => print(&digest.to_text()),
            ReportFormat::Json => print(&(digest.to_json() + "\n")),
        };
    }
    let again = if args.again { Again::Yes } else { Again::No };
    match Box::pin(notifier.tell(run.run_id(), again)).await.map_err(Failure::Notify)? {
        Outcome::Off => Err(Failure::Usage(
            "nobody is configured to be told; set notify.sns_topic, notify.event_bus or notify.webhook, or use --dry-run",
        )),
        outcome @ (Outcome::Quiet | Outcome::Elsewhere | Outcome::Told(_)) => {
            let failed = said(run.run_id(), &outcome);
            Ok(if failed { ExitStatus::Failed } else { ExitStatus::Complete })
        }
    }
}

/// Tells of a run that is published, by this process or before. What becomes of it does not change how the run ended: it is
/// published, and its exit status is about that.
pub(super) async fn after(run: &Run, published: &Result<Published, Failure>, stops: &mut Stops) {
    let (Ok(_) | Err(Failure::Run(RunError::Done { .. } | RunError::Publish(PublishError::AlreadyPublished { .. })))) =
        published
    else {
        return;
    };
    let notifier = notifier(&run.config, run.store(), run.sdk(), run.clock());
    let telling = async {
        Box::pin(make_up(&notifier, &run.run_id)).await;
        Box::pin(notifier.tell(&run.run_id, Again::No)).await
    };
    let told = tokio::select! {
        told = Box::pin(telling) => told,
        () = stops.next() => {
            tracing::warn!(run_id = %run.run_id, "stopped before everybody was told; {}", again(&run.run_id));
            return;
        }
    };
    match told {
        Ok(outcome) => drop(said(&run.run_id, &outcome)),
        Err(error) => {
            tracing::warn!(run_id = %run.run_id, error = causes(&error), "the run is published, and nobody was told; {}", again(&run.run_id));
        }
    }
}

/// Tells of the run before, first, those who were not told: its process may have died, or the target was away.
async fn make_up(notifier: &Notifier<'_>, run_id: &RunId) {
    let before = match notifier.untold_before(run_id).await {
        Ok(Some(before)) => before,
        Ok(None) => return,
        Err(error) => {
            tracing::warn!(%run_id, error = causes(&error), "cannot tell whether everybody was told of the run before");
            return;
        }
    };
    match Box::pin(notifier.tell(&before, Again::No)).await {
        Ok(outcome) => drop(said(&before, &outcome)),
        Err(error) => {
            tracing::warn!(run_id = %before, error = causes(&error), "nobody was told of the run before; {}", again(&before));
        }
    }
}

fn notifier<'n>(config: &'n Config, store: &'n Store, sdk: &'n SdkConfig, clock: Clock) -> Notifier<'n> {
    Notifier { config, store, sdk, clock, environment: &environment, patience: Patience::default() }
}

/// Writes into the log what became of a digest; says whether somebody could not be told.
fn said(run_id: &RunId, outcome: &Outcome) -> bool {
    let told = match outcome {
        Outcome::Off => return false,
        Outcome::Quiet => {
            tracing::info!(%run_id, "nothing to tell, and notify.quiet_runs is false");
            return false;
        }
        Outcome::Elsewhere => {
            tracing::info!(%run_id, "another process is telling of this run");
            return false;
        }
        Outcome::Told(told) => told,
    };
    let mut failed = false;
    for (target, told) in told {
        let (target, name) = (target.kind(), target.name());
        match told {
            Told::Sent => tracing::info!(%run_id, target, name, "told"),
            Told::Before => tracing::info!(%run_id, target, name, "told before"),
            Told::Failed(error) => {
                failed = true;
                tracing::warn!(%run_id, target, name, error = causes(error), "not told; {}", again(run_id));
            }
            Told::Unknown(error) => {
                failed = true;
                let error = causes(error);
                tracing::warn!(%run_id, target, name, error, "not told, as the lake does not say whether it was before; {}", again(run_id));
            }
            Told::Unmarked(error) => {
                let error = causes(error);
                tracing::warn!(%run_id, target, name, error, "told, which could not be written down: it may be told again");
            }
        }
    }
    failed
}

/// How it is done again.
fn again(run_id: &RunId) -> String {
    format!("`sagesweep notify {run_id}` tells those who were not")
}
