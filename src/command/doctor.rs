//! `doctor`: looks at everything that a night needs and prints what would fail.

use std::path::Path;

use super::{Failure, Screen, load, print};
use crate::{
    cli::{DoctorArgs, ReportFormat},
    config::DEFAULT_FILE,
    doctor::{self, sample::Sample, terminal},
    exit::ExitStatus,
    session::{Clock, sdk_config_loader},
};

/// Examines, prints, and tells the exit status from the verdict.
pub(super) async fn run(args: DoctorArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let config = load(&args.config)?;
    let source = source(args.config.config.as_deref());
    let sample = if args.all { Sample::All } else { Sample::Some(usize::from(args.accounts)) };
    let sdk = sdk_config_loader().load().await;
    let examination = Box::pin(doctor::examine(&sdk, &config, &source, sample, Clock::System)).await;
    let text = match args.form.asked() {
        ReportFormat::Text => terminal::report(&examination, screen.quiet),
        ReportFormat::Json => {
            let json = serde_json::to_string_pretty(&examination);
            format!("{}\n", json.map_err(|error| Failure::Output(error.into()))?)
        }
    };
    print(&text)?;
    Ok(examination.verdict.exit_status())
}

/// Where the configuration comes from: its file and the names of the variables over it, never their values.
fn source(path: Option<&Path>) -> String {
    let file = match path {
        Some(path) => path.display().to_string(),
        None if Path::new(DEFAULT_FILE).is_file() => DEFAULT_FILE.to_owned(),
        None => "no file, so the defaults".to_owned(),
    };
    let names = std::env::vars_os().filter_map(|(name, _value)| name.into_string().ok());
    let mut names = names.filter(|name| name.starts_with("SAGESWEEP_")).collect::<Vec<_>>();
    names.sort_unstable();
    if names.is_empty() { file } else { format!("{file}, and {}", names.join(", ")) }
}
