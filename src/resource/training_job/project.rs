//! From the SDK's answers to facts, at once: a search record is 19 KB in memory, its facts are a few hundred bytes.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use aws_sdk_sagemaker::{
    operation::describe_training_job::DescribeTrainingJobOutput,
    types::{self as sdk, TrainingJobSummary},
};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::{Instances, TrainingJob};
use crate::{
    organization::Target,
    resource::{Facts, Origin, OriginKind, Resource},
};

/// The prefix that Pipelines gives to the names of the jobs it starts: `pipelines-<execution id>-<step>-…`.
const PIPELINE_PREFIX: &str = "pipelines-";

/// The same members under the same names in two types of the SDK: a search record and the answer of a Describe.
macro_rules! resource_from {
    ($job:expr, $tags:expr, $otherwise:expr, $target:expr, $now:expr) => {{
        let job = $job;
        let (instances, instance_count) = job.resource_config().map_or((Instances::Absent, None), instances);
        let instances = if instances == Instances::Absent { $otherwise } else { instances };
        let output = job.output_data_config();
        let algorithm = job.algorithm_specification();
        // The SDK fills in what is required and missing with empty texts.
        let name = job.training_job_name().filter(|name| !name.is_empty())?;
        Some(Resource {
            arn: job.training_job_arn().and_then(text).unwrap_or_else(|| arn($target, name)),
            name: name.to_owned(),
            created_at: job.creation_time().and_then(timestamp),
            modified_at: job.last_modified_time().and_then(timestamp),
            state: job.training_job_status().map(|status| status.as_str().to_owned()),
            origin: origin(name, job.tuning_job_arn(), job.auto_ml_job_arn(), job.labeling_job_arn()),
            role_arn: job.role_arn().and_then(text),
            tags: $tags,
            observed_at: $now,
            facts: Facts::TrainingJob(Box::new(TrainingJob {
                volume_key: job.resource_config().and_then(|config| config.volume_kms_key_id()).and_then(text),
                output_key: output.and_then(|config| config.kms_key_id()).and_then(text),
                output_location: output.and_then(|config| config.s3_output_path()).and_then(text),
                instances,
                instance_count,
                network_isolation: job.enable_network_isolation().unwrap_or(false),
                inter_container_encryption: job.enable_inter_container_traffic_encryption().unwrap_or(false),
                subnets: job.vpc_config().map(|vpc| vpc.subnets().to_vec()).unwrap_or_default(),
                security_groups: job.vpc_config().map(|vpc| vpc.security_group_ids().to_vec()).unwrap_or_default(),
                image: algorithm.and_then(|algorithm| algorithm.training_image()).and_then(text),
                algorithm: algorithm.and_then(|algorithm| algorithm.algorithm_name()).and_then(text),
                secondary_status: job.secondary_status().map(|status| status.as_str().to_owned()),
            })),
        })
    }};
}

/// The facts of a search record; none when it does not even name the job.
pub(super) fn from_search(job: &sdk::TrainingJob, target: &Target, now: Timestamp) -> Option<Resource> {
    let tags =
        job.tags().iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())));
    let tags = tags.collect::<BTreeMap<_, _>>();
    resource_from!(job, tags, Instances::Unconfirmed(String::new()), target, now)
}

/// The facts of a Describe, which carries no tags.
pub(super) fn from_describe(job: &DescribeTrainingJobOutput, target: &Target, now: Timestamp) -> Option<Resource> {
    let otherwise = job.serverless_job_config().map_or(Instances::Absent, |_| Instances::Serverless);
    resource_from!(job, BTreeMap::new(), otherwise, target, now)
}

/// What a listing alone tells of a job whose Describe was refused.
pub(super) fn from_summary(job: &Summary, facts: Facts, now: Timestamp) -> Resource {
    Resource {
        arn: job.arn.clone(),
        name: job.name.clone(),
        created_at: job.created_at,
        modified_at: job.modified_at,
        state: job.state.clone(),
        origin: origin(&job.name, None, None, None),
        role_arn: None,
        tags: BTreeMap::new(),
        observed_at: now,
        facts,
    }
}

/// One line of the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) created_at: Option<Timestamp>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) state: Option<String>,
}

impl Summary {
    /// A hash of what identifies the job: names are used again after deletion.
    pub(super) fn identity(&self) -> u64 {
        identity(&self.name, self.created_at)
    }

    /// From the SDK's; none when it does not even name the job.
    pub(super) fn new(job: &TrainingJobSummary, target: &Target) -> Option<Self> {
        let name = job.training_job_name().filter(|name| !name.is_empty())?;
        Some(Self {
            name: name.to_owned(),
            arn: job.training_job_arn().and_then(text).unwrap_or_else(|| arn(target, name)),
            created_at: job.creation_time().and_then(timestamp),
            modified_at: job.last_modified_time().and_then(timestamp),
            state: job.training_job_status().map(|status| status.as_str().to_owned()),
        })
    }
}

impl From<&Resource> for Summary {
    fn from(job: &Resource) -> Self {
        Self {
            name: job.name.clone(),
            arn: job.arn.clone(),
            created_at: job.created_at,
            modified_at: job.modified_at,
            state: job.state.clone(),
        }
    }
}

/// A hash of a job's name and creation time.
pub(super) fn identity(name: &str, created_at: Option<Timestamp>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name, created_at).hash(&mut hasher);
    hasher.finish()
}

/// The forms in which a job names its instances, the one that decides first, with the count of all.
fn instances(config: &sdk::ResourceConfig) -> (Instances, Option<i64>) {
    let groups = config.instance_groups();
    if !groups.is_empty() {
        // A group without a type stays in as an unknown one.
        let types = groups.iter().map(|group| group.instance_type().map_or("", |kind| kind.as_str()).to_owned());
        let count = groups.iter().map(|group| group.instance_count().map(i64::from)).sum();
        return (Instances::Groups(types.collect()), count);
    }
    let count = config.instance_count().map(i64::from);
    if let Some(selected) = config.selected_instance_type() {
        return (
            Instances::Selected(selected.as_str().to_owned()),
            config.selected_instance_count().map(i64::from).or(count),
        );
    }
    if let Some(one) = config.instance_type() {
        return (Instances::Type(one.as_str().to_owned()), count);
    }
    let preferences = config.instance_preferences();
    if preferences.is_empty() {
        return (Instances::Absent, count);
    }
    let types = preferences.iter().filter_map(|preference| preference.instance_type());
    let most = preferences.iter().filter_map(sdk::InstancePreference::instance_count).max().map(i64::from);
    (Instances::Preferences(types.map(|kind| kind.as_str().to_owned()).collect()), most.or(count))
}

fn origin(name: &str, tuning: Option<&str>, auto_ml: Option<&str>, labeling: Option<&str>) -> Option<Origin> {
    let parents =
        [(OriginKind::TuningJob, tuning), (OriginKind::AutoMlJob, auto_ml), (OriginKind::LabelingJob, labeling)];
    let parent = parents.into_iter().find_map(|(kind, arn)| Some(Origin { kind, reference: arn.and_then(text)? }));
    parent.or_else(|| {
        let execution = name.strip_prefix(PIPELINE_PREFIX)?.split('-').next()?;
        Some(Origin { kind: OriginKind::PipelineExecution, reference: execution.to_owned() })
    })
}

fn arn(target: &Target, name: &str) -> String {
    format!("arn:{}:sagemaker:{}:{}:training-job/{name}", target.partition, target.region, target.account.id)
}

/// A text of the service; the empty one counts as absent.
fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::from_nanosecond(time.as_nanos()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sdk::{InstanceGroup, InstancePreference, ResourceConfig, TrainingInstanceType};

    fn group(kind: TrainingInstanceType, count: i32) -> InstanceGroup {
        InstanceGroup::builder().instance_type(kind).instance_count(count).instance_group_name("g").build()
    }

    #[test]
    fn groups_win_over_a_selected_type_which_wins_over_a_type_which_wins_over_preferences() {
        use TrainingInstanceType::{MlG52Xlarge, MlM5Large};

        let preference = InstancePreference::builder().instance_type(MlM5Large).instance_count(3).build();
        let builder = || ResourceConfig::builder().instance_preferences(preference.clone());
        let (found, count) = instances(&builder().build());
        assert_eq!((found, count), (Instances::Preferences(vec!["ml.m5.large".to_owned()]), Some(3)));

        let (found, count) = instances(&builder().instance_type(MlM5Large).instance_count(2).build());
        assert_eq!((found, count), (Instances::Type("ml.m5.large".to_owned()), Some(2)));

        let (found, count) =
            instances(&builder().selected_instance_type(MlG52Xlarge).selected_instance_count(4).build());
        assert_eq!((found, count), (Instances::Selected("ml.g5.2xlarge".to_owned()), Some(4)));

        let groups = builder().instance_groups(group(MlM5Large, 1)).instance_groups(group(MlG52Xlarge, 2)).build();
        let (found, count) = instances(&groups);
        let types = ["ml.m5.large", "ml.g5.2xlarge"].map(str::to_owned).to_vec();
        assert_eq!((found, count), (Instances::Groups(types), Some(3)));
    }

    #[test]
    fn an_instance_type_that_the_sdk_does_not_know_is_kept_as_text() {
        let config = ResourceConfig::builder().instance_type(TrainingInstanceType::from("ml.zz9.48xlarge")).build();
        assert_eq!(instances(&config).0, Instances::Type("ml.zz9.48xlarge".to_owned()));
    }

    #[test]
    fn an_empty_text_counts_as_absent() {
        assert_eq!((text(""), text(" "), text("k")), (None, None, Some("k".to_owned())));
    }

    #[test]
    fn the_maker_is_the_parent_job_or_else_the_pipeline_in_the_name() {
        let tuning = origin("a", Some("arn:tuning"), None, None).unwrap();
        assert_eq!((tuning.kind, tuning.reference.as_str()), (OriginKind::TuningJob, "arn:tuning"));
        let pipeline = origin("pipelines-h4x0r1a2b3c4-Train-abc", Some(""), None, None).unwrap();
        assert_eq!((pipeline.kind, pipeline.reference.as_str()), (OriginKind::PipelineExecution, "h4x0r1a2b3c4"));
        assert_eq!(origin("churn", None, None, None), None);
    }
}
