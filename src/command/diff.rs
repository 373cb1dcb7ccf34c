//! `diff`: from the arguments to what changed between two runs.

use std::io::{BufWriter, stdout};

use tokio::task;

use super::{Failure, load, print, store};
use crate::{
    cli::{DiffArgs, ReportFormat},
    diff::{DiffError, Filter, Json, Tables, Text, compare},
    exit::ExitStatus,
    lake::published::PublishedRun,
};

/// Compares, and prints what was found.
pub(super) async fn run(args: DiffArgs) -> Result<ExitStatus, Failure> {
    let store = store(&load(&args.config)?).await;
    let before = PublishedRun::find(&store, &args.before).await.map_err(Failure::Find)?;
    let after = PublishedRun::find(&store, &args.after).await.map_err(Failure::Find)?;
    let tables = async |run| Tables::fetch(run, &store).await.map_err(Failure::Read);
    let (earlier, later) = (tables(&before).await?, tables(&after).await?);
    for account in &args.account {
        if !earlier.has(account).map_err(Failure::Read)? && !later.has(account).map_err(Failure::Read)? {
            return Err(Failure::OtherType(format!("account {account} is in neither run; look at --account")));
        }
    }
    let filter = Filter { accounts: args.account, checks: args.check, least: args.severity };
    let (limit, format) = (args.limit, args.form.asked());
    let work = task::spawn_blocking(move || match format {
        ReportFormat::Text => {
            let mut text = Text::of(limit);
            let summary = compare(&earlier, &later, &filter, |change| {
                text.change(change);
                Ok(())
            })?;
            Ok(Some(text.end(&before.row, &after.row, &summary)))
        }
        ReportFormat::Json => {
            let mut json = Json::begin(BufWriter::new(stdout()), &before.row, &after.row)?;
            let summary = compare(&earlier, &later, &filter, |change| json.change(&change))?;
            json.end(&summary)?;
            Ok(None)
        }
    });
    match work.await.map_err(|error| Failure::Read(error.into()))? {
        Ok(Some(text)) => print(&text),
        Ok(None) => Ok(ExitStatus::Complete),
        Err(DiffError::Output(error)) => Err(Failure::Output(error)),
        Err(DiffError::Read(error)) => Err(Failure::Read(error)),
    }
}
