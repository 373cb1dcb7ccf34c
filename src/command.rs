//! The commands: from what was typed to what is done and printed.

use std::{
    error::Error as StdError,
    ffi::OsString,
    io::{self, Write as _},
};

use aws_config::SdkConfig;
use indicatif::MultiProgress;
use tokio::signal::unix::{SignalKind, signal};

#[cfg(feature = "demo")]
mod demo;
mod iam_policy;
mod metrics;

use crate::{
    Run, RunError,
    check::{CHECKS, Check},
    cli::{Cli, Command, ConfigArg},
    config::{Config, ConfigErrors},
    exit::ExitStatus,
    finding::Severity,
    lake::{RunId, publish::Published},
    limits::{self, OpenFiles},
    logs,
    printable::escaped,
    report,
    session::{Clock, sdk_config_loader},
};

/// Does what the command line says.
pub async fn execute(cli: Cli) -> ExitStatus {
    let screen = Screen { display: MultiProgress::new(), quiet: cli.quiet };
    let form = logs::start(cli.log_format, cli.quiet, screen.display.clone());
    OpenFiles::raised();
    match dispatch(cli.command, &screen).await {
        Ok(status) => status,
        Err(failure) => {
            match (form, failure.status()) {
                // Among lines of JSON, the last one is JSON too; what is wrong with the command line is for people.
                (logs::Form::Json, ExitStatus::Failed) => tracing::error!("{}", failure.text()),
                // When even the standard error is gone, the status says enough.
                _ => drop(writeln!(anstream::stderr(), "{}", failure.text())),
            }
            failure.status()
        }
    }
}

async fn dispatch(command: Command, screen: &Screen) -> Result<ExitStatus, Failure> {
    match command {
        Command::Run(args) => {
            let run = screen.start(&args.config, args.run_id).await?;
            scan_and_publish(&run, args.fail_on, screen).await
        }
        Command::Scan(args) => {
            let run = screen.start(&args.config, args.run_id).await?;
            until_stopped(&run, Box::pin(metrics::scan(&run))).await?;
            print(&format!("{}\n", run.run_id))
        }
        Command::Publish(args) => {
            let run = screen.start(&args.config, Some(args.run_id)).await?;
            let published = until_stopped(&run, Box::pin(metrics::publish(&run))).await?;
            Ok(screen.conclude(&run, &published, args.fail_on))
        }
        Command::Config(args) => print(&load(&args)?.to_toml()),
        Command::Checks => print(&checks()),
        Command::IamPolicy(args) => iam_policy::print(&args),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args, screen).await,
        #[cfg(feature = "demo")]
        Command::Simulate(args) => demo::simulate(args).await,
    }
}

/// What the user sees.
#[derive(Debug)]
struct Screen {
    display: MultiProgress,
    quiet: bool,
}

impl Screen {
    async fn start(&self, config: &ConfigArg, run_id: Option<RunId>) -> Result<Run, Failure> {
        let config = load(config)?;
        Ok(self.open(sdk_config_loader().load().await, config, run_id))
    }

    fn open(&self, sdk: SdkConfig, config: Config, run_id: Option<RunId>) -> Run {
        limits::warn_of_little_memory();
        let clock = Clock::System;
        let run_id = run_id.unwrap_or_else(|| RunId::new(clock.now(), fastrand::u16(..)));
        let run = Run::new(sdk, config, run_id, clock);
        if self.quiet { run } else { run.with_display(self.display.clone()) }
    }

    /// Prints the summary, and tells the exit status from the result.
    fn conclude(&self, run: &Run, published: &Published, fail_on: Option<Severity>) -> ExitStatus {
        let status = report::exit_status(published, fail_on);
        if !self.quiet
            && !metrics::own_the_output(&run.config)
            && let Err(failure) = print(&report::terminal::summary(published, &run.place()))
        {
            // The run is published all the same, and its status is what counts.
            tracing::warn!(error = failure.text(), "the summary could not be shown");
        }
        status
    }
}

/// Why a command ended early.
#[derive(Debug)]
enum Failure {
    Config(ConfigErrors),
    Usage(&'static str),
    Run(RunError),
    Output(io::Error),
    #[cfg(feature = "demo")]
    Demo(String),
    Interrupted(RunId),
}

impl Failure {
    fn status(&self) -> ExitStatus {
        match self {
            Self::Config(_) | Self::Usage(_) => ExitStatus::Usage,
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
            Self::Usage(text) => format!("error: {text}"),
            // What a service said may stand in it.
            Self::Run(error) => format!("error: {}", escaped(&chain(error))),
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

fn load(arg: &ConfigArg) -> Result<Config, Failure> {
    let texts = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    let config = Config::load(arg.config.as_deref(), std::env::vars_os().filter_map(texts)).map_err(Failure::Config)?;
    for region in config.regions.unknown() {
        tracing::warn!(%region, "this version does not know the region; if it is misspelt, nothing is audited there");
    }
    Ok(config)
}

async fn scan_and_publish(run: &Run, fail_on: Option<Severity>, screen: &Screen) -> Result<ExitStatus, Failure> {
    let both = async {
        metrics::scan(run).await?;
        metrics::publish(run).await
    };
    let published = until_stopped(run, Box::pin(both)).await?;
    Ok(screen.conclude(run, &published, fail_on))
}

/// SIGXFSZ, on Linux and macOS.
const FILE_SIZE_EXCEEDED: i32 = 25;

/// Waits for the work, or for Ctrl-C or SIGTERM, whichever comes first.
async fn until_stopped<T>(run: &Run, work: impl Future<Output = Result<T, RunError>> + Unpin) -> Result<T, Failure> {
    // Listened to, a limit on the size of files is an error of the write that names the file, and not a sudden death.
    let _listening = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
    tokio::select! {
        result = work => result.map_err(Failure::Run),
        () = stop_asked_for() => Err(Failure::Interrupted(run.run_id.clone())),
    }
}

async fn stop_asked_for() {
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

fn print(text: &str) -> Result<ExitStatus, Failure> {
    anstream::stdout().write_all(text.as_bytes()).map_err(Failure::Output)?;
    Ok(ExitStatus::Complete)
}

fn checks() -> String {
    let line = |check: &&Check| format!("{:<41} {:<7} {}", check.id, check.severity.as_str(), check.title);
    CHECKS.iter().map(line).chain([String::new()]).collect::<Vec<_>>().join("\n")
}
