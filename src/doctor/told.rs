//! Who is told of a run: whether the URL of a webhook is where the configuration says. Nobody is told for a trial.

use aws_config::SdkConfig;

use super::{
    advice::{self, say},
    observation::{Answer, Group, Level, Observation},
};
use crate::{
    config::Config,
    notify::{self, SendError, Target, url::WebhookUrl},
};

/// The setting, as problems name it.
const SUBJECT: &str = "notify";

/// Says who is told, and looks for the URL of a webhook.
pub(super) async fn look(sdk: &SdkConfig, config: &Config) -> Vec<Observation> {
    let mut observations = Vec::new();
    for target in Target::configured(&config.notify) {
        let text = format!("{} {} is told of each run", target.kind(), target.name());
        let found = match &config.notify.webhook {
            Some(source) if matches!(target, Target::Webhook(_)) => {
                Box::pin(WebhookUrl::find(source, &notify::environment, sdk)).await.map(drop)
            }
            Some(_) | None => Ok(()),
        };
        observations.push(match found {
            Ok(()) => Observation::ok(Group::Configuration, SUBJECT, text),
            Err(error) => unfound(config, &error),
        });
    }
    observations
}

fn unfound(config: &Config, error: &SendError) -> Observation {
    let mut observation = Observation::new(Group::Configuration, Level::Warn, SUBJECT, error.to_string());
    if let SendError::Refused { key: _, refusal } = error {
        observation.answer = Some(Answer::from(refusal));
        observation.advice = advice::task(config);
    }
    observation.advice.push(say("The run is published all the same; `sagesweep notify` tells of it later."));
    observation
}
