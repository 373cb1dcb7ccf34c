//! Training jobs: the facts that checks look at, and what they cost to read (the IAM actions).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod answer;
mod breadth;
pub mod collect;
mod incremental;
mod listing;
mod project;
mod record;
mod search;
mod spans;
mod stream;
mod wanted;
mod window;
mod windows;

pub(crate) use listing::{DESCRIBE, LIST};
pub(super) use project::sdk_instances;
pub(crate) use search::SEARCH;

use super::{Kind, Read, Resource, Settled};
use crate::{
    organization::Target,
    outcome::Refusal,
    scan::cell::{Cell, Collected},
    secret::Looked,
    session::gate::Gate,
};

/// The states, `TrainingJobStatus`, in which a job has ended.
const SETTLED: &[&str] = &["Completed", "Failed", "Stopped"];

/// The facts of a training job. None of its settings can change after creation but the warm pool, the profiler and
/// remote debugging. Environment and hyperparameter values are never kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TrainingJob {
    /// `ResourceConfig.VolumeKmsKeyId`; the empty text counts as absent.
    pub volume_key: Option<String>,
    /// `OutputDataConfig.KmsKeyId`; the service answers with an empty text where none was set.
    pub output_key: Option<String>,
    /// `OutputDataConfig.S3OutputPath`.
    pub output_location: Option<String>,
    /// What the job ran on.
    pub instances: Instances,
    /// Instances in all; none where the answer does not tell.
    pub instance_count: Option<i64>,
    /// `EnableNetworkIsolation`; absent is false.
    pub network_isolation: bool,
    /// `EnableInterContainerTrafficEncryption`; absent is false.
    pub inter_container_encryption: bool,
    /// `VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
    /// `AlgorithmSpecification.TrainingImage`.
    pub image: Option<String>,
    /// `AlgorithmSpecification.AlgorithmName`.
    pub algorithm: Option<String>,
    /// `SecondaryStatus`.
    pub secondary_status: Option<String>,
    /// Whether somebody can open a shell in its container.
    #[serde(default)]
    pub remote_debugging: RemoteDebugging,
    /// Secrets in `Environment` and `HyperParameters`.
    #[serde(default)]
    pub secrets: Looked,
}

/// What a training job ran on. Exactly one of these forms applies to a job.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instances {
    /// `InstanceGroups`: a heterogeneous cluster, the type of each group.
    Groups(Vec<String>),
    /// `SelectedInstanceType`: what the service chose among the preferences.
    Selected(String),
    /// `InstanceType`.
    Type(String),
    /// `InstancePreferences` among which nothing was chosen yet.
    Preferences(Vec<String>),
    /// `ServerlessJobConfig`, which only a Describe shows.
    Serverless,
    /// None of these in the answer, and the Describe that could tell was not made or refused: why.
    Unconfirmed(String),
    /// None of these, and the Describe did not show a serverless job either.
    #[default]
    Absent,
}

/// `RemoteDebugConfig.EnableRemoteDebug`, which only a Describe shows and which matters only while a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteDebugging {
    /// The job has ended, and its containers with it.
    Ended,
    /// It is off.
    Off,
    /// It is on.
    On,
    /// The Describe that could tell was not made or refused: why.
    Unknown(String),
}

impl Default for RemoteDebugging {
    fn default() -> Self {
        Self::Unknown("not asked".to_owned())
    }
}

impl Instances {
    /// The instance types, as far as there are any.
    pub fn types(&self) -> &[String] {
        match self {
            Self::Groups(types) | Self::Preferences(types) => types,
            Self::Selected(one) | Self::Type(one) => std::slice::from_ref(one),
            Self::Serverless | Self::Unconfirmed(_) | Self::Absent => &[],
        }
    }
}

impl Kind for TrainingJob {
    const NAME: &'static str = "AWS::SageMaker::TrainingJob";
    const SLUG: &'static str = "training-job";
    const ACTIONS: &'static [&'static str] = &[LIST, SEARCH, DESCRIBE];
    const SETTLED: Settled = Settled::In(SETTLED);

    fn keys(&self) -> Vec<&str> {
        [&self.volume_key, &self.output_key].into_iter().flatten().map(String::as_str).collect()
    }

    fn is_whole(&self) -> bool {
        !matches!(self.instances, Instances::Unconfirmed(_)) && self.secrets.is_current()
    }

    async fn confirm(cell: &Cell, resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        collect::confirm(cell, resources).await
    }
}

impl Read for TrainingJob {
    async fn collect(cell: &Arc<Cell>) -> Collected {
        collect::collect(cell).await
    }

    async fn probe(gate: &Gate, _target: &Target, action: &'static str) -> Result<(), Refusal> {
        listing::probe(gate, action).await
    }
}
