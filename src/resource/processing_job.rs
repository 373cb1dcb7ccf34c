//! Processing jobs. No search carries them all, so that they are listed and described; one that has ended never changes.

use aws_sdk_sagemaker::{operation::describe_processing_job::DescribeProcessingJobOutput, types::ProcessingJobSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, OriginKind, Settled,
    account_region::Sign,
    answer::{all_said, in_environment, moment, said},
    listed::{self, Described, Line, Listed},
    maker,
};
use crate::{outcome::Refusal, secret::Looked, session::gate::Gate};

/// The facts of a processing job. Values of its environment are never kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ProcessingJob {
    /// `ProcessingResources.ClusterConfig.VolumeKmsKeyId`.
    pub volume_key: Option<String>,
    /// `ProcessingOutputConfig.KmsKeyId`.
    pub output_key: Option<String>,
    /// Whether there is an output that is written to S3.
    pub has_output: bool,
    /// `ProcessingInputs[].DatasetDefinition.AthenaDatasetDefinition`: for each the key of its results.
    pub athena_keys: Vec<Option<String>>,
    /// `ProcessingInputs[].DatasetDefinition.RedshiftDatasetDefinition`: for each the key of its results.
    pub redshift_keys: Vec<Option<String>>,
    /// `ProcessingResources.ClusterConfig.InstanceType`.
    pub instance_type: Option<String>,
    /// `ProcessingResources.ClusterConfig.InstanceCount`.
    pub instance_count: Option<i64>,
    /// `NetworkConfig.EnableNetworkIsolation`; absent is false.
    pub network_isolation: bool,
    /// `NetworkConfig.EnableInterContainerTrafficEncryption`; absent is false.
    pub inter_container_encryption: bool,
    /// `NetworkConfig.VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `NetworkConfig.VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
    /// `AppSpecification.ImageUri`.
    pub image: Option<String>,
    /// Secrets in `Environment`.
    pub secrets: Looked,
}

impl ProcessingJob {
    /// Whether it runs the container of Clarify.
    pub fn is_of_clarify(&self) -> bool {
        self.image.as_deref().is_some_and(|image| image.contains("sagemaker-clarify-processing"))
    }
}

impl Kind for ProcessingJob {
    const NAME: &'static str = "AWS::SageMaker::ProcessingJob";
    const SLUG: &'static str = "processing-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["Completed", "Failed", "Stopped"]);

    fn keys(&self) -> Vec<&str> {
        let datasets = self.athena_keys.iter().chain(&self.redshift_keys);
        datasets.chain([&self.volume_key, &self.output_key]).flatten().map(String::as_str).collect()
    }

    fn sign(&self) -> Option<Sign> {
        self.is_of_clarify().then_some(Sign::ClarifyJob)
    }

    fn is_whole(&self) -> bool {
        self.secrets.is_current()
    }
}

impl Listed for ProcessingJob {
    const LIST: &'static str = "sagemaker:ListProcessingJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeProcessingJob";

    listed::page!(list_processing_jobs, processing_job_summaries, "ProcessingJobSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_processing_job().processing_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(job.processing_job_status().map(aws_sdk_sagemaker::types::ProcessingJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            origin: maker::of(&line.name, [(OriginKind::AutoMlJob, job.auto_ml_job_arn())]),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &ProcessingJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.processing_job_status().map(aws_sdk_sagemaker::types::ProcessingJobStatus::as_str)),
        ..Line::named(job.processing_job_name(), job.processing_job_arn())?
    })
}

fn facts(job: &DescribeProcessingJobOutput) -> ProcessingJob {
    let cluster = job.processing_resources().and_then(|resources| resources.cluster_config());
    let output = job.processing_output_config();
    let network = job.network_config();
    let vpc = network.and_then(|network| network.vpc_config());
    let datasets = || job.processing_inputs().iter().filter_map(|input| input.dataset_definition());
    let athena = datasets().filter_map(|dataset| dataset.athena_dataset_definition());
    let redshift = datasets().filter_map(|dataset| dataset.redshift_dataset_definition());
    ProcessingJob {
        volume_key: said(cluster.and_then(|cluster| cluster.volume_kms_key_id())),
        output_key: said(output.and_then(|output| output.kms_key_id())),
        has_output: output.is_some_and(|output| output.outputs().iter().any(|output| output.s3_output().is_some())),
        athena_keys: athena.map(|dataset| said(dataset.kms_key_id())).collect(),
        redshift_keys: redshift.map(|dataset| said(dataset.kms_key_id())).collect(),
        instance_type: said(
            cluster
                .and_then(|cluster| cluster.instance_type())
                .map(aws_sdk_sagemaker::types::ProcessingInstanceType::as_str),
        ),
        instance_count: cluster
            .and_then(aws_sdk_sagemaker::types::ProcessingClusterConfig::instance_count)
            .map(i64::from),
        network_isolation: network
            .and_then(aws_sdk_sagemaker::types::NetworkConfig::enable_network_isolation)
            .unwrap_or(false),
        inter_container_encryption: network
            .and_then(aws_sdk_sagemaker::types::NetworkConfig::enable_inter_container_traffic_encryption)
            .unwrap_or(false),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
        image: said(job.app_specification().and_then(|app| app.image_uri())),
        secrets: in_environment(job.environment()),
    }
}
