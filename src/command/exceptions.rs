//! `exceptions`: a file of exceptions checked, listed, added to, or made from that of another tool.

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};
use serde::Serialize;

mod add;
mod check;
mod convert;
mod list;

use super::{Failure, Screen, checks::json, load};
use crate::{
    cli::ExceptionsCommand,
    config::{Config, ExceptionsFile},
    exception::{
        Exceptions, Terms,
        source::{Source, SourceError},
    },
    exit::ExitStatus,
    printable::escaped_json,
    session::sdk_config_loader,
};

/// Columns of a line.
const WIDTH: usize = 80;

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
    let is_named = named.is_some();
    let source = match file(config, named)? {
        // For a file of this machine nothing of AWS is asked, not even a region.
        ExceptionsFile::Local(path) => Source::local(&path),
        place @ ExceptionsFile::S3 { .. } => {
            let sdk = sdk_config_loader().load().await;
            Box::pin(Source::fetch(&place, config, &sdk, &Arc::default())).await
        }
    };
    let source = source.map_err(|error| unreadable(error, is_named))?;
    let exceptions = source.exceptions(terms(config, screen)).map_err(Failure::Exceptions)?;
    Ok(Read { source, exceptions })
}

/// A file that cannot be read, with what named it.
fn unreadable(error: SourceError, is_named: bool) -> Failure {
    Failure::Exceptions(if is_named { error.of_option() } else { error })
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

/// A value as JSON in which nothing is obeyed by a terminal: a file comes from anybody.
fn harmless_json(value: &(impl Serialize + ?Sized)) -> String {
    json(value).lines().map(|line| escaped_json(line).into_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_as_json_is_harmless() {
        let json = harmless_json(&["\u{202e}\n", "b"]);
        assert_eq!(json, "[\n  \"\\u202e\\n\",\n  \"b\"\n]\n");
    }
}
