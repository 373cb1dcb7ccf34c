//! `verify`: from the arguments to a report on what was published.

use std::{fs, path::Path};

use super::{Failure, Screen, load, print, store};
use crate::{
    cli::{ReportFormat, VerifyArgs},
    exit::ExitStatus,
    signing::public_key::PublicKey,
    verify::{Which, verify},
};

/// Verifies, and prints what was found. When all holds and nobody wants to hear it, that is nothing.
pub(super) async fn run(args: VerifyArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let config = load(&args.config)?;
    let public_keys = args.public_key.as_deref().map(read_public_keys).transpose()?;
    let store = store(&config).await;
    let which = match args.run_id {
        Some(run_id) => Which::Run(run_id),
        None if args.all => Which::All,
        None => Which::Last,
    };
    let report = verify(&store, &which, public_keys.as_deref()).await.map_err(Failure::Verify)?;
    if !report.holds() || !screen.quiet {
        let place = store.place("");
        print(&match args.form.asked() {
            ReportFormat::Text => report.text(&place),
            ReportFormat::Json => report.json(&place),
        })?;
    }
    Ok(if report.holds() { ExitStatus::Complete } else { ExitStatus::Failed })
}

fn read_public_keys(path: &Path) -> Result<Vec<PublicKey>, Failure> {
    let place = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::PublicKey(format!("cannot read the public key {place}: {error}; look at --public-key"))
    })?;
    PublicKey::from_pem(&text).map_err(|error| {
        Failure::PublicKey(format!(
            "no public key in {place}: {error}; it is a PEM file, as `aws kms get-public-key` and openssl make them"
        ))
    })
}
