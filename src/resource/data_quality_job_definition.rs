//! Data quality job definitions: one of the four types of definitions of monitoring jobs.

super::job_definition::defines! {
    /// The facts of a data quality job definition.
    DataQualityJobDefinition as "data-quality-job-definition":
    "sagemaker:ListDataQualityJobDefinitions" by list_data_quality_job_definitions, "sagemaker:DescribeDataQualityJobDefinition" by describe_data_quality_job_definition, data_quality_job_output_config
}
