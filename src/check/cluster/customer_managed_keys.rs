//! Whether the volumes of every group of a HyperPod cluster are encrypted with usable keys that the customer manages.
//!
//! HyperPod's EBS volumes take a key whatever the instance type, so that local NVMe storage changes nothing. Restricted
//! instance groups take none (SageMaker AI Developer Guide, "Customer managed AWS KMS key encryption for SageMaker
//! HyperPod"), so that nothing is asked of these; a key that one names is judged all the same.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role, judge},
        parts,
    },
    finding::{Reason, Severity, Verdict},
    resource::{
        Kind as _,
        cluster::{Cluster, Group, Volume},
    },
};

/// The check.
pub static CHECK: Check = Check {
    id: "cluster-customer-managed-keys",
    version: 1,
    title: "HyperPod clusters encrypt the volumes of all instance groups with customer managed keys",
    severity: Severity::High,
    rationale: "The nodes of a cluster hold code, credentials, data and checkpoints of runs that take weeks. With a key \
                of your own you decide who can read them, you can see each use in CloudTrail, and you can withdraw \
                access at once. Without one a volume is encrypted with a key that AWS owns, and the root volume is \
                there even where it is not configured.",
    remediation: Remediation {
        summary: "The key of a group cannot be changed: add a group that configures a key for its root volume and for \
                  a further one, if it has any, move the work there, and delete the old group. The cluster has to \
                  provision nodes continuously (NodeProvisioningMode Continuous), and the execution role of the group \
                  may need to create grants for the key.",
        console: "The console sets no keys of volumes: use the command. SageMaker AI > HyperPod clusters > the cluster > \
                  Instances shows the groups.",
        cli: "aws sagemaker describe-cluster --region {region} --cluster-name {arn} > cluster.json\n\
              # make groups.json of its InstanceGroups, with a new group, in whose InstanceStorageConfigs stand\n\
              # { \"EbsVolumeConfig\": { \"RootVolume\": true, \"VolumeKmsKeyId\": \
              \"arn:aws:kms:{region}:{account}:key/…\" } } and\n\
              # { \"EbsVolumeConfig\": { \"VolumeSizeInGB\": 500, \"VolumeKmsKeyId\": \
              \"arn:aws:kms:{region}:{account}:key/…\" } }, and run:\n\
              aws sagemaker update-cluster --region {region} --cluster-name {arn} --instance-groups \
              file://groups.json\n\
              # when the work has moved:\n\
              aws sagemaker update-cluster --region {region} --cluster-name {arn} --instance-groups-to-delete …",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 root = {\"EbsVolumeConfig\": {\"RootVolume\": True, \"VolumeKmsKeyId\": key}}\n\
                 more = {\"EbsVolumeConfig\": {\"VolumeSizeInGB\": 500, \"VolumeKmsKeyId\": key}}\n\
                 client.update_cluster(ClusterName=\"{arn}\", InstanceGroups=[{\"InstanceStorageConfigs\": [root, more], \
                 …}])",
        code: "Type: AWS::SageMaker::Cluster\n\
               Properties:\n  \
               InstanceGroups:\n  \
               - InstanceStorageConfigs:\n    \
               - EbsVolumeConfig: { RootVolume: true, VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n    \
               - EbsVolumeConfig: { VolumeSizeInGB: 500, VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "DescribeCluster.InstanceGroups[].InstanceStorageConfigs[].EbsVolumeConfig.VolumeKmsKeyId",
        "DescribeCluster.InstanceGroups[].InstanceStorageConfigs[].EbsVolumeConfig.RootVolume",
        "DescribeCluster.RestrictedInstanceGroups[].InstanceStorageConfigs[].EbsVolumeConfig.VolumeKmsKeyId",
        "DescribeCluster.RestrictedInstanceGroups[].InstanceStorageConfigs[].EbsVolumeConfig.RootVolume",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::Cluster(evaluate),
};

fn evaluate(cluster: &Cluster, context: Context<'_>) -> Verdict {
    let judged = cluster.groups.iter().flat_map(|group| volumes(group, context));
    key::combine(parts::gather(judged), "the volumes of all instance groups have usable customer managed keys")
        .with_evidence(|| {
            let keys = cluster.keys().into_iter().map(|text| (Role::Volume, Some(text)));
            let mut evidence = key::evidence(keys, context);
            if let Some(members) = evidence.as_object_mut() {
                members.remove("volume_key");
                members.insert("groups".to_owned(), json!(cluster.groups));
            }
            evidence
        })
}

/// The volumes of a group, each by its name, with what is said of its key. The root volume is always there.
fn volumes(group: &Group, context: Context<'_>) -> Vec<(String, KeyVerdict)> {
    let root = Volume { root: true, key: None };
    let unconfigured = group.volumes.iter().all(|volume| !volume.root).then_some(&root);
    let of = |volume: &Volume| {
        let which = if volume.root { "root volume" } else { "further volume" };
        let judged = match volume.key.as_deref() {
            None => without_key(group.restricted),
            key @ Some(_) => judge(Role::Volume, key, context),
        };
        (format!("{which} of {}", group.called()), judged)
    };
    let mut judged = unconfigured.into_iter().chain(&group.volumes).map(of).collect::<Vec<_>>();
    if group.unknown_storage {
        let text = "storage is configured of a kind that this version does not know";
        judged.push((group.called().to_owned(), KeyVerdict::Unknown(Reason::new("storage_unknown", text))));
    }
    judged
}

fn without_key(restricted: bool) -> KeyVerdict {
    if restricted {
        let text = "no key can be set for restricted instance groups";
        KeyVerdict::Exempt(Reason::new("restricted_instance_group", text))
    } else {
        let text = "no volume key is set, so the volume is encrypted with a key that AWS owns";
        KeyVerdict::Fail(Reason::new("volume_key_absent", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    fn volume(root: bool, key: Option<&str>) -> Volume {
        Volume { root, key: key.map(ToOwned::to_owned) }
    }

    fn group(name: &str, volumes: &[Volume]) -> Group {
        Group { name: Some(name.to_owned()), volumes: volumes.to_vec(), ..Group::default() }
    }

    fn of(groups: &[Group]) -> (Status, String) {
        alone::told(&CHECK, Cluster { groups: groups.to_vec(), ..Cluster::default() }, alone::with_keys())
    }

    #[test]
    fn every_volume_of_every_group_needs_a_fit_key_and_the_root_volume_is_one_of_them() {
        let customer = Some("customer");
        let well = group("workers", &[volume(true, customer), volume(false, customer)]);
        for (other, status, code) in [
            (group("head", &[volume(true, customer)]), Status::Pass, "customer_managed_keys"),
            (group("head", &[]), Status::Fail, "volume_key_absent"),
            (group("head", &[volume(false, customer)]), Status::Fail, "volume_key_absent"),
            (group("head", &[volume(true, customer), volume(false, None)]), Status::Fail, "volume_key_absent"),
            (group("head", &[volume(true, Some("aws"))]), Status::Fail, "volume_key_aws_managed"),
            (group("head", &[volume(true, Some("disabled"))]), Status::Fail, "volume_key_unusable"),
            (group("head", &[volume(true, Some("missing"))]), Status::Fail, "volume_key_not_found"),
            (group("head", &[volume(true, Some("denied"))]), Status::Unknown, "volume_key_unreadable"),
            (
                Group { unknown_storage: true, ..group("head", &[volume(true, customer)]) },
                Status::Unknown,
                "storage_unknown",
            ),
        ] {
            assert_eq!(of(&[well.clone(), other.clone()]), (status, code.to_owned()), "{other:?}");
        }
    }

    #[test]
    fn a_restricted_group_takes_no_key_and_the_others_decide() {
        let restricted = Group { restricted: true, ..group("nova", &[]) };
        let told = |status, code: &str| (status, code.to_owned());
        assert_eq!(of(std::slice::from_ref(&restricted)), told(Status::NotApplicable, "restricted_instance_group"));
        let well = group("workers", &[volume(true, Some("customer"))]);
        assert_eq!(of(&[well, restricted.clone()]), told(Status::Pass, "restricted_instance_group"));
        assert_eq!(of(&[group("workers", &[]), restricted]), told(Status::Fail, "volume_key_absent"));
        let with_key = Group { restricted: true, ..group("nova", &[volume(true, Some("aws"))]) };
        assert_eq!(of(&[with_key]), told(Status::Fail, "volume_key_aws_managed"));
    }

    #[test]
    fn a_cluster_without_groups_stores_nothing() {
        assert_eq!(of(&[]), (Status::NotApplicable, "nothing_to_encrypt".to_owned()));
    }

    #[test]
    fn the_reason_names_the_groups_once_for_each_thing_that_is_said() {
        let groups = [group("head", &[]), group("workers", &[volume(true, Some("aws")), volume(false, None)])];
        let cluster = Cluster { groups: groups.to_vec(), ..Cluster::default() };
        let verdict = evaluate(&cluster, alone::with_keys());
        assert_eq!(verdict.reason_code(), "volume_key_absent,volume_key_aws_managed");
        assert!(verdict.reason().contains("(root volume of head, further volume of workers)"), "{}", verdict.reason());
        let evidence = verdict.evidence.unwrap();
        assert!(evidence.contains("\"name\":\"head\"") && evidence.contains("\"aws\":"), "{evidence}");
    }
}
