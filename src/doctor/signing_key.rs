//! The key that signs manifests: whether it can be used, told before a night ends with a refusal.

use aws_config::SdkConfig;

use super::{
    advice::{self, say},
    observation::{Answer, Consequence, Group, Level, Observation},
};
use crate::{
    config::Config,
    signing::{SignError, Signer},
};

/// The setting, as problems name it.
const SUBJECT: &str = "lake.signing_key";
/// What is signed for a trial, and kept by nobody.
const TRIAL: &[u8] = b"sagesweep doctor";

/// Signs something, where a key is configured.
pub(super) async fn look(sdk: &SdkConfig, config: &Config) -> Option<Observation> {
    let signer = Signer::open(&config.lake, sdk)?;
    let refused = match Box::pin(signer.sign(TRIAL)).await {
        Ok(signature) => {
            let text = format!("{} signs, and its signature holds", signature.key_arn);
            return Some(Observation::ok(Group::Lake, SUBJECT, text));
        }
        Err(refused) => refused,
    };
    let mut observation = Observation::new(Group::Lake, Level::Fail, SUBJECT, refused.to_string());
    observation.consequence = Consequence::RunFails;
    if let SignError::Refused { key: _, refusal } = &refused {
        observation.answer = Some(Answer::from(refusal));
    }
    observation.advice = advice::task(config);
    observation
        .advice
        .push(say("The key's own policy must allow it, too; or leave lake.signing_key empty to sign nothing."));
    Some(observation)
}
