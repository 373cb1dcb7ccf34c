//! What is mended and what is not, by the status of the findings and the type of the resource.

use super::*;
use crate::{
    remediate::samples::{facts, found, recorded},
    resource::training_job::TrainingJob,
};

const OWN: &str = "arn:aws:kms:eu-west-1:111111111111:key/own";

fn with_keys() -> Recorded {
    let keys = TrainingJob { volume_key: Some(OWN.to_owned()), output_key: Some(OWN.to_owned()), ..facts() };
    Recorded { facts: keys.into(), ..recorded() }
}

fn advice(resource: Recorded, status: Status, reason_code: &str) -> Advice {
    let findings = vec![Found { status, ..found(reason_code) }];
    Advice::of(resource, findings, None, &Parameters::default(), &Described::NotAsked).unwrap()
}

#[test]
fn only_what_fails_is_mended() {
    for (status, reason_code) in [
        (Status::Pass, "customer_managed_keys"),
        (Status::Pass, "volume_key_named"),
        (Status::Unknown, "volume_key_unreadable"),
        (Status::NotApplicable, "nothing_to_encrypt"),
    ] {
        let one = advice(with_keys(), status, reason_code);
        assert!(
            one.key.is_none() && one.permission.is_none() && one.job.is_none() && one.ways.is_empty(),
            "{reason_code}: {one:?}"
        );
    }
    let job = advice(with_keys(), Status::Fail, "volume_key_aws_managed").job.unwrap();
    assert_eq!(job.input["OutputDataConfig"]["KmsKeyId"], OWN);
    assert_eq!(job.filled, [format!("ResourceConfig.VolumeKmsKeyId: {OWN}")]);
}

#[test]
fn a_reason_that_names_no_key_sets_those_that_are_absent() {
    let keys = TrainingJob { output_key: Some(OWN.to_owned()), ..facts() };
    let job = advice(Recorded { facts: keys.into(), ..recorded() }, Status::Fail, "description_refused").job.unwrap();
    assert_eq!(job.filled, [format!("ResourceConfig.VolumeKmsKeyId: {OWN}")]);
    assert_eq!(advice(with_keys(), Status::Fail, "description_refused").job.unwrap().filled, [""; 0]);
}

#[test]
fn a_key_needs_no_key_and_what_has_no_role_no_permission() {
    let of = |resource_type, role_arn: Option<&str>| {
        let resource = Recorded { resource_type, role_arn: role_arn.map(str::to_owned), ..recorded() };
        let one = advice(resource, Status::Fail, "volume_key_absent");
        (one.key.is_some(), one.permission.is_some())
    };
    let role = Some("arn:aws:iam::111111111111:role/train");
    assert_eq!(of(ResourceType::KmsKey, None), (false, false));
    assert_eq!(of(ResourceType::ModelCard, None), (true, false));
    assert_eq!(of(ResourceType::EndpointConfig, None), (true, false));
    assert_eq!(of(ResourceType::EndpointConfig, role), (true, true));
    assert_eq!(of(ResourceType::TrainingJob, None), (true, true));
}
