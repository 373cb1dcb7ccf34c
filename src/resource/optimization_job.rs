//! Optimization jobs, which quantize, compile or otherwise speed up a model; one that has ended never changes.

use aws_sdk_sagemaker::{
    operation::describe_optimization_job::DescribeOptimizationJobOutput, types::OptimizationJobSummary,
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an optimization job. Values of its environment are never kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OptimizationJob {
    /// `OutputConfig.KmsKeyId`, which encrypts the optimized model.
    pub output_key: Option<String>,
    /// `VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
}

impl Kind for OptimizationJob {
    const NAME: &'static str = "AWS::SageMaker::OptimizationJob";
    const SLUG: &'static str = "optimization-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["COMPLETED", "FAILED", "STOPPED"]);

    fn keys(&self) -> Vec<&str> {
        self.output_key.as_deref().into_iter().collect()
    }
}

impl Listed for OptimizationJob {
    const LIST: &'static str = "sagemaker:ListOptimizationJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeOptimizationJob";

    listed::page!(list_optimization_jobs, optimization_job_summaries, "OptimizationJobSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_optimization_job().optimization_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(job.optimization_job_status().map(aws_sdk_sagemaker::types::OptimizationJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &OptimizationJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.optimization_job_status().map(aws_sdk_sagemaker::types::OptimizationJobStatus::as_str)),
        ..Line::named(job.optimization_job_name(), job.optimization_job_arn())?
    })
}

fn facts(job: &DescribeOptimizationJobOutput) -> OptimizationJob {
    let vpc = job.vpc_config();
    OptimizationJob {
        output_key: said(job.output_config().and_then(|output| output.kms_key_id())),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
    }
}
