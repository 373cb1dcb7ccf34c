//! Hyperparameter tuning jobs: the definitions of the training jobs that they start, of which they have one or several.
//!
//! Search carries them too, but its index lags behind, so that it would have to be held against the listing; there are
//! few of them beside the training jobs that they start. One that has ended never changes.

use aws_sdk_sagemaker::{
    operation::describe_hyper_parameter_tuning_job::DescribeHyperParameterTuningJobOutput,
    types::{
        HyperParameterTrainingJobDefinition, HyperParameterTuningJobSummary, HyperParameterTuningResourceConfig,
        TrainingInstanceType,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
    maker,
    training_job::sdk_instances,
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a hyperparameter tuning job. Values of environments and hyperparameters are never kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HyperParameterTuningJob {
    /// `TrainingJobDefinition`, or `TrainingJobDefinitions`.
    pub definitions: Vec<Definition>,
}

/// What the training jobs of one definition have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Definition {
    /// `DefinitionName`.
    pub name: Option<String>,
    /// `VolumeKmsKeyId` of `HyperParameterTuningResourceConfig` or `ResourceConfig`.
    pub volume_key: Option<String>,
    /// `OutputDataConfig.KmsKeyId`.
    pub output_key: Option<String>,
    /// Every instance type that a job may get: those of the `InstanceConfigs` are alternatives, those of
    /// `InstanceGroups` run together.
    pub instance_types: Vec<String>,
    /// The most instances that a job may get; none where the answer does not tell.
    pub instance_count: Option<i64>,
    /// `EnableNetworkIsolation`; absent is false.
    pub network_isolation: bool,
    /// `EnableInterContainerTrafficEncryption`; absent is false.
    pub inter_container_encryption: bool,
    /// `VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
    /// `AlgorithmSpecification.TrainingImage`.
    pub image: Option<String>,
}

impl Kind for HyperParameterTuningJob {
    const NAME: &'static str = "AWS::SageMaker::HyperParameterTuningJob";
    const SLUG: &'static str = "hyper-parameter-tuning-job";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::In(&["Completed", "Failed", "Stopped"]);

    fn keys(&self) -> Vec<&str> {
        let keys = self.definitions.iter().flat_map(|definition| [&definition.volume_key, &definition.output_key]);
        keys.flatten().map(String::as_str).collect()
    }
}

impl Listed for HyperParameterTuningJob {
    const LIST: &'static str = "sagemaker:ListHyperParameterTuningJobs";
    const DESCRIBE: &'static str = "sagemaker:DescribeHyperParameterTuningJob";

    listed::page!(
        list_hyper_parameter_tuning_jobs,
        hyper_parameter_tuning_job_summaries,
        "HyperParameterTuningJobSummaries"
    );

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_hyper_parameter_tuning_job().hyper_parameter_tuning_job_name(&line.name).send();
        let job = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(
                job.hyper_parameter_tuning_job_status()
                    .map(aws_sdk_sagemaker::types::HyperParameterTuningJobStatus::as_str),
            ),
            modified_at: moment(job.last_modified_time()),
            // Each definition has a role; in practice they are the same.
            role_arn: definitions(&job).find_map(|definition| said(definition.role_arn())),
            origin: maker::of(&line.name, []),
            ..Described::new(facts(&job))
        })
    }
}

fn line(job: &HyperParameterTuningJobSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(job.creation_time()),
        modified_at: moment(job.last_modified_time()),
        state: said(
            job.hyper_parameter_tuning_job_status()
                .map(aws_sdk_sagemaker::types::HyperParameterTuningJobStatus::as_str),
        ),
        ..Line::named(job.hyper_parameter_tuning_job_name(), job.hyper_parameter_tuning_job_arn())?
    })
}

fn definitions(
    job: &DescribeHyperParameterTuningJobOutput,
) -> impl Iterator<Item = &HyperParameterTrainingJobDefinition> {
    job.training_job_definition().into_iter().chain(job.training_job_definitions())
}

fn facts(job: &DescribeHyperParameterTuningJobOutput) -> HyperParameterTuningJob {
    HyperParameterTuningJob { definitions: definitions(job).map(definition).collect() }
}

fn definition(definition: &HyperParameterTrainingJobDefinition) -> Definition {
    let (tuning, training) = (definition.hyper_parameter_tuning_resource_config(), definition.resource_config());
    // A definition has one of the two; the flexible one stands in the place of the other.
    let (volume_key, (instance_types, instance_count)) = match (tuning, training) {
        (Some(tuning), _) => (tuning.volume_kms_key_id(), alternatives(tuning)),
        (None, Some(training)) => {
            let (instances, count) = sdk_instances(training);
            (training.volume_kms_key_id(), (instances.types().to_vec(), count))
        }
        (None, None) => (None, (Vec::new(), None)),
    };
    let vpc = definition.vpc_config();
    Definition {
        name: said(definition.definition_name()),
        volume_key: said(volume_key),
        output_key: said(definition.output_data_config().and_then(|output| output.kms_key_id())),
        instance_types,
        instance_count,
        network_isolation: definition.enable_network_isolation().unwrap_or(false),
        inter_container_encryption: definition.enable_inter_container_traffic_encryption().unwrap_or(false),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
        image: said(definition.algorithm_specification().and_then(|algorithm| algorithm.training_image())),
    }
}

/// The instance types of the alternatives among which each job gets one, and the most instances of any.
fn alternatives(config: &HyperParameterTuningResourceConfig) -> (Vec<String>, Option<i64>) {
    let several = config.instance_configs().iter().map(|one| (one.instance_type(), one.instance_count()));
    let alone = (config.instance_type(), config.instance_count());
    let all = several.chain([alone].into_iter().filter(|(name, count)| name.is_some() || count.is_some()));
    let (mut types, mut most, mut is_told) = (Vec::new(), None, true);
    for (name, count) in all {
        // An alternative without a type stays in as an unknown one.
        types.push(name.map(TrainingInstanceType::as_str).unwrap_or_default().to_owned());
        is_told &= count.is_some();
        most = most.max(count.map(i64::from));
    }
    // One alternative with several instances is enough to know that there can be several.
    (types, most.filter(|most| is_told || *most > 1))
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{
        HyperParameterTuningInstanceConfig, InstanceGroup, OutputDataConfig, ResourceConfig,
    };

    use super::*;

    fn alternative(name: &str, count: Option<i32>) -> HyperParameterTuningInstanceConfig {
        let config = HyperParameterTuningInstanceConfig::builder().instance_type(name.into());
        config.set_instance_count(count).volume_size_in_gb(30).build()
    }

    #[test]
    fn one_definition_and_several_are_told_alike() {
        let one = |name: &str| HyperParameterTrainingJobDefinition::builder().definition_name(name).build();
        let names = |job: DescribeHyperParameterTuningJobOutput| {
            facts(&job).definitions.into_iter().filter_map(|definition| definition.name).collect::<Vec<_>>()
        };
        let job = DescribeHyperParameterTuningJobOutput::builder;
        assert_eq!(names(job().training_job_definition(one("a")).build()), ["a"]);
        let several = job().training_job_definitions(one("a")).training_job_definitions(one("b")).build();
        assert_eq!(names(several), ["a", "b"]);
        assert!(facts(&job().build()).definitions.is_empty());
    }

    #[test]
    fn a_heterogeneous_definition_has_the_instances_of_all_its_groups() {
        let group = |name: &str, count| InstanceGroup::builder().instance_type(name.into()).instance_count(count);
        let resources = ResourceConfig::builder()
            .instance_groups(group("ml.m5.large", 1).build())
            .instance_groups(group("ml.g5.xlarge", 2).build())
            .volume_kms_key_id("v");
        let output = OutputDataConfig::builder().s3_output_path("s3://out").kms_key_id("o").build();
        let told = definition(
            &HyperParameterTrainingJobDefinition::builder()
                .resource_config(resources.build())
                .output_data_config(output)
                .build(),
        );
        assert_eq!(told.instance_types, ["ml.m5.large", "ml.g5.xlarge"]);
        assert_eq!(told.instance_count, Some(3));
        assert_eq!(HyperParameterTuningJob { definitions: vec![told] }.keys(), ["v", "o"]);
    }

    #[test]
    fn alternatives_are_all_told_with_the_most_instances_of_any() {
        let told = |configs: Vec<HyperParameterTuningInstanceConfig>| {
            alternatives(&HyperParameterTuningResourceConfig::builder().set_instance_configs(Some(configs)).build())
        };
        let (types, count) = told(vec![alternative("ml.m5.large", Some(1)), alternative("ml.c5.large", Some(3))]);
        assert_eq!(
            (types.as_slice(), count),
            (["ml.m5.large".to_owned(), "ml.c5.large".to_owned()].as_slice(), Some(3))
        );
        assert_eq!(told(vec![alternative("ml.m5.large", Some(1)), alternative("ml.c5.large", None)]).1, None);
        assert_eq!(told(vec![alternative("ml.m5.large", Some(2)), alternative("ml.c5.large", None)]).1, Some(2));
        assert_eq!(told(Vec::new()), (Vec::new(), None));
        let alone = HyperParameterTuningResourceConfig::builder().instance_type("ml.m5.large".into());
        assert_eq!(alternatives(&alone.build()), (vec!["ml.m5.large".to_owned()], None));
    }
}
