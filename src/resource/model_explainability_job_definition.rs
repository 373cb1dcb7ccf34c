//! Model explainability job definitions: one of the four types of definitions of monitoring jobs.

super::job_definition::defines! {
    /// The facts of a model explainability job definition.
    ModelExplainabilityJobDefinition as "model-explainability-job-definition":
    "sagemaker:ListModelExplainabilityJobDefinitions" by list_model_explainability_job_definitions, "sagemaker:DescribeModelExplainabilityJobDefinition" by describe_model_explainability_job_definition, model_explainability_job_output_config
}
