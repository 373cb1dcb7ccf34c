//! The managed rules of AWS Config for SageMaker that no control of Security Hub runs (Config developer guide).

use super::Row;

/// Every such rule.
pub(super) static RULES: &[Row] = &[
    (
        "sagemaker-domain-in-vpc",
        &["domain-vpc-only"],
        "Judged alike, by AppNetworkAccessType; a refused description is UNKNOWN here.",
    ),
    (
        "sagemaker-domain-tagged",
        &["domain-tagged"],
        "Alike; the required keys are parameters.required_tag_keys here, one list for every type.",
    ),
    (
        "sagemaker-endpoint-config-kms-key-required",
        &["endpoint-config-volume-key"],
        "The rule accepts any key that is named and fails serverless variants and local NVMe storage, which can take none. Here \
         the key is judged by what it is, and these are NOT_APPLICABLE.",
    ),
    (
        "sagemaker-endpoint-configuration-kms-key-configured",
        &["endpoint-config-volume-key"],
        "The rule accepts any key that is named, or those of kmsKeyArns, and fails serverless variants and local NVMe storage. \
         Here the key is judged by what it is, parameters.approved_keys stands for kmsKeyArns, and these are NOT_APPLICABLE.",
    ),
    (
        "sagemaker-feature-group-tagged",
        &["feature-group-tagged"],
        "Alike; the required keys are parameters.required_tag_keys here, one list for every type.",
    ),
    (
        "sagemaker-featuregroup-description",
        &["feature-group-description"],
        "Judged alike: a description has to be there.",
    ),
    ("sagemaker-model-in-vpc", &["model-vpc"], "Judged alike; a refused description is UNKNOWN here."),
    (
        "sagemaker-notebook-instance-kms-key-configured",
        &["notebook-instance-customer-managed-keys"],
        "The rule accepts any key that is named, or those of kmsKeyArns. Here the key is judged by what it is, and \
         parameters.approved_keys stands for kmsKeyArns.",
    ),
];
