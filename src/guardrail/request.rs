//! The request that made a recorded resource, as far as its facts tell: what it carried under each condition key.
#![expect(clippy::wildcard_enum_match_arm, reason = "the requests of a type carry a few of the keys")]

use super::{
    condition::Carried,
    condition_key::ConditionKey::{
        self, AppNetworkAccessType, DirectInternetAccess, EnableRemoteDebug, FeatureGroupEnableOnlineStore,
        FeatureGroupOfflineStoreConfig, FeatureGroupOfflineStoreKmsKey, FeatureGroupOnlineStoreKmsKey, InstanceTypes,
        InterContainerTrafficEncryption, MinimumInstanceMetadataServiceVersion, NetworkIsolation, OutputKmsKey,
        RootAccess, VolumeKmsKey, VpcSecurityGroupIds, VpcSubnets,
    },
};
use crate::resource::{
    Facts,
    auto_ml_job::AutoMlJob,
    cluster::Cluster,
    domain::Domain,
    endpoint_config::EndpointConfig,
    feature_group::FeatureGroup,
    hyper_parameter_tuning_job::HyperParameterTuningJob,
    job_definition::JobDefinition,
    labeling_job::LabelingJob,
    model::Model,
    monitoring_schedule::{Definition, MonitoringSchedule},
    notebook_instance::NotebookInstance,
    processing_job::ProcessingJob,
    stored::Stored,
    training_job::{Instances, RemoteDebugging, TrainingJob},
    transform_job::TransformJob,
};

/// What the request that made a resource carried under a key.
pub fn carried(facts: &Facts, key: ConditionKey) -> Carried {
    match facts {
        Facts::TrainingJob(job) => training_job(job, key),
        Facts::ProcessingJob(job) => processing_job(job, key),
        Facts::TransformJob(job) => transform_job(job, key),
        Facts::HyperParameterTuningJob(job) => tuning_job(job, key),
        Facts::AutoMlJob(job) => auto_ml_job(job, key),
        Facts::LabelingJob(job) => labeling_job(job, key),
        Facts::DataQualityJobDefinition(definition) => job_definition(&definition.0, key),
        Facts::ModelQualityJobDefinition(definition) => job_definition(&definition.0, key),
        Facts::ModelBiasJobDefinition(definition) => job_definition(&definition.0, key),
        Facts::ModelExplainabilityJobDefinition(definition) => job_definition(&definition.0, key),
        Facts::MonitoringSchedule(schedule) => monitoring_schedule(schedule, key),
        Facts::NotebookInstance(notebook) => notebook_instance(notebook, key),
        Facts::EndpointConfig(config) => endpoint_config(config, key),
        Facts::Model(model) => self::model(model, key),
        Facts::Domain(domain) => self::domain(domain, key),
        Facts::FeatureGroup(group) => feature_group(group, key),
        Facts::Cluster(cluster) => self::cluster(cluster, key),
        Facts::Unreadable { resource_type: _, why } => {
            Carried::NotRecorded(format!("the resource could not be described ({why})"))
        }
        Facts::AccountRegion(_)
        | Facts::AppImageConfig(_)
        | Facts::CompilationJob(_)
        | Facts::DeviceFleet(_)
        | Facts::EdgePackagingJob(_)
        | Facts::FlowDefinition(_)
        | Facts::Image(_)
        | Facts::InferenceExperiment(_)
        | Facts::InferenceRecommendationsJob(_)
        | Facts::KmsKey(_)
        | Facts::MlflowApp(_)
        | Facts::ModelCard(_)
        | Facts::ModelPackage(_)
        | Facts::ModelPackageGroup(_)
        | Facts::OptimizationJob(_)
        | Facts::PartnerApp(_)
        | Facts::StudioLifecycleConfig(_)
        | Facts::UserProfile(_)
        | Facts::Workforce(_) => unknown(),
    }
}

/// A key that no rule puts to the type.
fn unknown() -> Carried {
    Carried::NotRecorded("the audit keeps no such fact of this type".to_owned())
}

fn one(value: Option<&str>) -> Carried {
    value.map_or(Carried::Nothing, |value| Carried::Values(vec![value.to_owned()]))
}

fn several(values: &[String]) -> Carried {
    if values.is_empty() { Carried::Nothing } else { Carried::Values(values.to_vec()) }
}

/// A member that is not there counts as false.
fn flag(is_on: bool) -> Carried {
    one(Some(if is_on { "true" } else { "false" }))
}

fn training_job(job: &TrainingJob, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(job.volume_key.as_deref()),
        OutputKmsKey => one(job.output_key.as_deref()),
        NetworkIsolation => flag(job.network_isolation),
        InterContainerTrafficEncryption => flag(job.inter_container_encryption),
        VpcSubnets => several(&job.subnets),
        VpcSecurityGroupIds => several(&job.security_groups),
        InstanceTypes => match &job.instances {
            Instances::Selected(one) => Carried::AtLeast(
                vec![one.clone()],
                "of instance preferences only the type that was chosen is recorded".to_owned(),
            ),
            Instances::Unconfirmed(why) => Carried::NotRecorded(format!("its instances are not known ({why})")),
            Instances::Groups(_)
            | Instances::Type(_)
            | Instances::Preferences(_)
            | Instances::Serverless
            | Instances::Absent => several(job.instances.types()),
        },
        EnableRemoteDebug => match &job.remote_debugging {
            RemoteDebugging::Off => flag(false),
            RemoteDebugging::On => flag(true),
            RemoteDebugging::Ended => {
                Carried::NotRecorded("of a job that has ended remote debugging is not kept".to_owned())
            }
            RemoteDebugging::Unknown(why) => Carried::NotRecorded(format!("remote debugging is not known ({why})")),
        },
        _ => unknown(),
    }
}

fn processing_job(job: &ProcessingJob, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(job.volume_key.as_deref()),
        OutputKmsKey => one(job.output_key.as_deref()),
        NetworkIsolation => flag(job.network_isolation),
        InterContainerTrafficEncryption => flag(job.inter_container_encryption),
        VpcSubnets => several(&job.subnets),
        VpcSecurityGroupIds => several(&job.security_groups),
        InstanceTypes => one(job.instance_type.as_deref()),
        _ => unknown(),
    }
}

fn transform_job(job: &TransformJob, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(job.volume_key.as_deref()),
        OutputKmsKey => one(job.output_key.as_deref()),
        InstanceTypes => one(job.instance_type.as_deref()),
        _ => unknown(),
    }
}

/// What all definitions of a tuning job agree on: of which one a key tells where they differ is not documented.
fn tuning_job(job: &HyperParameterTuningJob, key: ConditionKey) -> Carried {
    if key == InstanceTypes {
        let types = job.definitions.iter().flat_map(|definition| definition.instance_types.clone());
        return several(&types.collect::<Vec<_>>());
    }
    let mut each = job.definitions.iter().map(|definition| match key {
        VolumeKmsKey => one(definition.volume_key.as_deref()),
        OutputKmsKey => one(definition.output_key.as_deref()),
        NetworkIsolation => flag(definition.network_isolation),
        InterContainerTrafficEncryption => flag(definition.inter_container_encryption),
        VpcSubnets => several(&definition.subnets),
        VpcSecurityGroupIds => several(&definition.security_groups),
        _ => unknown(),
    });
    match each.next() {
        Some(first) if each.all(|other| other == first) => first,
        Some(_) => Carried::NotRecorded(
            "its training definitions differ, and of which of them the condition key tells is not documented"
                .to_owned(),
        ),
        None => Carried::NotRecorded("it has no training definition".to_owned()),
    }
}

fn auto_ml_job(job: &AutoMlJob, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(job.volume_key.as_deref()),
        OutputKmsKey => one(job.output_key.as_deref()),
        InterContainerTrafficEncryption => flag(job.inter_container_encryption),
        VpcSubnets => several(&job.subnets),
        VpcSecurityGroupIds => several(&job.security_groups),
        _ => unknown(),
    }
}

fn labeling_job(job: &LabelingJob, key: ConditionKey) -> Carried {
    match key {
        OutputKmsKey => one(job.output_key.as_deref()),
        VolumeKmsKey => one(job.automation.as_ref().and_then(|automation| automation.volume_key.as_deref())),
        _ => unknown(),
    }
}

fn job_definition(definition: &JobDefinition, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(definition.volume_key.as_deref()),
        OutputKmsKey => one(definition.output_key.as_deref()),
        NetworkIsolation => flag(definition.network_isolation),
        InterContainerTrafficEncryption => flag(definition.inter_container_encryption),
        VpcSubnets => several(&definition.subnets),
        InstanceTypes => one(definition.instance_type.as_deref()),
        _ => unknown(),
    }
}

/// A schedule that names its definition carries none of it.
fn monitoring_schedule(schedule: &MonitoringSchedule, key: ConditionKey) -> Carried {
    match (&schedule.definition_name, &schedule.definition) {
        (Some(_), _) => Carried::Nothing,
        (None, Definition::Read(definition)) => job_definition(definition, key),
        (None, Definition::Unread(why)) => Carried::NotRecorded(format!("its definition could not be read ({why})")),
    }
}

fn notebook_instance(notebook: &NotebookInstance, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(notebook.volume_key.as_deref()),
        VpcSubnets => one(notebook.subnet.as_deref()),
        VpcSecurityGroupIds => several(&notebook.security_groups),
        InstanceTypes => one(notebook.instance_type.as_deref()),
        DirectInternetAccess => one(notebook.direct_internet_access.as_deref()),
        RootAccess => one(notebook.root_access.as_deref()),
        MinimumInstanceMetadataServiceVersion => one(notebook.metadata_service_version.as_deref()),
        _ => unknown(),
    }
}

fn endpoint_config(config: &EndpointConfig, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(config.volume_key.as_deref()),
        InstanceTypes => {
            let types = config.all_variants().flat_map(|variant| variant.instance_types.clone());
            several(&types.collect::<Vec<_>>())
        }
        NetworkIsolation => config.network_isolation.map_or(Carried::Nothing, flag),
        VpcSubnets => several(&config.subnets),
        _ => unknown(),
    }
}

fn model(model: &Model, key: ConditionKey) -> Carried {
    match key {
        NetworkIsolation => flag(model.network_isolation),
        VpcSubnets => several(&model.subnets),
        VpcSecurityGroupIds => several(&model.security_groups),
        _ => unknown(),
    }
}

fn domain(domain: &Domain, key: ConditionKey) -> Carried {
    match key {
        VolumeKmsKey => one(domain.volume_key.as_deref()),
        AppNetworkAccessType => one(domain.network_access.as_deref()),
        _ => unknown(),
    }
}

fn feature_group(group: &FeatureGroup, key: ConditionKey) -> Carried {
    let key_of = |store: Option<&Stored>| one(store.and_then(|store| store.key.as_deref()));
    match key {
        FeatureGroupEnableOnlineStore => flag(group.online_store.is_some()),
        FeatureGroupOfflineStoreConfig => flag(group.offline_store.is_some()),
        FeatureGroupOnlineStoreKmsKey => key_of(group.online_store.as_ref()),
        FeatureGroupOfflineStoreKmsKey => key_of(group.offline_store.as_ref()),
        _ => unknown(),
    }
}

fn cluster(cluster: &Cluster, key: ConditionKey) -> Carried {
    match key {
        VpcSubnets if cluster.subnets.is_empty() && cluster.groups.iter().any(|group| !group.subnets.is_empty()) => {
            Carried::NotRecorded(
                "its groups have subnets of their own, and whether the condition key tells of them is not documented"
                    .to_owned(),
            )
        }
        VpcSubnets => several(&cluster.subnets),
        VpcSecurityGroupIds => several(&cluster.security_groups),
        _ => unknown(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        check::CHECKS,
        guardrail::guard::{actions, rules},
        resource::{
            ResourceType, data_quality_job_definition::DataQualityJobDefinition, hyper_parameter_tuning_job,
            model_bias_job_definition::ModelBiasJobDefinition,
            model_explainability_job_definition::ModelExplainabilityJobDefinition,
            model_quality_job_definition::ModelQualityJobDefinition,
        },
    };

    /// Facts of a type with nothing set.
    fn bare(resource_type: ResourceType) -> Facts {
        match resource_type {
            ResourceType::TrainingJob => TrainingJob::default().into(),
            ResourceType::ProcessingJob => ProcessingJob::default().into(),
            ResourceType::TransformJob => TransformJob::default().into(),
            ResourceType::AutoMlJob => AutoMlJob::default().into(),
            ResourceType::LabelingJob => LabelingJob::default().into(),
            ResourceType::NotebookInstance => NotebookInstance::default().into(),
            ResourceType::EndpointConfig => EndpointConfig::default().into(),
            ResourceType::Model => Model::default().into(),
            ResourceType::Domain => Domain::default().into(),
            ResourceType::FeatureGroup => FeatureGroup::default().into(),
            ResourceType::Cluster => Cluster::default().into(),
            ResourceType::DataQualityJobDefinition => DataQualityJobDefinition::default().into(),
            ResourceType::ModelQualityJobDefinition => ModelQualityJobDefinition::default().into(),
            ResourceType::ModelBiasJobDefinition => ModelBiasJobDefinition::default().into(),
            ResourceType::ModelExplainabilityJobDefinition => ModelExplainabilityJobDefinition::default().into(),
            ResourceType::HyperParameterTuningJob => {
                let definitions = vec![hyper_parameter_tuning_job::Definition::default()];
                HyperParameterTuningJob { definitions }.into()
            }
            ResourceType::MonitoringSchedule => {
                let definition = Definition::Read(JobDefinition::default());
                MonitoringSchedule { definition, ..MonitoringSchedule::default() }.into()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_condition_of_every_guard_is_told_by_the_facts_of_its_type() {
        for check in CHECKS {
            let resource_type = check.resource_type();
            for rule in rules(check, &BTreeSet::new()).into_iter().flatten() {
                if !rule.actions.iter().any(|action| actions(resource_type).contains(action)) {
                    continue;
                }
                for condition in &rule.conditions {
                    let found = carried(&bare(resource_type), condition.key());
                    assert_ne!(found, unknown(), "{} {condition:?}", check.id);
                }
            }
        }
    }

    #[test]
    fn preferences_and_differing_definitions_are_told_as_far_as_they_are_known() {
        let job = TrainingJob { instances: Instances::Selected("ml.g5.xlarge".to_owned()), ..TrainingJob::default() };
        assert!(matches!(training_job(&job, InstanceTypes), Carried::AtLeast(types, _) if types == ["ml.g5.xlarge"]));
        let definition = |key: Option<&str>| hyper_parameter_tuning_job::Definition {
            volume_key: key.map(str::to_owned),
            ..Default::default()
        };
        let of = |definitions| tuning_job(&HyperParameterTuningJob { definitions }, VolumeKmsKey);
        assert_eq!(of(vec![definition(None), definition(None)]), Carried::Nothing);
        assert!(matches!(of(vec![definition(None), definition(Some("k"))]), Carried::NotRecorded(_)));
    }

    #[test]
    fn a_schedule_that_names_its_definition_carries_nothing_of_it() {
        let schedule = MonitoringSchedule {
            definition_name: Some("nightly".to_owned()),
            definition: Definition::Read(JobDefinition {
                instance_type: Some("ml.m5.large".to_owned()),
                ..Default::default()
            }),
            ..MonitoringSchedule::default()
        };
        assert_eq!(monitoring_schedule(&schedule, InstanceTypes), Carried::Nothing);
        let inline = MonitoringSchedule { definition_name: None, ..schedule };
        assert_eq!(monitoring_schedule(&inline, InstanceTypes), Carried::Values(vec!["ml.m5.large".to_owned()]));
    }

    #[test]
    fn a_store_of_features_is_told_apart_from_its_key() {
        let group = FeatureGroup { online_store: Some(Stored::default()), ..FeatureGroup::default() };
        assert_eq!(feature_group(&group, FeatureGroupEnableOnlineStore), flag(true));
        assert_eq!(feature_group(&group, FeatureGroupOnlineStoreKmsKey), Carried::Nothing);
        assert_eq!(feature_group(&group, FeatureGroupOfflineStoreConfig), flag(false));
    }

    #[test]
    fn the_subnets_of_the_groups_of_a_cluster_are_not_taken_for_its_own() {
        let group = crate::resource::cluster::Group { subnets: vec!["s".to_owned()], ..Default::default() };
        let of = |subnets: Vec<String>| Cluster { groups: vec![group.clone()], subnets, ..Cluster::default() };
        assert!(matches!(cluster(&of(Vec::new()), VpcSubnets), Carried::NotRecorded(_)));
        assert_eq!(cluster(&of(vec!["a".to_owned()]), VpcSubnets), Carried::Values(vec!["a".to_owned()]));
    }
}
