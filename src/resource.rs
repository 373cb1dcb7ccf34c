//! Resources: the envelope that all types share, and the facts of each type.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub mod training_job;

use training_job::{Instances, TrainingJob};

/// The resource types that are audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResourceType {
    /// A training job.
    TrainingJob,
}

impl ResourceType {
    /// Every resource type.
    pub const ALL: [Self; 1] = [Self::TrainingJob];

    /// The name in CloudFormation's style (which has no type for jobs, so this is our own spelling of one).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TrainingJob => "AWS::SageMaker::TrainingJob",
        }
    }

    /// The call that a look at the type begins with.
    pub fn first_api(self) -> &'static str {
        match self {
            Self::TrainingJob => training_job::LIST,
        }
    }

    /// The IAM actions that read resources of the type.
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::TrainingJob => training_job::ACTIONS,
        }
    }

    /// Whether a resource in this state never changes any more, but for its tags.
    pub fn is_settled(self, state: &str) -> bool {
        match self {
            Self::TrainingJob => training_job::SETTLED.contains(&state),
        }
    }

    /// The name in identifiers of checks.
    pub fn slug(self) -> &'static str {
        match self {
            Self::TrainingJob => "training-job",
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// One row of the table `resources`: what is known of one resource, whatever its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The ARN; with the creation time it is the identity, since names can be reused after deletion.
    pub arn: String,
    /// The name within its account and region.
    pub name: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// The service's status text, such as `Completed`; unknown values are kept as they came.
    pub state: Option<String>,
    /// What made it, where that can be told: a finished job cannot be mended, its maker can.
    pub origin: Option<Origin>,
    /// The execution role.
    pub role_arn: Option<String>,
    /// The tags, as far as the answer carried them.
    pub tags: BTreeMap<String, String>,
    /// When the service's answer was read.
    pub observed_at: Timestamp,
    /// What the checks look at.
    pub facts: Facts,
}

impl Resource {
    /// Whether its facts were all read and never change any more, so that another night can take them over.
    pub fn is_settled(&self) -> bool {
        let settled = |state: &str| self.facts.resource_type().is_settled(state);
        self.state.as_deref().is_some_and(settled) && self.facts.are_whole()
    }
}

/// Whether two creation times are the same: two services may round one differently.
pub fn is_same_time(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.as_second().abs_diff(other.as_second()) <= 1)
}

/// What made a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The kind of maker.
    pub kind: OriginKind,
    /// Its ARN, or its name where no ARN is known.
    pub reference: String,
}

/// The kinds of makers of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OriginKind {
    /// A hyperparameter tuning job.
    TuningJob,
    /// An AutoML job.
    AutoMlJob,
    /// A labeling job.
    LabelingJob,
    /// An execution of a pipeline.
    PipelineExecution,
}

impl OriginKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::TuningJob, Self::AutoMlJob, Self::LabelingJob, Self::PipelineExecution];

    /// The kind as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TuningJob => "TUNING_JOB",
            Self::AutoMlJob => "AUTOML_JOB",
            Self::LabelingJob => "LABELING_JOB",
            Self::PipelineExecution => "PIPELINE_EXECUTION",
        }
    }
}

/// The facts of a resource, by type.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts {
    /// A training job's.
    TrainingJob(Box<TrainingJob>),
    /// The resource exists, and its description was refused.
    Unreadable {
        /// Its type.
        resource_type: ResourceType,
        /// The refused API and its code.
        why: String,
    },
}

impl Facts {
    /// The type that the facts are of.
    pub fn resource_type(&self) -> ResourceType {
        match self {
            Self::TrainingJob(_) => ResourceType::TrainingJob,
            Self::Unreadable { resource_type, why: _ } => *resource_type,
        }
    }

    /// The texts by which the resource names its keys.
    pub fn keys(&self) -> Vec<&str> {
        match self {
            Self::TrainingJob(facts) => facts.keys().collect(),
            Self::Unreadable { .. } => Vec::new(),
        }
    }

    /// The facts as a JSON object, the column `config_json`.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::TrainingJob(facts) => serde_json::to_string(facts),
            Self::Unreadable { resource_type: _, why } => Ok(serde_json::json!({ "unreadable": why }).to_string()),
        }
    }

    /// The facts of what [`Self::to_json`] wrote.
    pub fn from_json(resource_type: ResourceType, json: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Unreadable {
            unreadable: String,
        }
        if json.starts_with("{\"unreadable\"") {
            let Unreadable { unreadable: why } = serde_json::from_str(json)?;
            return Ok(Self::Unreadable { resource_type, why });
        }
        match resource_type {
            ResourceType::TrainingJob => Ok(Self::TrainingJob(Box::new(serde_json::from_str(json)?))),
        }
    }

    /// Whether everything that the checks look at could be read.
    fn are_whole(&self) -> bool {
        match self {
            Self::TrainingJob(facts) => !matches!(facts.instances, Instances::Unconfirmed(_)),
            Self::Unreadable { .. } => false,
        }
    }
}
