//! The catalogue: every check, and how one is put to a resource.
//!
//! A check is data with a function pointer. Its file holds its metadata, its judgement and its tests; it is
//! registered by the `mod` line of its folder and by its line in [`CHECKS`].

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    config::Parameters,
    finding::{Severity, Status, Verdict},
    kms::{self, Key},
    organization::{Belongs, Organization},
    place::AccountId,
    resource::{Facts, Resource, ResourceType, notebook_instance::DESCRIBE_SCRIPTS, training_job::DESCRIBE},
};

pub mod account_region;
#[cfg(test)]
pub(crate) mod alone;
pub mod app_image_config;
pub mod auto_ml_job;
pub mod catalogue;
#[cfg(test)]
mod catalogue_page;
pub mod cluster;
pub mod compatibility;
pub mod compilation_job;
pub mod control;
pub mod data_quality_job_definition;
pub mod device_fleet;
pub mod domain;
pub mod edge_packaging_job;
pub mod endpoint_config;
pub mod feature_group;
pub mod flow_definition;
pub mod framework;
pub mod hyper_parameter_tuning_job;
pub mod image;
pub mod inference_experiment;
pub mod inference_recommendations_job;
pub mod job_definition;
pub mod key;
pub mod kms_key;
pub mod labeling_job;
pub mod mlflow_app;
pub mod model;
pub mod model_bias_job_definition;
pub mod model_card;
pub mod model_explainability_job_definition;
pub mod model_package;
pub mod model_package_group;
pub mod model_quality_job_definition;
pub mod monitoring_schedule;
pub mod notebook_instance;
pub mod optimization_job;
pub mod partner_app;
pub mod parts;
pub mod processing_job;
pub mod profile;
pub mod prowler;
mod secret;
pub mod selection;
pub mod setting;
pub mod storage;
pub mod studio_lifecycle_config;
pub mod training_job;
pub mod transform_job;
pub mod user_profile;
pub mod user_settings;
pub mod workforce;
pub mod worst;

pub use crate::resource::Evaluate;
pub use control::Control;
pub use framework::{Framework, Requirement};

/// Every check, in the order of its id.
pub static CHECKS: &[&Check] = &[
    &account_region::clarify_used::CHECK,
    &app_image_config::tagged::CHECK,
    &auto_ml_job::customer_managed_keys::CHECK,
    &auto_ml_job::inter_container_encryption::CHECK,
    &auto_ml_job::vpc::CHECK,
    &cluster::customer_managed_keys::CHECK,
    &cluster::vpc::CHECK,
    &compilation_job::customer_managed_keys::CHECK,
    &compilation_job::vpc::CHECK,
    &data_quality_job_definition::customer_managed_keys::CHECK,
    &data_quality_job_definition::inter_container_encryption::CHECK,
    &data_quality_job_definition::network_isolation::CHECK,
    &device_fleet::customer_managed_keys::CHECK,
    &domain::customer_managed_keys::CHECK,
    &domain::docker_access::CHECK,
    &domain::output_keys::CHECK,
    &domain::sso::CHECK,
    &domain::tagged::CHECK,
    &domain::vpc_only::CHECK,
    &edge_packaging_job::customer_managed_keys::CHECK,
    &endpoint_config::async_output_key::CHECK,
    &endpoint_config::core_dump_key::CHECK,
    &endpoint_config::data_capture_key::CHECK,
    &endpoint_config::instance_count::CHECK,
    &endpoint_config::network_isolation::CHECK,
    &endpoint_config::volume_key::CHECK,
    &endpoint_config::vpc::CHECK,
    &feature_group::description::CHECK,
    &feature_group::offline_store_key::CHECK,
    &feature_group::online_store_key::CHECK,
    &feature_group::tagged::CHECK,
    &flow_definition::customer_managed_keys::CHECK,
    &hyper_parameter_tuning_job::customer_managed_keys::CHECK,
    &hyper_parameter_tuning_job::inter_container_encryption::CHECK,
    &hyper_parameter_tuning_job::network_isolation::CHECK,
    &hyper_parameter_tuning_job::vpc::CHECK,
    &image::tagged::CHECK,
    &inference_experiment::data_storage_key::CHECK,
    &inference_experiment::instance_storage_key::CHECK,
    &inference_recommendations_job::customer_managed_keys::CHECK,
    &inference_recommendations_job::vpc::CHECK,
    &kms_key::in_organization::CHECK,
    &kms_key::rotation::CHECK,
    &kms_key::usable::CHECK,
    &labeling_job::customer_managed_keys::CHECK,
    &labeling_job::vpc::CHECK,
    &mlflow_app::customer_managed_keys::CHECK,
    &model_bias_job_definition::customer_managed_keys::CHECK,
    &model_bias_job_definition::inter_container_encryption::CHECK,
    &model_bias_job_definition::network_isolation::CHECK,
    &model_card::customer_managed_keys::CHECK,
    &model_explainability_job_definition::customer_managed_keys::CHECK,
    &model_explainability_job_definition::inter_container_encryption::CHECK,
    &model_explainability_job_definition::network_isolation::CHECK,
    &model::network_isolation::CHECK,
    &model_package::customer_managed_keys::CHECK,
    &model_package_group::approved_package::CHECK,
    &model_package::validation_keys::CHECK,
    &model::private_registry::CHECK,
    &model_quality_job_definition::customer_managed_keys::CHECK,
    &model_quality_job_definition::inter_container_encryption::CHECK,
    &model_quality_job_definition::network_isolation::CHECK,
    &model::secrets::CHECK,
    &model::vpc::CHECK,
    &monitoring_schedule::customer_managed_keys::CHECK,
    &monitoring_schedule::inter_container_encryption::CHECK,
    &monitoring_schedule::network_isolation::CHECK,
    &monitoring_schedule::scheduled::CHECK,
    &notebook_instance::customer_managed_keys::CHECK,
    &notebook_instance::direct_internet_access::CHECK,
    &notebook_instance::imdsv2::CHECK,
    &notebook_instance::lifecycle_secrets::CHECK,
    &notebook_instance::platform::CHECK,
    &notebook_instance::root_access::CHECK,
    &notebook_instance::vpc::CHECK,
    &optimization_job::customer_managed_keys::CHECK,
    &optimization_job::vpc::CHECK,
    &partner_app::customer_managed_keys::CHECK,
    &processing_job::customer_managed_keys::CHECK,
    &processing_job::inter_container_encryption::CHECK,
    &processing_job::network_isolation::CHECK,
    &processing_job::secrets::CHECK,
    &processing_job::vpc::CHECK,
    &studio_lifecycle_config::secrets::CHECK,
    &training_job::customer_managed_keys::CHECK,
    &training_job::image_registry::CHECK,
    &training_job::inter_container_encryption::CHECK,
    &training_job::network_isolation::CHECK,
    &training_job::remote_debugging::CHECK,
    &training_job::secrets::CHECK,
    &training_job::vpc::CHECK,
    &transform_job::customer_managed_keys::CHECK,
    &transform_job::secrets::CHECK,
    &user_profile::output_keys::CHECK,
    &workforce::source_ip::CHECK,
];

/// One check of the catalogue.
#[derive(Debug)]
pub struct Check {
    /// `<resource type>-<control>`, stable for ever.
    pub id: &'static str,
    /// Raised when a verdict could change on the same facts.
    pub version: i32,
    /// What should hold, as a sentence without a full stop.
    pub title: &'static str,
    /// How bad a FAIL is.
    pub severity: Severity,
    /// Why it matters.
    pub rationale: &'static str,
    /// What to do about a FAIL.
    pub remediation: Remediation,
    /// The members of answers that decide, each as `Operation.Member.Path`.
    pub reads: &'static [&'static str],
    /// What it is a control of, which names most of the requirements that it serves.
    pub control: Control,
    /// Requirements that it serves besides those of its control.
    pub serves: &'static [Requirement],
    /// What it looks at besides the facts of its resource.
    pub needs: &'static [Evidence],
    /// Whether it is put to resources unless it is deselected. One that fails nearly everywhere is noise.
    pub by_default: bool,
    /// The judgement.
    pub evaluate: Evaluate,
}

/// What to do about a FAIL. In each text `{name}`, `{arn}`, `{region}` and `{account}` stand for those of the resource.
#[derive(Debug, Clone, Copy)]
pub struct Remediation {
    /// What to do, in a sentence or two.
    pub summary: &'static str,
    /// In the AWS console.
    pub console: &'static str,
    /// With the AWS CLI: commands for a shell.
    pub cli: &'static str,
    /// With the AWS SDK for Python.
    pub python: &'static str,
    /// As infrastructure as code: what a CloudFormation template has to hold or, for what it has no type for, Terraform
    /// or the definition of the pipeline.
    pub code: &'static str,
}

impl Remediation {
    /// One of its texts with the names of a resource filled in.
    pub fn filled(text: &str, name: &str, arn: &str, region: &str, account: &str) -> String {
        [("{name}", name), ("{arn}", arn), ("{region}", region), ("{account}", account)]
            .iter()
            .fold(text.to_owned(), |text, (placeholder, value)| text.replace(placeholder, value))
    }
}

/// What a check looks at besides the facts of its resource, and what has to be read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// What stands behind the keys that the resource names.
    Keys,
    /// Whether the key that it is rotates by itself.
    KeyRotation,
    /// Its tags, where its description does not carry them.
    Tags,
    /// Whether a training job that runs is debugged, which only its description shows.
    RemoteDebugging,
    /// The scripts of the lifecycle configuration of a notebook instance.
    LifecycleScripts,
}

impl Evidence {
    /// The IAM actions that read it.
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Keys => kms::ACTIONS,
            Self::KeyRotation => kms::rotation::ACTIONS,
            Self::Tags => crate::resource::TAG_ACTIONS,
            Self::RemoteDebugging => &[DESCRIBE],
            Self::LifecycleScripts => &[DESCRIBE_SCRIPTS],
        }
    }
}

/// What a check may know besides the facts: data only, no client and no clock.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Every key that the resource names, by the text that names it.
    pub keys: &'a HashMap<String, Arc<Key>>,
    /// The tags of the resource, as far as they were read.
    pub tags: &'a BTreeMap<String, String>,
    /// What the configuration has a say in.
    pub parameters: &'a Parameters,
    /// The organization, to tell whose an account is; none where it is not known.
    pub organization: Option<&'a Organization>,
}

impl<'a> Context<'a> {
    /// What is known of the key that a resource names by `text`.
    pub fn key(self, text: &str) -> Option<&'a Key> {
        self.keys.get(text).map(Arc::as_ref)
    }

    /// Where an account stands to the organization.
    pub fn belongs(self, account: AccountId) -> Belongs {
        self.organization.map_or(Belongs::NotListed, |organization| organization.belongs(account))
    }

    /// The same with the tags of a resource.
    #[must_use]
    pub fn about(self, resource: &'a Resource) -> Self {
        Self { tags: &resource.tags, ..self }
    }
}

impl Check {
    /// The resource type that the check is about.
    pub fn resource_type(&self) -> ResourceType {
        self.evaluate.resource_type()
    }

    /// The IAM actions that it needs: to read its resources, and what it looks at besides.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> {
        let evidence = self.needs.iter().flat_map(|needed| needed.actions());
        self.resource_type().actions().iter().chain(evidence).copied()
    }

    /// The verdict on a resource; none when the resource is of another type.
    pub fn evaluate(&self, facts: &Facts, context: Context<'_>) -> Option<Verdict> {
        let Facts::Unreadable { resource_type, why } = facts else { return self.evaluate.judge(facts, context) };
        (self.resource_type() == *resource_type).then(|| {
            prowler::of_refused(self, why).unwrap_or_else(|| {
                let text = format!("the resource could not be described ({why})");
                Verdict::new(Status::Unknown, "description_refused", text)
                    .with_evidence(|| serde_json::json!({ "refused": why }))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::resource::training_job::{Instances, TrainingJob};

    #[test]
    fn ids_are_unique_kebab_case_and_named_after_their_file() {
        let mut seen = BTreeSet::new();
        for check in CHECKS {
            assert!(seen.insert(check.id), "{} stands twice", check.id);
            let slug = check.resource_type().slug();
            let control = check.id.strip_prefix(slug).and_then(|rest| rest.strip_prefix('-')).unwrap();
            let file = format!("src/check/{}/{}.rs", slug.replace('-', "_"), control.replace('-', "_"));
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).is_file(), "{} has no {file}", check.id);
        }
        assert!(CHECKS.is_sorted_by_key(|check| check.id));
    }

    #[test]
    fn every_file_of_a_check_is_in_the_catalogue() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
        let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| {
            // These hold other catalogues, and no check of ours.
            path.is_dir() && !path.ends_with("compatibility") && !path.ends_with("prowler")
        });
        let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|extension| extension == "rs")
        });
        assert_eq!(files.count(), CHECKS.len());
    }

    #[test]
    fn a_check_of_training_jobs_sees_the_keys_only_when_it_needs_them() {
        let job = Facts::from(TrainingJob {
            volume_key: Some("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
            output_key: Some("alias/lake".to_owned()),
            instances: Instances::Type("ml.m5.large".to_owned()),
            ..TrainingJob::default()
        });
        let described = ["1234abcd-12ab-34cd-56ef-1234567890ab", "alias/lake"];
        let keys = described.map(|text| (text.to_owned(), Arc::new(Key::NotFound))).into();
        let with = Context { keys: &keys, ..alone::context() };
        for check in CHECKS.iter().filter(|check| check.resource_type() == ResourceType::TrainingJob) {
            let code = |context| check.evaluate(&job, context).unwrap().reason_code().into_owned();
            assert_eq!(code(alone::context()) != code(with), check.needs.contains(&Evidence::Keys), "{}", check.id);
        }
    }

    #[test]
    fn a_check_that_names_keys_by_what_they_are_needs_them_and_reads_them() {
        for check in CHECKS {
            let reads_keys = check.reads.iter().any(|member| member.starts_with("DescribeKey."));
            assert_eq!(reads_keys, check.needs.contains(&Evidence::Keys), "{}", check.id);
        }
    }

    #[test]
    fn texts_are_whole_and_name_nothing_of_a_resource_but_what_can_be_filled_in() {
        for check in CHECKS {
            let Remediation { summary, console, cli, python, code } = check.remediation;
            assert!(!check.title.ends_with('.') && check.title.len() > 20, "{}", check.id);
            assert!(check.rationale.ends_with('.') && check.rationale.len() > 60, "{}", check.id);
            assert!(summary.ends_with('.') && console.contains(" > "), "{}", check.id);
            for text in [summary, console, cli, python, code] {
                assert!(text.len() > 15, "{}: {text}", check.id);
                for (_, rest) in text.match_indices('{').map(|(start, _)| text.split_at(start)) {
                    let is_named =
                        ["{name}", "{arn}", "{region}", "{account}"].iter().any(|name| rest.starts_with(name));
                    let is_code = rest.starts_with("{ ") || rest.starts_with("{\n") || rest.starts_with("{\"");
                    assert!(is_named || is_code, "{}: {rest}", check.id);
                }
            }
            let is_operation = |member: &&str| member.contains('.') && member.starts_with(char::is_uppercase);
            assert!(!check.reads.is_empty() && check.reads.iter().all(is_operation), "{}", check.id);
        }
    }
}
