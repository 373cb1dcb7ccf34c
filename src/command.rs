//! The commands: from what was typed to what is done and printed.

use std::{
    error::Error as StdError,
    io::{self, Write as _},
    path::Path,
};

use aws_config::SdkConfig;
use indicatif::MultiProgress;

#[cfg(feature = "demo")]
mod demo;

use crate::{
    Run, RunError,
    check::CHECKS,
    cli::{Cli, Command, PolicyArgs, PolicyIdentity},
    config::{Config, ConfigErrors, Destination},
    exit::ExitStatus,
    finding::Severity,
    lake::{RunId, publish::Published},
    logs, report,
    session::{Clock, policy, sdk_config_loader},
};

/// Does what the command line says.
pub async fn execute(cli: Cli) -> ExitStatus {
    let display = MultiProgress::new();
    logs::start(cli.log_format, cli.quiet, display.clone());
    let quiet = cli.quiet;
    let result = match cli.command {
        Command::Run(args) => match load(args.config.config.as_deref()) {
            Ok(config) => run(config, args.run_id, args.fail_on, display, quiet).await,
            Err(errors) => Err(Failure::Config(errors)),
        },
        Command::Scan(args) => match load(args.config.config.as_deref()) {
            Ok(config) => scan(config, args.run_id, display, quiet).await,
            Err(errors) => Err(Failure::Config(errors)),
        },
        Command::Publish(args) => match load(args.config.config.as_deref()) {
            Ok(config) => publish(config, args.run_id, args.fail_on, display, quiet).await,
            Err(errors) => Err(Failure::Config(errors)),
        },
        Command::Config(args) => {
            load(args.config.as_deref()).map_err(Failure::Config).and_then(|config| print(&config.to_toml()))
        }
        Command::Checks => print(&checks()),
        Command::IamPolicy(args) => iam_policy(&args),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args, display, quiet).await,
        #[cfg(feature = "demo")]
        Command::Simulate(args) => demo::simulate(args).await,
    };
    match result {
        Ok(status) => status,
        Err(failure) => {
            // When even the standard error is gone, the status says enough.
            let _unheard = writeln!(anstream::stderr(), "{}", failure.text());
            failure.status()
        }
    }
}

/// Why a command ended early.
#[derive(Debug)]
enum Failure {
    Config(ConfigErrors),
    Run(RunError),
    Output(io::Error),
    #[cfg(feature = "demo")]
    Demo(String),
    Interrupted(RunId),
}

impl Failure {
    fn status(&self) -> ExitStatus {
        match self {
            Self::Config(_) => ExitStatus::Usage,
            Self::Run(error) if error.is_usage() => ExitStatus::Usage,
            // A reader that closed the pipe has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Complete,
            Self::Run(_) | Self::Output(_) | Self::Interrupted(_) => ExitStatus::Failed,
            #[cfg(feature = "demo")]
            Self::Demo(_) => ExitStatus::Failed,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Config(errors) => errors.to_string(),
            Self::Run(error) => format!("error: {}", chain(error)),
            Self::Output(error) => format!("error: cannot write the output: {error}"),
            #[cfg(feature = "demo")]
            Self::Demo(text) => format!("error: {text}"),
            Self::Interrupted(run_id) => {
                format!("stopped: nothing of the run {run_id} was published, and the tables are as they were")
            }
        }
    }
}

/// An error with its causes, each once.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

fn load(path: Option<&Path>) -> Result<Config, ConfigErrors> {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let config = Config::load(path, variables)?;
    for region in config.regions.unknown() {
        tracing::warn!(%region, "this version does not know the region; if it is misspelt, nothing is audited there");
    }
    Ok(config)
}

async fn start(config: Config, run_id: Option<RunId>, display: MultiProgress, quiet: bool) -> Result<Run, Failure> {
    let sdk = sdk_config_loader().load().await;
    open(sdk, config, run_id, display, quiet)
}

fn open(
    sdk: SdkConfig,
    config: Config,
    run_id: Option<RunId>,
    display: MultiProgress,
    quiet: bool,
) -> Result<Run, Failure> {
    let clock = Clock::System;
    let run_id = run_id.unwrap_or_else(|| RunId::new(clock.now(), fastrand::u16(..)));
    let run = Run::new(sdk, config, run_id, clock).map_err(Failure::Run)?;
    Ok(if quiet { run } else { run.with_display(display) })
}

/// `run`: scan and publish.
async fn run(
    config: Config,
    run_id: Option<RunId>,
    fail_on: Option<Severity>,
    display: MultiProgress,
    quiet: bool,
) -> Result<ExitStatus, Failure> {
    let run = start(config, run_id, display, quiet).await?;
    scan_and_publish(&run, fail_on, quiet).await
}

async fn scan_and_publish(run: &Run, fail_on: Option<Severity>, quiet: bool) -> Result<ExitStatus, Failure> {
    let both = async {
        run.scan().await?;
        run.publish().await
    };
    let published = until_stopped(run, both).await?;
    conclude(run, &published, fail_on, quiet)
}

async fn scan(
    config: Config,
    run_id: Option<RunId>,
    display: MultiProgress,
    quiet: bool,
) -> Result<ExitStatus, Failure> {
    let run = start(config, run_id, display, quiet).await?;
    until_stopped(&run, run.scan()).await?;
    print(&format!("{}\n", run.run_id))
}

async fn publish(
    config: Config,
    run_id: RunId,
    fail_on: Option<Severity>,
    display: MultiProgress,
    quiet: bool,
) -> Result<ExitStatus, Failure> {
    let run = start(config, Some(run_id), display, quiet).await?;
    let published = until_stopped(&run, run.publish()).await?;
    conclude(&run, &published, fail_on, quiet)
}

/// Waits for the work, or for Ctrl-C or SIGTERM, whichever comes first.
async fn until_stopped<T>(run: &Run, work: impl Future<Output = Result<T, RunError>>) -> Result<T, Failure> {
    tokio::select! {
        result = work => result.map_err(Failure::Run),
        () = stop_asked_for() => Err(Failure::Interrupted(run.run_id.clone())),
    }
}

async fn stop_asked_for() {
    use tokio::signal::unix::{SignalKind, signal};

    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Prints the summary, and tells the exit status from the result.
fn conclude(run: &Run, published: &Published, fail_on: Option<Severity>, quiet: bool) -> Result<ExitStatus, Failure> {
    if !quiet {
        let text = report::terminal::summary(published, &run.place());
        anstream::stdout().write_all(text.as_bytes()).map_err(Failure::Output)?;
    }
    Ok(report::exit_status(published, fail_on))
}

fn print(text: &str) -> Result<ExitStatus, Failure> {
    anstream::stdout().write_all(text.as_bytes()).map_err(Failure::Output)?;
    Ok(ExitStatus::Complete)
}

fn checks() -> String {
    CHECKS.iter().map(|check| format!("{:<48} {:<9} {}\n", check.id, check.severity.as_str(), check.title)).collect()
}

fn iam_policy(args: &PolicyArgs) -> Result<ExitStatus, Failure> {
    let config = load(args.config.config.as_deref()).map_err(Failure::Config)?;
    let policy = match (args.identity, &config.lake.destination) {
        (PolicyIdentity::Member, _) => policy::member_policy(),
        (PolicyIdentity::Task, Destination::Directory(_)) => policy::task_policy(&config.role.name, None),
        (PolicyIdentity::Task, Destination::S3 { bucket, prefix }) => {
            policy::task_policy(&config.role.name, Some((bucket, prefix)))
        }
    };
    print(&format!("{policy:#}\n"))
}
