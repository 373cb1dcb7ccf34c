//! HyperPod clusters, which can be changed at any time, so that each is described every night.

use aws_sdk_sagemaker::{
    operation::describe_cluster::DescribeClusterOutput,
    types::{ClusterInstanceStorageConfig, ClusterSummary, VpcConfig},
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a HyperPod cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Cluster {
    /// `InstanceGroups`, then `RestrictedInstanceGroups`.
    pub groups: Vec<Group>,
    /// `VpcConfig.Subnets`, which hold for every group without subnets of its own.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
}

/// A group of instances.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Group {
    /// `InstanceGroupName`.
    pub name: Option<String>,
    /// Whether it is one of the `RestrictedInstanceGroups`.
    pub restricted: bool,
    /// `InstanceStorageConfigs[].EbsVolumeConfig`.
    pub volumes: Vec<Volume>,
    /// Whether it has storage of a kind that this version does not know.
    pub unknown_storage: bool,
    /// `OverrideVpcConfig.Subnets`, which take the place of those of the cluster.
    pub subnets: Vec<String>,
}

/// An EBS volume that is configured for each instance of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Volume {
    /// `RootVolume`; absent is false. A root volume is there whether it is configured or not.
    pub root: bool,
    /// `VolumeKmsKeyId`.
    pub key: Option<String>,
}

impl Group {
    /// Its name for people.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or("a group without a name")
    }
}

impl Kind for Cluster {
    const NAME: &'static str = "AWS::SageMaker::Cluster";
    const SLUG: &'static str = "cluster";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        let volumes = self.groups.iter().flat_map(|group| &group.volumes);
        volumes.filter_map(|volume| volume.key.as_deref()).collect()
    }
}

impl Listed for Cluster {
    const LIST: &'static str = "sagemaker:ListClusters";
    const DESCRIBE: &'static str = "sagemaker:DescribeCluster";

    listed::page!(list_clusters, cluster_summaries, "ClusterSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_cluster().cluster_name(&line.name).send();
        let cluster = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(cluster.cluster_status().map(aws_sdk_sagemaker::types::ClusterStatus::as_str)),
            role_arn: said(cluster.cluster_role()),
            ..Described::new(facts(&cluster))
        })
    }
}

/// A line, whose ARN ends in an id that is not the name.
fn line(cluster: &ClusterSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(cluster.creation_time()),
        state: said(cluster.cluster_status().map(aws_sdk_sagemaker::types::ClusterStatus::as_str)),
        ..Line::named(cluster.cluster_name(), cluster.cluster_arn())?
    })
}

fn facts(cluster: &DescribeClusterOutput) -> Cluster {
    let groups = cluster.instance_groups().iter().map(|details| {
        let vpc = details.override_vpc_config();
        group(details.instance_group_name(), false, details.instance_storage_configs(), vpc)
    });
    let restricted = cluster.restricted_instance_groups().iter().map(|details| {
        let vpc = details.override_vpc_config();
        group(details.instance_group_name(), true, details.instance_storage_configs(), vpc)
    });
    let vpc = cluster.vpc_config();
    Cluster {
        groups: groups.chain(restricted).collect(),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
    }
}

fn group(
    name: Option<&str>,
    restricted: bool,
    storage: &[ClusterInstanceStorageConfig],
    vpc: Option<&VpcConfig>,
) -> Group {
    let volumes = storage.iter().filter_map(|config| config.as_ebs_volume_config().ok());
    Group {
        name: said(name),
        restricted,
        volumes: volumes
            .map(|volume| Volume { root: volume.root_volume().unwrap_or(false), key: said(volume.volume_kms_key_id()) })
            .collect(),
        unknown_storage: storage.iter().any(ClusterInstanceStorageConfig::is_unknown),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
    }
}
