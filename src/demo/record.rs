//! A training job as `SageMaker` writes it: in a search result, in a description, in a list.

use super::cell::Cell;
use super::job::{CANARY, Job, JobStatus, Parent};
use super::json::Json;
use super::scenario::Instances;

/// In which answer a record stands. The members differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `Search`: with tags, without what only a description has.
    Search,
    /// `DescribeTrainingJob`: without tags, with `ServerlessJobConfig` and `RemoteDebugConfig`.
    Description,
}

/// Writes the members of a job into the open object.
pub(super) fn write(json: &mut Json, cell: &Cell, job: &Job, form: Form) {
    json.plain("TrainingJobName", &job.name);
    json.plain("TrainingJobArn", &job.arn);
    parent(json, cell, job);
    let bucket = ["s3://", cell.team, "-ml-", cell.region().as_str(), "/", &job.name].concat();
    if job.status == JobStatus::Completed {
        json.object("ModelArtifacts");
        json.joined("S3ModelArtifacts", &[&bucket, "/output/model.tar.gz"]);
        json.close();
    }
    json.plain("TrainingJobStatus", job.status.as_str());
    json.plain("SecondaryStatus", if job.status == JobStatus::InProgress { "Training" } else { job.status.as_str() });
    if job.status == JobStatus::Failed {
        json.plain("FailureReason", "AlgorithmError: ExecuteUserScriptError: exit code 1");
    }
    settings(json, cell, job);
    let account = cell.account();
    json.joined("RoleArn", &["arn:aws:iam::", account.as_str(), ":role/service-role/sagemaker-", cell.team]);
    input(json, &bucket);
    json.object("OutputDataConfig");
    json.maybe("KmsKeyId", job.output_key.as_deref());
    json.plain("S3OutputPath", &bucket);
    json.plain("CompressionType", "GZIP");
    json.close();
    resources(json, job);
    if job.vpc {
        json.object("VpcConfig");
        json.list("SecurityGroupIds");
        json.hex_item("sg-0", cell.seed);
        json.end_list();
        json.list("Subnets");
        json.hex_item("subnet-0", cell.seed ^ 1);
        json.hex_item("subnet-0", cell.seed ^ 2);
        json.end_list();
        json.close();
    }
    json.fixed(r#""StoppingCondition":{"MaxRuntimeInSeconds":86400},"#);
    times(json, job);
    json.flag("EnableNetworkIsolation", job.network_isolation);
    json.flag("EnableInterContainerTrafficEncryption", job.traffic_encryption);
    json.flag("EnableManagedSpotTraining", false);
    json.object("DebugHookConfig");
    json.plain("S3OutputPath", &bucket);
    json.close();
    if job.dice & 0x3000 == 0 {
        json.object("ExperimentConfig");
        json.plain("ExperimentName", &format!("{}-experiment", cell.team));
        json.plain("TrialName", &format!("trial-{:04x}", job.dice >> 48));
        json.close();
    }
    match form {
        Form::Search => {
            json.list("Tags");
            write_tags(json, job);
            json.end_list();
        }
        Form::Description => {
            if job.scenario.instances == Instances::Serverless {
                json.object("ServerlessJobConfig");
                let hub = format!("arn:aws:sagemaker:{}:aws:hub-content/SageMakerPublicHub/Model", cell.region());
                json.plain("BaseModelArn", &format!("{hub}/meta-textgeneration-llama-3-8b/1.0.0"));
                json.flag("AcceptEula", true);
                json.plain("JobType", "FineTuning");
                json.plain("CustomizationTechnique", "SFT");
                json.plain("Peft", "LORA");
                json.close();
            }
            json.object("RemoteDebugConfig");
            json.flag("EnableRemoteDebug", job.dice & 0x3_0000 == 0);
            json.close();
        }
    }
}

/// Writes the summary of a job, as lists have it, as an item.
pub(super) fn write_summary(json: &mut Json, job: &Job) {
    json.open();
    json.plain("TrainingJobName", &job.name);
    json.plain("TrainingJobArn", &job.arn);
    json.time("CreationTime", job.created_at.as_millisecond());
    if let Some(ended) = job.ended_at {
        json.time("TrainingEndTime", ended.as_millisecond());
    }
    json.time("LastModifiedTime", job.last_modified_at().as_millisecond());
    json.plain("TrainingJobStatus", job.status.as_str());
    json.close();
}

/// Writes a job's tags into the open list.
pub(super) fn write_tags(json: &mut Json, job: &Job) {
    for (key, value) in &job.tags {
        json.open();
        json.text("Key", key);
        json.text("Value", value);
        json.close();
    }
}

fn parent(json: &mut Json, cell: &Cell, job: &Job) {
    let (member, kind) = match job.parent {
        Parent::None => return,
        Parent::Tuning => ("TuningJobArn", "hyper-parameter-tuning-job"),
        Parent::AutoMl => ("AutoMLJobArn", "automl-job"),
        Parent::Labeling => ("LabelingJobArn", "labeling-job"),
    };
    json.plain(
        member,
        &format!("arn:aws:sagemaker:{}:{}:{kind}/{}-{:03x}", cell.region(), cell.account(), cell.team, job.dice >> 52),
    );
}

/// Algorithm, hyperparameters and environment, with the canary in half of the jobs.
fn settings(json: &mut Json, cell: &Cell, job: &Job) {
    let secret = job.dice & 0x1_0000_0000 == 0;
    json.object("HyperParameters");
    json.fixed(r#""epochs":"20","learning_rate":"0.0003","sagemaker_program":"train.py","#);
    json.plain("sagemaker_region", cell.region().as_str());
    if secret {
        json.plain("api_token", CANARY);
    }
    json.close();
    json.object("AlgorithmSpecification");
    let registry =
        ["763104351884.dkr.ecr.", cell.region().as_str(), ".amazonaws.com/", job.algorithm, ":2.3-gpu-py311"];
    if job.dice & 0x1f00_0000_0000 == 0 {
        json.plain("TrainingImage", "registry.example.com/somebody/train:latest");
    } else {
        json.joined("TrainingImage", &registry);
    }
    json.fixed(r#""TrainingInputMode":"FastFile","MetricDefinitions":[{"Name":"validation:loss","Regex":"val_loss=([0-9\\.]+)"}],"#);
    json.fixed(r#""EnableSageMakerMetricsTimeSeries":true},"#);
    json.fixed(r#""Environment":{"LOG_LEVEL":"INFO","NCCL_DEBUG":"WARN","#);
    if secret {
        json.plain("DB_PASSWORD", CANARY);
    }
    json.close();
}

fn input(json: &mut Json, bucket: &str) {
    json.list("InputDataConfig");
    for channel in ["train", "validation"] {
        json.open();
        json.plain("ChannelName", channel);
        json.fixed(
            r#""DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3DataDistributionType":"FullyReplicated","#,
        );
        json.joined("S3Uri", &[bucket, "/", channel]);
        json.close();
        json.close();
        json.fixed(r#""ContentType":"application/x-parquet","CompressionType":"None","RecordWrapperType":"None","#);
        json.close();
    }
    json.end_list();
}

fn resources(json: &mut Json, job: &Job) {
    json.object("ResourceConfig");
    match job.scenario.instances {
        Instances::Ebs | Instances::Nvme | Instances::UnknownType => {
            for group in &job.instances {
                json.plain("InstanceType", group.instance_type);
                json.number("InstanceCount", group.count);
            }
        }
        Instances::MixedGroups | Instances::AllNvmeGroups => {
            json.list("InstanceGroups");
            for (group, number) in job.instances.iter().zip(1..) {
                json.open();
                json.plain("InstanceType", group.instance_type);
                json.number("InstanceCount", group.count);
                json.plain("InstanceGroupName", &format!("group-{number}"));
                json.close();
            }
            json.end_list();
        }
        Instances::SelectedPreference => {
            for group in &job.instances {
                json.list("InstancePreferences");
                for instance_type in ["ml.g5.12xlarge", group.instance_type] {
                    json.open();
                    json.plain("InstanceType", instance_type);
                    json.number("InstanceCount", group.count);
                    json.close();
                }
                json.end_list();
                json.plain("SelectedInstanceType", group.instance_type);
                json.number("SelectedInstanceCount", group.count);
            }
        }
        Instances::Serverless => {}
    }
    if job.scenario.instances != Instances::Serverless {
        json.number("VolumeSizeInGB", if job.scenario.instances.takes_volume_key() { 100 } else { 0 });
    }
    json.maybe("VolumeKmsKeyId", job.volume_key.as_deref());
    json.close();
}

fn times(json: &mut Json, job: &Job) {
    let created = job.created_at.as_millisecond();
    json.time("CreationTime", created);
    json.time("TrainingStartTime", created + 90_000);
    json.time("LastModifiedTime", job.last_modified_at().as_millisecond());
    let Some(ended) = job.ended_at.map(jiff::Timestamp::as_millisecond) else {
        return;
    };
    json.time("TrainingEndTime", ended);
    json.list("SecondaryStatusTransitions");
    for (status, from, to) in [("Starting", created, created + 90_000), ("Training", created + 90_000, ended)] {
        json.open();
        json.plain("Status", status);
        json.time("StartTime", from);
        json.time("EndTime", to);
        json.fixed(r#""StatusMessage":"Training image download completed. Training in progress.","#);
        json.close();
    }
    json.end_list();
    let seconds = u64::try_from((ended - created) / 1000).unwrap_or_default();
    json.number("TrainingTimeInSeconds", seconds);
    json.number("BillableTimeInSeconds", seconds);
}
