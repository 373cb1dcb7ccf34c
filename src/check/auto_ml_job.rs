//! The checks of AutoML jobs.

/// Commands that create a job like the one described, with a change made by `jq`.
macro_rules! again {
    ($change:literal) => {
        concat!(
            "# serves jobs of both versions of the API\n\
             aws sagemaker describe-auto-ml-job-v2 --region {region} --auto-ml-job-name {name} |\n  \
             jq '{ AutoMLComputeConfig, AutoMLJobInputDataConfig, AutoMLJobObjective, AutoMLProblemTypeConfig,\n    \
             DataSplitConfig, ModelDeployConfig, OutputDataConfig, RoleArn, SecurityConfig } | del(.. | nulls) |\n    ",
            $change,
            "' > job.json\n\
             aws sagemaker create-auto-ml-job-v2 --region {region} --auto-ml-job-name … --cli-input-json file://job.json"
        )
    };
}

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod vpc;
