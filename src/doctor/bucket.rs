//! The bucket itself: where it is, and the settings by which it keeps what is in it safe.

use super::{
    advice::{self, say},
    lake::answer,
    observation::{Advice, Group, Level, Observation},
};
use crate::{
    config::Config,
    lake::store::{
        Bucket, StoreError,
        settings::{self, Settings, Whereabouts},
    },
};

/// Whether there is such a bucket, where we look for it.
pub(super) fn whereabouts(found: Whereabouts, bucket: &Bucket, config: &Config) -> Observation {
    let (name, asked) = (bucket.name(), bucket.region().unwrap_or_default());
    match found {
        Whereabouts::Here(region) => match region.filter(|region| *region != asked) {
            None => Observation::ok(Group::Lake, "bucket", format!("{name} is there, in {asked}")),
            Some(region) => {
                let text = format!("{name} is in {region}, and was asked for in {asked}");
                Observation::new(Group::Lake, Level::Warn, "bucket", text).advised(move_to(&region))
            }
        },
        Whereabouts::Elsewhere(region) => {
            let text = format!("{name} is in {region}, and was asked for in {asked}");
            Observation::fatal(Group::Lake, "bucket", text).advised(move_to(&region))
        }
        Whereabouts::Missing => {
            let constraint = match asked.as_str() {
                "us-east-1" => String::new(),
                region => format!(" --create-bucket-configuration LocationConstraint={region}"),
            };
            let command = format!("aws s3api create-bucket --bucket {name} --region {asked}{constraint}");
            Observation::fatal(Group::Lake, "bucket", format!("there is no bucket {name}"))
                .advised(vec![say("Correct lake.destination, or create the bucket:"), Advice::Command(command)])
        }
        Whereabouts::Untold(error) => {
            let text = format!("whether {name} is there, and in {asked}, is not told");
            let observation = Observation::new(Group::Lake, Level::Warn, "bucket", text);
            Observation { answer: Some(answer(&error)), ..observation }.advised(advice::task(config))
        }
    }
}

fn move_to(region: &str) -> Vec<Advice> {
    vec![say("Name the bucket's region:"), Advice::Setting(format!("lake.bucket_region = \"{region}\""))]
}

/// What the bucket's settings say; those that may not be looked at are told of together.
pub(super) fn settings(settings: Settings, name: &str, config: &Config) -> Vec<Observation> {
    let mut untold = Vec::new();
    let mut observations = Vec::new();
    match settings.encryption {
        Ok(default) => {
            let default = default.unwrap_or_else(|| "none".to_owned());
            let text = match &config.lake.kms_key {
                Some(key) => {
                    format!("objects are encrypted with {key} (lake.kms_key); the bucket's default is {default}")
                }
                None => format!("as the bucket does by default: {default}"),
            };
            observations.push(Observation::ok(Group::Lake, "encryption", text));
        }
        Err(error) => untold.push(error),
    }
    match settings.public_access_blocked {
        Ok(true) => observations.push(Observation::ok(Group::Lake, "public access", "blocked in all four ways")),
        Ok(false) => observations.push(open_to_the_public(name)),
        Err(error) => untold.push(error),
    }
    let mut note = |setting: Result<bool, StoreError>, subject: &str, on: &str, off: &str| match setting {
        Ok(true) => observations.push(Observation::ok(Group::Lake, subject, on)),
        Ok(false) => observations.push(Observation::new(Group::Lake, Level::Note, subject, off)),
        Err(error) => untold.push(error),
    };
    note(
        settings.tls_only,
        "TLS",
        "the policy denies what comes without",
        "the policy does not deny what comes without",
    );
    note(settings.versioned, "versioning", "on", "off: what is overwritten or removed is gone");
    note(settings.object_lock, "object lock", "on", "off: whoever may remove objects may remove the evidence");
    if !untold.is_empty() {
        let actions = untold.iter().filter_map(action).collect::<Vec<_>>().join(", ");
        let text = format!("could not look: {actions}; a run does not need them");
        let mut observation = Observation::new(Group::Lake, Level::Note, "other settings", text);
        observation.answer = untold.first().map(answer);
        observations.push(observation);
    }
    observations
}

fn action(error: &StoreError) -> Option<&'static str> {
    match error {
        StoreError::S3 { action, .. } => settings::ACTIONS.iter().find(|known| *known == action).copied(),
        StoreError::AlreadyExists(_)
        | StoreError::NotFound(_)
        | StoreError::File { .. }
        | StoreError::Unsettled { .. }
        | StoreError::Worker { .. } => None,
    }
}

fn open_to_the_public(name: &str) -> Observation {
    let command = format!(
        "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
    );
    Observation::new(Group::Lake, Level::Warn, "public access", "not blocked, unless the account blocks it")
        .advised(vec![say("Block it for the bucket:"), Advice::Command(command)])
}
