//! `remediate`: from a finding to what to do about it.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{Failure, load_with, print, store};
use crate::{
    cli::{RemediateArgs, ReportFormat},
    config::Config,
    exit::ExitStatus,
    lake::published::PublishedRun,
    remediate::{
        Advice, Described, RemediateError, is_training_job, json, live,
        recorded::{Found, Recorded, Run},
        text,
    },
    session::sdk_config_loader,
};

/// Prints what to do about a finding, a resource, or what an origin made.
pub(super) async fn run(args: RemediateArgs) -> Result<ExitStatus, Failure> {
    let lake = args.lake.as_ref().map(|place| ("SAGESWEEP_LAKE_DESTINATION", place.as_str()));
    let config = load_with(&args.config, lake)?;
    let store = store(&config).await;
    let published = PublishedRun::find(&store, &args.run).await.map_err(Failure::Find)?;
    let asked = async {
        let run = Run::of(store, &published)?;
        let found = match (&args.subject, &args.origin) {
            (Some(subject), _) => run.meant(subject, &args.check).await?,
            (None, Some(origin)) => run.of_origin(origin, &args.check).await?,
            // One of the two is required.
            (None, None) => Vec::new(),
        };
        let mut resources = Vec::new();
        for findings in of_each(&found).into_iter().take(args.limit.into()) {
            if let Some(first) = findings.first() {
                resources.push((run.resource(first).await?, findings));
            }
        }
        Ok::<_, RemediateError>((found, resources))
    };
    let (found, resources) = Box::pin(asked).await.map_err(Failure::Remediate)?;
    let mut advice = Vec::new();
    for (resource, findings) in resources {
        let described = Box::pin(described(&args, &config, &resource)).await?;
        let one = Advice::of(resource, findings, args.key.as_ref(), &config.parameters, &described);
        advice.push(one.map_err(Failure::Remediate)?);
    }
    print(&match args.format {
        ReportFormat::Text => text(&advice, &found),
        ReportFormat::Json => json(published.run_id(), &advice, &found),
    })
}

/// The findings of each resource, the newest resource first.
fn of_each(found: &[Found]) -> Vec<Vec<Found>> {
    let mut resources = BTreeMap::<_, Vec<Found>>::new();
    for found in found {
        let identity =
            (Reverse(found.created_at), found.account_id.clone(), found.region.clone(), found.resource_arn.clone());
        resources.entry(identity).or_default().push(found.clone());
    }
    resources.into_values().collect()
}

/// What the service says of a training job, where it is to be asked.
async fn described(args: &RemediateArgs, config: &Config, resource: &Recorded) -> Result<Described, Failure> {
    if args.recorded || !is_training_job(resource) {
        return Ok(Described::NotAsked);
    }
    match live::describe(&sdk_config_loader().load().await, config, resource).await {
        Ok(answer) => Ok(Described::Read(answer)),
        Err(error) if args.live => Err(Failure::Live(error)),
        Err(error) => Ok(Described::Unread(error.to_string())),
    }
}
