//! From answers to facts, at once: what is kept of a job is a few hundred bytes.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use aws_sdk_sagemaker::{operation::describe_training_job::DescribeTrainingJobOutput, types::TrainingJobSummary};
use jiff::Timestamp;

use super::{
    Instances, RemoteDebugging, SETTLED, TrainingJob,
    record::{Moment, Record, ResourceConfig, Text},
};
use crate::{
    organization::Target,
    resource::{Facts, OriginKind, Resource, maker},
    secret::{self, Looked, Place},
};

/// The facts of a search record; none when it does not even name the job.
pub(super) fn from_search(job: Record<'_>, target: &Target, now: Timestamp) -> Option<Resource> {
    resource(job, Instances::Unconfirmed(String::new()), RemoteDebugging::Unknown(String::new()), target, now)
}

/// The facts of a Describe, which carries no tags.
pub(super) fn from_describe(job: &DescribeTrainingJobOutput, target: &Target, now: Timestamp) -> Option<Resource> {
    let otherwise = job.serverless_job_config().map_or(Instances::Absent, |_| Instances::Serverless);
    let is_on = job
        .remote_debug_config()
        .and_then(aws_sdk_sagemaker::types::RemoteDebugConfig::enable_remote_debug)
        .unwrap_or(false);
    let debugging = if is_on { RemoteDebugging::On } else { RemoteDebugging::Off };
    resource(Record::from(job), otherwise, debugging, target, now)
}

/// The resource of a record, whichever answer it came from; `otherwise` is what it runs on when it does not say, and
/// `debugging` what holds while it runs.
fn resource(
    job: Record<'_>,
    otherwise: Instances,
    debugging: RemoteDebugging,
    target: &Target,
    now: Timestamp,
) -> Option<Resource> {
    // The SDK fills in what is required and missing with empty texts.
    let name = job.training_job_name.as_str().filter(|name| !name.is_empty())?.to_owned();
    let (instances, instance_count) = job.resource_config.as_ref().map_or((Instances::Absent, None), instances);
    let instances = if instances == Instances::Absent { otherwise } else { instances };
    let output = job.output_data_config.unwrap_or_default();
    let algorithm = job.algorithm_specification.unwrap_or_default();
    let vpc = job.vpc_config.unwrap_or_default();
    let parents = [
        (OriginKind::TuningJob, job.tuning_job_arn.as_str()),
        (OriginKind::AutoMlJob, job.auto_ml_job_arn.as_str()),
        (OriginKind::LabelingJob, job.labeling_job_arn.as_str()),
    ];
    let tags = job.tags.unwrap_or_default().into_iter();
    let tags = tags.filter_map(|tag| Some((tag.key.to_owned()?, tag.value.to_owned().unwrap_or_default())));
    let variables = secret::in_values(Place::Variable, job.environment.iter());
    let secrets = variables.into_iter().chain(secret::in_values(Place::Hyperparameter, job.hyper_parameters.iter()));
    let has_texts = job.environment.iter().chain(job.hyper_parameters.iter()).next().is_some();
    let secrets = if has_texts { Looked::through(secrets) } else { Looked::Nothing };
    let has_ended = job.training_job_status.as_str().is_some_and(|state| SETTLED.contains(&state));
    Some(Resource {
        arn: job.training_job_arn.said().unwrap_or_else(|| arn(target, &name)),
        created_at: job.creation_time.0,
        modified_at: job.last_modified_time.0,
        state: job.training_job_status.to_owned(),
        origin: maker::of(&name, parents),
        role_arn: job.role_arn.said(),
        tags: tags.collect(),
        observed_at: now,
        facts: Facts::TrainingJob(Box::new(TrainingJob {
            volume_key: job.resource_config.and_then(|config| config.volume_kms_key_id.said()),
            output_key: output.kms_key_id.said(),
            output_location: output.s3_output_path.said(),
            instances,
            instance_count,
            network_isolation: job.enable_network_isolation.unwrap_or(false),
            inter_container_encryption: job.enable_inter_container_traffic_encryption.unwrap_or(false),
            subnets: named(vpc.subnets),
            security_groups: named(vpc.security_group_ids),
            image: algorithm.training_image.said(),
            algorithm: algorithm.algorithm_name.said(),
            secondary_status: job.secondary_status.to_owned(),
            remote_debugging: if has_ended { RemoteDebugging::Ended } else { debugging },
            secrets,
        })),
        name,
    })
}

/// Those that say something.
fn named(texts: Option<Vec<String>>) -> Vec<String> {
    texts.unwrap_or_default().into_iter().filter(|text| !text.trim().is_empty()).collect()
}

/// What a listing alone tells of a job whose Describe was refused.
pub(super) fn from_summary(job: &Summary, facts: Facts, now: Timestamp) -> Resource {
    Resource {
        arn: job.arn.clone(),
        name: job.name.clone(),
        created_at: job.created_at,
        modified_at: job.modified_at,
        state: job.state.clone(),
        origin: maker::of(&job.name, []),
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
            arn: Text::from(job.training_job_arn()).said().unwrap_or_else(|| arn(target, name)),
            created_at: Moment::from(job.creation_time()).0,
            modified_at: Moment::from(job.last_modified_time()).0,
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
fn instances(config: &ResourceConfig<'_>) -> (Instances, Option<i64>) {
    let groups = config.instance_groups.as_deref().unwrap_or_default();
    if !groups.is_empty() {
        // A group without a type stays in as an unknown one.
        let types = groups.iter().map(|group| group.instance_type.to_owned().unwrap_or_default());
        let count = groups.iter().map(|group| group.instance_count.map(i64::from)).sum();
        return (Instances::Groups(types.collect()), count);
    }
    let count = config.instance_count.map(i64::from);
    if let Some(selected) = config.selected_instance_type.said() {
        return (Instances::Selected(selected), config.selected_instance_count.map(i64::from).or(count));
    }
    if let Some(one) = config.instance_type.said() {
        return (Instances::Type(one), count);
    }
    let preferences = config.instance_preferences.as_deref().unwrap_or_default();
    if preferences.is_empty() {
        return (Instances::Absent, count);
    }
    let types = preferences.iter().map(|preference| preference.instance_type.to_owned().unwrap_or_default());
    let most = preferences.iter().filter_map(|preference| preference.instance_count).max().map(i64::from);
    (Instances::Preferences(types.collect()), most.or(count))
}

/// The same of the SDK's form, as other types that hold definitions of training jobs have it.
pub(in crate::resource) fn sdk_instances(
    config: &aws_sdk_sagemaker::types::ResourceConfig,
) -> (Instances, Option<i64>) {
    instances(&ResourceConfig::from(config))
}

fn arn(target: &Target, name: &str) -> String {
    format!("arn:{}:sagemaker:{}:{}:training-job/{name}", target.partition, target.region, target.account.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> (Instances, Option<i64>) {
        instances(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn groups_win_over_a_selected_type_which_wins_over_a_type_which_wins_over_preferences() {
        let preferences = r#""InstancePreferences":[{"InstanceType":"ml.m5.large","InstanceCount":3}]"#;
        let (large, accelerated) = ("ml.m5.large".to_owned(), "ml.g5.2xlarge".to_owned());
        assert_eq!(told(&format!("{{{preferences}}}")), (Instances::Preferences(vec![large.clone()]), Some(3)));
        let one = r#""InstanceType":"ml.m5.large","InstanceCount":2"#;
        assert_eq!(told(&format!("{{{preferences},{one}}}")), (Instances::Type(large.clone()), Some(2)));
        let selected = r#""SelectedInstanceType":"ml.g5.2xlarge","SelectedInstanceCount":4"#;
        let found = told(&format!("{{{preferences},{one},{selected}}}"));
        assert_eq!(found, (Instances::Selected(accelerated.clone()), Some(4)));
        let groups = r#""InstanceGroups":[{"InstanceType":"ml.m5.large","InstanceCount":1},
            {"InstanceType":"ml.g5.2xlarge","InstanceCount":2}]"#;
        let found = told(&format!("{{{preferences},{selected},{groups}}}"));
        assert_eq!(found, (Instances::Groups(vec![large, accelerated]), Some(3)));
    }

    #[test]
    fn an_instance_type_that_the_sdk_does_not_know_is_kept_as_text() {
        let found = told(r#"{"InstanceType":"ml.zz9.48xlarge"}"#);
        assert_eq!(found.0, Instances::Type("ml.zz9.48xlarge".to_owned()));
    }

    #[test]
    fn an_empty_instance_type_is_none_and_an_empty_subnet_is_not_there() {
        let found = told(r#"{"SelectedInstanceType":"","InstanceType":"ml.m5.large"}"#);
        assert_eq!(found.0, Instances::Type("ml.m5.large".to_owned()));
        assert_eq!(told(r#"{"InstanceType":""}"#).0, Instances::Absent);
        assert_eq!(named(Some(vec![String::new(), "subnet-1".to_owned()])), ["subnet-1"]);
    }

    #[test]
    fn a_preference_without_an_instance_type_stays_in_as_an_unknown_one() {
        let found = told(r#"{"InstancePreferences":[{"InstanceType":"ml.g5.2xlarge"},{"InstanceCount":2}]}"#);
        assert_eq!(found, (Instances::Preferences(vec!["ml.g5.2xlarge".to_owned(), String::new()]), Some(2)));
    }

    #[test]
    fn an_empty_text_counts_as_absent() {
        let said = |text| Text::from(Some(text)).said();
        assert_eq!((said(""), said(" "), said("k")), (None, None, Some("k".to_owned())));
    }

    #[test]
    fn a_search_record_and_a_describe_of_the_same_job_make_the_same_resource_but_for_tags() {
        let json = r#"{"TrainingJobName":"j","TrainingJobArn":"","CreationTime":1732406400.5,"RoleArn":"r",
            "TrainingJobStatus":"Completed","SecondaryStatus":"Completed","EnableNetworkIsolation":true,
            "ResourceConfig":{"InstanceType":"ml.m5.large","InstanceCount":1,"VolumeKmsKeyId":""},
            "OutputDataConfig":{"KmsKeyId":"k","S3OutputPath":"s3://b"},"Tags":[{"Key":"owner","Value":"me"}]}"#;
        let target = crate::lake::samples::target(1, "eu-central-1");
        let searched = from_search(serde_json::from_str(json).unwrap(), &target, Timestamp::UNIX_EPOCH).unwrap();
        let config = aws_sdk_sagemaker::types::ResourceConfig::builder()
            .instance_type("ml.m5.large".into())
            .instance_count(1)
            .volume_kms_key_id("")
            .build();
        let output = aws_sdk_sagemaker::types::OutputDataConfig::builder().kms_key_id("k").s3_output_path("s3://b");
        let job = DescribeTrainingJobOutput::builder()
            .training_job_name("j")
            .creation_time(aws_smithy_types::DateTime::from_secs_f64(1_732_406_400.5))
            .role_arn("r")
            .training_job_status("Completed".into())
            .secondary_status("Completed".into())
            .enable_network_isolation(true)
            .resource_config(config)
            .output_data_config(output.build())
            .build();
        let described = from_describe(&job, &target, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(searched.tags, BTreeMap::from([("owner".to_owned(), "me".to_owned())]));
        assert_eq!(Resource { tags: BTreeMap::new(), ..searched }, described);
    }
}
