//! Batch transform jobs. No search carries them all, so that they are listed and described; one that has ended never
//! changes.

use aws_sdk_sagemaker::{operation::describe_transform_job::DescribeTransformJobOutput, types::TransformJobSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, OriginKind, Settled,
    answer::{in_environment, moment, said},
    listed::{self, Described, Line, Listed},
    maker,
    stored::Stored,
};
use crate::{outcome::Refusal, secret::Looked, session::gate::Gate};

/// The facts of a batch transform job. Values of its environment are never kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TransformJob {
    /// `TransformResources.VolumeKmsKeyId`.
    pub volume_key: Option<String>,
    /// `TransformOutput.KmsKeyId`.
    pub output_key: Option<String>,
    /// `DataCaptureConfig`, where there is one.
    pub capture: Option<Stored>,
    /// `TransformResources.InstanceType`.
    pub instance_type: Option<String>,
    /// `ModelName`.
    pub model: Option<String>,
    /// Secrets in `Environment`.
    pub secrets: Looked,
}

impl Kind for TransformJob {
    const NAME: &'static str = "AWS::SageMaker::TransformJob";
    const SLUG: &'static str = "transform-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["Completed", "Failed", "Stopped"]);

    fn keys(&self) -> Vec<&str> {
        let captured = self.capture.iter().map(|capture| &capture.key);
        captured.chain([&self.volume_key, &self.output_key]).flatten().map(String::as_str).collect()
    }

    fn is_whole(&self) -> bool {
        self.secrets.is_current()
    }
}

impl Listed for TransformJob {
    const LIST: &'static str = "sagemaker:ListTransformJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeTransformJob";

    listed::page!(list_transform_jobs, transform_job_summaries, "TransformJobSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_transform_job().transform_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        let parents =
            [(OriginKind::AutoMlJob, job.auto_ml_job_arn()), (OriginKind::LabelingJob, job.labeling_job_arn())];
        // When it last changed only the listing tells, and what role it has, only its model.
        Ok(Described {
            state: said(job.transform_job_status().map(aws_sdk_sagemaker::types::TransformJobStatus::as_str)),
            origin: maker::of(&line.name, parents),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &TransformJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(job.transform_job_status().map(aws_sdk_sagemaker::types::TransformJobStatus::as_str)),
        ..Line::named(job.transform_job_name(), job.transform_job_arn())?
    })
}

fn facts(job: &DescribeTransformJobOutput) -> TransformJob {
    let resources = job.transform_resources();
    TransformJob {
        volume_key: said(resources.and_then(|resources| resources.volume_kms_key_id())),
        output_key: said(job.transform_output().and_then(|output| output.kms_key_id())),
        capture: job.data_capture_config().map(|capture| Stored { key: said(capture.kms_key_id()) }),
        instance_type: said(
            resources
                .and_then(|resources| resources.instance_type())
                .map(aws_sdk_sagemaker::types::TransformInstanceType::as_str),
        ),
        model: said(job.model_name()),
        secrets: in_environment(job.environment()),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{BatchDataCaptureConfig, TransformOutput, TransformResources};

    use super::*;

    #[test]
    fn every_key_is_found_and_an_empty_one_is_none() {
        let resources =
            TransformResources::builder().instance_type("ml.m5.large".into()).instance_count(1).volume_kms_key_id("v");
        let output = TransformOutput::builder().s3_output_path("s3://out").kms_key_id("");
        let capture = BatchDataCaptureConfig::builder().destination_s3_uri("s3://capture").kms_key_id("c");
        let job = DescribeTransformJobOutput::builder()
            .transform_resources(resources.build())
            .transform_output(output.build())
            .data_capture_config(capture.build());
        let told = facts(&job.build());
        assert_eq!(told.keys(), ["c", "v"]);
        assert_eq!((told.output_key.as_deref(), told.instance_type.as_deref()), (None, Some("ml.m5.large")));
    }
}
