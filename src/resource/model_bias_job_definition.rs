//! Model bias job definitions: one of the four types of definitions of monitoring jobs.

super::job_definition::defines! {
    /// The facts of a model bias job definition.
    ModelBiasJobDefinition as "model-bias-job-definition":
    "sagemaker:ListModelBiasJobDefinitions" by list_model_bias_job_definitions, "sagemaker:DescribeModelBiasJobDefinition" by describe_model_bias_job_definition, model_bias_job_output_config
}
