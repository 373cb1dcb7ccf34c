//! Resources: the envelope that all types share, and the list of the types. Each has a file of its own with its facts,
//! how they are read, and the IAM actions of that.

use std::{collections::BTreeMap, fmt, sync::Arc};

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub mod account_region;
pub mod answer;
pub mod app_image_config;
pub mod auto_ml_job;
mod called;
pub mod cluster;
pub mod compilation_job;
pub mod data_quality_job_definition;
pub mod device_fleet;
pub mod domain;
pub mod edge_packaging_job;
pub mod endpoint_config;
pub mod feature_group;
pub mod flow_definition;
pub mod hyper_parameter_tuning_job;
pub mod image;
pub mod inference_experiment;
pub mod inference_recommendations_job;
pub mod job_definition;
pub mod kms_key;
pub mod labeling_job;
pub mod listed;
mod maker;
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
mod origin;
pub mod partner_app;
pub mod processing_job;
mod read;
mod settled;
pub mod stored;
pub mod studio_lifecycle_config;
mod tags;
pub mod training_job;
pub mod transform_job;
pub mod user_profile;
pub mod user_settings;
pub mod workforce;

pub use called::NoSuchResourceType;
pub use origin::{Origin, OriginKind};
pub use read::Read;
pub use settled::Settled;
pub use tags::TAG_ACTIONS;

use account_region::Sign;

use crate::{
    check::{CHECKS, Check, Context, Evidence},
    finding::Verdict,
    organization::Target,
    outcome::Refusal,
    scan::cell::{Cell, Collected},
    session::gate::Gate,
};

/// The facts of a resource type, and what is known of the type.
pub trait Kind: fmt::Debug + Clone + PartialEq + Serialize + DeserializeOwned + Into<Facts> {
    /// The name in CloudFormation's style; for what it has no type for, our own spelling of one.
    const NAME: &'static str;

    /// The name in identifiers of checks.
    const SLUG: &'static str;

    /// The IAM actions that read it. The first is the call that a look at the type begins with.
    const ACTIONS: &'static [&'static str];

    /// The states in which a resource never changes any more but for its tags.
    const SETTLED: Settled;

    /// Whether its resources are told from what the other types of the place show, so that it is read after them.
    const IS_READ_LAST: bool = false;

    /// The texts by which the resource names its keys.
    fn keys(&self) -> Vec<&str>;

    /// What the resource shows of the use of its region.
    fn sign(&self) -> Option<Sign> {
        None
    }

    /// Whether everything that the checks look at could be read.
    fn is_whole(&self) -> bool {
        true
    }

    /// Reads what the first answer could not tell of resources that are about to be judged.
    fn confirm(
        _cell: &Cell,
        resources: Vec<Resource>,
    ) -> impl Future<Output = (Vec<Resource>, Option<Refusal>)> + Send {
        std::future::ready((resources, None))
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident in $module:ident,)*) => {
        /// The resource types that are audited.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ResourceType { $($(#[$doc])* $variant,)* }

        impl ResourceType {
            /// Every resource type, in the order in which the types of one region are read.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in CloudFormation's style; for what it has no type for, our own spelling of one.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $module::$variant::NAME,)* }
            }

            /// The IAM actions that read resources of the type.
            pub fn actions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $module::$variant::ACTIONS,)* }
            }

            /// The name in identifiers of checks.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $module::$variant::SLUG,)* }
            }

            /// Whether its resources are told from what the other types of the place show, so that it is read after them.
            pub fn is_read_last(self) -> bool {
                match self { $(Self::$variant => $module::$variant::IS_READ_LAST,)* }
            }

            /// When a resource of the type never changes any more.
            fn settled(self) -> Settled {
                match self { $(Self::$variant => $module::$variant::SETTLED,)* }
            }

            /// Reads all resources of the type in a cell, and delivers them.
            pub fn collect(self, cell: &Arc<Cell>) -> BoxFuture<'_, Collected> {
                match self { $(Self::$variant => Box::pin($module::$variant::collect(cell)),)* }
            }

            /// Tries whether one of the actions is allowed; what it answers is not looked at.
            pub(crate) fn probe<'a>(self, gate: &'a Gate, target: &'a Target, action: &'static str) -> BoxFuture<'a, Result<(), Refusal>> {
                match self { $(Self::$variant => Box::pin($module::$variant::probe(gate, target, action)),)* }
            }

            /// Reads what the first answer could not tell of resources that are about to be judged.
            pub fn confirm(self, cell: &Cell, resources: Vec<Resource>) -> BoxFuture<'_, (Vec<Resource>, Option<Refusal>)> {
                match self { $(Self::$variant => Box::pin($module::$variant::confirm(cell, resources)),)* }
            }
        }

        /// The facts of a resource, by type.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Facts {
            $($(#[$doc])* $variant(Box<$module::$variant>),)*
            /// The resource exists, and its description was refused.
            Unreadable {
                /// Its type.
                resource_type: ResourceType,
                /// The refused API and its code.
                why: String,
            },
        }

        impl Facts {
            /// The type that the facts are of.
            pub fn resource_type(&self) -> ResourceType {
                match self {
                    $(Self::$variant(_) => ResourceType::$variant,)*
                    Self::Unreadable { resource_type, why: _ } => *resource_type,
                }
            }

            /// The texts by which the resource names its keys.
            pub fn keys(&self) -> Vec<&str> {
                match self {
                    $(Self::$variant(facts) => facts.keys(),)*
                    Self::Unreadable { .. } => Vec::new(),
                }
            }

            /// What the resource shows of the use of its region.
            pub fn sign(&self) -> Option<Sign> {
                match self {
                    $(Self::$variant(facts) => facts.sign(),)*
                    Self::Unreadable { .. } => None,
                }
            }

            /// The facts as a JSON object, the column `config_json`.
            pub fn to_json(&self) -> Result<String, serde_json::Error> {
                match self {
                    $(Self::$variant(facts) => serde_json::to_string(facts),)*
                    Self::Unreadable { resource_type: _, why } => Ok(serde_json::json!({ "unreadable": why }).to_string()),
                }
            }

            /// The facts of what [`Self::to_json`] wrote.
            pub fn from_json(resource_type: ResourceType, json: &str) -> Result<Self, serde_json::Error> {
                #[derive(Deserialize)]
                struct Unreadable {
                    unreadable: String,
                }
                if json.starts_with("{\"unreadable\"") {
                    let Unreadable { unreadable: why } = serde_json::from_str(json)?;
                    return Ok(Self::Unreadable { resource_type, why });
                }
                Ok(match resource_type {
                    $(ResourceType::$variant => Self::$variant(Box::new(serde_json::from_str(json)?)),)*
                })
            }

            /// Whether everything that the checks look at could be read.
            fn are_whole(&self) -> bool {
                match self {
                    $(Self::$variant(facts) => facts.is_whole(),)*
                    Self::Unreadable { .. } => false,
                }
            }
        }

        $(
            impl From<$module::$variant> for Facts {
                fn from(facts: $module::$variant) -> Self {
                    Self::$variant(Box::new(facts))
                }
            }

            impl AsFacts for $module::$variant {
                fn of(facts: &Facts) -> Option<&Self> {
                    if let Facts::$variant(facts) = facts { Some(facts) } else { None }
                }
            }
        )*

        /// The judgement of a check, which can only be put to the resource type it was written for.
        #[derive(Debug, Clone, Copy)]
        pub enum Evaluate { $($(#[$doc])* $variant(fn(&$module::$variant, Context<'_>) -> Verdict),)* }

        impl Evaluate {
            /// The type that is judged.
            pub fn resource_type(self) -> ResourceType {
                match self { $(Self::$variant(_) => ResourceType::$variant,)* }
            }

            /// The verdict on a resource; none when it is of another type, or could not be read.
            pub(crate) fn judge(self, facts: &Facts, context: Context<'_>) -> Option<Verdict> {
                match self {
                    $(Self::$variant(judge) => <$module::$variant as AsFacts>::of(facts).map(|facts| judge(facts, context)),)*
                }
            }
        }
    };
}

kinds! {
    /// The configuration of an image.
    AppImageConfig in app_image_config,
    /// An AutoML job.
    AutoMlJob in auto_ml_job,
    /// A HyperPod cluster.
    Cluster in cluster,
    /// A compilation job.
    CompilationJob in compilation_job,
    /// A data quality job definition.
    DataQualityJobDefinition in data_quality_job_definition,
    /// A fleet of edge devices.
    DeviceFleet in device_fleet,
    /// A domain of Studio.
    Domain in domain,
    /// An edge packaging job.
    EdgePackagingJob in edge_packaging_job,
    /// An endpoint configuration.
    EndpointConfig in endpoint_config,
    /// A feature group.
    FeatureGroup in feature_group,
    /// A flow definition of human review.
    FlowDefinition in flow_definition,
    /// A hyperparameter tuning job.
    HyperParameterTuningJob in hyper_parameter_tuning_job,
    /// An image of Studio.
    Image in image,
    /// An inference experiment.
    InferenceExperiment in inference_experiment,
    /// An inference recommendation job.
    InferenceRecommendationsJob in inference_recommendations_job,
    /// A labeling job.
    LabelingJob in labeling_job,
    /// An MLflow app.
    MlflowApp in mlflow_app,
    /// A model.
    Model in model,
    /// A model bias job definition.
    ModelBiasJobDefinition in model_bias_job_definition,
    /// A model card.
    ModelCard in model_card,
    /// A model explainability job definition.
    ModelExplainabilityJobDefinition in model_explainability_job_definition,
    /// A model package.
    ModelPackage in model_package,
    /// A model package group.
    ModelPackageGroup in model_package_group,
    /// A model quality job definition.
    ModelQualityJobDefinition in model_quality_job_definition,
    /// A monitoring schedule.
    MonitoringSchedule in monitoring_schedule,
    /// A notebook instance.
    NotebookInstance in notebook_instance,
    /// An optimization job.
    OptimizationJob in optimization_job,
    /// A partner AI app.
    PartnerApp in partner_app,
    /// A processing job.
    ProcessingJob in processing_job,
    /// A lifecycle configuration of Studio.
    StudioLifecycleConfig in studio_lifecycle_config,
    /// A training job.
    TrainingJob in training_job,
    /// A batch transform job.
    TransformJob in transform_job,
    /// A user profile of a domain.
    UserProfile in user_profile,
    /// A private workforce.
    Workforce in workforce,
    /// A customer managed key that resources name.
    KmsKey in kms_key,
    /// A region of an account as a whole.
    AccountRegion in account_region,
}

/// The facts of one type among those of any.
trait AsFacts: Sized {
    fn of(facts: &Facts) -> Option<&Self>;
}

impl ResourceType {
    /// The call that a look at the type begins with.
    pub fn first_api(self) -> &'static str {
        self.actions().first().copied().unwrap_or_default()
    }

    /// Whether resources of the type may name keys, by which a check judges them.
    pub fn names_keys(self) -> bool {
        let looks_at_keys = |check: &&Check| check.resource_type() == self && check.needs.contains(&Evidence::Keys);
        !self.is_read_last() && CHECKS.iter().copied().any(|check| looks_at_keys(&check))
    }
}

/// One row of the table `resources`: what is known of one resource, whatever its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The ARN; with the creation time it is the identity, since names can be reused after deletion.
    pub arn: String,
    /// The name within its account and region.
    pub name: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub modified_at: Option<Timestamp>,
    /// The service's status text, such as `Completed`; unknown values are kept as they came.
    pub state: Option<String>,
    /// What made it, where that can be told: a finished job cannot be mended, its maker can.
    pub origin: Option<Origin>,
    /// The execution role.
    pub role_arn: Option<String>,
    /// The tags, as far as the answer carried them.
    pub tags: BTreeMap<String, String>,
    /// When the service's answer was read.
    pub observed_at: Timestamp,
    /// What the checks look at.
    pub facts: Facts,
}

impl Resource {
    /// Whether its facts were all read and never change any more, so that another night can take them over.
    pub fn is_settled(&self) -> bool {
        self.facts.resource_type().settled().holds(self.state.as_deref()) && self.facts.are_whole()
    }
}

/// Whether two creation times are the same: two services may round one differently.
pub fn is_same_time(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.as_second().abs_diff(other.as_second()) <= 1)
}
