//! The checks of Prowler 5.46 (`providers/aws/services/sagemaker`), in the order of our reference of them.

use super::Row;

/// Every check that Prowler has for SageMaker.
pub(super) static CHECKS: &[Row] = &[
    (
        "sagemaker_training_jobs_volume_and_output_encryption_enabled",
        &["training-job-customer-managed-keys"],
        "Prowler passes any text in VolumeKmsKeyId, never reads the output key, and fails jobs on local NVMe storage, which \
         can take no volume key, and jobs whose description was refused. Here both keys are judged by what they are, such \
         volumes do not count, and what cannot be read is UNKNOWN.",
    ),
    (
        "sagemaker_training_jobs_intercontainer_encryption_enabled",
        &["training-job-inter-container-encryption"],
        "Prowler fails jobs on one instance, which have no traffic between instances, and jobs whose description was refused. \
         Here the first are NOT_APPLICABLE and the others UNKNOWN.",
    ),
    (
        "sagemaker_training_jobs_network_isolation_enabled",
        &["training-job-network-isolation"],
        "Alike, but that Prowler fails a job whose description was refused, which is UNKNOWN here.",
    ),
    (
        "sagemaker_training_jobs_vpc_settings_configured",
        &["training-job-vpc"],
        "Alike, but that Prowler fails a job whose description was refused, which is UNKNOWN here.",
    ),
    (
        "sagemaker_notebook_instance_encryption_enabled",
        &["notebook-instance-customer-managed-keys"],
        "Prowler passes any text in KmsKeyId and fails a notebook whose description was refused. Here the key is judged by \
         what it is, and what cannot be read is UNKNOWN.",
    ),
    (
        "sagemaker_notebook_instance_root_access_disabled",
        &["notebook-instance-root-access"],
        "Prowler passes whatever does not say Enabled, also a notebook whose description was refused. Here only Disabled \
         passes and the rest is UNKNOWN; the severity is high and not medium.",
    ),
    (
        "sagemaker_notebook_instance_vpc_settings_configured",
        &["notebook-instance-vpc"],
        "Alike, but that Prowler fails a notebook whose description was refused, which is UNKNOWN here.",
    ),
    (
        "sagemaker_notebook_instance_without_direct_internet_access_configured",
        &["notebook-instance-direct-internet-access"],
        "Alike; what Prowler calls MANUAL, a notebook that does not tell, is UNKNOWN here.",
    ),
    (
        "sagemaker_notebook_instance_no_secrets",
        &["notebook-instance-lifecycle-secrets"],
        "The detectors differ, and so do their findings; the profile prowler searches with the rules of ours. Prowler passes a \
         notebook whose description was refused, asks for a lifecycle configuration once for each notebook that uses it, and \
         says MANUAL where it cannot be scanned, which is UNKNOWN here. A notebook without one is NOT_APPLICABLE here.",
    ),
    (
        "sagemaker_models_network_isolation_enabled",
        &["model-network-isolation"],
        "Alike, but that Prowler fails a model whose description was refused, which is UNKNOWN here.",
    ),
    (
        "sagemaker_models_vpc_settings_configured",
        &["model-vpc"],
        "Alike, but that Prowler fails a model whose description was refused, which is UNKNOWN here.",
    ),
    (
        "sagemaker_endpoint_config_kms_encryption_enabled",
        &["endpoint-config-volume-key"],
        "Prowler passes any text in KmsKeyId, and fails configurations whose variants are all serverless or on local NVMe \
         storage, which can take no key, and those whose description was refused. Here the key is judged by what it is, the \
         first are NOT_APPLICABLE and the last UNKNOWN; the severity is high and not medium.",
    ),
    (
        "sagemaker_endpoint_config_prod_variant_instances",
        &["endpoint-config-instance-count"],
        "Prowler fails serverless variants, which have no count, and passes a configuration whose description was refused. \
         Here serverless variants do not count, the MinInstanceCount of managed scaling does, the last is UNKNOWN, and the \
         least number is parameters.minimum_variant_instances.",
    ),
    (
        "sagemaker_domain_sso_configured",
        &["domain-sso"],
        "Alike, but that Prowler also fails a domain whose description was refused or tells no mode, which is UNKNOWN here.",
    ),
    (
        "sagemaker_clarify_exists",
        &["account-region-clarify-used"],
        "Prowler passes each Clarify job and fails each region without any; it passes over a region whose processing jobs it \
         cannot list. Here each region is judged, one that was not read whole is UNKNOWN, and the check is off by default. The \
         profile prowler has the same rows.",
    ),
    (
        "sagemaker_models_monitor_enabled",
        &["monitoring-schedule-scheduled"],
        "Prowler judges a region: it passes with one schedule that is Scheduled, and fails without, also where the listing was \
         refused. Here each schedule is judged, a region without any has no finding, and a refused listing is a row of \
         coverage; the check is off by default. The profile prowler has the row of each region and, besides, a PASS for each \
         such schedule.",
    ),
    (
        "sagemaker_models_registry_in_use",
        &["model-package-group-approved-package"],
        "Prowler judges a region: it passes with one approved package in any group, fails without, and passes over it where it \
         may not list. Here each group is judged, and a region without any has no finding; the check is off by default. The \
         profile prowler has the row of each region and, besides, a PASS for each such group.",
    ),
];
