//! AutoML jobs of both versions of the API, which the second describes alike. One that has ended never changes.

use aws_sdk_sagemaker::{operation::describe_auto_ml_job_v2::DescribeAutoMlJobV2Output, types::AutoMlJobSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
    maker,
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an AutoML job. The instances that it uses are chosen by the service, and no answer names them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AutoMlJob {
    /// `SecurityConfig.VolumeKmsKeyId`.
    pub volume_key: Option<String>,
    /// `OutputDataConfig.KmsKeyId`.
    pub output_key: Option<String>,
    /// `SecurityConfig.EnableInterContainerTrafficEncryption`; absent is false.
    pub inter_container_encryption: bool,
    /// `SecurityConfig.VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `SecurityConfig.VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
    /// `AutoMLProblemTypeConfigName`, such as `Tabular`.
    pub problem_type: Option<String>,
}

impl Kind for AutoMlJob {
    const NAME: &'static str = "AWS::SageMaker::AutoMLJob";
    const SLUG: &'static str = "auto-ml-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["Completed", "Failed", "Stopped"]);

    fn keys(&self) -> Vec<&str> {
        [&self.volume_key, &self.output_key].into_iter().flatten().map(String::as_str).collect()
    }
}

impl Listed for AutoMlJob {
    const LIST: &'static str = "sagemaker:ListAutoMLJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeAutoMLJobV2";
    const ARN_TYPE: &'static str = "automl-job";

    listed::page!(list_auto_ml_jobs, auto_ml_job_summaries, "AutoMLJobSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_auto_ml_job_v2().auto_ml_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(job.auto_ml_job_status().map(aws_sdk_sagemaker::types::AutoMlJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            origin: maker::of(&line.name, []),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &AutoMlJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.auto_ml_job_status().map(aws_sdk_sagemaker::types::AutoMlJobStatus::as_str)),
        ..Line::named(job.auto_ml_job_name(), job.auto_ml_job_arn())?
    })
}

fn facts(job: &DescribeAutoMlJobV2Output) -> AutoMlJob {
    let security = job.security_config();
    let vpc = security.and_then(|security| security.vpc_config());
    AutoMlJob {
        volume_key: said(security.and_then(|security| security.volume_kms_key_id())),
        output_key: said(job.output_data_config().and_then(|output| output.kms_key_id())),
        inter_container_encryption: security
            .and_then(aws_sdk_sagemaker::types::AutoMlSecurityConfig::enable_inter_container_traffic_encryption)
            .unwrap_or(false),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
        problem_type: said(
            job.auto_ml_problem_type_config_name().map(aws_sdk_sagemaker::types::AutoMlProblemTypeConfigName::as_str),
        ),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{AutoMlOutputDataConfig, AutoMlSecurityConfig, VpcConfig};

    use super::*;

    #[test]
    fn a_job_without_a_security_config_has_nothing_set() {
        let output = AutoMlOutputDataConfig::builder().s3_output_path("s3://out").kms_key_id("");
        let job = DescribeAutoMlJobV2Output::builder().output_data_config(output.build());
        assert_eq!(facts(&job.build()), AutoMlJob::default());
    }

    #[test]
    fn what_the_security_config_says_is_told() {
        let vpc = VpcConfig::builder().subnets("subnet-1").security_group_ids("sg-1").build();
        let security = AutoMlSecurityConfig::builder()
            .volume_kms_key_id("v")
            .enable_inter_container_traffic_encryption(true)
            .vpc_config(vpc);
        let told = facts(&DescribeAutoMlJobV2Output::builder().security_config(security.build()).build());
        assert_eq!(told.keys(), ["v"]);
        assert!(told.inter_container_encryption && told.subnets == ["subnet-1"] && told.security_groups == ["sg-1"]);
    }
}
