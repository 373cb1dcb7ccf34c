//! Definitions of monitoring jobs, of which SageMaker has four types with one shape: the facts that they share with what
//! a monitoring schedule defines itself, and how each type is read. One that is read is remembered for the schedules.

use std::collections::BTreeSet;

use aws_sdk_sagemaker::types::{
    MonitoringClusterConfig, MonitoringJobDefinitionSummary, MonitoringOutputConfig, MonitoringResources,
    ProcessingInstanceType, VpcConfig,
};
use serde::{Deserialize, Serialize};

use super::{
    AsFacts as _, Facts, Resource, ResourceType,
    answer::{all_said, moment, said},
    data_quality_job_definition::DataQualityJobDefinition,
    listed::{self, Line},
    model_bias_job_definition::ModelBiasJobDefinition,
    model_explainability_job_definition::ModelExplainabilityJobDefinition,
    model_quality_job_definition::ModelQualityJobDefinition,
};
use crate::{outcome::Refusal, scan::cell::Cell};

/// The facts of a definition of monitoring jobs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobDefinition {
    /// `ClusterConfig.VolumeKmsKeyId` of its resources.
    pub volume_key: Option<String>,
    /// `KmsKeyId` of its output configuration.
    pub output_key: Option<String>,
    /// `ClusterConfig.InstanceType` of its resources.
    pub instance_type: Option<String>,
    /// `ClusterConfig.InstanceCount` of its resources.
    pub instance_count: Option<i64>,
    /// `NetworkConfig.EnableNetworkIsolation`; absent is false.
    pub network_isolation: bool,
    /// `NetworkConfig.EnableInterContainerTrafficEncryption`; absent is false.
    pub inter_container_encryption: bool,
    /// `NetworkConfig.VpcConfig.Subnets`.
    pub subnets: Vec<String>,
}

impl JobDefinition {
    /// What jobs run on and where they write.
    pub(super) fn new(resources: Option<&MonitoringResources>, output: Option<&MonitoringOutputConfig>) -> Self {
        let cluster = resources.and_then(MonitoringResources::cluster_config);
        Self {
            volume_key: said(cluster.and_then(|cluster| cluster.volume_kms_key_id())),
            output_key: said(output.and_then(MonitoringOutputConfig::kms_key_id)),
            instance_type: said(
                cluster.and_then(|cluster| cluster.instance_type()).map(ProcessingInstanceType::as_str),
            ),
            instance_count: cluster.and_then(MonitoringClusterConfig::instance_count).map(i64::from),
            ..Self::default()
        }
    }

    /// The same with the members of its `NetworkConfig`, which has a type of its own where a schedule defines the jobs.
    pub(super) fn on_network(self, isolation: Option<bool>, traffic: Option<bool>, vpc: Option<&VpcConfig>) -> Self {
        Self {
            network_isolation: isolation.unwrap_or(false),
            inter_container_encryption: traffic.unwrap_or(false),
            subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
            ..self
        }
    }

    /// The texts by which it names its keys.
    pub(super) fn keys(&self) -> Vec<&str> {
        [&self.volume_key, &self.output_key].into_iter().flatten().map(String::as_str).collect()
    }

    /// The definition that these facts are of, or why they could not be read.
    pub(super) fn among(facts: &Facts) -> Result<&Self, &str> {
        if let Facts::Unreadable { resource_type: _, why } = facts {
            return Err(why);
        }
        let data_quality = DataQualityJobDefinition::of(facts).map(|definition| &definition.0);
        let bias = || ModelBiasJobDefinition::of(facts).map(|definition| &definition.0);
        let explainability = || ModelExplainabilityJobDefinition::of(facts).map(|definition| &definition.0);
        let quality = || ModelQualityJobDefinition::of(facts).map(|definition| &definition.0);
        data_quality.or_else(bias).or_else(explainability).or_else(quality).ok_or("it defines no monitoring jobs")
    }
}

/// Which of the four types a definition is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Monitored {
    DataQuality,
    ModelBias,
    ModelExplainability,
    ModelQuality,
}

impl Monitored {
    /// The type that a `MonitoringType` names, if this version knows it.
    pub(super) fn named(monitoring_type: &str) -> Option<Self> {
        match monitoring_type {
            "DataQuality" => Some(Self::DataQuality),
            "ModelBias" => Some(Self::ModelBias),
            "ModelExplainability" => Some(Self::ModelExplainability),
            "ModelQuality" => Some(Self::ModelQuality),
            _ => None,
        }
    }

    /// The resource type.
    pub(super) fn resource_type(self) -> ResourceType {
        match self {
            Self::DataQuality => ResourceType::DataQualityJobDefinition,
            Self::ModelBias => ResourceType::ModelBiasJobDefinition,
            Self::ModelExplainability => ResourceType::ModelExplainabilityJobDefinition,
            Self::ModelQuality => ResourceType::ModelQualityJobDefinition,
        }
    }
}

/// Remembers definitions for the schedules of the place that name them.
pub(super) fn note(cell: &Cell, resource_type: ResourceType, resources: &[Resource]) {
    for resource in resources {
        cell.neighbours().note(resource_type, &resource.name, resource.facts.clone());
    }
}

/// Describes definitions of one type for schedules that name them, and remembers what came of it.
pub(super) async fn read(cell: &Cell, monitored: Monitored, mut names: BTreeSet<String>) -> Option<Refusal> {
    let lines = names.iter().filter_map(|name| Line::named(Some(name), None)).collect::<Vec<_>>();
    let (resources, refusal) = match monitored {
        Monitored::DataQuality => listed::described::<DataQualityJobDefinition>(cell, &lines).await,
        Monitored::ModelBias => listed::described::<ModelBiasJobDefinition>(cell, &lines).await,
        Monitored::ModelExplainability => listed::described::<ModelExplainabilityJobDefinition>(cell, &lines).await,
        Monitored::ModelQuality => listed::described::<ModelQualityJobDefinition>(cell, &lines).await,
    };
    let resource_type = monitored.resource_type();
    note(cell, resource_type, &resources);
    for resource in &resources {
        names.remove(&resource.name);
    }
    for gone in names {
        let facts = Facts::Unreadable { resource_type, why: "it does not exist".to_owned() };
        cell.neighbours().note(resource_type, &gone, facts);
    }
    refusal
}

/// A line of any of the four listings.
pub(super) fn line(definition: &MonitoringJobDefinitionSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(definition.creation_time()),
        ..Line::named(definition.monitoring_job_definition_name(), definition.monitoring_job_definition_arn())?
    })
}

/// One of the four types: its name in identifiers, its listing and its description with the calls of the SDK, and what
/// its description calls the output.
macro_rules! defines {
    (
        $(#[$doc:meta])*
        $name:ident as $slug:literal:
        $list_action:literal by $list:ident, $describe_action:literal by $describe:ident, $output:ident
    ) => {
        use $crate::resource::job_definition::line;

        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $crate::resource::job_definition::JobDefinition);

        impl $crate::resource::Kind for $name {
            const NAME: &'static str = concat!("AWS::SageMaker::", stringify!($name));
            const SLUG: &'static str = $slug;
            const ACTIONS: &'static [&'static str] = &[$list_action, $describe_action];
            const SETTLED: $crate::resource::Settled = $crate::resource::Settled::Always;

            fn keys(&self) -> Vec<&str> {
                self.0.keys()
            }

            async fn confirm(
                cell: &$crate::scan::cell::Cell,
                resources: Vec<$crate::resource::Resource>,
            ) -> (Vec<$crate::resource::Resource>, Option<$crate::outcome::Refusal>) {
                $crate::resource::job_definition::note(cell, $crate::resource::ResourceType::$name, &resources);
                (resources, None)
            }
        }

        impl $crate::resource::listed::Listed for $name {
            const LIST: &'static str = $list_action;
            const DESCRIBE: &'static str = $describe_action;

            $crate::resource::listed::page!($list, job_definition_summaries, "JobDefinitionSummaries");

            async fn describe(
                gate: &$crate::session::gate::Gate,
                line: &$crate::resource::listed::Line,
            ) -> Result<$crate::resource::listed::Described<Self>, $crate::outcome::Refusal> {
                let client = gate.sagemaker();
                let send = || client.$describe().job_definition_name(&line.name).send();
                let definition = gate.call(Self::DESCRIBE, send).await?;
                let network = definition.network_config();
                let facts = $crate::resource::job_definition::JobDefinition::new(
                    definition.job_resources(),
                    definition.$output(),
                )
                .on_network(
                    network.and_then(|network| network.enable_network_isolation()),
                    network.and_then(|network| network.enable_inter_container_traffic_encryption()),
                    network.and_then(|network| network.vpc_config()),
                );
                Ok($crate::resource::listed::Described {
                    role_arn: $crate::resource::answer::said(definition.role_arn()),
                    ..$crate::resource::listed::Described::new(Self(facts))
                })
            }
        }
    };
}

pub(super) use defines;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::model_card::ModelCard;

    #[test]
    fn each_monitoring_type_is_a_resource_type_and_its_facts_are_found_among_any() {
        let definition = JobDefinition { instance_count: Some(2), ..JobDefinition::default() };
        let facts: [(&str, Facts); 4] = [
            ("DataQuality", DataQualityJobDefinition(definition.clone()).into()),
            ("ModelBias", ModelBiasJobDefinition(definition.clone()).into()),
            ("ModelExplainability", ModelExplainabilityJobDefinition(definition.clone()).into()),
            ("ModelQuality", ModelQualityJobDefinition(definition.clone()).into()),
        ];
        for (name, facts) in facts {
            assert_eq!(Monitored::named(name).unwrap().resource_type(), facts.resource_type(), "{name}");
            assert_eq!(JobDefinition::among(&facts), Ok(&definition), "{name}");
            assert_eq!(Facts::from_json(facts.resource_type(), &facts.to_json().unwrap()).unwrap(), facts);
        }
        assert_eq!(Monitored::named("ModelMood"), None);
    }

    #[test]
    fn what_could_not_be_read_or_is_something_else_is_no_definition() {
        let resource_type = ResourceType::ModelBiasJobDefinition;
        let unreadable = Facts::Unreadable { resource_type, why: "denied".to_owned() };
        assert_eq!(JobDefinition::among(&unreadable), Err("denied"));
        assert!(JobDefinition::among(&ModelCard::default().into()).is_err());
    }
}
