//! `exceptions`: a file of exceptions checked, listed, added to, or made from that of another tool.

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};

mod add;
mod check;
mod convert;
mod list;

use super::{Failure, Screen, load};
use crate::{
    cli::ExceptionsCommand,
    config::{Config, ExceptionsFile},
    exception::{Exceptions, Terms, source::Source},
    exit::ExitStatus,
    session::sdk_config_loader,
};

/// Does what was asked for.
pub(super) async fn run(command: ExceptionsCommand, screen: &Screen) -> Result<ExitStatus, Failure> {
    match command {
        ExceptionsCommand::Check(args) => Box::pin(check::run(args, screen)).await,
        ExceptionsCommand::List(args) => list::run(args, screen).await,
        ExceptionsCommand::Add(args) => add::run(args, screen),
        ExceptionsCommand::Convert(args) => convert::run(args, screen),
    }
}

/// A file with what it says today.
struct Read {
    source: Source,
    exceptions: Exceptions,
}

/// Reads the file that is named, else the configured one.
async fn read(config: &Config, named: Option<ExceptionsFile>, screen: &Screen) -> Result<Read, Failure> {
    let source = match file(config, named)? {
        // For a file of this machine nothing of AWS is asked, not even a region.
        ExceptionsFile::Local(path) => Source::local(&path),
        place @ ExceptionsFile::S3 { .. } => {
            let sdk = sdk_config_loader().load().await;
            Box::pin(Source::fetch(&place, config, &sdk, &Arc::default())).await
        }
    };
    let source = source.map_err(Failure::Exceptions)?;
    let exceptions = source.exceptions(terms(config, screen)).map_err(Failure::Exceptions)?;
    Ok(Read { source, exceptions })
}

fn file(config: &Config, named: Option<ExceptionsFile>) -> Result<ExceptionsFile, Failure> {
    let none =
        Failure::Usage("no file of exceptions: name one with --file, or set exceptions.file in the configuration");
    named.or_else(|| config.exceptions.file.clone()).ok_or(none)
}

fn today(screen: &Screen) -> Date {
    TimeZone::UTC.to_datetime(screen.clock.now()).date()
}

fn terms(config: &Config, screen: &Screen) -> Terms {
    Terms { today: today(screen), max_days: config.exceptions.max_days }
}
