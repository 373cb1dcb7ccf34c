//! A training job and a finding of it, for the tests of this module.

use super::recorded::{Found, Recorded};
use crate::{
    finding::{Severity, Status, uid},
    resource::{
        ResourceType,
        training_job::{Instances, TrainingJob},
    },
};

const ARN: &str = "arn:aws:sagemaker:eu-west-1:111111111111:training-job/churn-2026-11-20";
const CHECK: &str = "training-job-customer-managed-keys";

/// A job without keys on an instance without local storage.
pub(super) fn facts() -> TrainingJob {
    TrainingJob {
        output_location: Some("s3://ml/churn".to_owned()),
        instances: Instances::Type("ml.m5.xlarge".to_owned()),
        instance_count: Some(1),
        image: Some("763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.3".to_owned()),
        ..TrainingJob::default()
    }
}

pub(super) fn recorded() -> Recorded {
    Recorded {
        account_id: "111111111111".to_owned(),
        account_name: "churn".to_owned(),
        region: "eu-west-1".to_owned(),
        partition: "aws".to_owned(),
        run_date: jiff::civil::date(2026, 11, 21),
        resource_type: ResourceType::TrainingJob,
        arn: ARN.to_owned(),
        name: "churn-2026-11-20".to_owned(),
        state: Some("Completed".to_owned()),
        created_at: "2026-11-20T10:00:00Z".parse().ok(),
        origin: None,
        role_arn: Some("arn:aws:iam::111111111111:role/train".to_owned()),
        owner: Some("ana".to_owned()),
        tags: [("project", "churn"), ("aws:cloudformation:stack-name", "x")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        facts: facts().into(),
    }
}

/// A finding of the headline check with these reasons.
pub(super) fn found(reason_code: &str) -> Found {
    let created_at = recorded().created_at;
    Found {
        uid: uid("111111111111", "eu-west-1", ARN, created_at, CHECK),
        check_id: CHECK.to_owned(),
        status: Status::Fail,
        severity: Severity::High,
        reason_code: reason_code.to_owned(),
        reason:
            "no volume key is set on ml.m5.xlarge, so the volume is encrypted with a transient key that is discarded"
                .to_owned(),
        account_id: "111111111111".to_owned(),
        region: "eu-west-1".to_owned(),
        resource_arn: ARN.to_owned(),
        created_at,
    }
}
