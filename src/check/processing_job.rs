//! The checks of processing jobs.

/// Commands that create a job like the one described, with a change made by `jq`.
macro_rules! again {
    ($change:literal) => {
        concat!(
            "aws sagemaker describe-processing-job --region {region} --processing-job-name {name} |\n  \
             jq '{ AppSpecification, Environment, NetworkConfig, ProcessingInputs, ProcessingOutputConfig,\n    \
             ProcessingResources, RoleArn, StoppingCondition } | del(.. | nulls) |\n    ",
            $change,
            "' > job.json\n\
             aws sagemaker create-processing-job --region {region} --processing-job-name {name}-2 \\\n  \
             --cli-input-json file://job.json"
        )
    };
}

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod network_isolation;
pub mod secrets;
pub mod vpc;
