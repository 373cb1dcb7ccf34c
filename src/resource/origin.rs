//! What made a resource.

use serde::{Deserialize, Serialize};

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
