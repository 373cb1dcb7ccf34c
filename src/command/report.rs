//! `report`: from the arguments to the page of a run.

use std::io::{self, IsTerminal as _, Write as _};

use tokio::signal::unix::{SignalKind, signal};

use super::{FILE_SIZE_EXCEEDED, Failure, load_of, stops::Stops, store};
use crate::{
    cli::ReportArgs,
    exit::ExitStatus,
    lake::{published::PublishedRun, store::StoreError},
    output::Output,
    query::limits::Limits,
    report::html::page,
};

/// Writes the page, and says into the log of which run.
pub(super) async fn run(args: ReportArgs) -> Result<ExitStatus, Failure> {
    if args.output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::Usage("a page is nothing for a terminal; name a file with --output"));
    }
    let mut stops = Stops::listened_to();
    // Listened to, a limit on the size of files is an error of the write that names the file, and not a sudden death.
    let _listening = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
    let config = load_of(&args.lake)?;
    let store = store(&config).await;
    let limits = Limits { memory: args.memory, disk: args.disk };
    let making = async {
        let run = PublishedRun::find(&store, &args.run).await.map_err(Failure::Find)?;
        let most = args.findings.unwrap_or(config.report.findings);
        let html = Box::pin(page(&run, store.clone(), limits, most)).await.map_err(Failure::Page)?;
        Ok::<_, Failure>((run, html))
    };
    let (run, html) = tokio::select! {
        made = making => made?,
        () = stops.next() => return Err(Failure::Interrupted),
    };
    let mut out = Output::open(args.output.as_deref()).map_err(|error| Failure::Export(error.into()))?;
    match (out.write_all(html.as_bytes()).and_then(|()| out.finish()), args.output) {
        (Ok(()), _) => {
            tracing::info!(run_id = %run.run_id(), bytes = html.len(), "page written");
            Ok(ExitStatus::Complete)
        }
        (Err(source), Some(path)) => Err(Failure::Export(StoreError::File { doing: "write", path, source }.into())),
        (Err(source), None) => Err(Failure::Output(source)),
    }
}
