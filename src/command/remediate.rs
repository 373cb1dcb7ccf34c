//! `remediate`: from a finding to what to do about it.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::{Map, Value};

use super::{Failure, load_of, print, store};
use crate::{
    cli::{RemediateArgs, ReportFormat},
    config::Config,
    exit::ExitStatus,
    lake::published::PublishedRun,
    remediate::{
        Advice, Described, RemediateError, is_training_job, json,
        live::{Live, LiveError},
        recorded::{Found, Meant, Recorded, Run},
        text,
    },
    session::sdk_config_loader,
};

/// Prints what to do about a finding, a resource, or what an origin made.
pub(super) async fn run(args: RemediateArgs) -> Result<ExitStatus, Failure> {
    let config = load_of(&args.lake)?;
    let store = store(&config).await;
    let published = PublishedRun::find(&store, &args.run).await.map_err(Failure::Find)?;
    let asked = async {
        let run = Run::of(store, &published)?;
        let meant = match (&args.subject, &args.origin) {
            (Some(subject), _) => run.meant(subject, &args.check).await?,
            (None, Some(origin)) => run.of_origin(origin, &args.check).await?,
            // One of the two is required.
            (None, None) => Meant { found: Vec::new(), others: 0 },
        };
        let mut resources = Vec::new();
        for findings in of_each(&meant.found).into_iter().take(args.limit.into()) {
            if let Some(first) = findings.first() {
                resources.push((run.resource(first).await?, findings));
            }
        }
        Ok::<_, RemediateError>((meant, resources))
    };
    let (Meant { found, others }, resources) = Box::pin(asked).await.map_err(Failure::Remediate)?;
    let mut advice = Vec::new();
    let mut service = Service { args: &args, config: &config, live: None, unreachable: None };
    for (resource, findings) in resources {
        let described = Box::pin(service.described(&resource, &findings)).await?;
        let one = Advice::of(resource, findings, args.key.as_ref(), &config.parameters, &described);
        advice.push(one.map_err(Failure::Remediate)?);
    }
    print(&match args.form.asked() {
        ReportFormat::Text => text(&advice, &found, others),
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

/// The service, to which one connection is made once a job needs it.
struct Service<'a> {
    args: &'a RemediateArgs,
    config: &'a Config,
    live: Option<Live<'a>>,
    /// Why it cannot be reached, of which the first failure tells for all.
    unreachable: Option<String>,
}

impl Service<'_> {
    /// What it says of a training job of which something fails, where it is to be asked.
    async fn described(&mut self, resource: &Recorded, findings: &[Found]) -> Result<Described, Failure> {
        if self.args.recorded || !is_training_job(resource) || !findings.iter().any(Found::fails) {
            return Ok(Described::NotAsked);
        }
        if let Some(why) = &self.unreachable {
            return Ok(Described::Unread(why.clone()));
        }
        match self.asked(resource).await {
            Ok(answer) => Ok(Described::Read(answer)),
            Err(error) if self.args.live => Err(Failure::Live(error)),
            Err(error) => {
                let why = error.to_string();
                if error.is_of_all() {
                    self.unreachable = Some(why.clone());
                }
                Ok(Described::Unread(why))
            }
        }
    }

    async fn asked(&mut self, resource: &Recorded) -> Result<Map<String, Value>, LiveError> {
        let live = match self.live.take() {
            Some(live) => live,
            None => Live::connect(sdk_config_loader().load().await, self.config).await?,
        };
        self.live.insert(live).describe(resource).await
    }
}
