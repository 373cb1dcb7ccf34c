//! Model quality job definitions: one of the four types of definitions of monitoring jobs.

super::job_definition::defines! {
    /// The facts of a model quality job definition.
    ModelQualityJobDefinition as "model-quality-job-definition":
    "sagemaker:ListModelQualityJobDefinitions" by list_model_quality_job_definitions, "sagemaker:DescribeModelQualityJobDefinition" by describe_model_quality_job_definition, model_quality_job_output_config
}
