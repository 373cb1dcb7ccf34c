//! Edge packaging jobs, which sign and pack a compiled model for devices; one that has ended never changes.

use aws_sdk_sagemaker::{
    operation::describe_edge_packaging_job::DescribeEdgePackagingJobOutput, types::EdgePackagingJobSummary,
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an edge packaging job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EdgePackagingJob {
    /// `OutputConfig.KmsKeyId`, which encrypts the packaged model.
    pub output_key: Option<String>,
}

impl Kind for EdgePackagingJob {
    const NAME: &'static str = "AWS::SageMaker::EdgePackagingJob";
    const SLUG: &'static str = "edge-packaging-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["COMPLETED", "FAILED", "STOPPED"]);

    fn keys(&self) -> Vec<&str> {
        self.output_key.as_deref().into_iter().collect()
    }
}

impl Listed for EdgePackagingJob {
    const LIST: &'static str = "sagemaker:ListEdgePackagingJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeEdgePackagingJob";

    listed::page!(list_edge_packaging_jobs, edge_packaging_job_summaries, "EdgePackagingJobSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_edge_packaging_job().edge_packaging_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(job.edge_packaging_job_status().map(aws_sdk_sagemaker::types::EdgePackagingJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &EdgePackagingJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.edge_packaging_job_status().map(aws_sdk_sagemaker::types::EdgePackagingJobStatus::as_str)),
        ..Line::named(job.edge_packaging_job_name(), job.edge_packaging_job_arn())?
    })
}

fn facts(job: &DescribeEdgePackagingJobOutput) -> EdgePackagingJob {
    EdgePackagingJob { output_key: said(job.output_config().and_then(|output| output.kms_key_id())) }
}
