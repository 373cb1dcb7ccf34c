//! Labeling jobs. One that has ended never changes.

use aws_sdk_sagemaker::{operation::describe_labeling_job::DescribeLabelingJobOutput, types::LabelingJobSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
    maker,
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a labeling job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LabelingJob {
    /// `OutputConfig.KmsKeyId`.
    pub output_key: Option<String>,
    /// `LabelingJobAlgorithmsConfig`, where models that the job trains label too. Without it, people alone do, and the
    /// job runs on no instances.
    pub automation: Option<Automation>,
}

/// What the instances that train and label have, as `LabelingJobAlgorithmsConfig.LabelingJobResourceConfig` sets it;
/// where that is absent, nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Automation {
    /// `VolumeKmsKeyId`.
    pub volume_key: Option<String>,
    /// `VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
}

impl Kind for LabelingJob {
    const NAME: &'static str = "AWS::SageMaker::LabelingJob";
    const SLUG: &'static str = "labeling-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["Completed", "Failed", "Stopped"]);

    fn keys(&self) -> Vec<&str> {
        let volume_key = self.automation.iter().map(|automation| &automation.volume_key);
        volume_key.chain([&self.output_key]).flatten().map(String::as_str).collect()
    }
}

impl Listed for LabelingJob {
    const LIST: &'static str = "sagemaker:ListLabelingJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeLabelingJob";

    listed::page!(list_labeling_jobs, labeling_job_summary_list, "LabelingJobSummaryList");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_labeling_job().labeling_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        let tags = job.tags().iter();
        let tags = tags.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())));
        Ok(Described {
            state: said(job.labeling_job_status().map(aws_sdk_sagemaker::types::LabelingJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            origin: maker::of(&line.name, []),
            tags: tags.collect(),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &LabelingJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.labeling_job_status().map(aws_sdk_sagemaker::types::LabelingJobStatus::as_str)),
        ..Line::named(job.labeling_job_name(), job.labeling_job_arn())?
    })
}

fn facts(job: &DescribeLabelingJobOutput) -> LabelingJob {
    LabelingJob {
        output_key: said(job.output_config().and_then(|output| output.kms_key_id())),
        automation: job.labeling_job_algorithms_config().map(|algorithms| {
            let resources = algorithms.labeling_job_resource_config();
            let vpc = resources.and_then(|resources| resources.vpc_config());
            Automation {
                volume_key: said(resources.and_then(|resources| resources.volume_kms_key_id())),
                subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
                security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{LabelingJobAlgorithmsConfig, LabelingJobResourceConfig};

    use super::*;

    #[test]
    fn automated_labelling_is_told_with_and_without_a_resource_config() {
        let job = |algorithms: Option<LabelingJobAlgorithmsConfig>| {
            facts(&DescribeLabelingJobOutput::builder().set_labeling_job_algorithms_config(algorithms).build())
        };
        let algorithms = || LabelingJobAlgorithmsConfig::builder().labeling_job_algorithm_specification_arn("a");
        assert_eq!(job(None).automation, None);
        assert_eq!(job(Some(algorithms().build())).automation, Some(Automation::default()));
        let resources = LabelingJobResourceConfig::builder().volume_kms_key_id("v").build();
        assert_eq!(job(Some(algorithms().labeling_job_resource_config(resources).build())).keys(), ["v"]);
    }
}
