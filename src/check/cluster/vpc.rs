//! Whether every instance group of a HyperPod cluster is connected to a VPC of the customer.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Status, Verdict},
    resource::cluster::{Cluster, Group},
};

/// The check.
pub static CHECK: Check = Check {
    id: "cluster-vpc",
    version: 1,
    title: "HyperPod clusters are connected to a VPC",
    severity: Severity::High,
    rationale: "Without subnets of your own the nodes stand in a network of the service with a way to the internet, \
                where your security groups, endpoint policies and flow logs do not reach, and they cannot reach your \
                file systems either.",
    remediation: Remediation {
        summary: "The VpcConfig of a cluster cannot be changed: create another cluster with VpcConfig, private subnets \
                  and security groups; or add instance groups with an OverrideVpcConfig, move the work there, and \
                  delete the others.",
        console: "SageMaker AI > HyperPod clusters > Create HyperPod cluster > Networking: choose the VPC, its private \
                  subnets and security groups.",
        cli: "aws sagemaker describe-cluster --region {region} --cluster-name {arn} > cluster.json\n\
              # make create-cluster's input of it, with another name, and run:\n\
              aws sagemaker create-cluster --region {region} --cli-input-json file://cluster-input.json \\\n  \
              --vpc-config Subnets=subnet-…,SecurityGroupIds=sg-…",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_cluster(…, VpcConfig={\"Subnets\": [\"subnet-…\"], \"SecurityGroupIds\": [\"sg-…\"]})",
        code: "Type: AWS::SageMaker::Cluster\n\
               Properties:\n  \
               VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }",
    },
    reads: &[
        "DescribeCluster.VpcConfig.Subnets",
        "DescribeCluster.InstanceGroups[].OverrideVpcConfig.Subnets",
        "DescribeCluster.RestrictedInstanceGroups[].OverrideVpcConfig.Subnets",
    ],
    control: Control::NetworkBoundary,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Cluster(evaluate),
};

fn evaluate(cluster: &Cluster, _context: Context<'_>) -> Verdict {
    let without = cluster.groups.iter().filter(|group| group.subnets.is_empty()).map(Group::called).collect::<Vec<_>>();
    if !cluster.subnets.is_empty() || cluster.groups.is_empty() {
        return setting::vpc(&cluster.subnets);
    }
    if without.is_empty() {
        let text = "every instance group is connected to subnets of a VPC of its own";
        return Verdict::new(Status::Pass, "vpc_configured", text);
    }
    let text = format!("no VPC subnets are configured for the cluster, nor for the groups {}", without.join(", "));
    Verdict::new(Status::Fail, "vpc_absent", text)
        .with_evidence(|| json!({ "VpcConfig": null, "groups_without_OverrideVpcConfig": without }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    fn of(cluster: bool, groups: &[(&str, bool)]) -> Verdict {
        let subnets = |has: bool| if has { vec!["subnet-1".to_owned()] } else { Vec::new() };
        let group = |(name, has): &(&str, bool)| Group {
            name: Some((*name).to_owned()),
            subnets: subnets(*has),
            ..Group::default()
        };
        let groups = groups.iter().map(group).collect();
        evaluate(&Cluster { groups, subnets: subnets(cluster), ..Cluster::default() }, alone::context())
    }

    #[test]
    fn the_subnets_of_the_cluster_hold_for_every_group_and_those_of_a_group_for_itself() {
        assert_eq!(of(true, &[("head", false), ("workers", true)]).status, Status::Pass);
        assert_eq!(of(true, &[]).status, Status::Pass);
        assert_eq!(of(false, &[("head", true), ("workers", true)]).status, Status::Pass);
        assert_eq!(of(false, &[]).status, Status::Fail);
    }

    #[test]
    fn a_group_that_neither_connects_fails_and_is_named() {
        let verdict = of(false, &[("head", false), ("workers", true)]);
        assert_eq!(verdict.status, Status::Fail);
        assert!(verdict.reason().ends_with("the groups head"), "{}", verdict.reason());
        assert!(verdict.evidence.unwrap().contains("[\"head\"]"));
    }
}
