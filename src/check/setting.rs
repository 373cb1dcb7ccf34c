//! The judgements that controls on settings share: one that has to be on, a network, traffic between instances, tags.

use serde_json::json;

use super::Context;
use crate::finding::{Status, Verdict};

/// A code and a sentence.
pub type Said = (&'static str, &'static str);

/// A setting that has to be on; `member` is what it is called in the answer.
pub fn required(is_on: bool, on: Said, off: Said, member: &'static str) -> Verdict {
    if is_on {
        Verdict::new(Status::Pass, on.0, on.1)
    } else {
        Verdict::new(Status::Fail, off.0, off.1).with_evidence(|| json!({ member: false }))
    }
}

/// `EnableNetworkIsolation`, which has to be on.
pub fn network_isolation(is_on: bool) -> Verdict {
    required(
        is_on,
        ("network_isolation_enabled", "network isolation is enabled"),
        ("network_isolation_disabled", "network isolation is not enabled"),
        "EnableNetworkIsolation",
    )
}

/// `VpcConfig.Subnets`, of which there have to be some.
pub fn vpc(subnets: &[String]) -> Verdict {
    if subnets.is_empty() {
        Verdict::new(Status::Fail, "vpc_absent", "no VPC subnets are configured")
            .with_evidence(|| json!({ "VpcConfig": null }))
    } else {
        Verdict::new(Status::Pass, "vpc_configured", "it is connected to subnets of a VPC")
    }
}

/// `EnableInterContainerTrafficEncryption`, which has to be on where there are several instances.
pub fn inter_container_encryption(is_on: bool, instance_count: Option<i64>) -> Verdict {
    let verdict = match (instance_count, is_on) {
        (Some(0), _) => Verdict::new(
            Status::NotApplicable,
            "no_instances",
            "there are no instances, so there is no traffic between any",
        ),
        (Some(1), _) => Verdict::new(
            Status::NotApplicable,
            "single_instance",
            "there is one instance, so there is no traffic between instances",
        ),
        (_, true) => {
            Verdict::new(Status::Pass, "inter_container_traffic_encrypted", "traffic between instances is encrypted")
        }
        (Some(count), false) => Verdict::new(
            Status::Fail,
            "inter_container_traffic_not_encrypted",
            format!("traffic between the {count} instances is not encrypted"),
        ),
        (None, false) => Verdict::new(
            Status::Unknown,
            "instance_count_unknown",
            "how many instances there are is not told, so whether there is traffic between any is not known",
        ),
    };
    verdict
        .with_evidence(|| json!({ "EnableInterContainerTrafficEncryption": is_on, "instance_count": instance_count }))
}

/// How tags come to be there, for the texts of checks on them.
pub const ADD_TAGS: &str = "Add tags, of which those count that are not AWS's own. Which have to be there is configured as \
                            required_tag_keys in [parameters]; where none are, any tag will do.";
/// [`ADD_TAGS`] with the CLI.
pub const ADD_TAGS_CLI: &str = "aws sagemaker add-tags --region {region} --resource-arn {arn} --tags Key=owner,Value=…";
/// [`ADD_TAGS`] with the Python SDK.
pub const ADD_TAGS_PYTHON: &str = "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                                   client.add_tags(ResourceArn=\"{arn}\", Tags=[{\"Key\": \"owner\", \"Value\": \"…\"}])";

/// Tags, of which there has to be at least one or, where keys are required, all of these; those of AWS do not count.
/// `refused` says why the tags could not be read.
pub fn tagged(refused: Option<&str>, context: Context<'_>) -> Verdict {
    if let Some(why) = refused {
        return Verdict::new(Status::Unknown, "tags_unreadable", format!("the tags could not be read ({why})"))
            .with_evidence(|| json!({ "refused": why }));
    }
    let own = context.tags.keys().filter(|key| !key.starts_with("aws:")).collect::<Vec<_>>();
    let required = &context.parameters.required_tag_keys;
    let missing = required.iter().filter(|key| !own.contains(key)).map(String::as_str).collect::<Vec<_>>();
    if !missing.is_empty() {
        let text = format!("it lacks the tags {}", missing.join(", "));
        return Verdict::new(Status::Fail, "required_tags_missing", text)
            .with_evidence(|| json!({ "required": required, "missing": missing }));
    }
    if own.is_empty() {
        return Verdict::new(Status::Fail, "tags_absent", "it has no tags").with_evidence(|| json!({ "Tags": [] }));
    }
    Verdict::new(Status::Pass, "tagged", "it has the tags that it should have")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{check::alone, config::Parameters};

    #[test]
    fn every_count_with_and_without_encryption_between_containers() {
        for (count, is_on, status, code) in [
            (Some(0), false, Status::NotApplicable, "no_instances"),
            (Some(0), true, Status::NotApplicable, "no_instances"),
            (Some(1), false, Status::NotApplicable, "single_instance"),
            (Some(1), true, Status::NotApplicable, "single_instance"),
            (Some(2), false, Status::Fail, "inter_container_traffic_not_encrypted"),
            (Some(2), true, Status::Pass, "inter_container_traffic_encrypted"),
            (None, false, Status::Unknown, "instance_count_unknown"),
            (None, true, Status::Pass, "inter_container_traffic_encrypted"),
        ] {
            let verdict = inter_container_encryption(is_on, count);
            assert_eq!((verdict.status, &*verdict.reason_code()), (status, code), "{count:?} {is_on}");
            assert_eq!(verdict.evidence.is_some(), matches!(status, Status::Fail | Status::Unknown));
        }
    }

    #[test]
    fn isolation_and_subnets_pass_and_their_absence_fails() {
        assert_eq!((network_isolation(true).status, network_isolation(false).status), (Status::Pass, Status::Fail));
        assert_eq!((vpc(&["subnet-1".to_owned()]).status, vpc(&[]).status), (Status::Pass, Status::Fail));
    }

    #[test]
    fn tags_of_aws_do_not_count_and_required_ones_must_all_be_there() {
        let told = |tags: &[&str], required: &[&str], refused| {
            let tags = tags.iter().map(|key| ((*key).to_owned(), String::new())).collect::<BTreeMap<_, _>>();
            let required_tag_keys = required.iter().map(|key| (*key).to_owned()).collect();
            let parameters = Parameters { required_tag_keys, ..Parameters::default() };
            let verdict = tagged(refused, Context { tags: &tags, parameters: &parameters, ..alone::context() });
            (verdict.status, verdict.reason_code().into_owned())
        };
        assert_eq!(told(&[], &[], None), (Status::Fail, "tags_absent".to_owned()));
        assert_eq!(told(&["aws:x"], &[], None), (Status::Fail, "tags_absent".to_owned()));
        assert_eq!(told(&["owner"], &[], None), (Status::Pass, "tagged".to_owned()));
        assert_eq!(told(&["owner"], &["owner", "team"], None), (Status::Fail, "required_tags_missing".to_owned()));
        assert_eq!(told(&["owner", "team"], &["owner", "team"], None).0, Status::Pass);
        assert_eq!(told(&[], &[], Some("x")), (Status::Unknown, "tags_unreadable".to_owned()));
    }
}
