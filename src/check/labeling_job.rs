//! The checks of labeling jobs.

/// Commands that create a job like the one described, with a change made by `jq`.
macro_rules! again {
    ($change:literal) => {
        concat!(
            "aws sagemaker describe-labeling-job --region {region} --labeling-job-name {name} |\n  \
             jq '{ HumanTaskConfig, InputConfig, LabelAttributeName, LabelCategoryConfigS3Uri,\n    \
             LabelingJobAlgorithmsConfig, OutputConfig, RoleArn, StoppingConditions } | del(.. | nulls) |\n    ",
            $change,
            "' > job.json\n\
             aws sagemaker create-labeling-job --region {region} --labeling-job-name {name}-2 \\\n  \
             --cli-input-json file://job.json"
        )
    };
}

pub mod customer_managed_keys;
pub mod vpc;
