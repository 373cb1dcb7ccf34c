//! The commands: from what was typed to what is done and printed.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    sync::Arc,
};

use aws_config::SdkConfig;
use indicatif::MultiProgress;

mod checks;
mod conclude;
#[cfg(feature = "demo")]
mod demo;
mod diff;
mod doctor;
mod exceptions;
mod explain;
mod export;
mod guardrail;
mod iam_policy;
mod init;
mod notify;
mod query;
mod remediate;
mod report;
mod shell;
mod stops;
mod verify;

use stops::Stops;

use crate::{
    Incomplete, Run, RunError,
    cli::{Cli, Command, ConfigArg, ConfigFormat, LakeArg},
    config::{Config, ConfigErrors, Destination},
    exception::{published::HeldError, source::SourceError},
    exit::ExitStatus,
    export::ExportError,
    guardrail::GuardrailError,
    lake::{
        RunId,
        published::FindError,
        read::ReadError,
        runs::RunStatus,
        store::{Store, StoreError},
    },
    limits::{self, OpenFiles},
    logs,
    notify::NotifyError,
    outcome::causes,
    printable::escaped,
    query::QueryError,
    remediate::{RemediateError, live::LiveError},
    report::html::PageError,
    session::{Clock, sdk_config_loader},
    verify::VerifyError,
};

/// Does what the command line says.
pub async fn execute(cli: Cli) -> ExitStatus {
    let screen = Screen { display: MultiProgress::new(), quiet: cli.quiet, clock: clock(&cli) };
    let form = logs::start(cli.log_format, cli.quiet, screen.display.clone());
    OpenFiles::raised();
    match Box::pin(dispatch(cli.command, &screen)).await {
        Ok(status) => status,
        Err(failure) if failure.is_quiet() => failure.status(),
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

#[cfg(feature = "demo")]
fn clock(cli: &Cli) -> Clock {
    match cli.clock_ahead {
        0 => Clock::System,
        hours => Clock::Ahead(jiff::SignedDuration::from_hours(hours.into())),
    }
}

#[cfg(not(feature = "demo"))]
fn clock(_cli: &Cli) -> Clock {
    Clock::System
}

async fn dispatch(command: Command, screen: &Screen) -> Result<ExitStatus, Failure> {
    match command {
        Command::Run(args) => {
            let mut stops = Stops::listened_to();
            let run = stops.before(Box::pin(screen.start(&args.config, args.run_id))).await?;
            let published = stops.during(&run, Box::pin(run.scan_and_publish())).await;
            Box::pin(conclude::told(screen, &run, &args.config, published, args.fail_on, &mut stops)).await
        }
        Command::Scan(args) => {
            let mut stops = Stops::listened_to();
            let run = stops.before(Box::pin(screen.start(&args.config, args.run_id))).await?;
            stops.during(&run, Box::pin(run.scan_shard(args.shard))).await?;
            print(&format!("{}\n", run.run_id))
        }
        Command::Publish(args) => {
            let mut stops = Stops::listened_to();
            let opening = async {
                match args.run_id {
                    Some(run_id) => screen.open(&args.config, Some(run_id)).await,
                    None => screen.open(&args.config, None).await?.to_publish().await.map_err(Failure::Run),
                }
            };
            let run = stops.before(Box::pin(opening)).await?;
            let incomplete = if args.incomplete { Incomplete::Published } else { Incomplete::Refused };
            let published = stops.during(&run, Box::pin(run.publish(incomplete))).await;
            Box::pin(conclude::told(screen, &run, &args.config, published, args.fail_on, &mut stops)).await
        }
        Command::Verify(args) => verify::run(args, screen).await,
        Command::Diff(args) => diff::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Query(args) => Box::pin(query::run(args, screen)).await,
        Command::Remediate(args) => Box::pin(remediate::run(*args)).await,
        Command::Guardrail(args) => Box::pin(guardrail::run(args)).await,
        Command::Init(args) => init::run(&args),
        Command::Config(args) => {
            let config = load(&args.config)?;
            print(&match args.format {
                ConfigFormat::Toml => config.to_toml(),
                ConfigFormat::Json => checks::json(&config),
            })
        }
        Command::Report(args) => Box::pin(report::run(args)).await,
        Command::Checks(args) => print(&checks::text(&args)),
        Command::Explain(args) => print(&explain::text(&args)?),
        Command::Exceptions(command) => exceptions::run(command, screen).await,
        Command::IamPolicy(args) => iam_policy::print(&args),
        Command::Doctor(args) => doctor::run(args, screen).await,
        Command::Notify(args) => notify::run(args, screen).await,
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
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
    clock: Clock,
}

impl Screen {
    /// The run of this id, else the unfinished one of this night, else a new one.
    async fn start(&self, config: &ConfigArg, run_id: Option<RunId>) -> Result<Run, Failure> {
        let named = run_id.is_some();
        let run = self.open(config, run_id).await?;
        if named { Ok(run) } else { Box::pin(run.of_this_night()).await.map_err(Failure::Run) }
    }

    async fn open(&self, config: &ConfigArg, run_id: Option<RunId>) -> Result<Run, Failure> {
        let config = load(config)?;
        Ok(self.run(sdk_config_loader().load().await, config, run_id, self.clock))
    }

    fn run(&self, sdk: SdkConfig, config: Config, run_id: Option<RunId>, clock: Clock) -> Run {
        limits::warn_of_little_memory();
        let run_id = run_id.unwrap_or_else(|| RunId::new(clock.now(), fastrand::u16(..)));
        let run = Run::new(sdk, config, run_id, clock);
        if self.quiet { run } else { run.with_display(self.display.clone()) }
    }
}

/// Why a command ended early.
#[derive(Debug)]
enum Failure {
    Config(ConfigErrors),
    Usage(&'static str),
    Run(RunError),
    Output(io::Error),
    Verify(VerifyError),
    Exceptions(SourceError),
    Held(HeldError),
    Find(FindError),
    Read(ReadError),
    Export(ExportError),
    PublicKey(String),
    OtherType(String),
    Sql(String),
    Init(String),
    Query(QueryError),
    Remediate(RemediateError),
    Live(LiveError),
    Guardrail(GuardrailError),
    Notify(NotifyError),
    Written(StoreError),
    Page(PageError),
    Interrupted,
    #[cfg(feature = "demo")]
    Demo(String),
    Killed(RunId),
    NotJudged(RunError),
    NotBegun,
}

impl Failure {
    fn status(&self) -> ExitStatus {
        match self {
            Self::Config(_) | Self::Usage(_) => ExitStatus::Usage,
            Self::Run(error) if error.is_usage() => ExitStatus::Usage,
            Self::Verify(error) if error.is_usage() => ExitStatus::Usage,
            Self::Exceptions(error) if error.is_usage() => ExitStatus::Usage,
            Self::Find(error) if error.is_usage() => ExitStatus::Usage,
            Self::Query(error) if error.is_usage() => ExitStatus::Usage,
            Self::Remediate(error) if error.is_usage() => ExitStatus::Usage,
            Self::Guardrail(error) if error.is_usage() => ExitStatus::Usage,
            Self::PublicKey(_) | Self::OtherType(_) | Self::Sql(_) | Self::Init(_) => ExitStatus::Usage,
            // What was asked for is done; how well the run says.
            Self::Run(RunError::Done { status: RunStatus::Incomplete, .. }) => ExitStatus::Incomplete,
            // Or another process does it.
            Self::Run(RunError::UnderWay { .. } | RunError::Done { .. }) => ExitStatus::Complete,
            Self::Output(_) if self.is_of_no_reader() => ExitStatus::Complete,
            Self::Run(_)
            | Self::Verify(_)
            | Self::Exceptions(_)
            | Self::Held(_)
            | Self::Find(_)
            | Self::Read(_)
            | Self::Export(_)
            | Self::Query(_)
            | Self::Remediate(_)
            | Self::Live(_)
            | Self::Guardrail(_)
            | Self::Notify(_)
            | Self::Written(_)
            | Self::Page(_)
            | Self::Interrupted
            | Self::Output(_)
            | Self::Killed(_)
            | Self::NotJudged(_)
            | Self::NotBegun => ExitStatus::Failed,
            #[cfg(feature = "demo")]
            Self::Demo(_) => ExitStatus::Failed,
        }
    }

    /// Whether there was nobody to read the output: a reader that closed the pipe has read enough.
    fn is_of_no_reader(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Whether nobody needs to be told.
    fn is_quiet(&self) -> bool {
        self.is_of_no_reader() || matches!(self, Self::Interrupted)
    }

    fn text(&self) -> String {
        match self {
            Self::Config(errors)
            | Self::Exceptions(SourceError::Wrong(errors))
            | Self::Run(RunError::Exceptions(SourceError::Wrong(errors))) => errors.to_string(),
            Self::Usage(text) => format!("error: {text}"),
            Self::Run(error @ (RunError::UnderWay { .. } | RunError::Done { .. } | RunError::Stopped { .. })) => {
                error.to_string()
            }
            // What a service said may stand in it.
            Self::Run(error) => format!("error: {}", escaped(&causes(error))),
            Self::Verify(error) => format!("error: {}", escaped(&causes(error))),
            Self::Exceptions(error) => format!("error: {}", escaped(&causes(error))),
            Self::Held(error) => format!("error: {}", escaped(&causes(error))),
            Self::Find(error) => format!("error: {}", escaped(&causes(error))),
            Self::Read(error) => format!("error: {}", escaped(&causes(error))),
            Self::Export(error) => format!("error: {}", escaped(&causes(error))),
            Self::Remediate(error) => format!("error: {}", escaped(&causes(error))),
            Self::Live(error) => format!("error: cannot read the job: {}", escaped(&error.to_string())),
            Self::Guardrail(error) => format!("error: {}", escaped(&causes(error))),
            Self::Notify(error) => format!("error: {}", escaped(&causes(error))),
            Self::Written(error) => format!("error: {}", escaped(&causes(error))),
            Self::PublicKey(text) | Self::OtherType(text) | Self::Sql(text) | Self::Init(text) => {
                format!("error: {text}")
            }
            Self::Page(error) => format!("error: {}", escaped(&causes(error))),
            Self::Query(error) => {
                let lines = error.to_string();
                format!("error: {}", lines.lines().map(escaped).collect::<Vec<_>>().join("\n"))
            }
            Self::Interrupted => "stopped".to_owned(),
            Self::Output(error) => format!("error: cannot write the output: {error}; look at what it goes to"),
            #[cfg(feature = "demo")]
            Self::Demo(text) => format!("error: {text}"),
            Self::NotBegun => "stopped before anything began; the tables are as they were".to_owned(),
            Self::NotJudged(error) => {
                let why = escaped(&error.to_string()).into_owned();
                format!("error: {why}. --fail-on looks at a run only in the process that publishes it")
            }
            Self::Killed(run_id) => {
                format!("stopped at once; `sagesweep run --run-id {run_id}` goes on with what was staged")
            }
        }
    }
}

fn load(arg: &ConfigArg) -> Result<Config, Failure> {
    load_with(arg, None)
}

/// The configuration with the lake that the command line names.
fn load_of(arg: &LakeArg) -> Result<Config, Failure> {
    load_with(&arg.config, arg.lake.as_deref())
}

/// The configuration, and another place for the lake than it and the environment name.
fn load_with(arg: &ConfigArg, lake: Option<&str>) -> Result<Config, Failure> {
    let texts = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    // As the variable that it stands for, since which checks are selected is looked at with the profile.
    let profile = arg.profile.map(|profile| ("SAGESWEEP_CHECKS_PROFILE".to_owned(), profile.as_str().to_owned()));
    let lake = lake.map(|place| ("SAGESWEEP_LAKE_DESTINATION".to_owned(), place.to_owned()));
    let environment = std::env::vars_os().filter_map(texts).chain(profile).chain(lake);
    let config = Config::load(arg.config.as_deref(), environment).map_err(Failure::Config)?;
    for region in config.regions.unknown() {
        tracing::warn!(%region, "this version does not know the region; if it is misspelt, nothing is audited there");
    }
    Ok(config)
}

/// The lake that the configuration names, to read from. For a directory nothing of AWS is asked, not even a region.
async fn store(config: &Config) -> Store {
    match &config.lake.destination {
        Destination::Directory(root) => Store::directory(root),
        Destination::S3 { .. } => Store::open(&config.lake, &sdk_config_loader().load().await, &Arc::default()),
    }
}

/// SIGXFSZ, on Linux and macOS.
const FILE_SIZE_EXCEEDED: i32 = 25;

fn print(text: &str) -> Result<ExitStatus, Failure> {
    anstream::stdout().write_all(text.as_bytes()).map_err(Failure::Output)?;
    Ok(ExitStatus::Complete)
}
