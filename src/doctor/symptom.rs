//! What can be wrong with an account, and what it means for a night.

use super::{
    advice,
    observation::{Advice, Consequence, Level},
};
use crate::{
    config::Config,
    coverage::Outcome,
    kms::{DESCRIBE_KEY, rotation::GET_KEY_ROTATION_STATUS},
    outcome::Refusal,
    place::Region,
    resource::training_job::{DESCRIBE, LIST, SEARCH},
    session::{Caller, credentials::ASSUME_ROLE, regions::LIST_REGIONS},
};

/// A kind of problem; accounts that share one, and its outcome, are told of together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The role cannot be assumed.
    Role,
    /// The account may not be asked for its regions.
    RegionList,
    /// No region of the account is in scope.
    NoRegion,
    /// A configured region that the account knows nothing of.
    Unlisted,
    /// A region of the account that this version does not know.
    New,
    /// A region in which nothing can be read.
    Region,
    /// An action that is refused where others are not.
    Action(&'static str),
    /// Neither the listing nor the search is allowed.
    Unreadable,
}

/// A problem of one account.
#[derive(Debug, Clone)]
pub(super) struct Symptom {
    pub(super) kind: Kind,
    /// Where, if not everywhere in the account.
    pub(super) region: Option<Region>,
    /// The answer that it rests on.
    pub(super) refusal: Option<Refusal>,
}

/// What a kind of problem means.
#[derive(Debug)]
pub(super) struct Meaning {
    pub(super) subject: &'static str,
    pub(super) level: Level,
    pub(super) consequence: Consequence,
    pub(super) text: String,
}

impl Kind {
    /// What it means when the answer was this outcome.
    pub(super) fn meaning(self, outcome: Option<Outcome>) -> Meaning {
        use Consequence::{AccountsMissed, Nothing, PartsMissed};

        let how = how(outcome);
        let (subject, level, consequence, text) = match self {
            Self::Role => (ASSUME_ROLE, Level::Fail, AccountsMissed, how.to_owned()),
            Self::RegionList => (
                LIST_REGIONS,
                Level::Warn,
                Nothing,
                format!("{how}; regions.fallback, or else the regions that are on by default, are audited instead"),
            ),
            Self::NoRegion => ("regions", Level::Warn, Nothing, "none is in scope".to_owned()),
            Self::Unlisted => (
                "regions.include",
                Level::Fail,
                PartsMissed,
                "names a region that the account does not know: misspelt, or very new".to_owned(),
            ),
            Self::New => (
                "regions",
                Level::Note,
                Nothing,
                "enabled, and not known to this version; they are audited all the same".to_owned(),
            ),
            Self::Region => ("regions", Level::Fail, PartsMissed, format!("SageMaker is {how}")),
            Self::Action(action) => match action {
                LIST => (action, Level::Warn, Nothing, format!("{how}; searches are held against nothing")),
                SEARCH => (
                    action,
                    Level::Warn,
                    Nothing,
                    format!("{how}; every job is described by itself: slow, and without tags"),
                ),
                DESCRIBE => (
                    action,
                    Level::Fail,
                    PartsMissed,
                    format!("{how}; jobs that the search index does not have yet cannot be read"),
                ),
                DESCRIBE_KEY => {
                    (action, Level::Fail, PartsMissed, format!("{how}; findings about keys would be UNKNOWN"))
                }
                GET_KEY_ROTATION_STATUS => (
                    action,
                    Level::Fail,
                    PartsMissed,
                    format!("{how}; findings about the rotation of keys would be UNKNOWN"),
                ),
                _ => (action, Level::Fail, PartsMissed, format!("{how}; what needs it would be missed")),
            },
            Self::Unreadable => {
                ("training jobs", Level::Fail, AccountsMissed, "neither listed nor searched".to_owned())
            }
        };
        Meaning { subject, level, consequence, text }
    }

    /// What mends it.
    pub(super) fn advice(
        self,
        refusal: Option<&Refusal>,
        regions: &[Region],
        config: &Config,
        caller: &Caller,
    ) -> Vec<Advice> {
        let outcome = refusal.map(|refusal| refusal.outcome);
        let ours = refusal.is_some_and(|refusal| refusal.message.contains("identity-based policy"));
        match (self, outcome) {
            (Self::Role, Some(Outcome::AssumeRoleFailed)) if ours => advice::task(config),
            (Self::Role, Some(Outcome::AssumeRoleFailed)) => advice::role(config, caller),
            (Self::NoRegion | Self::Unlisted, _) => {
                vec![advice::say("Correct the [regions] section of the configuration.")]
            }
            // What both are refused for is told with each of them.
            (Self::New | Self::Unreadable, _) => Vec::new(),
            (Self::Region, Some(Outcome::DeniedByScp)) => advice::service_control_policy(config, regions),
            (_, Some(Outcome::DeniedByScp)) => advice::service_control_policy(config, &[]),
            (_, Some(Outcome::AccessDenied)) => advice::member(config),
            _ => vec![advice::say(
                "Try again; if it stays so, look at the network and at the health of the service there.",
            )],
        }
    }
}

/// An outcome as the end of a sentence.
fn how(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::DeniedByScp) => "denied by a service control policy",
        Some(Outcome::AccessDenied) => "denied by IAM",
        Some(Outcome::AssumeRoleFailed) => "refused",
        Some(Outcome::RegionDisabled) => "refused, as where a region is off",
        Some(Outcome::NotSupported | Outcome::ServiceNotInRegion) => "not there",
        Some(Outcome::Throttled) => "throttled",
        Some(Outcome::Timeout) => "without an answer in time",
        Some(Outcome::MalformedAnswer) => "answered with something that cannot be understood",
        Some(
            Outcome::Complete
            | Outcome::Partial
            | Outcome::AccountSuspended
            | Outcome::Error
            | Outcome::NotScanned
            | Outcome::NotAsked,
        )
        | None => "failing",
    }
}
