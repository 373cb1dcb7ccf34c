//! Inference experiments, which compare a model in shadow of another; one that has ended never changes.

use aws_sdk_sagemaker::{
    operation::describe_inference_experiment::DescribeInferenceExperimentOutput,
    types::{InferenceExperimentSummary, ModelVariantConfigSummary, ProductionVariantInstanceType},
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
    stored::Stored,
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an inference experiment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct InferenceExperiment {
    /// `KmsKey`, which encrypts the volumes of the instances.
    pub instance_storage_key: Option<String>,
    /// `DataStorageConfig`, where requests and answers are kept: their key.
    pub data_storage: Option<Stored>,
    /// `ModelVariants[].InfrastructureConfig.RealTimeInferenceConfig.InstanceType`.
    pub instance_types: Vec<String>,
}

impl Kind for InferenceExperiment {
    const NAME: &'static str = "AWS::SageMaker::InferenceExperiment";
    const SLUG: &'static str = "inference-experiment";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["Cancelled", "Completed"]);

    fn keys(&self) -> Vec<&str> {
        let data = self.data_storage.as_ref().and_then(|captured| captured.key.as_deref());
        self.instance_storage_key.as_deref().into_iter().chain(data).collect()
    }
}

impl Listed for InferenceExperiment {
    const LIST: &'static str = "sagemaker:ListInferenceExperiments";
    const DESCRIBE: &'static str = "sagemaker:DescribeInferenceExperiment";

    listed::page!(list_inference_experiments, inference_experiments, "InferenceExperiments");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_inference_experiment().name(&line.name).send();
        let experiment = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            arn: said(experiment.arn()),
            state: said(experiment.status().map(aws_sdk_sagemaker::types::InferenceExperimentStatus::as_str)),
            modified_at: moment(experiment.last_modified_time()),
            role_arn: said(experiment.role_arn()),
            ..Described::new(facts(&experiment))
        })
    }
}

/// A line, which has no ARN.
fn line(experiment: &InferenceExperimentSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(experiment.creation_time()),
        modified_at: moment(experiment.last_modified_time()),
        state: said(experiment.status().map(aws_sdk_sagemaker::types::InferenceExperimentStatus::as_str)),
        ..Line::named(experiment.name(), None)?
    })
}

fn facts(experiment: &DescribeInferenceExperimentOutput) -> InferenceExperiment {
    let variants = experiment.model_variants().iter();
    let data = experiment.data_storage_config();
    InferenceExperiment {
        instance_storage_key: said(experiment.kms_key()),
        data_storage: data.map(|data| Stored { key: said(data.kms_key()) }),
        instance_types: variants.map(instance_type).collect(),
    }
}

/// The instance type of a variant; one that does not tell it stays in as an unknown one.
fn instance_type(variant: &ModelVariantConfigSummary) -> String {
    let instances = variant.infrastructure_config().and_then(|config| config.real_time_inference_config());
    let name = instances.and_then(|config| config.instance_type());
    name.map(ProductionVariantInstanceType::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{ModelInfrastructureConfig, RealTimeInferenceConfig};

    use super::*;

    #[test]
    fn a_variant_that_does_not_tell_its_instance_type_has_an_unknown_one() {
        let instances = RealTimeInferenceConfig::builder().instance_type("ml.g5.xlarge".into()).instance_count(1);
        let told = ModelInfrastructureConfig::builder().real_time_inference_config(instances.build()).build();
        let bare = ModelVariantConfigSummary::builder;
        let experiment = DescribeInferenceExperimentOutput::builder()
            .model_variants(bare().infrastructure_config(told).build())
            .model_variants(bare().infrastructure_config(ModelInfrastructureConfig::builder().build()).build())
            .model_variants(bare().build());
        assert_eq!(facts(&experiment.build()).instance_types, ["ml.g5.xlarge", "", ""]);
    }
}
