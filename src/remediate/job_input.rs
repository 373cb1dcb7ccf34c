//! The input of `CreateTrainingJob` that would make a job again, without what fails.

mod secrets;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::recorded::{Found, Recorded};
use crate::{
    check::{Control, selection},
    finding::Status,
    image::Registry,
    instance_type::{InstanceStorage, instance_storage},
    resource::training_job::{Instances, TrainingJob},
};

/// The members of the input, but for the tags and `SessionChainingConfig`, which a description does not carry (SageMaker API
/// reference, `CreateTrainingJob`). What the description has besides tells how the job went.
const MEMBERS: [&str; 26] = [
    "TrainingJobName",
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "VpcConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "DebugHookConfig",
    "DebugRuleConfigurations",
    "TensorBoardOutputConfig",
    "ExperimentConfig",
    "ProfilerConfig",
    "ProfilerRuleConfigurations",
    "Environment",
    "RetryStrategy",
    "RemoteDebugConfig",
    "InfraCheckConfig",
    "ServerlessJobConfig",
    "MlflowConfig",
    "ModelPackageConfig",
];

/// What the facts in the tables do not have of the input.
const NOT_RECORDED: &str = "InputDataConfig, TrainingInputMode, HyperParameters, Environment, StoppingCondition, \
                            VolumeSizeInGB, names and counts of groups, CheckpointConfig, DebugHookConfig, ProfilerConfig, ExperimentConfig, spot training, \
                            retries and metrics are not recorded";

/// What no description has of the input.
const NOT_DESCRIBED: &str =
    "DescribeTrainingJob does not return SessionChainingConfig: where the job was made with one, add it.";

/// The most letters of a name.
const NAME_LIMIT: usize = 63;

/// The input, and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobInput {
    /// The input.
    pub input: Map<String, Value>,
    /// Whether it is the whole input, read from the service.
    pub is_whole: bool,
    /// Whether volumes are encrypted with the key that was filled in.
    pub has_volume_key: bool,
    /// What was set, and to what end.
    pub filled: Vec<String>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
    /// What else is to be known before it is used.
    pub notes: Vec<String>,
}

impl JobInput {
    /// Of an answer of `DescribeTrainingJob`.
    pub fn described(answer: &Map<String, Value>, recorded: &Recorded) -> Self {
        let members = MEMBERS.iter().filter_map(|name| Some(((*name).to_owned(), pruned(answer.get(*name)?)?)));
        let mut job = Self { input: members.collect(), is_whole: true, ..Self::default() };
        if let Some(resources) = job.object("ResourceConfig") {
            // The service tells what it chose, and takes no choice.
            resources.retain(|name, _| !name.starts_with("Selected"));
            if resources.get("VolumeSizeInGB") == Some(&json!(0)) {
                resources.remove("VolumeSizeInGB");
            }
        }
        job.notes.push(NOT_DESCRIBED.to_owned());
        let image = job.text(&["AlgorithmSpecification", "TrainingImage"]).unwrap_or_default();
        let metrics = job.input.get("AlgorithmSpecification").and_then(|algorithm| algorithm.get("MetricDefinitions"));
        if metrics.is_some() && Registry::of(&image).is_of_sagemaker() {
            job.notes.push(
                "Where the image is a built-in algorithm, leave AlgorithmSpecification.MetricDefinitions out: the service has \
                 its own."
                    .to_owned(),
            );
        }
        job.named_anew(recorded)
    }

    /// Of the facts in the tables, which are not the whole input.
    pub fn recorded(job: &TrainingJob, recorded: &Recorded) -> Self {
        let mut input = Map::new();
        input.insert("TrainingJobName".to_owned(), json!(recorded.name));
        let algorithm = [("TrainingImage", &job.image), ("AlgorithmName", &job.algorithm)];
        let output = [("S3OutputPath", &job.output_location), ("KmsKeyId", &job.output_key)];
        let objects = [("AlgorithmSpecification", algorithm), ("OutputDataConfig", output)];
        for (name, members) in objects {
            let members =
                members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
            input.insert(name.to_owned(), Value::Object(members.collect()));
        }
        input.insert("ResourceConfig".to_owned(), resources(job));
        if !job.subnets.is_empty() {
            let vpc = json!({ "Subnets": job.subnets, "SecurityGroupIds": job.security_groups });
            input.insert("VpcConfig".to_owned(), vpc);
        }
        input.extend(recorded.role_arn.as_ref().map(|role| ("RoleArn".to_owned(), json!(role))));
        input.insert("EnableNetworkIsolation".to_owned(), json!(job.network_isolation));
        input.insert("EnableInterContainerTrafficEncryption".to_owned(), json!(job.inter_container_encryption));
        let notes = vec![format!("It is not the whole input: {NOT_RECORDED}. --live reads the rest.")];
        Self { input, notes, ..Self::default() }.named_anew(recorded)
    }

    /// With another name, since one cannot be used twice, with the tags of the job, and without what looks like a secret.
    fn named_anew(mut self, recorded: &Recorded) -> Self {
        const END: &str = "-mended";
        let start = recorded.name.chars().take(NAME_LIMIT - END.len()).collect::<String>();
        let name = format!("{}{END}", start.trim_end_matches('-'));
        self.input.insert("TrainingJobName".to_owned(), json!(name));
        let tags = recorded.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
        let tags = tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect::<Vec<_>>();
        if !tags.is_empty() {
            self.input.insert("Tags".to_owned(), Value::Array(tags));
        }
        self.left_out.extend(secrets::withhold(&mut self.input));
        self
    }

    /// Sets what mends a finding that fails; keys are set to `key`.
    pub fn mend(&mut self, found: &Found, key: &str) {
        if found.status != Status::Fail {
            return;
        }
        let control = selection::check(&found.check_id).ok().map(|check| check.control);
        if control == Some(Control::EncryptionAtRest) {
            self.mend_keys(found, key);
        } else if control == Some(Control::NetworkIsolation) {
            self.set("EnableNetworkIsolation", json!(true));
        } else if control == Some(Control::EncryptionInTransit) {
            self.set("EnableInterContainerTrafficEncryption", json!(true));
        } else if control == Some(Control::NetworkBoundary) {
            self.set("VpcConfig", json!({ "Subnets": ["subnet-ID"], "SecurityGroupIds": ["sg-ID"] }));
            self.note("Put subnets and security groups of yours in the place of subnet-ID and sg-ID.");
        } else if found.check_id == "training-job-remote-debugging" {
            self.set("RemoteDebugConfig", json!({ "EnableRemoteDebug": false }));
        } else {
            self.note(&format!("What {} finds is not mended by a setting of the input.", found.check_id));
        }
    }

    fn mend_keys(&mut self, found: &Found, key: &str) {
        let is_of = |role: &str| found.reason_code.split(',').any(|code| code.starts_with(role));
        let (volume, output) = (is_of("volume_key"), is_of("output_key"));
        let (volume, output) = if volume || output {
            (volume, output)
        } else {
            // A rule of others may not say which key it misses.
            let is_absent = |path: &[&str; 2]| self.text(path).is_none_or(|key| key.is_empty());
            (is_absent(&["ResourceConfig", "VolumeKmsKeyId"]), is_absent(&["OutputDataConfig", "KmsKeyId"]))
        };
        if output && self.put("OutputDataConfig", "KmsKeyId", json!(key)) {
            add(&mut self.filled, format!("OutputDataConfig.KmsKeyId: {key}"));
        }
        let storage = self.storage();
        if self.input.contains_key("ServerlessJobConfig") {
            self.leave_out("the job is serverless");
        } else if storage.iter().eq([&InstanceStorage::LocalNvme]) {
            self.leave_out("every instance has local NVMe storage, for which no volume key can be set");
        } else if volume && self.put("ResourceConfig", "VolumeKmsKeyId", json!(key)) {
            self.has_volume_key = true;
            add(&mut self.filled, format!("ResourceConfig.VolumeKmsKeyId: {key}"));
            if storage.contains(&InstanceStorage::EbsOnly) && storage.contains(&InstanceStorage::LocalNvme) {
                self.note(
                    "Some of its instances have local NVMe storage, with which AWS documents that no volume key can be \
                     requested: where the call is refused, give those a job of their own, without ResourceConfig.VolumeKmsKeyId.",
                );
            } else if !storage.contains(&InstanceStorage::EbsOnly) {
                self.note(
                    "Whether its instances have local storage is not known to this version: where they have, leave \
                     ResourceConfig.VolumeKmsKeyId out.",
                );
            }
        }
    }

    fn leave_out(&mut self, why: &str) {
        if let Some(resources) = self.object("ResourceConfig") {
            resources.remove("VolumeKmsKeyId");
        }
        add(&mut self.left_out, format!("ResourceConfig.VolumeKmsKeyId: {why}"));
    }

    /// Where the instances of the job store; nowhere where it names no instances.
    fn storage(&self) -> BTreeSet<InstanceStorage> {
        let Some(resources) = self.input.get("ResourceConfig") else { return BTreeSet::new() };
        let of = |value: &Value| value.get("InstanceType").and_then(Value::as_str).map(instance_storage);
        let lists = ["InstanceGroups", "InstancePreferences"].into_iter();
        let listed = lists.filter_map(|name| resources.get(name)?.as_array()).flatten().filter_map(of);
        of(resources).into_iter().chain(listed).collect()
    }

    fn set(&mut self, member: &str, value: Value) {
        add(&mut self.filled, format!("{member}: {value}"));
        self.input.insert(member.to_owned(), value);
    }

    fn note(&mut self, note: &str) {
        add(&mut self.notes, note.to_owned());
    }

    /// Sets a member of a member; whether that is there to take it.
    fn put(&mut self, object: &str, member: &str, value: Value) -> bool {
        let place = self.input.entry(object).or_insert_with(|| json!({}));
        place.as_object_mut().map(|members| members.insert(member.to_owned(), value)).is_some()
    }

    fn object(&mut self, name: &str) -> Option<&mut Map<String, Value>> {
        self.input.get_mut(name)?.as_object_mut()
    }

    fn text(&self, path: &[&str; 2]) -> Option<String> {
        let [object, member] = path;
        self.input.get(*object)?.get(*member)?.as_str().map(str::to_owned)
    }
}

/// Adds a line, unless another finding did.
fn add(lines: &mut Vec<String>, line: String) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// What it ran on, as far as the facts tell.
fn resources(job: &TrainingJob) -> Value {
    let count = job.instance_count;
    let types = |types: &[String]| types.iter().map(|name| json!({ "InstanceType": name })).collect::<Vec<_>>();
    let mut resources = match &job.instances {
        Instances::Groups(groups) => json!({ "InstanceGroups": types(groups) }),
        Instances::Preferences(preferences) => json!({ "InstancePreferences": types(preferences) }),
        Instances::Selected(one) | Instances::Type(one) => json!({ "InstanceType": one, "InstanceCount": count }),
        Instances::Serverless | Instances::Unconfirmed(_) | Instances::Absent => json!({}),
    };
    if let (Some(key), Some(members)) = (&job.volume_key, resources.as_object_mut()) {
        members.insert("VolumeKmsKeyId".to_owned(), json!(key));
    }
    pruned(&resources).unwrap_or_else(|| json!({}))
}

/// A value without members that are null or, where a key should stand, empty.
fn pruned(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let is_key = |name: &str| name.ends_with("KmsKeyId");
            let members = members.iter().filter(|(name, value)| !(is_key(name) && **value == json!("")));
            Some(Value::Object(members.filter_map(|(name, value)| Some((name.clone(), pruned(value)?))).collect()))
        }
        Value::Array(items) => Some(Value::Array(items.iter().filter_map(pruned).collect())),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests;
