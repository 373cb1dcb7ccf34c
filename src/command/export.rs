//! `export`: from the arguments to a run in another form.

use tokio::{
    signal::unix::{SignalKind, signal},
    task,
};

use super::{FILE_SIZE_EXCEEDED, Failure, load, store};
use crate::{
    cli::ExportArgs,
    exit::ExitStatus,
    export::{ExportError, Filter, Form, Format, Source, Tables, export},
    lake::{published::PublishedRun, store::StoreError},
};

/// Exports, and says into the log how many findings that were.
pub(super) async fn run(args: ExportArgs) -> Result<ExitStatus, Failure> {
    let form = form(&args)?;
    let store = store(&load(&args.config)?).await;
    let run = PublishedRun::find(&store, &args.run).await.map_err(Failure::Find)?;
    let tables = Tables::fetch(&run, &store).await.map_err(Failure::Read)?;
    let is_any = args.status.is_empty();
    let statuses = if is_any { args.format.statuses().to_vec() } else { args.status };
    // Who asks for statuses gets these; a system that keeps findings is also told which of them are over.
    let tells_the_end = is_any && matches!(args.format, Format::Ocsf | Format::Asff);
    let closed_since = tells_the_end.then_some(run.row.facts.started_at);
    let filter = Filter { statuses, least: args.severity, closed_since };
    let file = args.output.filter(|_| args.format != Format::SecurityLake);
    // Listened to, a limit on the size of files is an error of the write that names the file, and not a sudden death.
    let _listening = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
    let run_id = run.run_id().clone();
    let named = file.clone();
    let work = task::spawn_blocking(move || export(&run, &tables, &form, &filter, file.as_deref()));
    match work.await.map_err(|error| Failure::Read(error.into()))? {
        Ok(rows) => {
            tracing::info!(%run_id, findings = rows, "exported");
            Ok(ExitStatus::Complete)
        }
        Err(ExportError::Output(source)) => Err(match named {
            Some(path) => Failure::Export(StoreError::File { doing: "write", path, source }.into()),
            None => Failure::Output(source),
        }),
        Err(error) => Err(Failure::Export(error)),
    }
}

/// The form that is asked for, with what it needs.
fn form(args: &ExportArgs) -> Result<Form, Failure> {
    let is_lake = args.format == Format::SecurityLake;
    if args.ocsf_version.is_some() && !is_lake && args.format != Format::Ocsf {
        return Err(Failure::Usage("--ocsf-version is for --format ocsf and security-lake; leave it out"));
    }
    if args.security_lake_region.is_some() && !is_lake {
        return Err(Failure::Usage("--security-lake-region is for --format security-lake; leave it out"));
    }
    let version = args.ocsf_version.unwrap_or(args.format.newest());
    if version > args.format.newest() {
        return Err(Failure::Usage("Security Lake takes OCSF up to 1.3; leave --ocsf-version out, or give 1.1 to 1.3"));
    }
    Ok(match args.format {
        Format::Ocsf => Form::Ocsf(version),
        Format::Asff => Form::Asff,
        Format::Csv => Form::Csv,
        Format::Json => Form::Json,
        Format::SecurityLake => match (&args.output, &args.security_lake_region) {
            (Some(root), Some(region)) => Form::SecurityLake(Source {
                version,
                name: args.source_name.clone(),
                region: region.clone(),
                root: root.clone(),
            }),
            _ => {
                return Err(Failure::Usage(
                    "Security Lake needs --output, a directory, and --security-lake-region, the region of that lake",
                ));
            }
        },
    })
}
