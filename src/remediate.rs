//! What to do about a finding, with the values of its resource filled in.
//!
//! ```text
//! subject ──► recorded ──────────────► source       what made it, which is what has to change
//! uid, ARN,   findings, the resource ─► ways         the texts of the catalogue
//! origin      and its facts          ─► job_input    the input that makes a training job again ◄── live
//!                                    ─► permission   what the role needs for the key           DescribeTrainingJob
//! ```
//!
//! It prints. Nothing of it writes to AWS: the one call that it makes there describes a training job.

pub mod job_input;
mod json;
pub mod key;
pub mod live;
pub mod permission;
pub mod recorded;
#[cfg(test)]
mod samples;
pub mod source;
pub mod subject;
mod text;
pub mod ways;

use thiserror::Error;

pub use json::json;
pub use text::text;

use job_input::JobInput;
use key::{Choice, KeyArn, choose};
use permission::Permission;
use recorded::{Found, Recorded};
use serde_json::{Map, Value};
use source::Source;
use ways::Way;

use crate::{
    check::{Control, selection},
    config::Parameters,
    finding::Status,
    lake::RunId,
    query::QueryError,
    resource::{Facts, ResourceType},
};

/// Why nothing can be said.
#[derive(Debug, Error)]
pub enum RemediateError {
    /// No such finding.
    #[error(
        "no finding of run {run_id} has a uid that begins with {uid}; `sagesweep export --format ocsf` tells the uids"
    )]
    NoSuchFinding {
        /// What was asked for.
        uid: String,
        /// Where.
        run_id: RunId,
    },
    /// One finding, and checks to narrow it by.
    #[error("a uid names one finding, which --check cannot narrow: leave --check out, or name a resource or --origin")]
    CheckOfFinding,
    /// Several of them.
    #[error("several findings have a uid that begins with {uid}: {}", uids.join(", "))]
    Ambiguous {
        /// What was asked for.
        uid: String,
        /// Some of them.
        uids: Vec<String>,
    },
    /// No such resource.
    #[error("run {run_id} has no resource {arn}; another run may have it: --run names one")]
    NoSuchResource {
        /// What was asked for.
        arn: String,
        /// Where.
        run_id: RunId,
    },
    /// Nothing that fails.
    #[error("nothing that {origin} made fails in run {run_id}; the view top_origins lists the origins of what fails")]
    NothingOfOrigin {
        /// What was asked for.
        origin: String,
        /// Where.
        run_id: RunId,
    },
    /// A key of another region.
    #[error("the key of --key is of {key}, and a resource of {region} cannot use it there; name a key of {region}")]
    KeyRegion {
        /// The region of the key.
        key: String,
        /// That of the resource.
        region: String,
    },
    /// What is recorded cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl RemediateError {
    /// Whether the command line is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NoSuchFinding { .. }
            | Self::CheckOfFinding
            | Self::Ambiguous { .. }
            | Self::NoSuchResource { .. }
            | Self::NothingOfOrigin { .. }
            | Self::KeyRegion { .. } => true,
            Self::Query(_) => false,
        }
    }
}

/// What was read of a training job now, or why it was not.
#[derive(Debug, Clone, PartialEq)]
pub enum Described {
    /// The answer of `DescribeTrainingJob`.
    Read(Map<String, Value>),
    /// Nothing: why.
    Unread(String),
    /// Nobody was to ask.
    NotAsked,
}

/// What to do about the findings of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// The resource.
    pub resource: Recorded,
    /// The findings.
    pub findings: Vec<Found>,
    /// Where it came from.
    pub source: Source,
    /// The texts of the catalogue, for each check once.
    pub ways: Vec<Way>,
    /// The key that is filled in, where one is missing.
    pub key: Option<Choice>,
    /// The input that makes a training job again.
    pub job: Option<JobInput>,
    /// Why it was not read from the service, where it was to be.
    pub unread: Option<String>,
    /// What the role needs for the key.
    pub permission: Option<Permission>,
}

impl Advice {
    /// For a resource and findings of it.
    pub fn of(
        resource: Recorded,
        findings: Vec<Found>,
        given: Option<&KeyArn>,
        parameters: &Parameters,
        described: &Described,
    ) -> Result<Self, RemediateError> {
        if let Some(key) = given.filter(|key| key.region.as_str() != resource.region) {
            return Err(RemediateError::KeyRegion { key: key.region.to_string(), region: resource.region });
        }
        let is_of_keys = |found: &Found| {
            selection::check(&found.check_id).is_ok_and(|check| check.control == Control::EncryptionAtRest)
        };
        // What passes, does not apply or is unknown is no reason to change anything.
        let failing = findings.iter().filter(|found| found.fails()).cloned().collect::<Vec<_>>();
        let place = (&*resource.partition, &*resource.region, &*resource.account_id);
        let choice = choose(given, parameters, &in_use(&resource, &findings), place);
        let job = job(&resource, &failing, &choice, described);
        // A key is encrypted with no key.
        let needs_key = resource.resource_type != ResourceType::KmsKey && failing.iter().any(is_of_keys);
        let key = needs_key.then_some(choice);
        let for_volumes = match &job {
            Some(job) => job.has_volume_key,
            None => failing.iter().any(|found| found.reason_code.contains("volume_key")),
        };
        let has_role = resource.role_arn.is_some() || names_a_role(resource.resource_type);
        let permission = key
            .as_ref()
            .filter(|_| has_role)
            .map(|key| Permission::of(resource.role_arn.as_deref(), &resource.account_id, key, for_volumes));
        let unread = match described {
            Described::Unread(why) => Some(why.clone()),
            Described::Read(_) | Described::NotAsked => None,
        };
        Ok(Self {
            source: Source::of(&resource),
            ways: ways::of(&resource, &failing, key.as_ref()),
            resource,
            findings,
            key,
            job,
            unread,
            permission,
        })
    }
}

/// Whether a resource is a training job, whose input can be read from the service.
pub fn is_training_job(resource: &Recorded) -> bool {
    resource.resource_type == ResourceType::TrainingJob
}

/// Whether resources of a type work with a role, so that one that is not recorded is merely unknown.
fn names_a_role(resource_type: ResourceType) -> bool {
    use ResourceType as Type;
    !matches!(
        resource_type,
        Type::AccountRegion
            | Type::AppImageConfig
            | Type::EndpointConfig
            | Type::FeatureGroup
            | Type::KmsKey
            | Type::Model
            | Type::ModelCard
            | Type::ModelPackage
            | Type::ModelPackageGroup
            | Type::StudioLifecycleConfig
            | Type::Workforce
    )
}

/// The job again, where some of it fails.
fn job(resource: &Recorded, failing: &[Found], key: &Choice, described: &Described) -> Option<JobInput> {
    if failing.is_empty() {
        return None;
    }
    let mut job = match (described, &resource.facts) {
        (Described::Read(answer), _) if is_training_job(resource) => JobInput::described(answer, resource),
        (_, Facts::TrainingJob(facts)) => JobInput::recorded(facts, resource),
        _ => return None,
    };
    for found in failing {
        job.mend(found, &key.arn);
    }
    Some(job)
}

/// The keys that a training job names and that are not at fault, as ARNs.
fn in_use(resource: &Recorded, findings: &[Found]) -> Vec<String> {
    let Facts::TrainingJob(job) = &resource.facts else { return Vec::new() };
    let is_doubted = |found: &&Found| matches!(found.status, Status::Fail | Status::Unknown);
    let fails = |role: &str| findings.iter().filter(is_doubted).any(|found| found.reason_code.contains(role));
    let keys = [("output_key", &job.output_key), ("volume_key", &job.volume_key)];
    let keys = keys.into_iter().filter(|(role, _)| !fails(role)).filter_map(|(_, key)| key.as_deref());
    let (partition, region, account) = (&resource.partition, &resource.region, &resource.account_id);
    let arn = |key: &str| {
        if key.starts_with("arn:") {
            key.to_owned()
        } else {
            format!("arn:{partition}:kms:{region}:{account}:key/{key}")
        }
    };
    keys.filter(|key| !key.starts_with("alias/")).map(arn).collect()
}

#[cfg(test)]
mod tests;
