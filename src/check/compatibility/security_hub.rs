//! The controls of AWS Security Hub CSPM for SageMaker (user guide, Amazon SageMaker AI controls), each with the
//! managed rule of AWS Config that it runs.

/// Every control: its id, its rule, our checks, and the difference.
pub(super) static CONTROLS: &[(&str, &str, &[&str], &str)] = &[
    (
        "SageMaker.1",
        "sagemaker-notebook-no-direct-internet-access",
        &["notebook-instance-direct-internet-access"],
        "Alike; a notebook that does not tell is UNKNOWN here.",
    ),
    (
        "SageMaker.2",
        "sagemaker-notebook-instance-inside-vpc",
        &["notebook-instance-vpc"],
        "Alike, but that the rule can be given a list of subnets to accept, which ours has no parameter for.",
    ),
    (
        "SageMaker.3",
        "sagemaker-notebook-instance-root-access-check",
        &["notebook-instance-root-access"],
        "Alike; a value that this version does not know is UNKNOWN here.",
    ),
    (
        "SageMaker.4",
        "sagemaker-endpoint-config-prod-instance-count",
        &["endpoint-config-instance-count"],
        "Alike on variants with instances, but that the MinInstanceCount of managed scaling counts here where there is one; the \
         least number is parameters.minimum_variant_instances.",
    ),
    (
        "SageMaker.5",
        "sagemaker-model-isolation-enabled",
        &["model-network-isolation"],
        "Judged alike; the severity is high here and medium there.",
    ),
    (
        "SageMaker.6",
        "sagemaker-app-image-config-tagged",
        &["app-image-config-tagged"],
        "Alike; the required keys are parameters.required_tag_keys here, one list for every type.",
    ),
    (
        "SageMaker.7",
        "sagemaker-image-tagged",
        &["image-tagged"],
        "Alike; the required keys are parameters.required_tag_keys here, one list for every type.",
    ),
    (
        "SageMaker.8",
        "sagemaker-notebook-instance-platform-version",
        &["notebook-instance-platform"],
        "Alike; the supported platforms can be changed here, as parameters.notebook_platforms.",
    ),
    (
        "SageMaker.9",
        "sagemaker-data-quality-job-encrypt-in-transit",
        &["data-quality-job-definition-inter-container-encryption"],
        "The rule also fails definitions with one instance, which have no traffic between instances and are NOT_APPLICABLE here.",
    ),
    (
        "SageMaker.10",
        "sagemaker-model-explainability-job-encrypt-in-transit",
        &["model-explainability-job-definition-inter-container-encryption"],
        "Alike: definitions with one instance do not count; here they are NOT_APPLICABLE.",
    ),
    (
        "SageMaker.11",
        "sagemaker-data-quality-job-isolation",
        &["data-quality-job-definition-network-isolation"],
        "Judged alike; a refused description is UNKNOWN here.",
    ),
    (
        "SageMaker.12",
        "sagemaker-model-bias-job-isolation",
        &["model-bias-job-definition-network-isolation"],
        "Judged alike; a refused description is UNKNOWN here.",
    ),
    (
        "SageMaker.13",
        "sagemaker-model-quality-job-encrypt-in-transit",
        &["model-quality-job-definition-inter-container-encryption"],
        "The rule also fails definitions with one instance, which have no traffic between instances and are NOT_APPLICABLE here.",
    ),
    (
        "SageMaker.14",
        "sagemaker-monitoring-schedule-isolation",
        &["monitoring-schedule-network-isolation"],
        "Alike, by the job definition that the schedule holds or names; one that cannot be read is UNKNOWN here.",
    ),
    (
        "SageMaker.15",
        "sagemaker-model-bias-job-encrypt-in-transit",
        &["model-bias-job-definition-inter-container-encryption"],
        "Alike: definitions with one instance do not count; here they are NOT_APPLICABLE.",
    ),
    (
        "SageMaker.16",
        "sagemaker-model-private-registry-required",
        &["model-private-registry"],
        "The rule looks at the primary container; here one check looks at every container of the model.",
    ),
    (
        "SageMaker.17",
        "sagemaker-featuregroup-encryption-at-rest",
        &["feature-group-offline-store-key"],
        "The rule accepts any key that is named; here it is judged by what it is: customer managed, usable, approved.",
    ),
    (
        "SageMaker.18",
        "sagemaker-featuregroup-online-store-encryption",
        &["feature-group-online-store-key"],
        "The rule accepts any key that is named, and looks at standard storage alone; here the key is judged by what it is, that \
         of in-memory storage too.",
    ),
    (
        "SageMaker.19",
        "sagemaker-model-multicontainer-private-registry",
        &["model-private-registry"],
        "The rule looks at models of several containers; here one check looks at every container of any model.",
    ),
    (
        "SageMaker.20",
        "sagemaker-model-explainability-job-network-isolation",
        &["model-explainability-job-definition-network-isolation"],
        "Judged alike; a refused description is UNKNOWN here.",
    ),
    (
        "SageMaker.21",
        "sagemaker-notebook-instance-storage-vol-kms-encrypted",
        &["notebook-instance-customer-managed-keys"],
        "The rule takes a key that is named for a customer managed one; here kms:DescribeKey decides. The severity is high here \
         and medium there.",
    ),
    (
        "SageMaker.22",
        "sagemaker-monitoring-schedule-traffic-encryption",
        &["monitoring-schedule-inter-container-encryption"],
        "Alike, by the job definition that the schedule holds or names, but that the rule also fails one instance, which has no \
         traffic between instances and is NOT_APPLICABLE here; a definition that cannot be read is UNKNOWN.",
    ),
    (
        "SageMaker.23",
        "sagemaker-inf-experiment-instance-storage-kms-encrypted",
        &["inference-experiment-instance-storage-key"],
        "The rule takes a key that is named for a customer managed one; here kms:DescribeKey decides.",
    ),
    (
        "SageMaker.24",
        "sagemaker-inf-experiment-data-storage-kms-encrypted",
        &["inference-experiment-data-storage-key"],
        "The rule takes a key that is named for a customer managed one; here kms:DescribeKey decides.",
    ),
    (
        "SageMaker.25",
        "sagemaker-model-quality-job-definition-isolation",
        &["model-quality-job-definition-network-isolation"],
        "Judged alike; a refused description is UNKNOWN here.",
    ),
];
