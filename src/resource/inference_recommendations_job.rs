//! Inference recommendation jobs, which try a model on endpoints of their own; one that has ended never changes.
//!
//! The key of their results, `OutputConfig.KmsKeyId` of the request, is in no answer, so that it cannot be looked at.

use aws_sdk_sagemaker::{
    operation::describe_inference_recommendations_job::DescribeInferenceRecommendationsJobOutput,
    types::InferenceRecommendationsJob as Summary,
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an inference recommendation job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct InferenceRecommendationsJob {
    /// `InputConfig.VolumeKmsKeyId`, which encrypts the volumes of the endpoints that the job makes.
    pub volume_key: Option<String>,
    /// What it tries the model on.
    pub endpoints: TriedOn,
    /// `InputConfig.VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `InputConfig.VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
}

/// What a job tries a model on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TriedOn {
    /// `InputConfig.EndpointConfigurations`: endpoints that the job makes, by their `InstanceType`; none for those with
    /// a `ServerlessConfig`, which have no volume.
    Instances(Vec<String>),
    /// `InputConfig.Endpoints`: endpoints that were there before, so that the job makes none.
    Existing,
    /// Endpoints on instances that SageMaker chooses, of which these are known: the
    /// `InferenceRecommendations[].EndpointConfiguration.InstanceType` of what it found best.
    Chosen(Vec<String>),
}

impl Default for TriedOn {
    fn default() -> Self {
        Self::Chosen(Vec::new())
    }
}

impl Kind for InferenceRecommendationsJob {
    const NAME: &'static str = "AWS::SageMaker::InferenceRecommendationsJob";
    const SLUG: &'static str = "inference-recommendations-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["COMPLETED", "FAILED", "STOPPED"]);

    fn keys(&self) -> Vec<&str> {
        self.volume_key.as_deref().into_iter().collect()
    }
}

impl Listed for InferenceRecommendationsJob {
    const LIST: &'static str = "sagemaker:ListInferenceRecommendationsJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeInferenceRecommendationsJob";

    listed::page!(list_inference_recommendations_jobs, inference_recommendations_jobs, "InferenceRecommendationsJobs");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_inference_recommendations_job().job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(job.status().map(aws_sdk_sagemaker::types::RecommendationJobStatus::as_str)),
            modified_at: moment(job.last_modified_time()),
            role_arn: said(job.role_arn()),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &Summary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.status().map(aws_sdk_sagemaker::types::RecommendationJobStatus::as_str)),
        ..Line::named(job.job_name(), job.job_arn())?
    })
}

fn facts(job: &DescribeInferenceRecommendationsJobOutput) -> InferenceRecommendationsJob {
    let input = job.input_config();
    let vpc = input.and_then(|input| input.vpc_config());
    InferenceRecommendationsJob {
        volume_key: said(input.and_then(|input| input.volume_kms_key_id())),
        endpoints: tried_on(job),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
    }
}

fn tried_on(job: &DescribeInferenceRecommendationsJobOutput) -> TriedOn {
    let input = job.input_config();
    let asked =
        input.map(aws_sdk_sagemaker::types::RecommendationJobInputConfig::endpoint_configurations).unwrap_or_default();
    if !asked.is_empty() {
        let with_instances = asked.iter().filter(|endpoint| endpoint.serverless_config().is_none());
        let types = with_instances.map(|endpoint| {
            endpoint.instance_type().map(aws_sdk_sagemaker::types::ProductionVariantInstanceType::as_str)
        });
        return TriedOn::Instances(types.map(|name| name.unwrap_or_default().to_owned()).collect());
    }
    if input.is_some_and(|input| !input.endpoints().is_empty()) {
        return TriedOn::Existing;
    }
    let found = job.inference_recommendations().iter().filter_map(|found| found.endpoint_configuration());
    TriedOn::Chosen(found.filter_map(|found| found.instance_type()).map(|name| name.as_str().to_owned()).collect())
}
