//! Compilation jobs, which make a model fit a kind of device; one that has ended never changes.

use aws_sdk_sagemaker::{
    operation::describe_compilation_job::DescribeCompilationJobOutput, types::CompilationJobSummary,
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a compilation job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CompilationJob {
    /// `OutputConfig.KmsKeyId`, which encrypts the compiled model.
    pub output_key: Option<String>,
    /// `VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
}

impl Kind for CompilationJob {
    const NAME: &'static str = "AWS::SageMaker::CompilationJob";
    const SLUG: &'static str = "compilation-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["COMPLETED", "FAILED", "STOPPED"]);

    fn keys(&self) -> Vec<&str> {
        self.output_key.as_deref().into_iter().collect()
    }
}

impl Listed for CompilationJob {
    const LIST: &'static str = "sagemaker:ListCompilationJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeCompilationJob";

    listed::page!(list_compilation_jobs, compilation_job_summaries, "CompilationJobSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_compilation_job().compilation_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(job.compilation_job_status().map(aws_sdk_sagemaker::types::CompilationJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &CompilationJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.compilation_job_status().map(aws_sdk_sagemaker::types::CompilationJobStatus::as_str)),
        ..Line::named(job.compilation_job_name(), job.compilation_job_arn())?
    })
}

fn facts(job: &DescribeCompilationJobOutput) -> CompilationJob {
    let vpc = job.vpc_config();
    CompilationJob {
        output_key: said(job.output_config().and_then(|output| output.kms_key_id())),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
    }
}
