//! What would refuse the requests that a check fails: the actions and the conditions, for each check of which a request tells
//! enough.

use std::collections::BTreeSet;

use super::{
    condition::Condition,
    condition_key::{
        Action,
        ConditionKey::{self, InstanceTypes, NetworkIsolation, OutputKmsKey, VolumeKmsKey, VpcSubnets},
    },
};
use crate::{check::Check, instance_type::local_nvme_families, resource::ResourceType};

/// Requests that are refused: those of these actions for which all conditions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The actions.
    pub actions: Vec<Action>,
    /// The conditions, sorted.
    pub conditions: Vec<Condition>,
}

impl Rule {
    fn new(actions: &[Action], conditions: impl IntoIterator<Item = Condition>) -> Self {
        let mut conditions = conditions.into_iter().collect::<Vec<_>>();
        conditions.sort();
        Self { actions: actions.to_vec(), conditions }
    }
}

/// Why nothing can be prevented: the condition keys of SageMaker do not tell of a request what the check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoGuard(pub &'static str);

/// The rules that prevent what a check fails. Only keys that `approved` names, if any, are let through.
pub fn rules(check: &Check, approved: &BTreeSet<String>) -> Result<Vec<Rule>, NoGuard> {
    let resource_type = check.resource_type();
    let Some(control) = check.id.strip_prefix(resource_type.slug()) else {
        return Err(NoGuard("guard the check of ours that stands for it, which `sagesweep explain` names"));
    };
    let control = control.trim_start_matches('-');
    let actions = actions(resource_type);
    let inline = || (resource_type == ResourceType::MonitoringSchedule).then_some(Condition::Present(InstanceTypes));
    let with = |condition| Ok(vec![Rule::new(actions, inline().into_iter().chain([condition]))]);
    let is_off = |key| with(Condition::IsOrAbsent(key, "false"));
    match (resource_type, control) {
        (
            ResourceType::TrainingJob
            | ResourceType::ProcessingJob
            | ResourceType::TransformJob
            | ResourceType::HyperParameterTuningJob
            | ResourceType::AutoMlJob
            | ResourceType::LabelingJob
            | ResourceType::MonitoringSchedule
            | ResourceType::DataQualityJobDefinition
            | ResourceType::ModelQualityJobDefinition
            | ResourceType::ModelBiasJobDefinition
            | ResourceType::ModelExplainabilityJobDefinition
            | ResourceType::NotebookInstance
            | ResourceType::Domain,
            "customer-managed-keys",
        )
        | (ResourceType::EndpointConfig, "volume-key") => Ok(keys(resource_type, actions, approved)),
        (ResourceType::FeatureGroup, "offline-store-key") => Ok(store_key(
            ConditionKey::FeatureGroupOfflineStoreConfig,
            ConditionKey::FeatureGroupOfflineStoreKmsKey,
            approved,
        )),
        (ResourceType::FeatureGroup, "online-store-key") => Ok(store_key(
            ConditionKey::FeatureGroupEnableOnlineStore,
            ConditionKey::FeatureGroupOnlineStoreKmsKey,
            approved,
        )),
        (ResourceType::EndpointConfig, "network-isolation" | "vpc") => {
            Err(NoGuard("the models behind the variants decide it: guard model-network-isolation and model-vpc"))
        }
        (_, "network-isolation") => is_off(NetworkIsolation),
        (_, "inter-container-encryption") => is_off(ConditionKey::InterContainerTrafficEncryption),
        (
            ResourceType::LabelingJob
            | ResourceType::CompilationJob
            | ResourceType::OptimizationJob
            | ResourceType::InferenceRecommendationsJob,
            "vpc",
        ) => Err(UNTOLD),
        (_, "vpc") => with(Condition::Absent(VpcSubnets)),
        (ResourceType::TrainingJob, "remote-debugging") => Ok(vec![Rule::new(
            &[Action::CreateTrainingJob, Action::UpdateTrainingJob],
            [Condition::Is(ConditionKey::EnableRemoteDebug, "true")],
        )]),
        // The service's defaults are what fails. A change that leaves the member out leaves it as it is.
        (ResourceType::NotebookInstance, "direct-internet-access") => {
            with(Condition::IsOrAbsent(ConditionKey::DirectInternetAccess, "Enabled"))
        }
        (ResourceType::NotebookInstance, "root-access") => Ok(vec![
            Rule::new(actions, [Condition::IsOrAbsent(ConditionKey::RootAccess, "Enabled")]),
            Rule::new(&[Action::UpdateNotebookInstance], [Condition::Is(ConditionKey::RootAccess, "Enabled")]),
        ]),
        (ResourceType::NotebookInstance, "imdsv2") => {
            let key = ConditionKey::MinimumInstanceMetadataServiceVersion;
            Ok(vec![
                Rule::new(actions, [Condition::IsNotOrAbsent(key, "2")]),
                Rule::new(&[Action::UpdateNotebookInstance], [Condition::Is(key, "1")]),
            ])
        }
        (ResourceType::Domain, "vpc-only") => {
            let key = ConditionKey::AppNetworkAccessType;
            Ok(vec![
                Rule::new(actions, [Condition::IsNotOrAbsent(key, "VpcOnly")]),
                Rule::new(&[Action::UpdateDomain], [Condition::Is(key, "PublicInternetOnly")]),
            ])
        }
        _ => Err(UNTOLD),
    }
}

const UNTOLD: NoGuard = NoGuard("no condition key of SageMaker tells of a request what the check looks at");

/// The actions that make resources of a type, as far as they can be guarded. Those that replace what a schedule runs count.
pub fn actions(resource_type: ResourceType) -> &'static [Action] {
    match resource_type {
        ResourceType::TrainingJob => &[Action::CreateTrainingJob],
        ResourceType::ProcessingJob => &[Action::CreateProcessingJob],
        ResourceType::TransformJob => &[Action::CreateTransformJob],
        ResourceType::HyperParameterTuningJob => &[Action::CreateHyperParameterTuningJob],
        ResourceType::AutoMlJob => &[Action::CreateAutoMlJob, Action::CreateAutoMlJobV2],
        ResourceType::LabelingJob => &[Action::CreateLabelingJob],
        ResourceType::MonitoringSchedule => &[Action::CreateMonitoringSchedule, Action::UpdateMonitoringSchedule],
        ResourceType::DataQualityJobDefinition => &[Action::CreateDataQualityJobDefinition],
        ResourceType::ModelQualityJobDefinition => &[Action::CreateModelQualityJobDefinition],
        ResourceType::ModelBiasJobDefinition => &[Action::CreateModelBiasJobDefinition],
        ResourceType::ModelExplainabilityJobDefinition => &[Action::CreateModelExplainabilityJobDefinition],
        ResourceType::NotebookInstance => &[Action::CreateNotebookInstance],
        ResourceType::EndpointConfig => &[Action::CreateEndpointConfig],
        ResourceType::Model => &[Action::CreateModel],
        ResourceType::Domain => &[Action::CreateDomain],
        ResourceType::FeatureGroup => &[Action::CreateFeatureGroup],
        ResourceType::Cluster => &[Action::CreateCluster],
        ResourceType::AccountRegion
        | ResourceType::AppImageConfig
        | ResourceType::CompilationJob
        | ResourceType::DeviceFleet
        | ResourceType::EdgePackagingJob
        | ResourceType::FlowDefinition
        | ResourceType::Image
        | ResourceType::InferenceExperiment
        | ResourceType::InferenceRecommendationsJob
        | ResourceType::KmsKey
        | ResourceType::MlflowApp
        | ResourceType::ModelCard
        | ResourceType::ModelPackage
        | ResourceType::ModelPackageGroup
        | ResourceType::OptimizationJob
        | ResourceType::PartnerApp
        | ResourceType::StudioLifecycleConfig
        | ResourceType::UserProfile
        | ResourceType::Workforce => &[],
    }
}

/// Volume and output without a key, as far as the requests of the type carry them, and keys that are not approved.
fn keys(resource_type: ResourceType, actions: &[Action], approved: &BTreeSet<String>) -> Vec<Rule> {
    let carries = |key: ConditionKey| actions.iter().all(|action| key.actions().contains(action));
    // Where people alone label there is no volume, and no key of a request tells that. A notebook instance and a domain have
    // a volume of their own, whatever they run on.
    let has_volume = resource_type != ResourceType::LabelingJob && carries(VolumeKmsKey);
    let is_of_instances = !matches!(resource_type, ResourceType::NotebookInstance | ResourceType::Domain);
    let mut rules = Vec::new();
    if has_volume {
        let local = is_of_instances && carries(InstanceTypes);
        let on_volumes = local.then(|| Condition::SomeUnlike(InstanceTypes, local_nvme_types()));
        rules.push(Rule::new(actions, on_volumes.into_iter().chain([Condition::Absent(VolumeKmsKey)])));
    }
    if carries(OutputKmsKey) {
        // A schedule that names a definition carries neither; instance types are the sign of one that does not.
        let inline = (resource_type == ResourceType::MonitoringSchedule).then_some(Condition::Present(InstanceTypes));
        rules.push(Rule::new(actions, inline.into_iter().chain([Condition::Absent(OutputKmsKey)])));
    }
    for key in [VolumeKmsKey, OutputKmsKey].into_iter().filter(|key| carries(*key)) {
        rules.extend(not_approved(actions, key, approved));
    }
    rules
}

/// A store of a feature group without a key, or with one that is not approved.
fn store_key(store: ConditionKey, key: ConditionKey, approved: &BTreeSet<String>) -> Vec<Rule> {
    let actions = &[Action::CreateFeatureGroup];
    let absent = Rule::new(actions, [Condition::Is(store, "true"), Condition::Absent(key)]);
    [absent].into_iter().chain(not_approved(actions, key, approved)).collect()
}

fn not_approved(actions: &[Action], key: ConditionKey, approved: &BTreeSet<String>) -> Option<Rule> {
    let patterns = || approved.iter().cloned().collect();
    (!approved.is_empty()).then(|| Rule::new(actions, [Condition::Present(key), Condition::Unlike(key, patterns())]))
}

/// Patterns of the instance types that take no volume key.
fn local_nvme_types() -> Vec<String> {
    local_nvme_families().map(|family| format!("ml.{family}.*")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CHECKS;

    fn approved() -> BTreeSet<String> {
        ["arn:aws:kms:*:111111111111:key/*".to_owned()].into()
    }

    #[test]
    fn every_condition_key_is_carried_by_the_requests_of_every_action_of_its_rule() {
        for check in CHECKS {
            for rule in rules(check, &approved()).into_iter().flatten() {
                assert!(!rule.actions.is_empty() && !rule.conditions.is_empty(), "{}", check.id);
                for condition in &rule.conditions {
                    for action in &rule.actions {
                        assert!(condition.key().actions().contains(action), "{}: {action:?} {condition:?}", check.id);
                    }
                }
            }
        }
    }

    #[test]
    fn the_checks_that_can_be_guarded_are_known() {
        let guarded = CHECKS.iter().filter(|check| rules(check, &BTreeSet::new()).is_ok());
        insta::assert_snapshot!("guarded", guarded.map(|check| check.id).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn every_local_instance_type_is_excepted_and_no_other_one() {
        let patterns = local_nvme_types();
        assert!(patterns.iter().any(|pattern| pattern == "ml.g5.*"));
        assert!(!patterns.iter().any(|pattern| pattern == "ml.m5.*") && patterns.len() > 20);
    }
}
